//! Wrong input of every kind gives the documented problem, in Chinese and in English.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Ask, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};

/// Sends the same wrong request in both languages and holds status, code, faults and language of the answers.
async fn refused(make: impl Fn() -> Ask<'static>, status: u16, code: &str, faults: &[(&str, &str)]) {
    let zh = make().expect(status).await;
    let en = make().english().expect(status).await;
    for answer in [&zh, &en] {
        assert_eq!(answer.code(), code, "{}", answer.json());
        let expected: Vec<_> = faults.iter().map(|(at, fault)| ((*at).to_owned(), (*fault).to_owned())).collect();
        assert_eq!(answer.faults(), expected, "{}", answer.json());
        assert_eq!(answer.json()["type"], format!("urn:kehou:problem:{code}"));
    }
    let is_chinese = |text: &Value| text.as_str().unwrap().chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    assert!(is_chinese(&zh.json()["title"]) && is_chinese(&zh.json()["detail"]));
    assert!(!is_chinese(&en.json()["title"]) && !is_chinese(&en.json()["detail"]));
    assert_eq!((zh.header("content-language"), en.header("content-language")), ("zh", "en"));
}

/// A request builder needs the app for as long as it lives; tests may leak it.
fn leak(app: TestApp) -> &'static TestApp {
    Box::leak(Box::new(app))
}

fn user_in(change: &[(&str, Value)]) -> Value {
    let mut body = json!({"kind": "person", "username": "chen.wei", "display_name": "陈伟", "organisation_id": null});
    for (field, value) in change {
        body[*field] = value.clone();
    }
    body
}

#[rstest]
#[actix_web::test]
async fn bodies(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let app = leak(app);
    let token = app.world.token("platform-admin");
    let post = || app.post("/api/v1/users").token(token);
    let with = |body: &'static str| move || post().bytes("application/json", body);
    refused(with("{\"kind\": "), 400, "json-syntax", &[]).await;
    refused(with(""), 400, "json-syntax", &[]).await;
    refused(with("\"person\""), 422, "invalid", &[("", "wrong-type")]).await;
    let required = [("/kind", "required"), ("/username", "required"), ("/display_name", "required")];
    refused(with("{}"), 422, "invalid", &required).await;
    let twice = [("/kind", "duplicate"), required[1], required[2]];
    refused(with("{\"kind\":\"person\",\"kind\":\"person\"}"), 422, "invalid", &twice).await;
    for (field, value, fault) in [
        ("surname", json!("陈"), "unknown"),
        ("display_name", json!(7), "wrong-type"),
        ("display_name", json!("长".repeat(61)), "too-long"),
        ("display_name", json!(""), "too-short"),
        ("display_name", json!("a\u{0}b"), "control-character"),
        ("display_name", json!(" 陈伟"), "outer-space"),
        ("username", json!("Chen Wei"), "format"),
        ("kind", json!("robot"), "not-one-of"),
        ("organisation_id", json!("430602"), "format"),
        ("organisation_id", json!("{0192f0c1-2b3a-7c4d-8e5f-60718293a4b5}"), "format"),
    ] {
        let body = user_in(&[(field, value)]);
        refused(|| post().json(&body), 422, "invalid", &[(&format!("/{field}"), fault)]).await;
    }
}

#[rstest]
#[actix_web::test]
async fn a_wrong_value_is_never_echoed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    for body in [
        user_in(&[("kind", json!("canary-43060220130315002X"))]),
        user_in(&[("display_name", json!({"canary-43060220130315002X": 1}))]),
        user_in(&[("organisation_id", json!("canary-43060220130315002X"))]),
        user_in(&[("username", json!("canary-43060220130315002X"))]),
    ] {
        let answer = app.post("/api/v1/users").token(token).json(&body).expect(422).await;
        assert!(!String::from_utf8_lossy(&answer.body).contains("canary"), "{}", answer.json());
    }
}

#[rstest]
#[actix_web::test]
async fn media_types_and_sizes(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let app = leak(app);
    let token = app.world.token("platform-admin");
    let body = user_in(&[]).to_string();
    let post = || app.post("/api/v1/users").token(token);
    refused(|| post().bytes("text/plain", body.clone()), 415, "unsupported-media-type", &[]).await;
    refused(post, 415, "unsupported-media-type", &[]).await;
    let huge = || user_in(&[("display_name", json!("x".repeat(2 << 20)))]);
    refused(|| post().json(&huge()), 413, "body-too-large", &[]).await;
    let with_charset = post().bytes("application/json; charset=utf-8", body.clone());
    with_charset.expect(201).await;
    let token_form = || app.post("/oauth/token").json(&json!({"grant_type": "password"}));
    refused(token_form, 415, "unsupported-media-type", &[]).await;
}

#[rstest]
#[actix_web::test]
async fn queries(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let app = leak(app);
    let token = app.world.token("platform-admin");
    for (path, name, fault) in [
        ("/api/v1/users?limit=0", "limit", "out-of-range"),
        ("/api/v1/users?limit=201", "limit", "out-of-range"),
        ("/api/v1/users?limit=many", "limit", "wrong-type"),
        ("/api/v1/users?limit=5&limit=6", "limit", "duplicate"),
        ("/api/v1/users?colour=red", "colour", "unknown"),
        ("/api/v1/users?state=asleep", "state", "not-one-of"),
        ("/api/v1/users?organisation_id=430602", "organisation_id", "format"),
        ("/api/v1/users?username=a%00b", "username", "control-character"),
        ("/api/v1/users?username=%zz", "query", "format"),
        ("/api/v1/users?username=%ff%fe", "query", "format"),
        ("/api/v1/me?verbose=true", "verbose", "unknown"),
        ("/api/v1/role-grants", "user_id", "required"),
    ] {
        refused(|| app.get(path).token(token), 400, "parameter-invalid", &[(name, fault)]).await;
    }
    let body = user_in(&[]);
    let rehearsal = || app.post("/api/v1/users?validate_only=maybe").token(token).json(&body);
    refused(rehearsal, 400, "parameter-invalid", &[("validate_only", "wrong-type")]).await;
}

#[rstest]
#[actix_web::test]
async fn everything_that_is_wrong_with_a_query_is_named_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let app = leak(app);
    let token = app.world.token("platform-admin");
    let wrong = [
        ("state", "not-one-of"),
        ("organisation_id", "format"),
        ("username", "duplicate"),
        ("updated_since", "format"),
        ("sort", "not-one-of"),
        ("limit", "out-of-range"),
        ("colour", "unknown"),
        ("*", "unknown"),
    ];
    let query = "limit=0&colour=red&sort=size&state=active&state=asleep&username=a1a&organisation_id=430602&\
                 username=b2b&updated_since=today&430602201303%2015002X=1&cursor=nonsense";
    let list = || app.get(Box::leak(format!("/api/v1/users?{query}").into_boxed_str())).token(token);
    refused(list, 400, "parameter-invalid", &wrong).await;
    let said = list().english().expect(400).await.json();
    let zh = list().expect(400).await.json();
    for place in 0..wrong.len() {
        let (en, zh) = (&said["errors"][place]["message"], &zh["errors"][place]["message"]);
        assert!(en.as_str().is_some_and(str::is_ascii) && zh != en, "{en} {zh}");
    }
    let several = [("user_id", "required"), ("limit", "wrong-type"), ("q", "unknown")];
    refused(|| app.get("/api/v1/role-grants?limit=x&q=1").token(token), 400, "parameter-invalid", &several).await;
    let lookup = [("school_year", "required"), ("season", "not-one-of"), ("group_by", "not-one-of"), ("x", "unknown")];
    let overview =
        || app.get("/api/v1/plans/overview?x=1&group_by=size&season=summer").token(app.world.token("bureau"));
    refused(overview, 400, "parameter-invalid", &lookup).await;
    let body = user_in(&[]);
    let write = || app.post("/api/v1/users?dry=1&validate_only=maybe&v=2").token(token).json(&body);
    let write_faults = [("validate_only", "wrong-type"), ("dry", "unknown"), ("v", "unknown")];
    refused(write, 400, "parameter-invalid", &write_faults).await;
    refused(
        || app.get("/api/v1/me?b=1&a=2").token(token),
        400,
        "parameter-invalid",
        &[("b", "unknown"), ("a", "unknown")],
    )
    .await;
    // What a filter takes several times is not wrong for that.
    app.get("/api/v1/users?state=active&limit=1&state=suspended").token(token).expect(200).await;
}

#[rstest]
#[actix_web::test]
async fn cursors(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let app = leak(app);
    let token = app.world.token("platform-admin");
    let first = app.get("/api/v1/users?limit=2").token(token).expect(200).await;
    let cursor = first.json()["next_cursor"].as_str().unwrap().to_owned();
    app.get(&format!("/api/v1/users?limit=3&cursor={cursor}")).token(token).expect(200).await;
    for path in [
        "/api/v1/users?cursor=nonsense".to_owned(),
        "/api/v1/users?cursor=*".to_owned(),
        format!("/api/v1/users?state=active&cursor={cursor}"),
        format!("/api/v1/users?sort=-username&cursor={cursor}"),
        format!("/api/v1/jobs?cursor={cursor}"),
    ] {
        refused(|| app.get(&path).token(token), 400, "cursor-invalid", &[("cursor", "mismatch")]).await;
    }
}

#[rstest]
#[actix_web::test]
async fn preconditions(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let app = leak(app);
    let token = app.world.token("platform-admin");
    let path = format!("/api/v1/users/{}", app.world.account("teacher").id);
    let suspend = format!("{path}/suspend");
    let post = || app.post(&suspend).token(token);
    refused(post, 428, "precondition-required", &[]).await;
    refused(|| post().if_match("\"99-00000000\""), 412, "version-mismatch", &[]).await;
    refused(|| post().if_match("\"of-another-server\""), 412, "version-mismatch", &[]).await;
    refused(|| post().if_match("1"), 400, "header-invalid", &[("If-Match", "format")]).await;
    refused(|| post().if_match("*"), 400, "header-invalid", &[("If-Match", "format")]).await;
    let nobody = || app.post("/api/v1/users/0192f0c1-2b3a-7c4d-8e5f-60718293a4b5/suspend").token(token);
    refused(|| nobody().if_match("\"1\""), 404, "not-found", &[]).await;
    refused(nobody, 428, "precondition-required", &[]).await;
}

#[rstest]
#[actix_web::test]
async fn paths_and_methods(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let app = leak(app);
    let token = app.world.token("platform-admin");
    refused(|| app.get("/api/v1/nowhere").token(token), 404, "not-found", &[]).await;
    refused(|| app.get("/nowhere"), 404, "not-found", &[]).await;
    refused(|| app.get("/api/v1/users/17").token(token), 400, "parameter-invalid", &[("id", "format")]).await;
    for (method, path, allow) in [
        ("DELETE", "/api/v1/users", "GET, HEAD, POST"),
        ("PATCH", "/api/v1/users/17", "GET, HEAD, PUT"),
        ("GET", "/oauth/token", "POST"),
        ("OPTIONS", "/api/v1/me", "GET, HEAD"),
    ] {
        refused(|| app.ask(method, path), 405, "method-not-allowed", &[]).await;
        assert_eq!(app.ask(method, path).expect(405).await.header("allow"), allow);
    }
}

#[rstest]
#[actix_web::test]
async fn idempotency_keys(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let app = leak(app);
    let token = app.world.token("platform-admin");
    let body = user_in(&[]);
    let post = |key: &'static str| move || app.post("/api/v1/users").token(token).key(key);
    for key in ["", "with space", "ключ"] {
        refused(|| post(key)().json(&body), 400, "header-invalid", &[("Idempotency-Key", "format")]).await;
    }
    let path = format!("/api/v1/users/{}/issue-secret", app.world.account("teacher").id);
    let secret = || app.post(&path).token(token).if_match("\"1\"").key("k");
    refused(secret, 400, "idempotency-key-refused", &[]).await;
    let sign_in = || app.post("/oauth/token").key("k").form(&[("grant_type", "password")]);
    refused(sign_in, 400, "idempotency-key-refused", &[]).await;
}

#[rstest]
#[actix_web::test]
async fn checks_come_in_their_order(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (admin, teacher) = (app.world.token("platform-admin"), app.world.token("teacher"));
    let path = format!("/api/v1/users/{}", app.world.account("teacher").id);
    let nobody = "/api/v1/users/0192f0c1-2b3a-7c4d-8e5f-60718293a4b5";
    let put = |path: &str| app.put(path).bytes("application/json", "{");
    put(&path).expect(401).await;
    put(&path).token(teacher).expect(403).await;
    put(&path).token(admin).expect(400).await;
    app.put(&path).token(admin).json(&json!({})).expect(422).await;
    let body = user_in(&[]);
    app.put(nobody).token(admin).json(&body).expect(428).await;
    app.put(nobody).token(admin).if_match("\"9\"").json(&body).expect(404).await;
    app.put(&path).token(admin).if_match("\"9\"").json(&body).expect(412).await;
    app.put(&path).token(admin).if_match("\"1\"").json(&body).expect(409).await;
}

#[rstest]
#[actix_web::test]
async fn a_word_in_the_place_of_an_id_has_methods_of_its_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    for (path, allowed) in [("enrollments/batch", "POST"), ("students/batch", "POST")] {
        let refused = app.get(&format!("/api/v1/{path}")).token(token).send_unchecked().await;
        assert_eq!((refused.status, refused.header("allow")), (405, allowed), "{path}");
    }
    let overview = app.put("/api/v1/plans/overview").token(token).json(&json!({})).send_unchecked().await;
    assert_eq!((overview.status, overview.header("allow")), (405, "GET, HEAD"));
    let no_id = app.get("/api/v1/students/no-id").token(token).send_unchecked().await;
    assert_eq!((no_id.status, no_id.faults()), (400, vec![("id".to_owned(), "format".to_owned())]));
}
