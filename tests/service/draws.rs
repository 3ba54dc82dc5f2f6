//! Wishes and the draw (三.1): a window, ranked wishes, one draw that can be worked out again, and what comes of it.

use std::process::Command;

use kehou::auth::Role;
use kehou::db::Id;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, more_children, sign, verb, window_body, with_half_hours};
use crate::support::plans::{call, draft, publish, submit};

const OPENS: &str = "2024-09-11";
const CLOSES: &str = "2024-09-13";

/// A plan with an open project and two clubs at one hour, of three seats and one, and a third at another hour.
pub struct Stage {
    pub plan: Answer,
    pub projects: Vec<String>,
}

pub async fn staged(app: &TestApp) -> Stage {
    let clubs = [
        ("乒乓", Some(3), [2].as_slice(), "17:30", "18:00"),
        ("棋艺", Some(1), &[2], "17:30", "18:00"),
        ("书法", Some(2), &[3], "17:30", "18:00"),
    ];
    let plan = submit(app, "school-admin", &draft(app, "school-admin", &with_half_hours(&clubs)).await).await;
    let notice = publish(app, "school-admin", &plan).await;
    let shown = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    let ids = shown["projects"].as_array().unwrap().iter().map(|project| project["id"].as_str().unwrap().to_owned());
    Stage { projects: ids.collect(), plan }
}

pub async fn announced(app: &TestApp, body: &Value) -> Answer {
    let ask = app.post("/api/v1/choice-windows").token(app.world.token("school-admin"));
    ask.key(&Id::fresh().to_string()).json(body).send().await
}

pub async fn wish(app: &TestApp, account: &str, window: &Answer, child: &str, projects: &[&String]) -> Answer {
    let body = json!({"choice_window_id": window.id(), "student_id": child, "project_ids": projects});
    app.post("/api/v1/wishes").token(app.world.token(account)).key(&Id::fresh().to_string()).json(&body).send().await
}

async fn window_now(app: &TestApp, window: &Answer) -> Answer {
    let path = format!("/api/v1/choice-windows/{}", window.id());
    app.get(&path).token(app.world.token("school-admin")).expect(200).await
}

pub async fn drawn(app: &TestApp, window: &Answer) -> Answer {
    call(app, "school-admin", "choice-windows", &window_now(app, window).await, "draw").await
}

/// The enrollments of the plan as the school sees them.
pub async fn all(app: &TestApp, plan: &Answer) -> Vec<Value> {
    let path = format!("/api/v1/enrollments?limit=200&plan_id={}", plan.id());
    let list = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    list["items"].as_array().unwrap().clone()
}

pub async fn results(app: &TestApp, window: &Answer) -> Value {
    app.get(&format!("/api/v1/choice-windows/{}/results", window.id())).expect(200).await.json()
}

fn rules(answer: &Answer) -> Vec<String> {
    answer.findings().into_iter().map(|(rule, ..)| rule).collect()
}

/// Runs the script of the docs over what was published, and over the school's own list.
pub fn recomputed(results: &Value, wishes: &[Value]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let (published, own) = (dir.path().join("results.json"), dir.path().join("wishes.json"));
    std::fs::write(&published, results.to_string()).unwrap();
    std::fs::write(&own, Value::from(wishes).to_string()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/recompute-draw.py");
    let output =
        Command::new("python3").args([script.as_ref(), published.as_os_str(), own.as_os_str()]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[rstest]
#[actix_web::test]
async fn priority_groups_seats_are_wished_for_drawn_and_told_by_numbers(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Stage { plan, projects } = staged(&app).await;
    let [open, table_tennis, chess, calligraphy] = [0, 1, 2, 3].map(|at| &projects[at]);
    let window = announced(&app, &window_body(&plan.id(), OPENS, CLOSES)).await;
    assert_eq!((window.status, &window.json()["state"]), (201, &json!("announced")), "{}", window.json());
    assert_eq!((&window.json()["seed"], window.json()["seed_sha256"].as_str().unwrap().len()), (&Value::Null, 64));

    let path = format!("/api/v1/choice-windows?plan_id={}&state=announced", plan.id());
    let listed = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    assert_eq!(listed["items"][0]["id"], json!(window.id()), "a guardian finds where to wish");

    // Nobody takes a seat before; the open project takes everybody.
    let children: Vec<String> = more_children(&app, 6).await.iter().map(ToString::to_string).collect();
    let early = application(&app, "guardian", &children[0], table_tennis, "early").send().await;
    assert_eq!(rules(&early), ["enrollment-open"]);
    assert!(early.json()["findings"][0]["message"].as_str().unwrap().contains(OPENS), "{}", early.json());
    let beside = application(&app, "guardian", &children[0], open, "open").expect(201).await;
    assert_eq!(beside.json()["state"], "allocated");
    let path = format!("/api/v1/students/{}/offers", children[1]);
    let offers = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    for offer in offers["items"].as_array().unwrap() {
        let is_drawn = offer["project_id"] != json!(open);
        assert_eq!(offer["choice_window_id"] == json!(window.id()), is_drawn, "{offer}");
        assert_eq!(offer["can"].as_array().unwrap().contains(&json!("apply")), !is_drawn, "{offer}");
    }

    // Before its first day, through its last one, and after.
    assert_eq!(rules(&wish(&app, "guardian", &window, &children[0], &[chess]).await), ["enrollment-open"]);
    app.clock_at("2024-09-11T00:00:00+08:00");
    for child in &children {
        let made = wish(&app, "guardian", &window, child, &[chess, table_tennis]).await;
        assert_eq!(made.status, 200, "{}", made.json());
        let items = made.json()["items"].clone();
        assert_eq!(
            (&items[0]["wish"], &items[1]["wish"], &items[0]["state"]),
            (&json!(1), &json!(2), &json!("applied"))
        );
    }
    let early = drawn(&app, &window).await;
    assert_eq!(rules(&early), ["enrollment-open"], "not while wishes are taken");
    app.clock_at("2024-09-13T23:59:59+08:00");
    let last = wish(&app, "guardian", &window, &children[5], &[calligraphy, chess]).await;
    assert_eq!(last.status, 200, "what is sent last counts: {}", last.json());
    let mine: Vec<Value> =
        all(&app, &plan).await.into_iter().filter(|one| one["student_id"] == json!(children[5])).collect();
    let told = |one: &Value| (one["project_id"].clone(), one["state"].clone(), one["wish"].clone());
    let mut told: Vec<_> = mine.iter().map(told).collect();
    told.sort_by_key(|(_, state, wish)| (state.to_string(), wish.to_string()));
    let expected = [
        (json!(calligraphy), json!("applied"), json!(1)),
        (json!(chess), json!("applied"), json!(2)),
        (json!(table_tennis), json!("withdrawn"), json!(2)),
    ];
    assert_eq!(told, expected);
    app.clock_at("2024-09-14T00:00:00+08:00");
    assert_eq!(rules(&wish(&app, "guardian", &window, &children[0], &[chess]).await), ["enrollment-open"]);

    let unread = app.get(&format!("/api/v1/choice-windows/{}/results", window.id())).send().await;
    assert_eq!(unread.status, 404, "nothing is told before");
    let done = drawn(&app, &window).await;
    assert_eq!((done.status, &done.json()["state"]), (200, &json!("drawn")), "{}", done.json());
    assert_eq!(drawn(&app, &window).await.code(), "state-conflict", "once");
    let results = results(&app, &window).await;
    assert_eq!(results["seed"], done.json()["seed"]);
    let text = results.to_string();
    assert!(!text.contains("student") && !text.contains("tier") && !text.contains("\"wish\""), "{text}");
    let rows = all(&app, &plan).await;
    assert!(recomputed(&results, &rows).contains("the same: 12 numbers"));
    let in_state = |state: &str, project: &String| {
        rows.iter().filter(|row| row["state"] == json!(state) && row["project_id"] == json!(project)).count()
    };
    assert_eq!((in_state("allocated", chess), in_state("waitlisted", chess)), (1, 4));
    assert_eq!((in_state("allocated", table_tennis), in_state("waitlisted", table_tennis)), (3, 1));
    assert_eq!(in_state("allocated", calligraphy), 1);
    let needless: Vec<&Value> = rows.iter().filter(|row| row["ended_because"] == json!("better_wish")).collect();
    assert_eq!(needless.len(), 2, "of who got the first wish: {needless:?}");

    // Each result says why, and a seat is signed for.
    let seat = rows.iter().find(|row| row["project_id"] == json!(chess) && row["state"] == json!("allocated")).unwrap();
    let path = format!("/api/v1/enrollments/{}", seat["id"].as_str().unwrap());
    let why = app.get(&format!("{path}/draw")).token(app.world.token("guardian")).expect(200).await.json();
    assert_eq!((&why["number"], &why["outcome"], &why["last_seat_number"]), (&json!(1), &json!("seat"), &json!(1)));
    assert!(why["message"].as_str().unwrap().contains("获得名额"), "{why}");
    let seen = app.get(&path).token(app.world.token("guardian")).expect(200).await;
    assert_eq!(sign(&app, &seen).await.json()["state"], "active");

    // What is left is first come, first served.
    let late = application(&app, "guardian", &children[4], calligraphy, "late").expect(201).await;
    assert_eq!(late.json()["state"], "allocated");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn priority_groups_only_guardian_and_school_are_told_who_came_first(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Stage { plan, projects } = staged(&app).await;
    let window = announced(&app, &window_body(&plan.id(), "2024-09-10", "2024-09-10")).await;
    let children: Vec<String> = more_children(&app, 3).await.iter().map(ToString::to_string).collect();
    app.sql(&format!(
        "UPDATE students SET priority_groups = '[\"left_behind\"]' WHERE id = {}",
        app.id_literal(&children[2])
    ))
    .await;
    for child in &children {
        assert_eq!(wish(&app, "guardian", &window, child, &[&projects[2]]).await.status, 200);
    }
    app.clock_at("2024-09-11T08:00:00+08:00");
    assert_eq!(drawn(&app, &window).await.status, 200);
    let rows = all(&app, &plan).await;
    let first = rows.iter().find(|row| row["student_id"] == json!(children[2])).unwrap();
    assert_eq!((&first["draw_number"], &first["draw_outcome"]), (&json!(1), &json!("seat")));
    assert_eq!(first["draw_tier"], "priority_groups", "the school knows");
    let path = format!("/api/v1/enrollments/{}", first["id"].as_str().unwrap());
    for (account, tier) in
        [("guardian", json!("priority_groups")), ("bureau", Value::Null), ("school-finance", Value::Null)]
    {
        let seen = app.get(&path).token(app.world.token(account)).expect(200).await.json();
        let why = app.get(&format!("{path}/draw")).token(app.world.token(account)).expect(200).await.json();
        assert_eq!((&seen["draw_tier"], &why["tier"]), (&tier, &tier), "{account}");
        assert_eq!(why["message"].as_str().unwrap().contains("优先对象"), tier != Value::Null, "{account}: {why}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_seat_that_was_waited_for_goes_by_the_numbers_and_within_the_places_of_a_child(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Stage { plan, projects } = staged(&app).await;
    let window = announced(&app, &window_body(&plan.id(), "2024-09-10", "2024-09-10")).await;
    let children: Vec<String> = more_children(&app, 3).await.iter().map(ToString::to_string).collect();
    let (chess, calligraphy) = (&projects[2], &projects[3]);
    for child in &children {
        assert_eq!(wish(&app, "guardian", &window, child, &[chess, calligraphy]).await.status, 200);
    }
    app.clock_at("2024-09-11T08:00:00+08:00");
    drawn(&app, &window).await;
    let rows = all(&app, &plan).await;
    let of_number = |project: &String, number: i64| {
        rows.iter().find(|row| row["project_id"] == json!(project) && row["draw_number"] == json!(number)).unwrap()
    };
    let get = async |row: &Value| {
        let path = format!("/api/v1/enrollments/{}", row["id"].as_str().unwrap());
        app.get(&path).token(app.world.token("guardian")).expect(200).await
    };
    let newcomer = application(&app, "guardian", &more_children(&app, 1).await[0].to_string(), chess, "new");
    assert_eq!(newcomer.expect(201).await.json()["state"], "waitlisted");
    let holder = get(of_number(chess, 1)).await;
    assert_eq!(verb(&app, "guardian", &holder, "withdraw", None).await.status, 200);
    let next = get(of_number(chess, 2)).await;
    assert_eq!(next.json()["state"], "offered", "by the number, before who came later");
    let child = next.json()["student_id"].clone();
    let second = rows.iter().find(|row| row["student_id"] == child && row["project_id"] == json!(calligraphy)).unwrap();
    assert_eq!(get(second).await.json()["state"], "allocated");
    assert_eq!(verb(&app, "guardian", &next, "accept", None).await.json()["state"], "allocated");
    let given_up = get(second).await.json();
    assert_eq!((&given_up["state"], &given_up["ended_because"]), (&json!("withdrawn"), &json!("place_changed")));
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_draw_over_a_place_at_the_same_hour_offers_the_seat(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let club = [("乒乓", Some(1), [1, 2, 3, 4, 5].as_slice(), "16:30", "17:00")];
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &with_half_hours(&club)).await).await;
    let notice = publish(&app, "school-admin", &plan).await;
    let shown = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    let [open, club] = [0, 1].map(|at| shown["projects"][at]["id"].as_str().unwrap().to_owned());
    let window = announced(&app, &window_body(&plan.id(), "2024-09-10", "2024-09-10")).await;
    let child = more_children(&app, 1).await[0].to_string();
    let beside = application(&app, "guardian", &child, &open, "open").expect(201).await;
    assert_eq!(wish(&app, "guardian", &window, &child, &[&club]).await.status, 200, "waiting takes no time");
    app.clock_at("2024-09-11T08:00:00+08:00");
    drawn(&app, &window).await;
    let rows = all(&app, &plan).await;
    let seat = rows.iter().find(|row| row["project_id"] == json!(club)).unwrap();
    assert_eq!((&seat["state"], &seat["offer_ends_on"]), (&json!("offered"), &json!("2024-09-14")));
    let still = rows.iter().find(|row| row["id"] == json!(beside.id())).unwrap();
    assert_eq!(still["state"], "allocated", "the guardian keeps one of two");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_window_that_cannot_be_is_refused_and_one_that_is_cancelled_gives_its_seats_back(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Stage { plan, projects } = staged(&app).await;
    let body = |change: &[(&str, Value)]| {
        let mut body = window_body(&plan.id(), OPENS, CLOSES);
        for (field, value) in change {
            body[*field] = value.clone();
        }
        body
    };
    for (change, pointer) in [
        (("opens_on", json!("2024-09-09")), "/opens_on"),
        (("closes_on", json!("2024-09-10")), "/closes_on"),
        (("closes_on", json!("2025-03-01")), "/closes_on"),
        (("places_max", json!(4)), "/places_max"),
        (("wishes_max", json!(11)), "/wishes_max"),
        (("plan_id", json!(Id::NIL)), "/plan_id"),
    ] {
        let refused = announced(&app, &body(&[change])).await;
        assert_eq!((refused.status, refused.faults()[0].0.as_str()), (422, pointer), "{}", refused.json());
    }
    let siblings = announced(&app, &body(&[("siblings_together", json!(true))])).await;
    assert_eq!(rules(&siblings), ["priority-groups"]);
    let window = announced(&app, &body(&[])).await;
    assert_eq!(announced(&app, &body(&[])).await.code(), "already-exists");

    app.clock_at("2024-09-11T08:00:00+08:00");
    let child = more_children(&app, 1).await[0].to_string();
    let twice = wish(&app, "guardian", &window, &child, &[&projects[1], &projects[1]]).await;
    assert_eq!(twice.faults(), [("/project_ids/1".to_owned(), "duplicate".to_owned())]);
    let open = wish(&app, "guardian", &window, &child, &[&projects[0]]).await;
    assert_eq!(open.faults(), [("/project_ids/0".to_owned(), "not-for-this".to_owned())], "it takes everybody");
    let many = [&projects[1], &projects[2], &projects[3], &projects[0]];
    assert_eq!(wish(&app, "guardian", &window, &child, &many).await.faults()[0].1, "too-many");
    app.world.add_account(&app.app, "sibling-guardian", Role::Guardian, &Id::NIL.to_string()).await;
    let stranger = wish(&app, "sibling-guardian", &window, &child, &[&projects[1]]).await;
    assert_eq!(stranger.faults(), [("/choice_window_id".to_owned(), "not-found".to_owned())]);
    assert_eq!(wish(&app, "guardian", &window, &child, &[&projects[1]]).await.status, 200);

    let cancelled = call(&app, "school-admin", "choice-windows", &window_now(&app, &window).await, "cancel").await;
    assert_eq!((cancelled.status, &cancelled.json()["state"]), (200, &json!("cancelled")));
    let ended = all(&app, &plan).await;
    assert_eq!((&ended[0]["state"], &ended[0]["ended_because"]), (&json!("withdrawn"), &json!("draw_cancelled")));
    let first = application(&app, "guardian", &child, &projects[1], "first").expect(201).await;
    assert_eq!(first.json()["state"], "allocated", "first come, first served again");
    assert_eq!(
        announced(&app, &body(&[("opens_on", json!("2024-09-12"))])).await.status,
        201,
        "another one may follow"
    );
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn verify_names_a_draw_that_its_seed_does_not_give(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Stage { plan, projects } = staged(&app).await;
    let window = announced(&app, &window_body(&plan.id(), "2024-09-10", "2024-09-10")).await;
    for child in more_children(&app, 3).await {
        assert_eq!(wish(&app, "guardian", &window, &child.to_string(), &[&projects[2]]).await.status, 200);
    }
    app.clock_at("2024-09-11T08:00:00+08:00");
    drawn(&app, &window).await;
    assert_eq!(app.wrong().await, Vec::<String>::new());
    app.sql("UPDATE enrollments SET draw_tier = 'priority_groups' WHERE draw_number = 3").await;
    let wrong = app.wrong().await.join("\n");
    assert!(wrong.contains("its seed gives something else than was drawn"), "{wrong}");
}
