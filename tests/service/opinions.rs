//! What a parents' committee says of a plan, what an authority holds up as an example, and what guardians are advised.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::partners::act;
use crate::support::plans::{call, draft, small_plan, submit};

fn opinion(plan: &str, change: &[(&str, Value)]) -> Value {
    let mut body = json!({
        "plan_id": plan, "held_on": "2024-09-05", "members_present": 12, "stance": "supports_with_suggestions",
        "opinion": "建议增加体育项目。"
    });
    for (field, value) in change {
        body[*field] = value.clone();
    }
    body
}

async fn post(app: &TestApp, account: &str, collection: &str, body: &Value) -> Answer {
    app.post(&format!("/api/v1/{collection}")).token(app.world.token(account)).json(body).send().await
}

#[rstest]
#[actix_web::test]
async fn an_opinion_is_recorded_once_and_read_by_who_reviews(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let refused =
        post(&app, "school-admin", "committee-opinions", &opinion(&plan.id(), &[("held_on", json!("2024-09-11"))]))
            .await;
    assert_eq!(refused.faults(), [("/held_on".to_owned(), "out-of-range".to_owned())]);
    let refused = post(&app, "sibling-school-admin", "committee-opinions", &opinion(&plan.id(), &[])).await;
    assert_eq!(refused.faults(), [("/plan_id".to_owned(), "not-found".to_owned())]);
    let made = post(&app, "school-admin", "committee-opinions", &opinion(&plan.id(), &[])).await;
    assert_eq!((made.status, &made.json()["can"]), (201, &json!([])));
    let list = format!("/api/v1/committee-opinions?plan_id={}", plan.id());
    let seen = app.get(&list).token(app.world.token("bureau")).expect(200).await.json();
    assert_eq!((&seen["items"][0]["id"], &seen["items"][0]["members_present"]), (&json!(made.id()), &json!(12)));
    assert_eq!(app.get(&list).token(app.world.token("other-bureau")).expect(200).await.json()["items"], json!([]));
    submit(&app, "school-admin", &plan).await; // an objection would not stop it either
}

#[rstest]
#[actix_web::test]
async fn a_quality_course_is_marked_once_until_its_mark_ends(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let projects = format!("/api/v1/projects?plan_id={}", plan.id());
    let project =
        app.get(&projects).token(app.world.token("bureau")).expect(200).await.json()["items"][0]["id"].clone();
    let body = json!({"project_id": project, "document": "岳教函〔2024〕30号"});
    assert_eq!(post(&app, "school-admin", "quality-courses", &body).await.status, 403);
    assert_eq!(
        post(&app, "other-bureau", "quality-courses", &body).await.faults(),
        [("/project_id".to_owned(), "not-found".to_owned())]
    );
    let made = post(&app, "bureau", "quality-courses", &body).await;
    assert_eq!(
        (made.status, &made.json()["marked_on"], &made.json()["can"]),
        (201, &json!("2024-09-10"), &json!(["end"]))
    );
    assert_eq!(post(&app, "city-bureau", "quality-courses", &body).await.code(), "already-exists");
    let ended = act(&app, "bureau", "quality-courses", &made, "end", &json!({"reason": "项目停办。"})).await;
    assert_eq!((&ended.json()["state"], &ended.json()["ended_on"]), (&json!("ended"), &json!("2024-09-10")));
    assert_eq!(
        act(&app, "bureau", "quality-courses", &ended, "end", &json!({"reason": "项目停办。"})).await.code(),
        "state-conflict"
    );
    assert_eq!(post(&app, "city-bureau", "quality-courses", &body).await.status, 201);
}

#[rstest]
#[actix_web::test]
async fn guardians_who_want_care_elsewhere_are_advised(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["notice"]["off_campus_advice"] = json!("请选择证照齐全的托管机构。");
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    let body = json!({"plan_id": plan.id(), "items": {}});
    let notice = post(&app, "school-admin", "notices", &body).await;
    let published = call(&app, "school-admin", "notices", &notice, "publish").await;
    let shown = app.get(&format!("/api/v1/published-notices/{}", published.id())).expect(200).await.json();
    assert_eq!(shown["items"]["off_campus_advice"], "请选择证照齐全的托管机构。");
    let page = app.get(&format!("/notices/{}", published.id())).expect(200).await;
    let page = String::from_utf8(page.body).unwrap();
    assert!(page.contains("校外托管提示") && page.contains("请选择证照齐全的托管机构。"), "{page}");
}
