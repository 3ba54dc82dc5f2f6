//! A seat that comes free is offered to the first who waits, until a day; unanswered, it goes to the next.

use futures_util::future::join_all;
use kehou::db::{Mode, Origin};
use kehou::enrollments::enrollments::{self as slice, lapse};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, more_children, open, sign, verb, with_half_hours};

const EVERY_DAY: &[i64] = &[1, 2, 3, 4, 5];

async fn read(app: &TestApp, made: &Answer) -> Answer {
    let path = format!("/api/v1/enrollments/{}", made.id());
    app.get(&path).token(app.world.token("guardian")).expect(200).await
}

async fn state(app: &TestApp, made: &Answer) -> Value {
    read(app, made).await.json()["state"].clone()
}

/// What a standing job does, all of it.
async fn lapses(app: &TestApp) {
    while app.db.write(Origin::service("test"), Mode::Commit, lapse).await.unwrap() {}
}

async fn verified(app: &TestApp) {
    assert_eq!(app.db.read(slice::verify).await.unwrap(), Vec::<String>::new());
}

/// A club with one seat beside an open project at the same hour: its holder, and two who wait.
struct Club {
    projects: Vec<String>,
    children: Vec<String>,
    made: Vec<Answer>,
}

async fn full_club(app: &TestApp) -> Club {
    let projects = open(app, &with_half_hours(&[("乒乓", Some(1), EVERY_DAY, "16:30", "17:00")])).await;
    let children: Vec<String> = more_children(app, 3).await.iter().map(ToString::to_string).collect();
    let mut made = Vec::new();
    for child in &children {
        made.push(application(app, "guardian", child, &projects[1], child).expect(201).await);
    }
    Club { projects, children, made }
}

#[rstest]
#[actix_web::test]
async fn a_seat_is_offered_and_whoever_accepts_it_keeps_one_of_two_that_clash(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Club { projects, children, made } = full_club(&app).await;
    let beside = application(&app, "guardian", &children[1], &projects[0], "beside").expect(201).await;
    assert_eq!(beside.json()["state"], "allocated");
    assert_eq!(verb(&app, "guardian", &made[0], "withdraw", None).await.status, 200);

    let offered = read(&app, &made[1]).await;
    let body = offered.json();
    assert_eq!((&body["state"], &body["offer_ends_on"]), (&json!("offered"), &json!("2024-09-13")));
    assert_eq!(body["can"], json!(["accept", "withdraw"]));
    assert_eq!(state(&app, &beside).await, "allocated", "the open place stays until the seat is accepted");
    assert_eq!(state(&app, &made[2]).await, "waitlisted", "one seat, one offer");
    let early = verb(&app, "guardian", &offered, "sign", Some(json!({"sha256": "0".repeat(64)}))).await;
    assert_eq!((early.status, early.code().as_str()), (409, "state-conflict"));
    verified(&app).await;

    let accepted = verb(&app, "guardian", &offered, "accept", None).await;
    assert_eq!((accepted.status, &accepted.json()["state"]), (200, &json!("allocated")), "{}", accepted.json());
    assert_eq!(accepted.json()["offer_ends_on"], Value::Null);
    let given_up = read(&app, &beside).await.json();
    assert_eq!((&given_up["state"], &given_up["ended_because"]), (&json!("withdrawn"), &json!("place_changed")));
    assert_eq!(verb(&app, "guardian", &accepted, "accept", None).await.code(), "state-conflict");
    assert_eq!(sign(&app, &accepted).await.json()["state"], "active");
    verified(&app).await;
}

#[rstest]
#[actix_web::test]
async fn an_offer_holds_through_its_last_day_and_then_goes_to_the_next(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Club { projects, children, made } = full_club(&app).await;
    let beside = application(&app, "guardian", &children[1], &projects[0], "beside").expect(201).await;
    verb(&app, "guardian", &made[0], "withdraw", None).await;

    app.clock_at("2024-09-13T23:59:59+08:00");
    lapses(&app).await;
    let offered = read(&app, &made[1]).await;
    assert_eq!(offered.json()["state"], "offered", "its last day is not over");

    app.clock_at("2024-09-14T00:00:00+08:00");
    let late = verb(&app, "guardian", &offered, "accept", None).await;
    assert_eq!((late.status, late.code().as_str()), (422, "refused-by-rules"));
    let finding = &late.json()["findings"][0];
    assert_eq!(finding["rule"], "enrollment-open");
    assert!(finding["message"].as_str().unwrap().contains("2024-09-13"), "{finding}");
    assert_eq!(finding["pointer"], "", "there is no body");

    lapses(&app).await;
    let lapsed = read(&app, &made[1]).await.json();
    assert_eq!((&lapsed["state"], &lapsed["ended_because"]), (&json!("withdrawn"), &json!("offer_lapsed")));
    assert_eq!(state(&app, &beside).await, "allocated", "unanswered, the open place stays");
    let next = read(&app, &made[2]).await;
    assert_eq!((&next.json()["state"], &next.json()["offer_ends_on"]), (&json!("offered"), &json!("2024-09-17")));
    lapses(&app).await;
    assert_eq!(state(&app, &made[2]).await, "offered", "no offer lapses twice");
    verified(&app).await;

    let again = application(&app, "guardian", &children[1], &projects[1], "again").expect(201).await;
    assert_eq!(again.json()["state"], "waitlisted", "nobody is refused, who waits again waits behind the others");
    assert_eq!(verb(&app, "guardian", &next, "withdraw", None).await.status, 200, "no is an answer, too");
    assert_eq!(state(&app, &again).await, "offered");
    verified(&app).await;
}

#[rstest]
#[actix_web::test]
async fn an_offer_to_a_pupil_whose_grade_is_corrected_is_not_accepted(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Club { made, .. } = full_club(&app).await;
    verb(&app, "guardian", &made[0], "withdraw", None).await;
    let offered = read(&app, &made[1]).await;
    let student = offered.json()["student_id"].as_str().unwrap().to_owned();
    app.sql(&format!("UPDATE students SET grade = 9 WHERE id = {}", app.id_literal(&student))).await;
    let refused = verb(&app, "guardian", &offered, "accept", None).await;
    assert_eq!(refused.code(), "refused-by-rules");
    let rules: Vec<String> = refused.findings().into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["age-appropriate"]);
}

/// What one of many does at the same time as the others.
enum Act {
    Applies(String),
    Withdraws(Answer),
    Accepts(Answer),
    Lapse,
}

#[rstest]
#[actix_web::test]
async fn a_thousand_acts_at_once_oversell_no_seat_and_skip_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    const SEATS: usize = 30;
    let Some(app) = TestApp::start(kind).await else { return };
    let club = [("乒乓", Some(30), EVERY_DAY, "16:30", "17:00")];
    let projects = open(&app, &with_half_hours(&club)).await;
    let children: Vec<String> = more_children(&app, 995).await.iter().map(ToString::to_string).collect();
    let mut made = Vec::new();
    for child in &children[..200] {
        made.push(application(&app, "guardian", child, &projects[1], child).expect(201).await);
    }
    // Five are offered a seat until the 13th, and let it lapse; five until the 14th, and accept it that day, when all
    // happens at once.
    for (day, holders) in [("2024-09-10", &made[..5]), ("2024-09-11", &made[5..10])] {
        app.clock_at(&format!("{day}T12:00:00+08:00"));
        for holder in holders {
            assert_eq!(verb(&app, "guardian", holder, "withdraw", None).await.status, 200);
        }
    }
    let mut acts: Vec<Act> = children[200..].iter().cloned().map(Act::Applies).collect();
    let mut late = Vec::new();
    for waiting in &made[10..] {
        let now = read(&app, waiting).await;
        match now.json()["offer_ends_on"].as_str() {
            Some("2024-09-13") => late.push(now),
            Some(_) => acts.push(Act::Accepts(now)),
            None => acts.push(Act::Withdraws(now)),
        }
    }
    (0..20).for_each(|_| acts.push(Act::Lapse));
    app.clock_at("2024-09-14T12:00:00+08:00");
    let count = acts.len();
    let act = async |act: &Act| match act {
        Act::Applies(child) => loop {
            let answer = application(&app, "guardian", child, &projects[1], child).send().await;
            if answer.status != 503 {
                assert_eq!(answer.status, 201, "{}", answer.json());
                break;
            }
        },
        Act::Withdraws(seen) => loop {
            let now = read(&app, seen).await; // a seat may have come to it meanwhile
            let answer = verb(&app, "guardian", &now, "withdraw", None).await;
            if !matches!(answer.status, 503 | 412) {
                assert_eq!(answer.status, 200, "{}", answer.json());
                break;
            }
        },
        Act::Accepts(seen) => loop {
            let answer = verb(&app, "guardian", seen, "accept", None).await;
            if answer.status != 503 {
                assert_eq!(answer.status, 200, "{}", answer.json());
                break;
            }
        },
        Act::Lapse => lapses(&app).await,
    };
    join_all(acts.iter().map(act)).await;
    assert_eq!((count, late.len()), (1000, 5));
    for lapsed in &late {
        assert_eq!(read(&app, lapsed).await.json()["ended_because"], "offer_lapsed");
    }
    let held = "enrollments WHERE state IN ('allocated', 'offered', 'active')";
    assert_eq!(usize::try_from(app.count(held).await).unwrap(), SEATS, "neither one too many nor one too few");
    assert_eq!(app.count("enrollments").await, 995, "nobody is lost");
    verified(&app).await;

    // Whoever waits came later than everybody who was offered a seat: nobody is skipped.
    app.clock_at("2024-09-20T12:00:00+08:00");
    lapses(&app).await;
    let first_waiting = "SELECT CAST(count(*) AS BIGINT) AS number FROM enrollments AS one WHERE one.state = 'offered' \
                         AND EXISTS (SELECT 1 FROM enrollments AS other WHERE other.state = 'waitlisted' \
                         AND (other.created_at, other.id) < (one.created_at, one.id))";
    assert_eq!(app.sql_number(first_waiting).await, 0);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}
