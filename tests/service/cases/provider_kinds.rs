//! 四.1 to 四.3: a plan of each kind of provider, from its first submission to an amendment in the middle of the term.

use kehou::rules::document::MaterialKind;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::amendments::{amend, document_of, exempt, filing_of};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::plan_with as plan_with_clubs;
use crate::support::groundwork::wish_for_everything;
use crate::support::materials::add_materials;
use crate::support::partners::{add, agreement, credit_code, plan_with, review, sign};
use crate::support::plans::{self, approve, call, draft, publish, send_back, submit};

/// Returned once, corrected, approved, and its second project moved from Tuesdays to Thursdays under an exemption.
async fn whole_story(app: &TestApp, document: &Value, more: &[MaterialKind]) {
    let drafted = draft(app, "school-admin", document).await;
    let refused = call(app, "school-admin", "plans", &drafted, "submit").await;
    assert_eq!(refused.status, if more.is_empty() { 200 } else { 422 }, "{}", refused.json());
    let submitted = if more.is_empty() {
        refused
    } else {
        add_materials(app, "school-admin", &drafted, more).await;
        submit(app, "school-admin", &drafted).await
    };
    let first = plans::filing_of(app, &submitted).await;
    assert_eq!(send_back(app, "bureau", &first, "2024-09-13").await.status, 200);

    let path = format!("/api/v1/plans/{}", submitted.id());
    let returned = app.get(&path).token(app.world.token("school-admin")).expect(200).await;
    assert_eq!(returned.json()["state"], "returned");
    let mut corrected = document.clone();
    corrected["projects"][1]["outline"] = json!("每次活动有考勤与交接。");
    let put = app.put(&path).token(app.world.token("school-admin")).if_match(returned.etag()).json(&corrected);
    let submitted = submit(app, "school-admin", &put.expect(200).await).await;
    let second = plans::filing_of(app, &submitted).await;
    assert_eq!(second.json()["ordinal"], 2);
    assert_eq!(approve(app, "bureau", &second).await.status, 200);
    assert_eq!(publish(app, "school-admin", &submitted).await.status, 200);

    app.clock_at("2024-11-04T10:00:00+08:00");
    let exemption = exempt(app, "2024-11-04").await;
    let mut moved = document_of(app, "school-admin", &submitted.id()).await;
    moved["projects"][1]["slots"][0]["weekday"] = json!(4);
    let drafted = amend(app, "school-admin", &submitted.id(), &moved).await;
    assert_eq!(drafted.status, 201, "{}", drafted.json());
    let filed = call(app, "school-admin", "plan-amendments", &drafted, "submit").await;
    assert_eq!((filed.status, cited(&filed, &exemption)), (200, 2), "{}", filed.json());
    let third = filing_of(app, &filed).await;
    assert_eq!(approve(app, "bureau", &third).await.status, 200);
    let now = document_of(app, "school-admin", &submitted.id()).await;
    assert_eq!(now["projects"][1]["slots"][0]["weekday"], json!(4));
    let list = format!("/api/v1/filings?plan_id={}", submitted.id());
    let filings = app.get(&list).token(app.world.token("bureau")).expect(200).await.json();
    let states: Vec<&Value> = filings["items"].as_array().unwrap().iter().map(|filing| &filing["state"]).collect();
    assert_eq!(states, ["returned", "superseded", "approved"]);
}

/// Warnings of `fixed-for-term` that cite the exemption.
fn cited(answer: &Answer, exemption: &Answer) -> usize {
    let findings = answer.json()["findings"].as_array().unwrap().clone();
    let lifted = findings.iter().filter(|one| one["rule"] == "fixed-for-term" && one["severity"] == "warning");
    lifted.filter(|one| one["exemption"] == json!(exemption.id())).count()
}

/// What is filed beside what always is.
const OF_PARTNERS: &[MaterialKind] = &[MaterialKind::PartnerAgreement, MaterialKind::PartnerRegistration];

#[rstest]
#[actix_web::test]
async fn case_own_staff_from_filing_to_amendment(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    whole_story(&app, &plan_with_clubs(&[("足球", Some(30), &[2], "16:30", "17:30")]), &[]).await;
}

#[rstest]
#[actix_web::test]
async fn case_social_institution_from_filing_to_amendment(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    add(&app, "bureau", "partner-reviews", &review(&app, "partner")).await;
    sign(&app, "school-admin", &agreement(&app, "own school", "partner")).await;
    wish_for_everything(&app).await;
    whole_story(&app, &plan_with("own school", "institution", credit_code("partner")), OF_PARTNERS).await;
}

#[rstest]
#[actix_web::test]
async fn case_public_interest_partner_from_filing_to_amendment(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let body = json!({
        "kind": "public_interest", "name": "岳阳市少儿阅读协会", "credit_code": "51430602MJJ000047P",
        "authority_id": app.world.organisation("city"), "licence_number": "岳社证字第0047号",
        "licence_document": "社会团体法人登记证书副本", "licence_starts_on": "2022-01-01", "licence_ends_on": null,
        "contact_name": "周会长", "contact_phone": "13907301234"
    });
    let partner = add(&app, "city-bureau", "partners", &body).await;
    let mut unpaid = agreement(&app, "own school", "partner");
    for (field, value) in [
        ("partner_id", json!(partner.id())),
        ("who_pays", json!("nobody")),
        ("fee_terms", Value::Null),
        ("necessity", Value::Null),
    ] {
        unpaid[field] = value;
    }
    sign(&app, "school-admin", &unpaid).await;
    whole_story(&app, &plan_with("own school", "public_interest", "51430602MJJ000047P"), OF_PARTNERS).await;
}
