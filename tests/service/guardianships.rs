//! `/guardianships` and `/consents`.

use kehou::db::{Id, Tx};
use kehou::students::guardianships::{Right, claim_right, has_right};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};

fn guardianship(app: &TestApp, change: &[(&str, Value)]) -> Value {
    let mut body = json!({
        "person_id": app.world.pupils("own school").person, "user_id": null, "kind": "person",
        "organisation_name": null, "relation": "father", "contact_name": "李强",
        "contact_phone": "13907305678", "rights": ["read", "sign"],
        "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
    });
    for (field, value) in change {
        body[*field] = value.clone();
    }
    body
}

async fn create(app: &TestApp, change: &[(&str, Value)]) -> Answer {
    let body = guardianship(app, change);
    app.post("/api/v1/guardianships").token(app.world.token("school-admin")).json(&body).send().await
}

async fn verb(app: &TestApp, id: &str, version: i64, verb: &str, body: Value) -> Answer {
    let path = format!("/api/v1/guardianships/{id}/{verb}");
    let ask = app.post(&path).token(app.world.token("school-admin")).if_match(&format!("\"{version}\""));
    ask.json(&body).send().await
}

/// What the account `guardian` may do for the pupil of its own school today.
async fn rights(app: &TestApp) -> Vec<Right> {
    let (user, person): (Id, Id) = (app.world.account("guardian").id, app.world.pupils("own school").person);
    let work = move |tx: &mut Tx<'_>| {
        let mut held = Vec::new();
        for right in Right::ALL {
            let has = has_right(tx, user, person, *right)?;
            assert_eq!(claim_right(tx, user, person, *right)?, has);
            if has {
                held.push(*right);
            }
        }
        Ok(held)
    };
    app.db.write(kehou::db::Origin::service("test"), kehou::db::Mode::Commit, work).await.unwrap()
}

#[rstest]
#[actix_web::test]
async fn from_the_commit_of_its_end_a_guardianship_does_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (pupils, guardian) = (*app.world.pupils("own school"), app.world.token("guardian"));
    assert_eq!(rights(&app).await, Right::ALL);
    let reads = [
        format!("/api/v1/students/{}", pupils.student),
        format!("/api/v1/students/{}/access-log", pupils.student),
        format!("/api/v1/guardianships/{}", pupils.guardianship),
        format!("/api/v1/consents/{}", pupils.consent),
    ];
    for path in &reads {
        app.get(path).token(guardian).expect(200).await;
    }
    let ended = verb(
        &app,
        &pupils.guardianship.to_string(),
        1,
        "end",
        json!({"reason": "监护人变更", "document": null, "ends_on": null}),
    )
    .await;
    assert_eq!(
        (ended.status, &ended.json()["state"], &ended.json()["ends_on"]),
        (200, &json!("ended"), &json!("2024-09-10"))
    );
    assert_eq!(ended.json()["can"], json!(["block"]));
    for path in &reads {
        app.get(path).token(guardian).expect(404).await;
    }
    assert_eq!(app.get("/api/v1/students").token(guardian).expect(200).await.json()["items"], json!([]));
    let withdraw = format!("/api/v1/consents/{}/withdraw", pupils.consent);
    app.post(&withdraw).token(guardian).if_match("\"1\"").expect(404).await;
    let consent = json!({"guardianship_id": pupils.guardianship, "text_version": "2024-10", "document": null});
    let refused = app.post("/api/v1/consents").token(guardian).json(&consent).expect(422).await;
    assert_eq!(refused.faults(), [("/guardianship_id".to_owned(), "not-found".to_owned())]);
    assert_eq!(rights(&app).await, []);
    let again = verb(
        &app,
        &pupils.guardianship.to_string(),
        2,
        "end",
        json!({"reason": "监护人变更", "document": null, "ends_on": null}),
    )
    .await;
    assert_eq!(again.code(), "state-conflict");
    let anew =
        create(&app, &[("user_id", json!(app.world.account("guardian").id)), ("rights", json!(["read", "pay"]))]).await;
    assert_eq!(anew.status, 201, "a guardianship that has ended is followed by a new one");
    assert_eq!(rights(&app).await, [Right::Read, Right::Pay]);
}

#[rstest]
#[actix_web::test]
async fn a_guardianship_holds_from_its_first_day_to_its_last(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let user = json!(app.world.account("guardian").id);
    let id = app.world.pupils("own school").guardianship.to_string();
    verb(&app, &id, 1, "end", json!({"reason": "监护人变更", "document": null, "ends_on": "2024-09-05"})).await;
    for (starts, ends, holds) in [
        ("2024-09-11", Value::Null, false),
        ("2024-09-10", json!("2024-09-10"), true),
        ("2024-09-01", json!("2024-09-09"), false),
        ("2024-09-10", Value::Null, true),
    ] {
        let made =
            create(&app, &[("user_id", user.clone()), ("starts_on", json!(starts)), ("ends_on", ends.clone())]).await;
        assert_eq!(made.status, 201, "{}", made.json());
        assert_eq!(!rights(&app).await.is_empty(), holds, "{starts} to {ends}");
        let list = app.get("/api/v1/students").token(app.world.token("guardian")).expect(200).await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), usize::from(holds), "{starts} to {ends}");
        assert_eq!(create(&app, &[("user_id", user.clone())]).await.code(), "overlap");
        assert_eq!(
            verb(&app, &made.id(), 1, "end", json!({"reason": "登记有误", "document": null, "ends_on": null}))
                .await
                .status,
            200
        );
    }
}

#[rstest]
#[actix_web::test]
async fn a_block_is_lifted_by_a_document_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let user = json!(app.world.account("guardian").id);
    let id = app.world.pupils("own school").guardianship.to_string();
    let blocked = verb(&app, &id, 1, "block", json!({"reason": "法院判决", "document": "(2024)湘0602民初1号"})).await;
    assert_eq!(
        (blocked.status, &blocked.json()["state"], &blocked.json()["can"]),
        (200, &json!("blocked"), &json!([]))
    );
    assert_eq!(rights(&app).await, []);
    for change in [("user_id", user.clone()), ("contact_phone", json!("13807301234"))] {
        let refused = create(&app, &[change]).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "guardianship-blocked"));
    }
    let unlinked = create(&app, &[]).await;
    let refused = verb(&app, &unlinked.id(), 1, "link", json!({"user_id": user})).await;
    assert_eq!(refused.code(), "guardianship-blocked");
    let restored = create(&app, &[("user_id", user), ("restoring_document", json!("(2024)湘06民终2号"))]).await;
    assert_eq!((restored.status, &restored.json()["restoring_document"]), (201, &json!("(2024)湘06民终2号")));
    assert_eq!(rights(&app).await, [Right::Read, Right::Sign]);
}

#[rstest]
#[actix_web::test]
async fn a_blocked_guardian_stays_blocked_under_any_spelling(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let why = json!({"reason": "法院裁定", "document": "裁定书1号"});
    for (phone, spellings) in [
        ("13800000001", ["138-0000-0001", "+8613800000001", "008613800000001", "86-13800000001"]),
        ("0730-8881234", ["07308881234", "+867308881234", "7308881234", "0086-730-8881234"]),
    ] {
        let made = create(&app, &[("contact_phone", json!(phone))]).await;
        assert_eq!(verb(&app, &made.id(), 1, "block", why.clone()).await.status, 200);
        for spelling in spellings {
            let refused = create(&app, &[("contact_phone", json!(spelling))]).await;
            assert_eq!((refused.status, refused.code().as_str()), (409, "guardianship-blocked"), "{spelling}");
            let account = json!(app.world.account("guardian").id);
            let refused = create(&app, &[("contact_phone", json!(spelling)), ("user_id", account)]).await;
            assert_eq!(refused.code(), "guardianship-blocked", "{spelling}, with an account beside it");
        }
    }
    let pick_up = create(&app, &[("rights", json!(["pick_up", "receive_notices"]))]).await;
    assert_eq!(pick_up.status, 201, "these need nobody to read");
}

/// Blocked by the telephone alone, and back under an account that is known by that telephone for another child.
#[rstest]
#[actix_web::test]
async fn a_blocked_telephone_blocks_its_account(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let made = create(&app, &[("contact_phone", json!("138-0730-1234"))]).await;
    let why = json!({"reason": "法院裁定", "document": "裁定书1号"});
    assert_eq!(verb(&app, &made.id(), 1, "block", why).await.status, 200);
    assert_eq!(rights(&app).await, [], "the account's own guardianship, of the same telephone, has ended");
    let user = json!(app.world.account("guardian").id);
    let refused = create(&app, &[("contact_phone", json!(null)), ("user_id", user)]).await;
    assert_eq!(refused.code(), "guardianship-blocked");
}

#[rstest]
#[actix_web::test]
async fn blocking_an_old_guardianship_ends_the_new_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let id = app.world.pupils("own school").guardianship.to_string();
    verb(&app, &id, 1, "end", json!({"reason": "监护人变更", "document": null, "ends_on": null})).await;
    create(&app, &[("user_id", json!(app.world.account("guardian").id))]).await;
    assert_eq!(rights(&app).await, [Right::Read, Right::Sign]);
    assert_eq!(verb(&app, &id, 2, "block", json!({"reason": "法院判决", "document": "判决书"})).await.status, 200);
    assert_eq!(rights(&app).await, []);
}

#[rstest]
#[actix_web::test]
async fn an_account_is_linked_later_and_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let made = create(
        &app,
        &[
            ("kind", json!("institution")),
            ("relation", json!("institution")),
            ("organisation_name", json!("岳阳市儿童福利院")),
        ],
    )
    .await;
    assert_eq!((made.status, &made.json()["can"]), (201, &json!(["link", "invite", "end", "block"])));
    assert_eq!(made.json()["contact_phone"], "13907305678", "whole for the school");
    for (user, fault) in [("teacher", "not-for-this"), ("integration", "not-for-this")] {
        let refused = verb(&app, &made.id(), 1, "link", json!({"user_id": app.world.account(user).id})).await;
        assert_eq!(refused.faults(), [("/user_id".to_owned(), fault.to_owned())]);
    }
    let twice = verb(&app, &made.id(), 1, "link", json!({"user_id": app.world.account("guardian").id})).await;
    assert_eq!(twice.code(), "overlap", "the account is guardian of this child already");
    let linked = verb(&app, &made.id(), 1, "link", json!({"user_id": app.world.account("platform-admin").id})).await;
    assert_eq!((linked.status, &linked.json()["can"]), (200, &json!(["end", "block"])));
    let path = format!("/api/v1/guardianships/{}", made.id());
    let seen = app.get(&path).token(app.world.token("bureau")).expect(200).await.json();
    assert_eq!((&seen["contact_phone"], &seen["can"]), (&json!("139****5678"), &json!([])));
    app.get(&path).token(app.world.token("guardian")).expect(404).await;
}

#[rstest]
#[actix_web::test]
async fn shapes_are_checked(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for (change, pointer, fault) in [
        (vec![("rights", json!([]))], "/rights", "required"),
        (vec![("rights", json!(["read", "read"]))], "/rights", "duplicate"),
        (vec![("rights", json!(["adopt"]))], "/rights/0", "not-one-of"),
        (vec![("rights", json!(["choose", "sign"]))], "/rights", "read-required"),
        (vec![("rights", json!(["sign"]))], "/rights", "read-required"),
        (vec![("contact_phone", json!("8881234"))], "/contact_phone", "format"),
        (vec![("contact_phone", json!("0730-8881234-801"))], "/contact_phone", "format"),
        (vec![("ends_on", json!("2024-08-31"))], "/ends_on", "ends-before-start"),
        (vec![("kind", json!("institution"))], "/organisation_name", "required"),
        (vec![("organisation_name", json!("福利院"))], "/organisation_name", "not-for-this"),
        (vec![("contact_phone", json!("43060220130315002X"))], "/contact_phone", "format"),
        (vec![("person_id", json!(app.world.pupils("sibling school").person))], "/person_id", "not-found"),
        (vec![("person_id", json!(app.world.pupils("own school").gone_person))], "/person_id", "not-found"),
        (vec![("user_id", json!(app.world.pupils("own school").person))], "/user_id", "not-found"),
    ] {
        let refused = create(&app, &change).await;
        assert_eq!(
            (refused.status, refused.faults()),
            (422, vec![(pointer.to_owned(), fault.to_owned())]),
            "{change:?}"
        );
    }
}

#[rstest]
#[actix_web::test]
async fn consent_is_given_by_version_and_withdrawn(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (pupils, guardian) = (*app.world.pupils("own school"), app.world.token("guardian"));
    let body =
        |version: &str| json!({"guardianship_id": pupils.guardianship, "text_version": version, "document": null});
    let given = app.post("/api/v1/consents").token(guardian).json(&body("2024-10")).expect(201).await;
    assert_eq!((&given.json()["can"], &given.json()["withdrawn_at"]), (&json!(["withdraw"]), &Value::Null));
    assert_eq!(
        app.post("/api/v1/consents").token(guardian).json(&body("2024-10")).expect(409).await.code(),
        "already-exists"
    );
    let school = app.world.token("school-admin");
    let refused = app.post("/api/v1/consents").token(school).json(&body("2024-11")).expect(422).await;
    assert_eq!(refused.faults(), [("/document".to_owned(), "required".to_owned())]);
    let path = format!("{}/withdraw", given.header("location"));
    let withdrawn = app.post(&path).token(guardian).if_match(given.etag()).expect(200).await;
    assert_eq!((withdrawn.json()["withdrawn_at"].is_string(), &withdrawn.json()["can"]), (true, &json!([])));
    assert_eq!(app.post(&path).token(guardian).if_match(withdrawn.etag()).expect(409).await.code(), "state-conflict");
    app.post("/api/v1/consents").token(guardian).json(&body("2024-10")).expect(201).await;
    let list = format!("/api/v1/consents?student_id={}", pupils.student);
    assert_eq!(
        app.get(&list).token(app.world.token("bureau")).expect(200).await.json()["items"].as_array().map(Vec::len),
        Some(3)
    );
    let reader = create(&app, &[("rights", json!(["read"]))]).await;
    let unsigned = json!({"guardianship_id": reader.id(), "text_version": "2024-10", "document": "paper"});
    let refused = app.post("/api/v1/consents").token(school).json(&unsigned).expect(422).await;
    assert_eq!(refused.faults(), [("/guardianship_id".to_owned(), "not-for-this".to_owned())]);
}
