//! `/staff-members` and what hangs on them: papers, contracts, duties; and what a school pays.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::pupils::id_number;
use crate::support::staff::{add, contract, contract_body, enter_member, member_body, qualify, sign, vet};

fn items(list: &Value) -> usize {
    list["items"].as_array().map(Vec::len).unwrap_or_default()
}

#[rstest]
#[actix_web::test]
async fn numbers_are_masked_and_stay_where_they_are_not_given(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let mut body = member_body(&app, "own", "陈老师");
    body["id_number"] = json!("43060220130315002X");
    body["phone"] = json!("13907305678");
    body["subject"] = json!("美术");
    let made = add(&app, "staff-members", &body).await;
    let shown = made.json();
    assert_eq!((&shown["id_number"], &shown["phone"]), (&json!("4306**********002X"), &json!("139****5678")));
    assert_eq!((&shown["state"], &shown["can"]), (&json!("active"), &json!(["update", "leave"])));
    let path = made.header("location").to_owned();
    let to = member_body(&app, "own", "陈晓");
    let updated = app.put(&path).token(token).if_match(made.etag()).json(&to).expect(200).await.json();
    assert_eq!((&updated["name"], &updated["subject"]), (&json!("陈晓"), &Value::Null));
    assert_eq!((&updated["id_number"], &updated["phone"]), (&shown["id_number"], &shown["phone"]));
    let seen = app.get(&path).token(app.world.token("bureau")).expect(200).await.json();
    assert_eq!((&seen["name"], &seen["id_number"], &seen["can"]), (&json!("陈晓"), &shown["id_number"], &json!([])));
    let sealed = app
        .count("staff_members WHERE id_number_sealed LIKE '%43060220130315002X%' OR phone_sealed LIKE '%13907305678%'")
        .await;
    assert_eq!(sealed, 0, "sealed at rest");
    app.get(&path).token(app.world.token("other-bureau")).expect(404).await;
    app.get(&path).token(app.world.token("sibling-school-admin")).expect(404).await;
    let list =
        app.get("/api/v1/staff-members?kind=own").token(app.world.token("other-bureau")).expect(200).await.json();
    assert_eq!(items(&list), 0, "another county");
}

#[rstest]
#[actix_web::test]
async fn a_school_has_one_active_record_of_a_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let mut body = member_body(&app, "external", "周教练");
    body["id_number"] = json!(id_number(7));
    let answers = join_all((0..5).map(|_| app.post("/api/v1/staff-members").token(token).json(&body).send())).await;
    let made = answers.iter().find(|answer| answer.status == 201).unwrap();
    assert_eq!(answers.iter().filter(|answer| answer.code() == "already-exists").count(), 4);
    let path = made.header("location").to_owned();
    let leave = async |left_on: &str, etag: &str| {
        app.post(&format!("{path}/leave")).token(token).if_match(etag).json(&json!({"left_on": left_on})).send().await
    };
    for (left_on, fault) in [("2024-08-31", "ends-before-start"), ("2024-09-11", "out-of-range")] {
        assert_eq!(leave(left_on, made.etag()).await.faults(), [("/left_on".to_owned(), fault.to_owned())]);
    }
    let left = leave("2024-09-09", made.etag()).await;
    assert_eq!(
        (&left.json()["state"], &left.json()["left_on"], &left.json()["can"]),
        (&json!("left"), &json!("2024-09-09"), &json!([]))
    );
    assert_eq!(leave("2024-09-09", left.etag()).await.code(), "state-conflict");
    assert_eq!(
        app.put(&path).token(token).if_match(left.etag()).json(&body).expect(409).await.code(),
        "state-conflict"
    );
    let member = made.id();
    let drafted =
        app.post("/api/v1/staff-contracts").token(token).json(&contract_body(&member, "2024-09-02", "2025-01-17"));
    assert_eq!(drafted.expect(409).await.code(), "state-conflict", "nothing is agreed with who has left");
    add(&app, "staff-members", &body).await; // the person comes back
}

#[rstest]
#[actix_web::test]
async fn qualifications_have_days_and_are_deleted_not_changed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let member = enter_member(&app, "external", "周教练").await;
    let made = qualify(&app, &member, "2020-01-01", Some("2024-12-31")).await;
    assert_eq!((&made.json()["valid_until"], &made.json()["can"]), (&json!("2024-12-31"), &json!(["delete"])));
    let mut body = json!({
        "staff_member_id": member, "kind": "coach", "number": "JL-2020-01-01",
        "issuer": "湖南省体育局", "valid_from": "2020-01-01"
    });
    assert_eq!(
        app.post("/api/v1/staff-qualifications").token(token).json(&body).expect(409).await.code(),
        "already-exists"
    );
    body["valid_until"] = json!("2019-12-31");
    let refused = app.post("/api/v1/staff-qualifications").token(token).json(&body).expect(422).await;
    assert_eq!(refused.faults(), [("/valid_until".to_owned(), "ends-before-start".to_owned())]);
    let list = format!("/api/v1/staff-qualifications?staff_member_id={member}");
    assert_eq!(items(&app.get(&list).token(app.world.token("bureau")).expect(200).await.json()), 1);
    assert_eq!(items(&app.get(&list).token(app.world.token("other-bureau")).expect(200).await.json()), 0);
    app.ask("DELETE", made.header("location")).token(token).if_match(made.etag()).expect(200).await;
    assert_eq!(items(&app.get(&list).token(token).expect(200).await.json()), 0);
}

#[rstest]
#[actix_web::test]
async fn vettings_are_added_and_never_changed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let member = enter_member(&app, "volunteer", "吴志愿").await;
    let made = vet(&app, &member, "health", "failed", "2025-08-29").await;
    for method in ["PUT", "DELETE"] {
        let refused = app
            .ask(method, made.header("location"))
            .token(token)
            .if_match(made.etag())
            .json(&json!({}))
            .send_unchecked()
            .await;
        assert_eq!(refused.status, 405, "{method}");
    }
    for (field, date, pointer, fault) in [
        ("checked_on", "2024-09-11", "/checked_on", "out-of-range"),
        ("valid_until", "2024-08-29", "/valid_until", "ends-before-start"),
    ] {
        let mut body = json!({
            "staff_member_id": member, "kind": "health", "checked_on": "2024-08-30",
            "valid_until": "2025-08-29", "outcome": "passed", "document": "体检报告"
        });
        body[field] = json!(date);
        let refused = app.post("/api/v1/staff-vettings").token(token).json(&body).expect(422).await;
        assert_eq!(refused.faults(), [(pointer.to_owned(), fault.to_owned())]);
    }
}

#[rstest]
#[actix_web::test]
async fn a_contract_is_drafted_signed_ended_and_renewed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let member = enter_member(&app, "external", "周教练").await;
    let drafted = add(&app, "staff-contracts", &contract_body(&member, "2024-09-02", "2025-01-17")).await;
    assert_eq!((&drafted.json()["state"], &drafted.json()["can"]), (&json!("drafted"), &json!(["update", "sign"])));
    let path = drafted.header("location").to_owned();
    let call = async |verb: &str, etag: &str, body: Value| {
        app.post(&format!("{path}/{verb}")).token(token).if_match(etag).json(&body).send().await
    };
    let mut longer = contract_body(&member, "2024-09-02", "2025-01-24");
    longer["hourly_rate_fen"] = json!(9_000);
    let updated = app.put(&path).token(token).if_match(drafted.etag()).json(&longer).expect(200).await;
    let refused = call("sign", updated.etag(), json!({"signed_on": "2024-09-11"})).await;
    assert_eq!(refused.faults(), [("/signed_on".to_owned(), "out-of-range".to_owned())]);
    let signed = call("sign", updated.etag(), json!({"signed_on": "2024-09-10"})).await;
    assert_eq!((&signed.json()["state"], &signed.json()["can"]), (&json!("signed"), &json!(["end", "renew"])));
    assert_eq!(
        app.put(&path).token(token).if_match(signed.etag()).json(&longer).expect(409).await.code(),
        "state-conflict"
    );
    for (ended_on, fault) in [("2024-09-09", "ends-before-start"), ("2025-01-25", "out-of-range")] {
        let refused = call("end", signed.etag(), json!({"reason": "本人辞职", "ended_on": ended_on})).await;
        assert_eq!(refused.faults(), [("/ended_on".to_owned(), fault.to_owned())]);
    }
    let ended = call("end", signed.etag(), json!({"reason": "本人辞职", "ended_on": "2024-11-29"})).await;
    assert_eq!((&ended.json()["state"], &ended.json()["can"]), (&json!("ended"), &json!(["renew"])));
    let refused = call("renew", ended.etag(), json!({"ends_on": "2024-11-29", "hourly_rate_fen": null})).await;
    assert_eq!(refused.faults(), [("/ends_on".to_owned(), "ends-before-start".to_owned())]);
    let next = call("renew", ended.etag(), json!({"ends_on": "2025-01-24", "hourly_rate_fen": 9_500})).await;
    assert_eq!(next.status, 201);
    let shown = next.json();
    assert_eq!(
        (&shown["state"], &shown["starts_on"], &shown["hourly_rate_fen"]),
        (&json!("drafted"), &json!("2024-11-30"), &json!(9_500))
    );
    assert_eq!(shown["follows_id"], drafted.json()["id"]);
    let again = call("renew", ended.etag(), json!({"ends_on": "2025-01-24", "hourly_rate_fen": null})).await;
    assert_eq!(again.code(), "already-exists", "one follows another");
    assert_eq!(app.get(&path).token(token).expect(200).await.json()["can"], json!([]));
    assert_eq!(sign(&app, &next).await.status, 200, "what was ended no longer overlaps");
    let list = format!("/api/v1/staff-contracts?staff_member_id={member}");
    let seen = app.get(&list).token(token).expect(200).await.json();
    let can = (&seen["items"][0]["can"], &seen["items"][1]["can"]);
    assert_eq!(can, (&json!([]), &json!(["end", "renew"])), "what is followed is not renewed again");
    let one = app.get(&path).token(token).expect(200).await.json();
    assert_eq!(one["can"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn of_contracts_that_overlap_one_of_ten_is_signed_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let member = enter_member(&app, "external", "周教练").await;
    let mut drafts = Vec::new();
    for month in 0..10 {
        let body = contract_body(&member, &format!("2024-{:02}-01", 3 + month), "2025-01-17");
        drafts.push(add(&app, "staff-contracts", &body).await);
    }
    let answers = join_all(drafts.iter().map(|drafted| sign(&app, drafted))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == "overlap").count(), 9);
    assert_eq!(app.count("staff_contracts WHERE state = 'signed'").await, 1);
}

#[rstest]
#[actix_web::test]
async fn contracts_of_two_records_of_one_person_do_not_overlap_either(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let mut body = member_body(&app, "external", "周教练");
    body["id_number"] = json!(id_number(8));
    let first = add(&app, "staff-members", &body).await;
    contract(&app, &first.id(), "2024-09-02", "2025-01-17").await;
    app.post(&format!("{}/leave", first.header("location")))
        .token(token)
        .if_match(first.etag())
        .json(&json!({"left_on": "2024-09-10"}))
        .expect(200)
        .await;
    let seen = app
        .get(&format!("/api/v1/staff-contracts?staff_member_id={}", first.id()))
        .token(token)
        .expect(200)
        .await
        .json();
    assert_eq!(seen["items"][0]["can"], json!(["end"]), "nothing new is agreed with who has left");
    let second = add(&app, "staff-members", &body).await;
    for (starts_on, status) in [("2025-01-17", 409), ("2025-01-18", 200)] {
        let drafted = add(&app, "staff-contracts", &contract_body(&second.id(), starts_on, "2025-07-04")).await;
        assert_eq!(sign(&app, &drafted).await.status, status, "{starts_on}");
    }
}

#[rstest]
#[actix_web::test]
async fn duties_education_and_pay_are_kept(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let member = enter_member(&app, "own", "陈老师").await;
    let duty =
        json!({"staff_member_id": member, "duty": "消防设施检查", "from_on": "2024-09-02", "to_on": "2024-09-01"});
    let refused = app.post("/api/v1/safety-duties").token(token).json(&duty).expect(422).await;
    assert_eq!(refused.faults(), [("/to_on".to_owned(), "ends-before-start".to_owned())]);
    let duty = add(
        &app,
        "safety-duties",
        &json!({"staff_member_id": member, "duty": "消防设施检查", "from_on": "2024-09-02", "to_on": null}),
    )
    .await;
    app.ask("DELETE", duty.header("location")).token(token).if_match(duty.etag()).expect(200).await;
    let school = app.world.organisation("own school");
    let held = |held_on: &str| json!({"school_id": school, "held_on": held_on, "topic": "防溺水", "headcount": 1});
    let refused = app.post("/api/v1/safety-education-records").token(token).json(&held("2024-09-11")).expect(422).await;
    assert_eq!(refused.faults(), [("/held_on".to_owned(), "out-of-range".to_owned())]);
    add(&app, "safety-education-records", &held("2024-09-10")).await;
    let standard = |starts_on: &str| {
        json!({
            "school_id": school, "item": "社团活动", "amount_fen": 7_000,
            "document": "校办〔2024〕2号", "starts_on": starts_on
        })
    };
    add(&app, "remuneration-standards", &standard("2024-09-01")).await;
    assert_eq!(
        app.post("/api/v1/remuneration-standards").token(token).json(&standard("2024-09-01")).expect(409).await.code(),
        "already-exists"
    );
    add(&app, "remuneration-standards", &standard("2025-02-14")).await;
    for (collection, seen) in [("safety-duties", 1), ("safety-education-records", 2), ("remuneration-standards", 3)] {
        let path = format!("/api/v1/{collection}?school_id={school}");
        assert_eq!(
            items(&app.get(&path).token(app.world.token("bureau")).expect(200).await.json()),
            seen,
            "{collection}"
        );
        assert_eq!(
            items(&app.get(&path).token(app.world.token("other-bureau")).expect(200).await.json()),
            0,
            "{collection}"
        );
    }
}
