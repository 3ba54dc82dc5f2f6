//! July: what the county sets, and what its schools have: partners, ledgers, staff.

use serde_json::json;

use super::{ADMINS, COUNTY, people};
use crate::db::{Id, Tx};
use crate::demo::acts::{open_account, seen};
use crate::demo::founding::authority;
use crate::demo::groundwork::enter_ledger;
use crate::demo::stage::{Person, Stage, body, goes_on};
use crate::partners::{partner_agreements, partner_bans, partner_reviews};
use crate::refusal::Refusal;
use crate::regulation::calendar::{closures, years};
use crate::resources::facilities;
use crate::safety::{safety_duties, safety_education_records};
use crate::staff::{remuneration_standards, staff_contracts, staff_members, staff_qualifications, staff_vettings};

/// 2024-07-05: the county closes a day, and opens its schools' accounts; the platform enters a year ahead.
pub(super) fn county(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let platform = stage.enters(tx, "demo.platform")?;
    let year = json!({
        "year": 2027, "document": "2027年节假日安排（演示，非正式）",
        "days": [{"date": "2027-01-01", "kind": "holiday", "name": "元旦", "name_en": "New Year"}]
    });
    years::create(tx, &platform.by()?, &body(year)?)?;
    let bureau = stage.enters(tx, "demo.bureau")?;
    let county = authority(tx, COUNTY)?;
    let closed = json!({"authority_id": county, "closed_on": "2024-10-18", "reason": "县中小学生运动会（演示）"});
    closures::create(tx, &bureau.by()?, &body(closed)?)?;
    for (place, opener) in [(0, "demo.finance"), (3, "demo.finance4"), (7, "demo.finance8")] {
        let opener = stage.enters(tx, opener)?;
        open_account(tx, &opener, stage.school(place)?)?;
    }
    Ok(())
}

/// 2024-07-05: the county reviews partners and bans two, one of them in error; schools agree with the others.
pub(super) fn partners(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let bureau = stage.enters(tx, "demo.bureau")?;
    let until = Some("2025-07-31");
    for (place, outcome, until) in [(0, "qualified", until), (1, "qualified", until), (2, "not_qualified", None)] {
        let review = json!({
            "partner_id": stage.partner(place)?, "outcome": outcome, "reviewed_on": "2024-07-01",
            "valid_until": until, "document": "岳县教〔2024〕7号（演示）", "remark": null
        });
        goes_on(tx);
        partner_reviews::add(tx, &bureau.by()?, &body(review)?)?;
    }
    for place in [1, 2] {
        let ban = json!({
            "partner_id": stage.partner(place)?, "starts_on": "2024-07-05", "ends_on": null,
            "reason": "在课后服务中讲授学科课程（演示）", "document": "岳县教〔2024〕8号（演示）"
        });
        goes_on(tx);
        let imposed = partner_bans::impose(tx, &bureau.by()?, &body(ban)?)?;
        if place == 1 {
            let lifting = json!({"reason": "经复查不属实（演示）", "document": "岳县教〔2024〕9号（演示）"});
            goes_on(tx);
            partner_bans::lift(tx, &bureau.by()?, imposed.id, &seen(imposed.version), &body(lifting)?)?;
        }
    }
    for (school, partner, steps) in [(3, 0, 1), (6, 1, 1), (7, 1, 2), (8, 0, 0)] {
        agree(tx, stage, (school, partner), steps)?;
    }
    Ok(())
}

/// Drafts an agreement; after one step it is signed, after two it has ended.
fn agree(tx: &mut Tx<'_>, stage: &Stage, (school, partner): (usize, usize), steps: u8) -> Result<(), Refusal> {
    let admin = stage.enters(tx, ADMINS.get(school).copied().unwrap_or_default())?;
    let necessity = (partner == 1).then_some("本校无美术专任教师，学生有意愿（演示）");
    let new = json!({
        "school_id": stage.school(school)?, "partner_id": stage.partner(partner)?, "title": "课后服务合作协议（演示）",
        "starts_on": "2024-09-01", "ends_on": "2025-07-31", "who_pays": "nobody", "fee_terms": null,
        "necessity": necessity
    });
    let mut agreement = partner_agreements::draft(tx, &admin.by()?, &body(new)?)?;
    if steps > 0 {
        let signature = json!({"signed_on": "2024-07-05", "document": "协议扫描件（演示）"});
        goes_on(tx);
        let version = seen(agreement.version);
        agreement = partner_agreements::sign(tx, &admin.by()?, agreement.id, &version, &body(signature)?)?;
    }
    if steps > 1 {
        let why = json!({"reason": "双方协商终止（演示）"});
        goes_on(tx);
        partner_agreements::end(tx, &admin.by()?, agreement.id, &seen(agreement.version), &body(why)?)?;
    }
    Ok(())
}

/// 2024-07-08: every school has its ledger; something in it is not used any more.
pub(super) fn ledgers(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for (place, account) in ADMINS.iter().enumerate() {
        let (admin, school_id) = (stage.enters(tx, account)?, stage.school(place)?);
        if facilities::in_use_count(tx, school_id)? == 0 {
            enter_ledger(tx, &admin, school_id)?;
        }
        let old = json!({
            "school_id": school_id, "kind": "equipment", "name": "旧投影仪", "capacity": null, "quantity": 2,
            "place": "多媒体教室", "manager_name": "陈老师", "usable_weekdays": [1, 3], "usable_note": null,
            "in_use_on": "2016-09-01"
        });
        let old = facilities::create(tx, &admin.by()?, &body(old)?)?;
        if place % 3 == 0 {
            let when = body(json!({"retired_on": "2024-07-01"}))?;
            goes_on(tx);
            facilities::retire(tx, &admin.by()?, old.id, &seen(old.version), &when)?;
        }
    }
    Ok(())
}

/// 2024-07-08: every school has its staff, with papers and contracts.
pub(super) fn staff(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for (place, account) in ADMINS.iter().enumerate() {
        let (admin, school_id) = (stage.enters(tx, account)?, stage.school(place)?);
        for number in 0..4 {
            let member = member(tx, &admin, (school_id, place), number)?;
            papers(tx, &admin, member, number)?;
        }
        let standard = json!({
            "school_id": school_id, "item": "课后服务课时补助", "amount_fen": 6_000, "document": "校行政会议纪要（演示）",
            "starts_on": "2024-09-01"
        });
        remuneration_standards::create(tx, &admin.by()?, &body(standard)?)?;
        let lesson = json!({
            "school_id": school_id, "held_on": "2024-06-28", "topic": "暑期防溺水与消防演练", "headcount": 420
        });
        safety_education_records::create(tx, &admin.by()?, &body(lesson)?)?;
    }
    Ok(())
}

/// Three of the school's own, and one from outside; at one school one has left.
fn member(tx: &mut Tx<'_>, admin: &Person, (school_id, place): (Id, usize), number: usize) -> Result<Id, Refusal> {
    goes_on(tx);
    let told = place * 4 + number;
    let new = json!({
        "school_id": school_id, "kind": if number == 3 { "external" } else { "own" }, "name": people::teacher(told),
        "id_number": people::id_number(told, 1985)?, "phone": people::phone(9_000 + told), "subject": "体育",
        "entered_on": "2020-09-01"
    });
    let made = staff_members::create(tx, &admin.by()?, &body(new)?)?;
    if number == 2 && place % 4 == 0 {
        let leave = body(json!({"left_on": "2024-07-05"}))?;
        staff_members::leave(tx, &admin.by()?, made.id, &seen(made.version), &leave)?;
    }
    Ok(made.id)
}

/// Of the first a certificate and a duty, of the second contracts that ended and that is drafted, of the one from
/// outside its vettings and a contract that is signed.
fn papers(tx: &mut Tx<'_>, admin: &Person, staff_member_id: Id, number: usize) -> Result<(), Refusal> {
    goes_on(tx);
    match number {
        0 => {
            let paper = json!({
                "staff_member_id": staff_member_id, "kind": "teacher_certificate", "number": "演示-2020-001",
                "issuer": "岳阳县教体局（演示）", "valid_from": "2020-07-01", "valid_until": null
            });
            staff_qualifications::create(tx, &admin.by()?, &body(paper)?)?;
            let duty = json!({
                "staff_member_id": staff_member_id, "duty": "课后服务期间校门值守与离校交接", "from_on": "2024-09-02",
                "to_on": "2025-01-10"
            });
            safety_duties::create(tx, &admin.by()?, &body(duty)?)?;
        }
        1 => {
            let (first, last) = ("2023-09-01", "2024-06-30");
            let signed = contract(tx, admin, staff_member_id, (first, last), true)?;
            let end = body(json!({"reason": "学期任务结束（演示）", "ended_on": last}))?;
            staff_contracts::end(tx, &admin.by()?, signed.0, &seen(signed.1), &end)?;
            contract(tx, admin, staff_member_id, ("2024-09-01", "2025-07-31"), false)?;
        }
        3 => {
            for kind in ["character", "health", "record_check"] {
                let vetting = json!({
                    "staff_member_id": staff_member_id, "kind": kind, "checked_on": "2024-07-02",
                    "valid_until": "2025-07-31", "outcome": "passed", "document": "审查记录（演示）"
                });
                staff_vettings::add(tx, &admin.by()?, &body(vetting)?)?;
            }
            contract(tx, admin, staff_member_id, ("2024-07-08", "2025-07-31"), true)?;
        }
        _ => {}
    }
    Ok(())
}

/// Its id and version.
fn contract(
    tx: &mut Tx<'_>,
    admin: &Person,
    staff_member_id: Id,
    (starts_on, ends_on): (&str, &str),
    is_signed: bool,
) -> Result<(Id, i64), Refusal> {
    let new = json!({
        "staff_member_id": staff_member_id, "kind": "service_agreement", "starts_on": starts_on, "ends_on": ends_on,
        "hourly_rate_fen": 6_000, "benefits": null
    });
    let drafted = staff_contracts::create(tx, &admin.by()?, &body(new)?)?;
    if !is_signed {
        return Ok((drafted.id, drafted.version));
    }
    let signing = body(json!({"signed_on": starts_on}))?;
    let signed = staff_contracts::sign(tx, &admin.by()?, drafted.id, &seen(drafted.version), &signing)?;
    Ok((signed.id, signed.version))
}
