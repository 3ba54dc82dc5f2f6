//! `/partners`, `/partner-reviews`, `/partner-bans`, `/partner-agreements`: who keeps them, who sees them, and their
//! states.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::partners::{act, add, agreement, ban, review, sign, signature};

/// A public-interest organisation of the city, which works in several counties.
fn volunteers(app: &TestApp) -> Value {
    json!({
        "kind": "public_interest", "name": "岳阳市少儿阅读协会", "credit_code": "51430602MJJ000047P",
        "authority_id": app.world.organisation("city"), "licence_number": "岳社证字第0047号",
        "licence_document": "社会团体法人登记证书副本", "licence_starts_on": "2022-01-01", "licence_ends_on": null,
        "contact_name": "周会长", "contact_phone": "13907301234"
    })
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

async fn codes(app: &TestApp, account: &str, query: &str) -> Vec<String> {
    let list = app.get(&format!("/api/v1/partners{query}")).token(app.world.token(account)).expect(200).await.json();
    let items = list["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["credit_code"].as_str().unwrap().to_owned()).collect()
}

async fn get(app: &TestApp, account: &str, path: &str, status: u16) -> Answer {
    app.get(path).token(app.world.token(account)).expect(status).await
}

#[rstest]
#[actix_web::test]
async fn an_authority_enters_a_partner_and_keeps_its_facts(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("city-bureau");
    let body = volunteers(&app);
    let made = add(&app, "city-bureau", "partners", &body).await;
    let path = made.header("location").to_owned();
    for (field, value) in body.as_object().unwrap() {
        assert_eq!(made.json()[field], *value, "{field}");
    }
    assert_eq!(made.json()["can"], json!(["update"]));
    let renamed = with(with(body.clone(), "name", json!("岳阳市阅读协会")), "licence_ends_on", json!("2026-12-31"));
    let changed = app.put(&path).token(token).if_match(made.etag()).json(&renamed).expect(200).await;
    assert_eq!((&changed.json()["name"], &changed.json()["version"]), (&renamed["name"], &json!(2)));
    assert_eq!(get(&app, "city-bureau", &path, 200).await.json(), changed.json());
    app.put(&path).token(token).if_match(made.etag()).json(&body).expect(412).await;
    let kept =
        [("credit_code", json!("91430600MA4Q00067F")), ("authority_id", json!(app.world.organisation("own district")))];
    for (field, value) in kept {
        let moved = with(renamed.clone(), field, value);
        let refused = app.put(&path).token(token).if_match(changed.etag()).json(&moved).expect(409).await;
        assert_eq!(refused.faults(), [(format!("/{field}"), "immutable".to_owned())]);
    }
    assert_eq!(app.post("/api/v1/partners").token(token).json(&body).expect(409).await.code(), "already-exists");
}

#[rstest]
#[actix_web::test]
async fn a_partner_s_code_and_licence_are_checked(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for (field, value, fault) in [
        ("credit_code", json!("51430602MJJ0000470"), "format"),
        ("credit_code", json!("51430602MJJ000047"), "format"),
        ("licence_ends_on", json!("2021-12-31"), "ends-before-start"),
        ("kind", json!("school"), "not-one-of"),
        ("contact_phone", json!("一三八"), "format"),
        ("authority_id", json!(app.world.organisation("own school")), "not-for-this"),
    ] {
        let body = with(volunteers(&app), field, value);
        let refused = app.post("/api/v1/partners").token(app.world.token("city-bureau")).json(&body).expect(422).await;
        assert_eq!(refused.faults(), [(format!("/{field}"), fault.to_owned())], "{body}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_school_finds_the_partners_of_its_authorities_and_a_telephone_stays_with_who_keeps_it(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let made = add(&app, "city-bureau", "partners", &volunteers(&app)).await;
    let path = made.header("location").to_owned();
    let (own, sibling, other, city) =
        ("91430602MA4Q000164", "91430602MA4Q00024Y", "91430621MA4Q00032A", "51430602MJJ000047P");
    for (account, seen) in [
        ("school-admin", vec![city, own, sibling]),
        ("bureau", vec![city, own, sibling]),
        ("other-school-admin", vec![city, other]),
        ("other-bureau", vec![city, other]),
        ("city-bureau", vec![city, own, sibling, other]),
        ("partner", vec![own]),
    ] {
        assert_eq!(codes(&app, account, "").await, seen, "{account}");
    }
    assert_eq!(codes(&app, "bureau", "?kind=public_interest").await, [city]);
    assert_eq!(codes(&app, "bureau", &format!("?credit_code={own}")).await, [own]);
    for (account, phone, can) in [
        ("city-bureau", "13907301234", json!(["update"])),
        ("bureau", "139****1234", json!([])),
        ("school-admin", "139****1234", json!([])),
    ] {
        let seen = get(&app, account, &path, 200).await.json();
        assert_eq!((&seen["contact_phone"], &seen["can"]), (&json!(phone), &can), "{account}");
    }
    let sealed =
        app.sql_number("SELECT count(*) AS number FROM partners WHERE contact_phone_sealed LIKE '%1390%'").await;
    assert_eq!(sealed, 0);
}

#[rstest]
#[actix_web::test]
async fn another_county_sees_and_changes_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let partner = format!("/api/v1/partners/{}", app.world.organisation("partner"));
    let own = get(&app, "bureau", &partner, 200).await;
    get(&app, "other-bureau", &partner, 404).await;
    let mut body = own.json();
    for field in ["id", "version", "created_at", "updated_at", "can", "earlier_licences", "authority_name"] {
        body.as_object_mut().unwrap().remove(field);
    }
    let token = app.world.token("other-bureau");
    app.put(&partner).token(token).if_match(own.etag()).json(&body).expect(404).await;
    let reviewed = add(&app, "bureau", "partner-reviews", &review(&app, "partner")).await;
    let banned = add(&app, "bureau", "partner-bans", &ban(&app, "partner", "2024-09-02")).await;
    get(&app, "other-bureau", reviewed.header("location"), 404).await;
    get(&app, "other-bureau", banned.header("location"), 404).await;
    let lifting = json!({"reason": "整改到位", "document": "岳楼教罚〔2024〕2号"});
    assert_eq!(act(&app, "other-bureau", "partner-bans", &banned, "lift", &lifting).await.status, 404);
    for (collection, body) in
        [("partner-reviews", review(&app, "partner")), ("partner-bans", ban(&app, "partner", "2024-09-02"))]
    {
        let refused = app.post(&format!("/api/v1/{collection}")).token(token).json(&body).expect(422).await;
        assert_eq!(refused.faults(), [("/partner_id".to_owned(), "not-found".to_owned())]);
    }
    // A district sees a partner of its city, and leaves it to the city.
    let made = add(&app, "city-bureau", "partners", &volunteers(&app)).await;
    let body = with(review(&app, "partner"), "partner_id", json!(made.id()));
    let refused = app.post("/api/v1/partner-reviews").token(app.world.token("bureau")).json(&body).expect(422).await;
    assert_eq!(refused.faults(), [("/partner_id".to_owned(), "not-found".to_owned())]);
    app.put(made.header("location"))
        .token(app.world.token("bureau"))
        .if_match(made.etag())
        .json(&volunteers(&app))
        .expect(404)
        .await;
}

#[rstest]
#[actix_web::test]
async fn reviews_are_added_and_never_changed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let made = add(&app, "bureau", "partner-reviews", &review(&app, "partner")).await;
    assert_eq!(
        (&made.json()["authority_id"], &made.json()["can"]),
        (&json!(app.world.organisation("own district")), &json!([]))
    );
    assert_eq!(get(&app, "partner", made.header("location"), 200).await.json(), made.json());
    for (field, value, fault) in [
        ("valid_until", Value::Null, "required"),
        ("valid_until", json!("2024-06-02"), "ends-before-start"),
        ("reviewed_on", json!("2024-09-11"), "out-of-range"),
        ("outcome", json!("not_qualified"), "not-for-this"),
    ] {
        let body = with(review(&app, "partner"), field, value);
        let refused =
            app.post("/api/v1/partner-reviews").token(app.world.token("bureau")).json(&body).expect(422).await;
        let at = if field == "outcome" { "/valid_until".to_owned() } else { format!("/{field}") };
        assert_eq!(refused.faults(), [(at, fault.to_owned())], "{body}");
    }
    let list = get(
        &app,
        "school-admin",
        &format!("/api/v1/partner-reviews?partner_id={}", app.world.organisation("partner")),
        200,
    )
    .await;
    assert_eq!(list.json()["items"], json!([made.json()]));
}

#[rstest]
#[actix_web::test]
async fn bans_may_overlap_and_each_is_lifted_once_with_a_reason(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let first = add(&app, "bureau", "partner-bans", &ban(&app, "partner", "2024-09-02")).await;
    let second = add(&app, "bureau", "partner-bans", &ban(&app, "partner", "2024-09-11")).await;
    assert_eq!((&first.json()["open"], &second.json()["open"]), (&json!(true), &json!(false)), "one starts tomorrow");
    let lifting = json!({"reason": "整改到位", "document": "岳楼教罚〔2024〕2号"});
    let lifted = act(&app, "bureau", "partner-bans", &first, "lift", &lifting).await;
    let out = lifted.json();
    assert_eq!(
        (&out["lifted_on"], &out["lift_reason"], &out["open"], &out["can"]),
        (&json!("2024-09-10"), &json!("整改到位"), &json!(false), &json!([]))
    );
    assert_eq!(act(&app, "bureau", "partner-bans", &first, "lift", &lifting).await.status, 412);
    assert_eq!(act(&app, "bureau", "partner-bans", &lifted, "lift", &lifting).await.code(), "state-conflict");
    assert_eq!(get(&app, "bureau", second.header("location"), 200).await.json()["can"], json!(["lift"]));
    let backwards = with(ban(&app, "partner", "2024-09-02"), "ends_on", json!("2024-09-01"));
    let refused = app.post("/api/v1/partner-bans").token(app.world.token("bureau")).json(&backwards).expect(422).await;
    assert_eq!(refused.faults(), [("/ends_on".to_owned(), "ends-before-start".to_owned())]);
}

#[rstest]
#[actix_web::test]
async fn an_agreement_is_drafted_signed_and_ended(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let body = agreement(&app, "own school", "partner");
    let drafted = add(&app, "school-admin", "partner-agreements", &body).await;
    assert_eq!(
        (&drafted.json()["state"], &drafted.json()["can"]),
        (&json!("drafted"), &json!(["update", "sign", "end"]))
    );
    let path = drafted.header("location").to_owned();
    let token = app.world.token("school-admin");
    let longer = with(body.clone(), "ends_on", json!("2025-06-30"));
    let changed = app.put(&path).token(token).if_match(drafted.etag()).json(&longer).expect(200).await;
    assert_eq!(changed.json()["ends_on"], "2025-06-30");
    let tomorrow = with(signature(), "signed_on", json!("2024-09-11"));
    let refused = act(&app, "school-admin", "partner-agreements", &changed, "sign", &tomorrow).await;
    assert_eq!(refused.faults(), [("/signed_on".to_owned(), "out-of-range".to_owned())]);
    let signed = act(&app, "school-admin", "partner-agreements", &changed, "sign", &signature()).await;
    assert_eq!((&signed.json()["state"], &signed.json()["can"]), (&json!("signed"), &json!(["end"])));
    let refused = app.put(&path).token(token).if_match(signed.etag()).json(&body).expect(409).await;
    assert_eq!(refused.code(), "state-conflict");
    let ended = act(&app, "school-admin", "partner-agreements", &signed, "end", &json!({"reason": "项目停办"})).await;
    let out = ended.json();
    assert_eq!(
        (&out["state"], &out["ended_on"], &out["end_reason"], &out["can"]),
        (&json!("ended"), &json!("2024-09-10"), &json!("项目停办"), &json!([]))
    );
    let again = act(&app, "school-admin", "partner-agreements", &ended, "end", &json!({"reason": "项目停办"})).await;
    assert_eq!(again.code(), "state-conflict");
    for (account, status) in [("partner", 200), ("bureau", 200), ("sibling-school-admin", 404), ("other-bureau", 404)] {
        get(&app, account, &path, status).await;
    }
}

#[rstest]
#[actix_web::test]
async fn an_agreement_says_who_pays_and_why_an_institution_is_needed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let made = add(&app, "city-bureau", "partners", &volunteers(&app)).await;
    let free = json!({"partner_id": made.id(), "who_pays": "nobody", "fee_terms": null, "necessity": null});
    let mut unpaid = agreement(&app, "own school", "partner");
    unpaid.as_object_mut().unwrap().extend(free.as_object().unwrap().clone());
    sign(&app, "school-admin", &unpaid).await;
    let body = agreement(&app, "own school", "partner");
    for (body, field, value, fault) in [
        (&body, "fee_terms", Value::Null, "required"),
        (&body, "necessity", Value::Null, "required"),
        (&body, "ends_on", json!("2024-08-31"), "ends-before-start"),
        (&body, "partner_id", json!(app.world.organisation("other partner")), "not-found"),
        (&body, "school_id", json!(app.world.organisation("sibling school")), "not-found"),
        (&unpaid, "fee_terms", json!("每课时1元"), "not-for-this"),
        (&unpaid, "necessity", json!("师资不足"), "not-for-this"),
    ] {
        let body = with(body.clone(), field, value);
        let refused =
            app.post("/api/v1/partner-agreements").token(app.world.token("school-admin")).json(&body).expect(422).await;
        assert_eq!(refused.faults(), [(format!("/{field}"), fault.to_owned())], "{body}");
    }
}
