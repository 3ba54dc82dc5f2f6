//! Case G (慈利县 L 小学): 57 classes, 3,236 pupils wish, are drawn and sign in one run.

use std::io::Write;
use std::time::Instant;

use futures_util::future::join_all;
use kehou::auth::By;
use kehou::db::{Id, Mode, Origin, Tx};
use kehou::enrollments::draws;
use kehou::http::IfMatchVersion;
use kehou::rules::document::PriorityGroup;
use kehou::schools::classes::{self, ClassIn};
use kehou::students::students::StudentIn;
use kehou::values::identifiers::SchoolYear;
use kehou::values::text::Line;
use rstest::rstest;
use serde_json::{Value, json};

use crate::draws::{drawn, recomputed};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{Club, children_as, sign, window_body, with_half_hours};
use crate::support::plans::{draft, publish, submit};

const CLASSES: usize = 57;

/// Twelve clubs of sixty seats at two hours, beside the open project.
const CLUBS: [Club<'_>; 12] = [
    ("乒乓", Some(60), &[2], "17:30", "18:00"),
    ("棋艺", Some(60), &[2], "17:30", "18:00"),
    ("书法", Some(60), &[2], "17:30", "18:00"),
    ("合唱", Some(60), &[2], "17:30", "18:00"),
    ("武术", Some(60), &[2], "17:30", "18:00"),
    ("科学", Some(60), &[2], "17:30", "18:00"),
    ("足球", Some(60), &[3], "17:30", "18:00"),
    ("剪纸", Some(60), &[3], "17:30", "18:00"),
    ("舞蹈", Some(60), &[3], "17:30", "18:00"),
    ("阅读", Some(60), &[3], "17:30", "18:00"),
    ("绘画", Some(60), &[3], "17:30", "18:00"),
    ("编程", Some(60), &[3], "17:30", "18:00"),
];

/// Enters the pupils in their classes: each ninth is of a priority group, and its guardian is the account `guardian`.
async fn enter(app: &TestApp, pupils: usize) -> Vec<String> {
    let admin = app.world.account("school-admin").actor.clone();
    let school_id = app.world.organisation("own school");
    let work = move |tx: &mut Tx<'_>| {
        let mut of_classes = Vec::new();
        for number in 0..CLASSES {
            let grade = u8::try_from(number % 6 + 1).unwrap();
            let name = Line::new(&format!("{grade}年级G{number}班")).unwrap();
            let new = ClassIn { school_id, school_year: SchoolYear::new("2024-2025").unwrap(), grade, name };
            of_classes.push((grade, classes::create(tx, &By::of(admin.clone())?, &new)?.id));
        }
        Ok(of_classes)
    };
    let of_classes = app.db.write(Origin::service("test"), Mode::Commit, work).await.unwrap();
    let in_class = move |number: usize, new: &mut StudentIn| {
        let (grade, class) = of_classes[number % CLASSES];
        (new.grade, new.class_id) = (grade, Some(class));
        new.priority_groups = if number % 9 == 4 { vec![PriorityGroup::LeftBehind] } else { Vec::new() };
    };
    children_as(app, pupils, in_class).await.iter().map(ToString::to_string).collect()
}

/// The plan's enrollments as its school reads them, page by page.
async fn all(app: &TestApp, plan: &Answer) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/enrollments?limit=200&plan_id={}{cursor}", plan.id());
        let page = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

/// In July the whole school moves on, in one act that was tried before.
async fn turns(app: &TestApp, pupils: usize) {
    app.clock_at("2025-07-05T08:00:00+08:00");
    let body = json!({
        "school_id": app.world.organisation("own school"), "school_year": "2025-2026", "left_on": "2025-07-04",
        "repeating": [], "leaving": [], "class_names": []
    });
    let turn = |query: &str| app.post(&format!("/api/v1/year-turns{query}")).token(app.world.token("school-admin"));
    let trial = turn("?validate_only=true").json(&body).expect(200).await.json();
    let began = Instant::now();
    let turned = turn("").key("turn").json(&body).expect(201).await.json();
    let took = began.elapsed();
    let count = |of: &Value| of["promoted"].as_u64().unwrap() + of["leaving"].as_u64().unwrap();
    assert!(count(&turned) > pupils as u64 && count(&turned) == count(&trial), "{turned}");
    let told = format!("{} pupils moved on in {took:?}", count(&turned));
    let mut out = std::io::stdout();
    writeln!(out, "{told}").unwrap();
}

#[rstest]
#[case::sqlite(Sqlite, 300)]
#[case::postgres(Postgres, 3_236)]
#[actix_web::test]
async fn case_g_a_whole_school_wishes_is_drawn_and_signs(#[case] kind: Kind, #[case] pupils: usize) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &with_half_hours(&CLUBS)).await).await;
    let notice = publish(&app, "school-admin", &plan).await;
    let shown = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    let clubs: Vec<Value> = (1..=12).map(|at| shown["projects"][at]["id"].clone()).collect();
    let mut body = window_body(&plan.id(), "2024-09-10", "2024-09-10");
    body["places_max"] = json!(2);
    let announced = app.post("/api/v1/choice-windows").token(app.world.token("school-admin")).key("window");
    let window = announced.json(&body).expect(201).await;
    let children = enter(&app, pupils).await;

    let wishes = |number: usize, child: &String| {
        let wanted = [number % 6, (number / 6) % 6, 6 + number % 6];
        let mut wanted: Vec<&Value> = wanted.iter().map(|at| &clubs[*at]).collect();
        wanted.dedup();
        let body = json!({"choice_window_id": window.id(), "student_id": child, "project_ids": wanted});
        app.post("/api/v1/wishes").token(app.world.token("guardian")).key(child).json(&body)
    };
    for (page, some) in children.chunks(40).enumerate() {
        let asks = some.iter().enumerate().map(|(at, child)| wishes(page * 40 + at, child).expect(200));
        join_all(asks).await;
    }
    app.clock_at("2024-09-11T08:00:00+08:00");
    let (admin, id) = (app.world.account("school-admin").actor.clone(), window.id().parse::<Id>().unwrap());
    let counted = app.db.write(Origin::service("test"), Mode::Rehearse, move |tx| {
        let before = tx.conn.statements();
        draws::draw(tx, &By::of(admin.clone())?, id, &IfMatchVersion::of(1))?;
        Ok(tx.conn.statements() - before)
    });
    let counted = counted.await.unwrap();
    assert!(counted < 150 || kind == Sqlite, "{counted} statements, however many wishes there are");
    let began = Instant::now();
    let done = drawn(&app, &window).await;
    let took = began.elapsed();
    assert_eq!(done.status, 200, "{}", done.json());
    let results = app.get(&format!("/api/v1/choice-windows/{}/results", window.id())).expect(200).await.json();
    let rows = all(&app, &plan).await;
    let told = format!("{} wishes of {pupils} pupils were drawn in {took:?} by {counted} statements", rows.len());
    writeln!(std::io::stdout(), "{told}").unwrap();
    assert!(recomputed(&results, &rows).contains(&format!("{} numbers", rows.len())));
    assert_eq!(recomputed(&results, &rows), recomputed(&results, &rows));

    let seated: Vec<&Value> = rows.iter().filter(|row| row["state"] == "allocated").collect();
    let seats = seated.len();
    assert!(seats == 720 || pupils < 720, "every seat of every club: {seats}");
    for club in &clubs {
        let own = rows.iter().filter(|row| row["project_id"] == *club);
        let has = |tier: &str, outcome: &str| {
            own.clone().any(|row| row["draw_tier"] == tier && row["draw_outcome"] == outcome)
        };
        let others = has("lower_grades", "seat") || has("others", "seat");
        assert!(!(others && has("priority_groups", "waitlist")), "nobody gets a seat before who comes first");
    }
    for row in seated.iter().take(100) {
        let path = format!("/api/v1/enrollments/{}", row["id"].as_str().unwrap());
        let seen = app.get(&path).token(app.world.token("guardian")).expect(200).await;
        assert_eq!(sign(&app, &seen).await.json()["state"], "active");
    }
    turns(&app, pupils).await;
    assert_eq!(app.wrong().await, Vec::<String>::new());
}
