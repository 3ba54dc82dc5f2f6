//! The staff of the small world, at each school one person with papers; and the way of staff through HTTP.

use std::collections::BTreeMap;

use kehou::auth::organisations::Organisation;
use kehou::auth::permission::ManageStaff;
use kehou::auth::{Actor, By};
use kehou::db::{Id, Tx};
use kehou::refusal::Refusal;
use kehou::rules::document::{Fen, StaffKind, VettingKind, Whole};
use kehou::safety::safety_duties::{self, SafetyDutyIn};
use kehou::safety::safety_education_records::{self, SafetyEducationRecordIn};
use kehou::staff::remuneration_standards::{self, RemunerationStandardIn};
use kehou::staff::staff_contracts::{self, ContractKind, StaffContractIn};
use kehou::staff::staff_members::{self, StaffMemberIn};
use kehou::staff::staff_qualifications::{self, QualificationKind, StaffQualificationIn};
use kehou::staff::staff_vettings::{self, StaffVettingIn, VettingOutcome};
use kehou::values::later::Later;
use kehou::values::text::Line;
use serde_json::{Value, json};
use time::macros::date;

use super::app::{Answer, TestApp};

/// What a school of the world has of staff: a person with a qualification, a vetting, a drafted contract and a duty.
#[derive(Debug, Clone, Copy)]
pub struct Staff {
    pub member: Id,
    pub qualification: Id,
    pub vetting: Id,
    pub contract: Id,
    pub duty: Id,
    pub education: Id,
    pub standard: Id,
}

/// School and its administrator.
const SCHOOLS: [(&str, &str); 3] = [
    ("own school", "school-admin"),
    ("sibling school", "sibling-school-admin"),
    ("other school", "other-school-admin"),
];

pub fn enter_staff(
    tx: &mut Tx<'_>,
    organisations: &BTreeMap<&'static str, Organisation>,
    actors: &[(&'static str, Actor)],
) -> Result<BTreeMap<&'static str, Staff>, Refusal> {
    let mut staff = BTreeMap::new();
    for (school, admin) in SCHOOLS {
        let admin = actors.iter().find(|(known, _)| *known == admin).map(|(_, actor)| actor).unwrap();
        staff.insert(school, enter(tx, admin, organisations[school].id)?);
    }
    Ok(staff)
}

fn enter(tx: &mut Tx<'_>, admin: &Actor, school_id: Id) -> Result<Staff, Refusal> {
    let by = &By::<ManageStaff>::of(admin.clone())?;
    let member = StaffMemberIn {
        school_id,
        kind: StaffKind::External,
        name: Line::new("周教练").unwrap(),
        id_number: None,
        phone: None,
        subject: None,
        entered_on: date!(2024 - 09 - 01),
        user_id: Later::NotSent,
    };
    let staff_member_id = staff_members::create(tx, by, &member)?.row.id;
    let qualification = StaffQualificationIn {
        staff_member_id,
        kind: QualificationKind::Coach,
        number: Line::new("JL-2020-0001").unwrap(),
        issuer: Line::new("湖南省体育局").unwrap(),
        valid_from: date!(2020 - 01 - 01),
        valid_until: None,
    };
    let vetting = StaffVettingIn {
        staff_member_id,
        kind: VettingKind::Character,
        checked_on: date!(2024 - 08 - 30),
        valid_until: date!(2025 - 08 - 29),
        outcome: VettingOutcome::Passed,
        document: Line::new("审查表 1").unwrap(),
    };
    let contract = StaffContractIn {
        staff_member_id,
        kind: ContractKind::ServiceAgreement,
        starts_on: date!(2024 - 09 - 02),
        ends_on: date!(2025 - 01 - 17),
        hourly_rate_fen: Fen::new(8_000).unwrap(),
        benefits: None,
    };
    let duty = SafetyDutyIn {
        staff_member_id,
        duty: Line::new("操场安全巡查").unwrap(),
        from_on: date!(2024 - 09 - 02),
        to_on: None,
    };
    let education = SafetyEducationRecordIn {
        school_id,
        held_on: date!(2024 - 09 - 03),
        topic: Line::new("防溺水").unwrap(),
        headcount: Whole::new(320).unwrap(),
    };
    let standard = RemunerationStandardIn {
        school_id,
        item: Line::new("作业辅导").unwrap(),
        amount_fen: Fen::new(6_000).unwrap(),
        document: Line::new("校办〔2024〕1号").unwrap(),
        starts_on: date!(2024 - 09 - 01),
    };
    Ok(Staff {
        member: staff_member_id,
        qualification: staff_qualifications::create(tx, by, &qualification)?.row.id,
        vetting: staff_vettings::add(tx, by, &vetting)?.row.id,
        contract: staff_contracts::create(tx, by, &contract)?.row.id,
        duty: safety_duties::create(tx, by, &duty)?.row.id,
        education: safety_education_records::create(tx, by, &education)?.row.id,
        standard: remuneration_standards::create(tx, by, &standard)?.row.id,
    })
}

/// A body of `/staff-members` at the own school.
pub fn member_body(app: &TestApp, kind: &str, name: &str) -> Value {
    json!({
        "school_id": app.world.organisation("own school"), "kind": kind, "name": name, "id_number": null,
        "phone": null, "subject": null, "entered_on": "2024-09-01"
    })
}

/// Adds something to a collection, as the administrator of the own school.
pub async fn add(app: &TestApp, collection: &str, body: &Value) -> Answer {
    app.post(&format!("/api/v1/{collection}")).token(app.world.token("school-admin")).json(body).expect(201).await
}

/// Enters somebody at the own school and gives the id.
pub async fn enter_member(app: &TestApp, kind: &str, name: &str) -> String {
    add(app, "staff-members", &member_body(app, kind, name)).await.id()
}

/// A coach's certificate.
pub async fn qualify(app: &TestApp, member: &str, from: &str, until: Option<&str>) -> Answer {
    let body = json!({
        "staff_member_id": member, "kind": "coach", "number": format!("JL-{from}"), "issuer": "湖南省体育局",
        "valid_from": from, "valid_until": until
    });
    add(app, "staff-qualifications", &body).await
}

/// A vetting that was made in August.
pub async fn vet(app: &TestApp, member: &str, kind: &str, outcome: &str, until: &str) -> Answer {
    let body = json!({
        "staff_member_id": member, "kind": kind, "checked_on": "2024-08-30", "valid_until": until,
        "outcome": outcome, "document": "审查表"
    });
    add(app, "staff-vettings", &body).await
}

/// Character and health, for the whole year.
pub async fn vet_all(app: &TestApp, member: &str) {
    for kind in ["character", "health"] {
        vet(app, member, kind, "passed", "2025-08-29").await;
    }
}

/// A body of `/staff-contracts`.
pub fn contract_body(member: &str, starts_on: &str, ends_on: &str) -> Value {
    json!({
        "staff_member_id": member, "kind": "service_agreement", "starts_on": starts_on, "ends_on": ends_on,
        "hourly_rate_fen": 8_000, "benefits": null
    })
}

/// A contract that was signed in August.
pub async fn contract(app: &TestApp, member: &str, starts_on: &str, ends_on: &str) -> Answer {
    let drafted = add(app, "staff-contracts", &contract_body(member, starts_on, ends_on)).await;
    let signed = sign(app, &drafted).await;
    assert_eq!(signed.status, 200, "{}", signed.json());
    signed
}

/// Tries to sign a drafted contract.
pub async fn sign(app: &TestApp, drafted: &Answer) -> Answer {
    let path = format!("/api/v1/staff-contracts/{}/sign", drafted.id());
    let body = json!({"signed_on": "2024-08-28"});
    app.post(&path).token(app.world.token("school-admin")).if_match(drafted.etag()).json(&body).send().await
}
