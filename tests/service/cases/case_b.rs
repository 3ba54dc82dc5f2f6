//! Case B: 利通区第十小学, autumn 2021: 55 recorded days, of which one was a make-up Saturday, under a profile with service
//! on such days; by yueyang-2019 that session is refused.

use kehou::auth::Role;
use kehou::db::Id;
use kehou::values::iso_date;
use rstest::rstest;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::delivery::{
    call, class_at, depart, drafted_by, join, left, mark, marks, session, sessions, stopped,
};
use crate::support::groundwork::{open_survey, survey_body, survey_verb};
use crate::support::plans::{draft, publish, small_plan, submit};

const SCHOOL: &str = "litong";
const OPENING: Date = date!(2021 - 09 - 01);
const MAKE_UP_SATURDAY: &str = "2021-10-09";

async fn post(app: &TestApp, account: &str, path: &str, body: &Value) -> Answer {
    app.post(&format!("/api/v1/{path}")).token(app.world.token(account)).json(body).expect(201).await
}

/// Every grade is dismissed at 16:20.
fn dismissals() -> Vec<Value> {
    let at = |grade: i64| {
        (1..=5).map(move |weekday| json!({"grade": grade, "weekday": weekday, "timetable": "standard", "at": "16:20"}))
    };
    (1..=6).flat_map(at).collect()
}

/// The school with what it finds out before it plans, in the autumn of 2021.
async fn set_up(app: &TestApp) {
    app.db.clock().set_today(OPENING);
    app.sql("UPDATE role_grants SET starts_on = '2021-08-01'").await;
    let authority = app.world.organisation("own district");
    let term = json!({
        "authority_id": authority, "school_year": "2021-2022", "season": "autumn", "opens_on": "2021-09-01",
        "ends_on": "2021-12-31", "winter_periods": []
    });
    post(app, "bureau", "terms", &term).await;
    let school = json!({
        "code": "2164030210", "name": "利通区第十小学", "authority_id": authority, "ownership": "public", "area": "urban",
        "stages": ["primary"], "grade_first": 1, "grade_last": 6, "boarding": false, "dismissals": dismissals()
    });
    let school = post(app, "bureau", "schools", &school).await.id();
    app.world.add_account(&app.app, SCHOOL, Role::SchoolAdmin, &school).await;
    let room = json!({
        "school_id": school, "kind": "room", "name": "阅览室", "capacity": 60, "quantity": null, "place": null,
        "manager_name": "马老师", "usable_weekdays": [], "usable_note": null, "in_use_on": "2021-09-01"
    });
    post(app, SCHOOL, "facilities", &room).await;
    let mut survey = survey_body(school.parse().unwrap(), "2021-2022");
    (survey["opens_on"], survey["closes_on"]) = (json!("2021-09-01"), json!("2021-09-01"));
    let survey = open_survey(app, SCHOOL, &survey).await;
    assert_eq!(survey_verb(app, SCHOOL, &survey, "close").await.status, 200);
}

/// Grade 1 has one lesson a day, the others two, on Saturdays too where the profile has service on make-up days.
fn plan(on_make_up_days: bool) -> Value {
    let mut document = small_plan("own school", "autumn");
    document["school"]["code"] = json!("2164030210");
    document["school"]["name"] = json!("利通区第十小学");
    document["provider"]["name"] = json!("利通区第十小学");
    document["term"] = json!({
        "school_year": "2021-2022", "season": "autumn", "opens_on": "2021-09-01", "ends_on": "2021-12-31"
    });
    let homework = &mut document["projects"][0];
    if on_make_up_days {
        let saturday = json!({"weekday": 6, "starts_at": "16:30", "ends_at": "17:30", "timetable": "all"});
        homework["slots"].as_array_mut().unwrap().push(saturday);
    }
    let mut two = homework.clone();
    (homework["grades"], homework["name"]) = (json!([1]), json!("一年级作业"));
    (two["grades"], two["name"]) = (json!([2, 3, 4, 5, 6]), json!("二至六年级作业"));
    (two["lessons_per_day"], two["lesson_minutes"]) = (json!(2), json!(30));
    document["projects"].as_array_mut().unwrap().push(two);
    document
}

/// A group of a project with two pupils of each of two classes, confirmed for the whole term.
async fn grouped(app: &TestApp, project: &str, grade: i64, teacher: &str, room: &str) -> (Answer, Vec<Id>) {
    let since = (SCHOOL, OPENING.previous_day().unwrap());
    let mut pupils = Vec::new();
    for class in 1..=2 {
        pupils.extend(class_at(app, since, ("2021-2022", grade, &format!("{grade}年级{class}班")), 2).await);
    }
    let members = join(app, project, &pupils).await;
    let group = drafted_by(app, SCHOOL, project, "一组", (teacher, room), &members).await;
    let from = json!({"from_on": "2021-09-01"});
    (call(app, SCHOOL, "groups", &group, "confirm", &from).expect(200).await, pupils)
}

/// A teacher who is vetted, and a room that is checked.
async fn readied(app: &TestApp, name: &str) -> (String, String) {
    let school = app.world.account(SCHOOL).actor.organisation_id.unwrap();
    let member = json!({
        "school_id": school, "kind": "own", "name": name, "id_number": null, "phone": null, "subject": null,
        "entered_on": "2020-09-01"
    });
    let teacher = post(app, SCHOOL, "staff-members", &member).await.id();
    for kind in ["character", "health"] {
        let vetting = json!({
            "staff_member_id": teacher, "kind": kind, "checked_on": "2021-08-30", "valid_until": "2022-08-29",
            "outcome": "passed", "document": "审查表"
        });
        post(app, SCHOOL, "staff-vettings", &vetting).await;
    }
    let room = json!({
        "school_id": school, "kind": "room", "name": format!("{name}的教室"), "capacity": 60, "quantity": null,
        "place": null, "manager_name": name, "usable_weekdays": [], "usable_note": null, "in_use_on": "2021-09-01"
    });
    let room = post(app, SCHOOL, "facilities", &room).await.id();
    let check = json!({
        "facility_id": room, "checked_on": "2021-09-01", "valid_until_on": "2022-01-31", "aspects": ["venue", "fire"],
        "outcome": "passed", "checked_by_id": teacher, "note": null
    });
    post(app, SCHOOL, "venue-checks", &check).await;
    (teacher, room)
}

/// Files and publishes the plan; its projects.
async fn opened(app: &TestApp, document: &Value) -> Vec<String> {
    let submitted = submit(app, SCHOOL, &draft(app, SCHOOL, document).await).await;
    let notice = publish(app, SCHOOL, &submitted).await;
    assert_eq!(notice.status, 200, "{}", notice.json());
    let shown = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    shown["projects"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// Whether a day is one of the 55 that the school recorded: 18 in September, 9 to 21 October, 25 to 30 November,
/// December.
fn is_recorded(day: &str) -> bool {
    match &day[..7] {
        "2021-09" => day <= "2021-09-28" && !["2021-09-18", "2021-09-26"].contains(&day),
        "2021-10" => ("2021-10-09"..="2021-10-21").contains(&day),
        "2021-11" => ("2021-11-25"..="2021-11-30").contains(&day),
        month => month == "2021-12",
    }
}

async fn hold(app: &TestApp, planned: &Value, pupils: &[Id]) {
    let text = |name: &str| planned[name].as_str().unwrap().to_owned();
    app.db.clock().set_today(iso_date::parse(&text("held_on")).unwrap());
    mark(app, SCHOOL, &text("id"), &marks(pupils, "present")).expect(200).await;
    let departures: Vec<Value> = pupils.iter().map(|pupil| left(pupil, "duty_holder")).collect();
    depart(app, SCHOOL, &text("id"), &departures).expect(200).await;
    let seen = session(app, SCHOOL, &text("id")).await;
    let record = json!({
        "began_at": "16:30", "ended_at": "17:30", "form": "homework", "content": "完成作业", "served": []
    });
    call(app, SCHOOL, "sessions", &seen, "close", &record).expect(200).await;
}

#[rstest]
#[actix_web::test]
async fn case_b_fifty_five_days_are_recorded_with_a_make_up_saturday(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    set_up(&app).await;
    let profile = json!({
        "authority_id": app.world.organisation("own district"), "code": "recorded-days", "document": "吴教发〔2021〕5号",
        "title": "按实际服务日结算", "starts_on": "2021-09-01", "ends_on": null,
        "parameters": {"service_on_make_up_days": true}
    });
    post(&app, "bureau", "policy-profiles", &profile).await;
    let projects = opened(&app, &plan(true)).await;
    for (place, grade, lessons) in [(0, 1, 55), (1, 2, 110)] {
        app.db.clock().set_today(OPENING);
        let (teacher, room) = readied(&app, if grade == 1 { "马老师" } else { "丁老师" }).await;
        let (group, pupils) = grouped(&app, &projects[place], grade, &teacher, &room).await;
        let mut planned = sessions(&app, SCHOOL, &format!("group_id={}", group.id())).await;
        planned.retain(|one| is_recorded(one["held_on"].as_str().unwrap()));
        planned.sort_by_key(|one| one["held_on"].to_string());
        assert_eq!(planned.len(), 55);
        assert!(planned.iter().any(|one| one["held_on"] == MAKE_UP_SATURDAY));
        for one in &planned {
            hold(&app, one, &pupils).await;
        }
        let closed = sessions(&app, SCHOOL, &format!("group_id={}&state=closed", group.id())).await;
        let given: i64 = closed.iter().map(|one| one["lessons"].as_i64().unwrap()).sum();
        assert_eq!((closed.len(), given), (55, lessons), "of grade {grade}: what is settled by");
        let of_month =
            |month: &str| closed.iter().filter(|one| one["held_on"].as_str().unwrap().starts_with(month)).count();
        assert_eq!(["2021-09", "2021-10", "2021-11", "2021-12"].map(of_month), [18, 10, 4, 23]);
    }
    // The accounts of the world are given their roles three years earlier, behind the service's back.
    let wrong: Vec<String> = app.wrong().await.into_iter().filter(|said| !said.starts_with("role-grant")).collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn case_b_its_make_up_saturday_is_refused_by_yueyang_2019(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    set_up(&app).await;
    let projects = opened(&app, &plan(false)).await;
    let (teacher, room) = readied(&app, "马老师").await;
    let (group, _) = grouped(&app, &projects[0], 1, &teacher, &room).await;
    let planned = sessions(&app, SCHOOL, &format!("group_id={}&held_on={MAKE_UP_SATURDAY}", group.id())).await;
    assert_eq!(planned, Vec::<Value>::new(), "none follows from the calendar");
    let wanted = json!({
        "group_id": group.id(), "held_on": MAKE_UP_SATURDAY, "starts_at": "16:30", "ends_at": "17:30", "lessons": 1,
        "reason": "调休"
    });
    let refused = app.post("/api/v1/sessions").token(app.world.token(SCHOOL)).json(&wanted).send().await;
    assert_eq!(stopped(&refused), [("service-days".to_owned(), "/held_on".to_owned())], "{}", refused.json());
    let mut saturday = plan(true);
    saturday["projects"].as_array_mut().unwrap().truncate(2);
    let check = app.post("/api/v1/checks/plan").token(app.world.token(SCHOOL)).json(&saturday).expect(200).await;
    let has = |finding: &Value| finding["rule"] == "service-days" && finding["severity"] == "error";
    assert!(check.json()["findings"].as_array().unwrap().iter().any(has), "nor may a plan have it: {}", check.json());
}
