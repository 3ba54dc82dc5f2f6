//! `/plan-amendments`: what is in force stays until another document takes its place.

mod asked_again;

use futures_util::future::join;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::amendments::{amend, document_of, exempt, file, filing_of};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::plan_with;
use crate::support::fees::{approved_plan, price};
use crate::support::plans::{approve, call, draft, send_back, small_plan};

const OWN: (&str, &str) = ("school-admin", "bureau");
const CLUB: (&str, Option<i64>, &[i64], &str, &str) = ("足球", Some(2), &[2], "17:30", "18:00");

/// A plan with a football club that costs 4 yuan a lesson, approved and published, in November.
async fn in_force(app: &TestApp) -> Answer {
    let mut document = plan_with(&[CLUB]);
    document["projects"][1]["lesson_minutes"] = json!(30);
    price(&mut document, 1, "per_lesson", 400);
    let plan = approved_plan(app, "school-admin", "bureau", &document).await;
    app.clock_at("2024-11-04T10:00:00+08:00");
    plan
}

/// Its document with another one for the club.
async fn changed(app: &TestApp, plan: &Answer, change: impl FnOnce(&mut Value)) -> Value {
    let mut document = document_of(app, "school-admin", &plan.id()).await;
    change(&mut document["projects"][1]);
    document
}

async fn projects(app: &TestApp, plan: &Answer) -> Vec<String> {
    let list = format!("/api/v1/projects?plan_id={}", plan.id());
    let mut found = app.get(&list).token(app.world.token("school-admin")).expect(200).await.json();
    let found = found["items"].as_array_mut().unwrap();
    found.sort_by_key(|project| project["position"].as_i64());
    found.iter().map(|project| project["id"].as_str().unwrap().to_owned()).collect()
}

async fn seen(app: &TestApp, account: &str, path: &str) -> Answer {
    app.get(&format!("/api/v1/{path}")).token(app.world.token(account)).expect(200).await
}

async fn published(app: &TestApp, code: &str) -> Value {
    let list = app.get(&format!("/api/v1/published-notices?school_code={code}")).expect(200).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    app.get(&format!("/api/v1/published-notices/{}", list["items"][0]["id"].as_str().unwrap())).expect(200).await.json()
}

async fn verified(app: &TestApp) {
    assert_eq!(app.db.read(kehou::enrollments::enrollments::verify).await.unwrap(), Vec::<String>::new());
    assert_eq!(app.db.read(kehou::filings::filings::verify).await.unwrap(), Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn what_is_in_force_stays_until_the_amendment_is_approved(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = in_force(&app).await;
    let (document, told) = (document_of(&app, "school-admin", &plan.id()).await, published(&app, "2143000001").await);
    let wanted = changed(&app, &plan, |club| club["seats_max"] = json!(40)).await;
    let filed = file(&app, "school-admin", &plan.id(), &wanted).await;
    assert_eq!((&filed.json()["state"], &filed.json()["number"]), (&json!("submitted"), &json!(1)));
    assert_eq!(document_of(&app, "school-admin", &plan.id()).await, document);
    assert_eq!(published(&app, "2143000001").await, told);
    let shown = seen(&app, "bureau", &format!("plans/{}", plan.id())).await.json();
    assert_eq!((&shown["state"], &shown["latest_filing"]["state"]), (&json!("approved"), &json!("approved")));

    let filing = filing_of(&app, &filed).await;
    assert_eq!((&filing.json()["amendment_id"], &filing.json()["ordinal"]), (&json!(filed.id()), &json!(2)));
    let own = approve(&app, "school-admin", &filing).await;
    assert_eq!(own.status, 403);
    assert_eq!(approve(&app, "other-bureau", &filing).await.status, 404);
    assert_eq!(approve(&app, "bureau", &filing).await.status, 200);
    assert_eq!(document_of(&app, "school-admin", &plan.id()).await["projects"][1]["seats_max"], json!(40));
    let shown = seen(&app, "bureau", &format!("plans/{}", plan.id())).await.json();
    assert_eq!(shown["latest_filing"]["id"], json!(filing.id()));
    let now = published(&app, "2143000001").await;
    assert_eq!(
        (&now["projects"][1]["offer"]["seats_max"], &now["projects"][1]["id"]),
        (&json!(40), &told["projects"][1]["id"])
    );
    let all = seen(&app, "bureau", &format!("filings?plan_id={}", plan.id())).await.json();
    let states: Vec<&Value> = all["items"].as_array().unwrap().iter().map(|filing| &filing["state"]).collect();
    assert_eq!(states, ["superseded", "approved"]);
    let amendment = seen(&app, "school-admin", &format!("plan-amendments/{}", filed.id())).await.json();
    assert_eq!((&amendment["state"], &amendment["can"]), (&json!("approved"), &json!([])));
    verified(&app).await;
}

#[rstest]
#[actix_web::test]
async fn an_amendment_needs_an_approved_plan_and_is_one_at_a_time(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let other = draft(&app, "sibling-school-admin", &small_plan("sibling school", "autumn")).await;
    let refused = amend(&app, "sibling-school-admin", &other.id(), &small_plan("sibling school", "autumn")).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "state-conflict"));
    let plan = in_force(&app).await;
    let document = document_of(&app, "school-admin", &plan.id()).await;
    let refused = amend(&app, "sibling-school-admin", &plan.id(), &document).await;
    assert_eq!(refused.faults(), [("/plan_id".to_owned(), "not-found".to_owned())]);
    let refused = amend(&app, "school-admin", &plan.id(), &small_plan("sibling school", "autumn")).await;
    assert_eq!((refused.code().as_str(), refused.faults()[0].0.as_str()), ("immutable-field", "/document/school/code"));
    let mut wrong = document.clone();
    wrong["school"]["name"] = json!("别的学校");
    let refused = amend(&app, "school-admin", &plan.id(), &wrong).await;
    assert_eq!((refused.status, refused.faults()[0].0.as_str()), (422, "/document/school/name"));
    let (one, two) =
        join(amend(&app, "school-admin", &plan.id(), &document), amend(&app, "school-admin", &plan.id(), &document))
            .await;
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let standing = if one.status == 201 { one } else { two };
    let withdrawn = call(&app, "school-admin", "plan-amendments", &standing, "withdraw").await;
    assert_eq!((&withdrawn.json()["state"], &withdrawn.json()["can"]), (&json!("withdrawn"), &json!([])));
    assert_eq!(amend(&app, "school-admin", &plan.id(), &document).await.json()["number"], json!(2));
}

#[rstest]
#[actix_web::test]
async fn fixed_for_term_stops_an_amendment_that_no_exemption_lifts(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = in_force(&app).await;
    let wanted = changed(&app, &plan, |club| club["slots"][0]["weekday"] = json!(4)).await;
    let drafted = amend(&app, "school-admin", &plan.id(), &wanted).await;
    assert!(
        drafted.findings().contains(&("fixed-for-term".into(), "error".into(), "/projects/1/slots".into())),
        "{}",
        drafted.json()
    );
    let refused = call(&app, "school-admin", "plan-amendments", &drafted, "submit").await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "refused-by-rules"));
    let days = refused.findings().into_iter().filter(|(rule, ..)| rule == "fixed-for-term").count();
    assert_eq!(days, 2, "a Tuesday goes, a Thursday comes: {}", refused.json());
    let exemption = exempt(&app, "2024-11-04").await;
    let filed = call(&app, "school-admin", "plan-amendments", &drafted, "submit").await;
    assert_eq!(filed.status, 200, "{}", filed.json());
    let cited: Vec<Value> = filed.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == "fixed-for-term")
        .cloned()
        .collect();
    assert_eq!(
        (cited.len(), &cited[0]["severity"], &cited[0]["exemption"]),
        (2, &json!("warning"), &json!(exemption.id()))
    );
}

#[rstest]
#[actix_web::test]
async fn an_amendment_that_was_returned_is_corrected_and_filed_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = in_force(&app).await;
    let wanted = changed(&app, &plan, |club| club["fee"]["amount_fen"] = json!(500)).await;
    let filed = file(&app, "school-admin", &plan.id(), &wanted).await;
    assert_eq!(send_back(&app, "bureau", &filing_of(&app, &filed).await, "2024-11-11").await.status, 200);
    let returned = seen(&app, "school-admin", &format!("plan-amendments/{}", filed.id())).await;
    assert_eq!(
        (&returned.json()["state"], &returned.json()["can"]),
        (&json!("returned"), &json!(["update", "submit", "withdraw"]))
    );
    let corrected = changed(&app, &plan, |club| club["fee"]["amount_fen"] = json!(450)).await;
    let body = json!({"plan_id": plan.id(), "reason": "教练费上涨。", "document": corrected});
    let path = format!("/api/v1/plan-amendments/{}", filed.id());
    let updated =
        app.put(&path).token(app.world.token("school-admin")).if_match(returned.etag()).json(&body).expect(200).await;
    let filed = call(&app, "school-admin", "plan-amendments", &updated, "submit").await;
    let filing = filing_of(&app, &filed).await;
    assert_eq!((&filing.json()["ordinal"], &filing.json()["case_number"]), (&json!(3), &json!("430602-2024-0003")));
    assert_eq!(approve(&app, "bureau", &filing).await.status, 200);
    assert_eq!(document_of(&app, "school-admin", &plan.id()).await["projects"][1]["fee"]["amount_fen"], json!(450));
    let stays = format!("/api/v1/plans/{}", plan.id());
    assert_eq!(app.get(&stays).token(app.world.token("school-admin")).expect(200).await.json()["state"], "approved");
}

#[rstest]
#[actix_web::test]
async fn two_filings_are_compared_field_by_field(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = in_force(&app).await;
    let wanted = changed(&app, &plan, |club| {
        club["fee"]["amount_fen"] = json!(450);
        club["outline"] = Value::Null;
    })
    .await;
    let filing = filing_of(&app, &file(&app, "school-admin", &plan.id(), &wanted).await).await;
    let path = format!("filings/{}/comparison", filing.id());
    let told = seen(&app, "bureau", &path).await.json();
    let changes: Vec<Value> = told["changes"].as_array().unwrap().clone();
    let change = |kind: &str, pointer: &str, before: &str, after: Value| {
        json!({
            "kind": kind, "pointer": pointer, "of": "足球", "before": before, "after": after
        })
    };
    assert_eq!(
        changes,
        [
            change("changed", "/projects/1/fee/amount_fen", "400", json!("450")),
            change("removed", "/projects/1/outline", "完成作业。", Value::Null),
        ]
    );
    assert_eq!((&told["later"]["id"], &told["earlier"]["state"]), (&json!(filing.id()), &json!("approved")));
    let earlier = told["earlier"]["id"].as_str().unwrap();
    let same = seen(&app, "school-admin", &format!("filings/{earlier}/comparison?with={}", filing.id())).await.json();
    assert_eq!(same["changes"], told["changes"], "whichever is named first");
    let first = seen(&app, "bureau", &format!("filings/{earlier}/comparison")).await.json();
    assert_eq!((&first["earlier"], &first["changes"]), (&Value::Null, &json!([])), "nothing before it");
    let other = format!("/api/v1/filings/{earlier}/comparison?with={}", app.world.organisation("own school"));
    let wrong = app.get(&other).token(app.world.token("bureau")).send().await;
    assert_eq!((wrong.status, wrong.faults()), (400, vec![("with".to_owned(), "not-found".to_owned())]));
    app.get(&format!("/api/v1/{path}")).token(app.world.token("other-bureau")).expect(404).await;
}
