//! `/calendar/years`: what the State Council announces, and plans that reach beyond it.

use kehou::db::{Id, Mode, Origin};
use kehou::filings::filings;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{more_children, plan_with};
use crate::support::fees::{approved_plan, open_account, price, sign};
use crate::support::plans::{call, draft, small_plan};

fn year(number: i32, days: &[(&str, &str)]) -> Value {
    let days: Vec<Value> =
        days.iter().map(|(date, kind)| json!({"date": date, "kind": kind, "name": "元旦", "name_en": null})).collect();
    json!({"year": number, "document": format!("国办发明电〔{}〕1号", number - 1), "days": days})
}

async fn enter(app: &TestApp, body: &Value) -> Answer {
    app.post("/api/v1/calendar/years").token(app.world.token("platform-admin")).json(body).send().await
}

async fn deadline(app: &TestApp, from: &str, count: i64) -> Answer {
    let path = format!("/api/v1/calendar/working-days?from={from}&count={count}");
    app.get(&path).token(app.world.token("guardian")).send().await
}

/// What a rule says of a plan as it stands, as `severity pointer`.
async fn says(app: &TestApp, plan: &Answer, rule: &str) -> Vec<String> {
    let path = format!("/api/v1/plans/{}/findings", plan.id());
    let answer = app.get(&path).token(app.world.token("school-admin")).expect(200).await;
    let findings = answer.findings().into_iter().filter(|(found, ..)| found == rule);
    findings.map(|(_, severity, pointer)| format!("{severity} {pointer}")).collect()
}

#[rstest]
#[actix_web::test]
async fn the_platforms_administrator_enters_a_year_that_everybody_reads(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    assert_eq!(deadline(&app, "2026-12-30", 2).await.code(), "calendar-missing");
    let body = year(2027, &[("2027-01-01", "holiday"), ("2027-01-02", "make_up_workday")]);
    let refused = app.post("/api/v1/calendar/years").token(app.world.token("city-bureau")).json(&body).send().await;
    assert_eq!(refused.status, 403);
    let made = enter(&app, &body).await;
    assert_eq!(
        (made.status, &made.json()["document"], &made.json()["can"]),
        (201, &body["document"], &json!(["update"]))
    );
    assert_eq!(deadline(&app, "2026-12-30", 2).await.json()["last"], "2027-01-02");
    let path = made.header("location").to_owned();
    let read = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    assert_eq!((&read["days"], &read["can"]), (&body["days"], &json!([])));
    let list = app.get("/api/v1/calendar/years?year=2027").token(app.world.token("guardian")).expect(200).await.json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(enter(&app, &body).await.code(), "already-exists");

    let admin = app.world.token("platform-admin");
    let later = year(2027, &[("2027-01-01", "holiday")]);
    let stale = app.put(&path).token(admin).if_match("\"7\"").json(&later).send().await;
    assert_eq!(stale.status, 412);
    app.put(&path).token(admin).if_match(made.etag()).json(&year(2028, &[("2028-01-01", "holiday")])).expect(409).await;
    app.put(&path).token(admin).if_match(made.etag()).json(&later).expect(200).await;
    assert_eq!(deadline(&app, "2026-12-30", 2).await.json()["last"], "2027-01-04", "the second is a Saturday");
}

#[rstest]
#[actix_web::test]
async fn what_does_not_go_together_is_no_year(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let fault = |at: &str, code: &str| vec![(at.to_owned(), code.to_owned())];
    for (body, faults) in [
        (year(2027, &[]), fault("/days", "required")),
        (year(2027, &[("2026-12-31", "holiday")]), fault("/days/0/date", "out-of-range")),
        (year(2027, &[("2027-01-01", "holiday"), ("2027-01-01", "holiday")]), fault("/days/1/date", "duplicate")),
        (year(2027, &[("2027-01-04", "make_up_workday")]), fault("/days/0/kind", "mismatch")),
        (year(2018, &[("2018-01-01", "holiday")]), fault("/year", "out-of-range")),
        (year(2027, &[("2027-01-01", "weekend")]), fault("/days/0/kind", "not-one-of")),
    ] {
        let refused = enter(&app, &body).await;
        assert_eq!((refused.status, refused.faults()), (422, faults), "{body}");
    }
    assert_eq!(app.count("calendar_years").await, 1, "that of the small world");
}

#[rstest]
#[actix_web::test]
async fn a_national_change_in_the_middle_of_a_year_stands_over_what_is_built_in(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    // The four days of May 2019 that were announced in March, as if only the first had been built in.
    let one = year(2019, &[("2019-05-01", "holiday")]);
    let made = enter(&app, &one).await;
    assert_eq!(deadline(&app, "2019-04-26", 3).await.json()["last"], "2019-05-02");
    let days = [
        ("2019-04-28", "make_up_workday"),
        ("2019-05-01", "holiday"),
        ("2019-05-02", "holiday"),
        ("2019-05-03", "holiday"),
        ("2019-05-04", "holiday"),
        ("2019-05-05", "make_up_workday"),
    ];
    let admin = app.world.token("platform-admin");
    app.put(made.header("location")).token(admin).if_match(made.etag()).json(&year(2019, &days)).expect(200).await;
    assert_eq!(deadline(&app, "2019-04-26", 3).await.json()["last"], "2019-04-30");
}

/// A plan of autumn 2026, whose last weeks lie in a year that is not announced.
async fn autumn_2026(app: &TestApp, mut document: Value) -> Value {
    let term = json!({
        "authority_id": app.world.organisation("own district"), "school_year": "2026-2027", "season": "autumn",
        "opens_on": "2026-09-01", "ends_on": "2027-01-20", "winter_periods": []
    });
    app.post("/api/v1/terms").token(app.world.token("platform-admin")).json(&term).expect(201).await;
    app.sql("UPDATE surveys SET school_year = '2026-2027'").await;
    app.clock_at("2026-09-10T10:00:00+08:00");
    document["term"] =
        json!({"school_year": "2026-2027", "season": "autumn", "opens_on": "2026-09-01", "ends_on": "2027-01-20"});
    document
}

#[rstest]
#[actix_web::test]
async fn calendar_missing_stops_no_autumn_plan_in_its_own_september(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let document = autumn_2026(&app, small_plan("own school", "autumn")).await;
    let plan = draft(&app, "school-admin", &document).await;
    let filed = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert_eq!(filed.status, 200, "{}", filed.json());
    let of_rule = filed.findings().into_iter().filter(|(rule, ..)| rule == "calendar-missing");
    let expected = ("calendar-missing".to_owned(), "warning".to_owned(), "/term/ends_on".to_owned());
    assert_eq!(of_rule.collect::<Vec<_>>(), [expected]);
    assert_eq!(says(&app, &plan, "calendar-missing").await, ["warning /term/ends_on"]);
    enter(&app, &year(2027, &[("2027-01-01", "holiday")])).await;
    assert_eq!(says(&app, &plan, "calendar-missing").await, [] as [&str; 0], "it is judged again");
}

#[rstest]
#[actix_web::test]
async fn no_lesson_is_charged_on_a_day_that_is_not_announced(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = autumn_2026(&app, plan_with(&[])).await;
    price(&mut document, 0, "per_lesson", 400);
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &document).await;
    let student = more_children(&app, 1).await[0].to_string(); // of no class of an earlier year
    sign(&app, "school-admin", &plan, &student, &[0]).await;
    let charge = async || {
        let body = json!({"student_id": student, "school_year": "2026-2027", "season": "autumn"});
        let ask = app.post("/api/v1/charges?validate_only=true").token(app.world.token("school-finance"));
        ask.key("try").json(&body).send().await
    };
    let refused = charge().await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "calendar-missing"));
    assert!(refused.json()["detail"].as_str().unwrap().contains("2027-01-01"));
    let entered = enter(&app, &year(2027, &[("2027-01-01", "holiday")])).await;
    let lessons = async || charge().await.json()["lines"][0]["lessons"].as_i64().unwrap();
    let before = lessons().await;
    // Days that were known when it was judged stay; those of the year that came later are those of today.
    let days = [("2027-01-01", "holiday"), ("2027-01-04", "holiday")];
    let admin = app.world.token("platform-admin");
    app.put(entered.header("location"))
        .token(admin)
        .if_match(entered.etag())
        .json(&year(2027, &days))
        .expect(200)
        .await;
    assert_eq!(lessons().await, before - 1);
    enter(&app, &year(2026, &[("2026-10-12", "holiday")])).await;
    assert_eq!(lessons().await, before - 1, "2026 judged it as it was built in");
    // Once they are announced the filing keeps them, and no later change of the year moves a bill.
    let settled = app.db.write(Origin::service("test"), Mode::Commit, |tx| filings::settle_days(tx, Id::NIL, 10));
    assert_eq!(settled.await.unwrap(), None);
    assert_eq!(app.count("journal_entries WHERE action = 'filing.days-settled'").await, 1);
    let path = entered.header("location");
    let again = app.get(path).token(admin).expect(200).await;
    app.put(path).token(admin).if_match(again.etag()).json(&year(2027, &days[..1])).expect(200).await;
    assert_eq!(lessons().await, before - 1);
    assert_eq!(app.db.read(filings::verify).await.unwrap(), Vec::<String>::new());
}
