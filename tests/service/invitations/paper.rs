//! The codes for a class on paper.

use rstest::rstest;
use serde_json::{Value, json};

use super::{registering, signed_in};
use crate::persons::person;
use crate::students::enter;
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};

async fn class(app: &TestApp) -> Answer {
    let path = format!("/api/v1/classes/{}", app.world.pupils("own school").class);
    app.get(&path).token(app.world.token("school-admin")).expect(200).await
}

/// A pupil of the class with a guardian; returns the pupil.
async fn pupil(app: &TestApp, name: &str, phone: &Value) -> Answer {
    let class = app.world.pupils("own school").class;
    let made = enter(app, "own school", &[("name", json!(name)), ("class_id", json!(class))]).await;
    let body = json!({
        "person_id": person(&made), "user_id": null, "kind": "person", "organisation_name": null,
        "relation": "grandparent", "contact_name": format!("{name}的<奶奶>"), "contact_phone": phone,
        "rights": ["read"], "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
    });
    app.post("/api/v1/guardianships").token(app.world.token("school-admin")).json(&body).expect(201).await;
    made
}

async fn print(app: &TestApp, language: &str) -> Answer {
    let seen = class(app).await;
    let path = format!("/api/v1/classes/{}/invitations", seen.id());
    let ask = app.post(&path).token(app.world.token("school-admin")).if_match(seen.etag());
    ask.header("accept-language", language).expect(200).await
}

fn codes(page: &str) -> Vec<String> {
    let after = page.split("<p class=\"code\">").skip(1);
    after.map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

#[rstest]
#[actix_web::test]
async fn a_class_gets_a_paper_for_each_guardian_without_an_account(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (first, second) =
        (pupil(&app, "陈晨", &json!("13807304321")).await, pupil(&app, "赵<b>一</b>", &json!("13807305432")).await);
    let silent = pupil(&app, "孙无电话", &Value::Null).await;
    enter(&app, "own school", &[("name", json!("别班的"))]).await;
    let page = print(&app, "zh").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!((page.header("cache-control"), page.header("etag")), ("no-store", ""));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    let html = String::from_utf8(page.body).unwrap();
    for told in
        ["own school", "三年级1班", "陈晨", "赵&#60;b&#62;一", "的&#60;奶奶&#62;", "祖父母", "有效期至 20", "邀请函"]
    {
        assert!(html.contains(told), "{told}: {html}");
    }
    for hidden in ["孙无电话", "别班的", "李明", "4321", "5432", "<b>一", "<script", "http://", "src="] {
        let svg = html.replace("http://www.w3.org/2000/svg", "");
        assert!(!svg.contains(hidden), "{hidden}");
    }
    let made = codes(&html);
    assert_eq!((made.len(), html.matches("<svg ").count()), (2, 2));

    app.app.access_log.flush(&app.db).await.unwrap();
    for (child, lines) in [(&first, 1), (&second, 1), (&silent, 0)] {
        let path = format!("/api/v1/students/{}/access-log", child.id());
        let log = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
        let of_page = log["items"].as_array().unwrap().iter().filter(|line| line["operation"] == "invite_class");
        assert_eq!(of_page.count(), lines, "{log}");
    }
    let again = String::from_utf8(print(&app, "en").await.body).unwrap();
    assert!(again.contains("Your account for the after-school service") && again.contains("grandparent"), "{again}");
    assert_eq!(registering(&app, &made[0], "4321", "chen.nainai").expect(422).await.code(), "code-refused");
    let newer = codes(&again);
    registering(&app, &newer[0], "4321", "chen.nainai").expect(201).await;
    let token = signed_in(&app, "chen.nainai").await;
    assert_eq!(app.get("/api/v1/students").token(&token).expect(200).await.json()["items"][0]["id"], json!(first.id()));
    let last = String::from_utf8(print(&app, "zh").await.body).unwrap();
    assert_eq!((codes(&last).len(), last.contains("陈晨")), (1, false), "who has an account gets no paper");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_class_of_whose_guardians_nobody_is_left_says_so(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let html = String::from_utf8(print(&app, "en").await.body).unwrap();
    assert!(codes(&html).is_empty() && html.contains("nobody is to be invited"), "{html}");
    let path = format!("/api/v1/classes/{}/invitations", app.world.pupils("sibling school").class);
    app.post(&path).token(app.world.token("school-admin")).if_match("\"1\"").expect(404).await;
    app.post(&path).token(app.world.token("bureau")).if_match("\"1\"").expect(403).await;
    app.post(&path).token(app.world.token("sibling-school-admin")).expect(428).await;
    app.post(&path).token(app.world.token("sibling-school-admin")).if_match("\"9\"").expect(412).await;
}
