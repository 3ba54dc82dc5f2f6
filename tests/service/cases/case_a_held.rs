//! Case A: 苗田中学, autumn 2024, the term as it was held: 87 days, of which one was closed by the county, one moved and
//! one cancelled; every session on record, and the teacher paid to the fen.

use kehou::auth::Role;
use kehou::values::iso_date;
use rstest::rstest;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use super::case_a::{document, set_up};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::delivery::{call, class_at, depart, drafted_by, join, left, mark, marks, session, sessions};
use crate::support::plans::{self, approve, draft, filing_of, publish, submit};

/// Before the first day of the term.
const EVE: Date = date!(2024 - 09 - 01);

async fn post(app: &TestApp, path: &str, body: Value) -> Answer {
    app.post(&format!("/api/v1/{path}")).token(app.world.token("miaotian")).json(&body).expect(201).await
}

/// The plan is filed, approved and published; the id of its homework.
async fn opened(app: &TestApp) -> String {
    let submitted = submit(app, "miaotian", &draft(app, "miaotian", &document()).await).await;
    let notice = publish(app, "miaotian", &submitted).await;
    assert_eq!(notice.status, 200, "{}", notice.json());
    let approved = approve(app, "bureau", &filing_of(app, &submitted).await).await;
    assert_eq!(approved.status, 200, "{}", approved.json());
    let shown = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    shown["projects"][0]["id"].as_str().unwrap().to_owned()
}

/// A teacher of the school who is vetted, and a room that is checked.
async fn readied(app: &TestApp) -> (String, String) {
    let school = app.world.account("miaotian").actor.organisation_id.unwrap();
    let member = json!({
        "school_id": school, "kind": "own", "name": "覃老师", "id_number": null, "phone": null, "subject": "语文",
        "entered_on": "2020-09-01"
    });
    let teacher = post(app, "staff-members", member).await.id();
    for kind in ["character", "health"] {
        let vetting = json!({
            "staff_member_id": teacher, "kind": kind, "checked_on": "2024-08-30", "valid_until": "2025-08-29",
            "outcome": "passed", "document": "审查表"
        });
        post(app, "staff-vettings", vetting).await;
    }
    let ledger = app.get("/api/v1/facilities").token(app.world.token("miaotian")).expect(200).await.json();
    let room = ledger["items"][0]["id"].as_str().unwrap().to_owned();
    let check = json!({
        "facility_id": room, "checked_on": "2024-09-01", "valid_until_on": "2025-01-31", "aspects": ["venue", "fire"],
        "outcome": "passed", "checked_by_id": teacher, "note": null
    });
    post(app, "venue-checks", check).await;
    let standard = json!({
        "school_id": school, "item": "作业辅导", "amount_fen": 5_550, "document": "校办〔2024〕8号",
        "starts_on": "2024-09-01"
    });
    post(app, "remuneration-standards", standard).await;
    (teacher, room)
}

/// Holds a session on its day, from its hour to its hour, or to another.
async fn hold(app: &TestApp, planned: &Value, pupils: &[kehou::db::Id], ended_at: Option<&str>) {
    let text = |name: &str| planned[name].as_str().unwrap().to_owned();
    app.db.clock().set_today(iso_date::parse(&text("held_on")).unwrap());
    let seen = session(app, "miaotian", &text("id")).await;
    let began = json!({"began_at": text("starts_at")});
    let started = call(app, "miaotian", "sessions", &seen, "start", &began).expect(200).await;
    mark(app, "miaotian", &started.id(), &marks(pupils, "present")).expect(200).await;
    let departures: Vec<Value> = pupils.iter().map(|pupil| left(pupil, "duty_holder")).collect();
    depart(app, "miaotian", &started.id(), &departures).expect(200).await;
    let record = json!({
        "began_at": null, "ended_at": ended_at.map_or(text("ends_at"), str::to_owned), "form": "homework",
        "content": "完成当天作业，教师巡回答疑", "served": []
    });
    call(app, "miaotian", "sessions", &started, "close", &record).expect(200).await;
}

/// The session of a group on a day.
async fn on(app: &TestApp, group: &Answer, day: &str) -> Answer {
    let found = sessions(app, "miaotian", &format!("group_id={}&held_on={day}", group.id())).await;
    session(app, "miaotian", found[0]["id"].as_str().unwrap()).await
}

/// What a school pays for a month: computed and approved on the first day of the next one.
async fn paid(app: &TestApp, month: &str, then: Date) -> (i64, i64) {
    app.db.clock().set_today(then);
    let school = app.world.account("miaotian").actor.organisation_id.unwrap();
    let drafted = post(app, "pay-sheets", json!({"school_id": school, "month": month})).await;
    let approved = plans::call(app, "miaotian", "pay-sheets", &drafted, "approve").await;
    assert_eq!(approved.status, 200, "{}", approved.json());
    let body = approved.json();
    (body["line_count"].as_i64().unwrap(), body["total_fen"].as_i64().unwrap())
}

#[rstest]
#[actix_web::test]
async fn case_a_a_term_is_held_recorded_and_paid_to_the_fen(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.db.clock().set_today(EVE);
    set_up(&app).await;
    let project = opened(&app).await;
    let (teacher, room) = readied(&app).await;
    let since = ("miaotian", EVE);
    let pupils = [
        class_at(&app, since, ("2024-2025", 7, "七年级1班"), 2).await,
        class_at(&app, since, ("2024-2025", 7, "七年级2班"), 2).await,
    ]
    .concat();
    app.db.clock().set_today(date!(2024 - 09 - 02));
    let members = join(&app, &project, &pupils).await;
    let group = drafted_by(&app, "miaotian", &project, "七年级一组", (&teacher, &room), &members).await;
    let from = json!({"from_on": "2024-09-02"});
    let group = call(&app, "miaotian", "groups", &group, "confirm", &from).expect(200).await;
    let of_group = format!("group_id={}", group.id());
    let planned = sessions(&app, "miaotian", &of_group).await;
    assert_eq!(planned.len(), 87, "exactly");
    let winter = planned.iter().filter(|one| one["starts_at"] == "15:50").count();
    assert_eq!(winter, 50, "from November on by the winter timetable");

    // A closure, a day that is moved beside another one, and one that is cancelled.
    let closure = json!({
        "authority_id": app.world.organisation("own district"), "closed_on": "2024-10-16", "reason": "台风"
    });
    app.post("/api/v1/calendar/closures").token(app.world.token("bureau")).json(&closure).expect(201).await;
    assert_eq!(plans::call(&app, "miaotian", "groups", &group, "schedule").await.status, 200);
    let to = json!({
        "held_on": "2024-10-25", "starts_at": "17:10", "ends_at": "17:55", "venue_id": null, "reason": "期中考试"
    });
    let moved = on(&app, &group, "2024-10-23").await;
    call(&app, "miaotian", "sessions", &moved, "move", &to).expect(200).await;
    let cancelled = on(&app, &group, "2024-12-12").await;
    call(&app, "miaotian", "sessions", &cancelled, "cancel", &json!({"reason": "停电"})).expect(200).await;
    let [still, gone, over] = ["planned", "cancelled", "closed"].map(|state| format!("{of_group}&state={state}"));
    let mut standing = sessions(&app, "miaotian", &still).await;
    assert_eq!((standing.len(), sessions(&app, "miaotian", &gone).await.len()), (85, 2));

    // Every session is held, one of them ends early.
    standing.sort_by_key(|one| (one["held_on"].to_string(), one["starts_at"].to_string()));
    for one in &standing {
        hold(&app, one, &pupils, (one["held_on"] == "2024-12-18").then_some("16:30")).await;
    }
    let closed = sessions(&app, "miaotian", &over).await;
    assert_eq!(closed.len(), 85);
    let complete = |one: &Value| {
        let counts = &one["headcount"];
        let said = ["began_at", "ended_at", "form", "content", "closed_on"].iter().all(|field| !one[field].is_null());
        said && counts["present"] == 4 && counts["departed"] == 4 && one["record_findings"] == json!([])
    };
    assert!(closed.iter().all(complete), "headcount, content, time and form of each");

    // 45 minutes at 55.50 yuan an hour are 41.63; 40 minutes are 37.00.
    let months = [
        ("2024-09", date!(2024 - 10 - 01), (19, 19 * 4_163)),
        ("2024-10", date!(2024 - 11 - 01), (17, 17 * 4_163)),
        ("2024-11", date!(2024 - 12 - 01), (21, 21 * 4_163)),
        ("2024-12", date!(2025 - 01 - 01), (21, 20 * 4_163 + 3_700)),
        ("2025-01", date!(2025 - 02 - 01), (7, 7 * 4_163)),
    ];
    let mut sum = 0;
    for (month, then, expected) in months {
        let told = paid(&app, month, then).await;
        assert_eq!(told, expected, "{month}");
        sum += told.1;
    }
    assert_eq!(sum, 353_392, "3533.92 yuan for the term");
    app.world.add_account(&app.app, "miaotian-finance", Role::SchoolFinance, &school_of(&app)).await;
    let sheets = app.get("/api/v1/pay-sheets").token(app.world.token("miaotian-finance")).expect(200).await.json();
    assert_eq!(sheets["items"].as_array().unwrap().len(), 5);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

fn school_of(app: &TestApp) -> String {
    app.world.account("miaotian").actor.organisation_id.unwrap().to_string()
}
