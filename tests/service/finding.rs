//! Finding: by the beginning of a name or its initials, by state, by when something changed, and in several orders.

use std::fmt::Write as _;

use rstest::rstest;
use serde_json::{Value, json};

use crate::students::enter;
use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::world::add_accounts;

/// A value of a query as it stands in an address.
fn escaped(text: &str) -> String {
    let mut all = String::new();
    for byte in text.bytes() {
        let _ = write!(all, "%{byte:02X}");
    }
    all
}

async fn items(app: &TestApp, account: &str, path: &str) -> Vec<Value> {
    let page = app.get(&format!("/api/v1/{path}")).token(app.world.token(account)).expect(200).await;
    page.json()["items"].as_array().unwrap().clone()
}

async fn texts(app: &TestApp, account: &str, path: &str, field: &str) -> Vec<String> {
    let items = items(app, account, path).await;
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

#[rstest]
#[actix_web::test]
async fn a_pupil_is_found_by_the_beginning_of_its_name_or_its_initials(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for name in ["单小雨", "张三", "Tom Li", "tomas", "100%", "_x", "李_明"] {
        let made = enter(&app, "own school", &[("name", json!(name))]).await;
        assert_eq!(made.status, 201, "{}", made.json());
    }
    enter(&app, "sibling school", &[("name", json!("张四"))]).await;
    let table: [(&str, &[&str]); 16] = [
        ("李", &["李明", "李小明", "李_明"]),
        ("李明", &["李明"]),
        ("lm", &["李明", "李_明"]),
        ("LXM", &["李小明"]),
        ("sxy", &["单小雨"]),
        ("z", &["张三"]),
        ("张", &["张三"]),
        ("TOM", &["Tom Li", "tomas"]),
        ("Tom L", &["Tom Li"]),
        ("1", &["100%"]),
        ("100%", &["100%"]),
        ("%", &[]),
        ("_", &["_x"]),
        ("李_", &["李_明"]),
        ("明", &[]),
        ("'; --", &[]),
    ];
    for (typed, expected) in table {
        let path = format!("students?q={}", escaped(typed));
        assert_eq!(texts(&app, "school-admin", &path, "name").await, expected, "{typed}");
    }
    assert_eq!(texts(&app, "bureau", "students?q=z", "name").await, ["张三", "张四"], "under the scope");
    assert_eq!(texts(&app, "guardian", "students?q=l", "name").await, ["李明"], "its own children alone");
    let long = "a".repeat(33);
    for (typed, code) in [("", "too-short"), (&long, "too-long"), ("43060220130315002X", "holds-id-number")] {
        let path = format!("/api/v1/students?q={}", escaped(typed));
        let refused = app.get(&path).token(app.world.token("school-admin")).expect(400).await;
        assert_eq!(refused.faults(), [("q".to_owned(), code.to_owned())]);
    }
}

#[rstest]
#[actix_web::test]
async fn looking_a_pupil_up_stands_in_the_access_log(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    assert_eq!(texts(&app, "school-admin", "students?q=lm&sort=name", "name").await, ["李明"]);
    app.app.access_log.flush(&app.db).await.unwrap();
    assert_eq!((app.count("access_log_lines").await, app.count("access_log_persons").await), (1, 1));
}

#[rstest]
#[actix_web::test]
async fn names_of_before_are_found_at_once_and_get_their_keys(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for table in ["students", "staff_members", "users", "organisations"] {
        app.sql(&format!("UPDATE {table} SET name_key = ''")).await;
    }
    assert_eq!(texts(&app, "school-admin", &format!("students?q={}", escaped("李明")), "name").await, ["李明"]);
    assert!(texts(&app, "school-admin", "students?q=lm", "name").await.is_empty());
    loop {
        use kehou::auth::{organisations, users};
        use kehou::db::{Mode, Origin};
        let keyed = app.db.write(Origin::service("test"), Mode::Commit, |tx| {
            Ok(organisations::key_names(tx, 3)?
                + users::key_names(tx, 3)?
                + kehou::staff::staff_members::key_names(tx, 3)?
                + kehou::students::students::key_names(tx, 3)?)
        });
        if keyed.await.unwrap() == 0 {
            break;
        }
    }
    assert_eq!(texts(&app, "school-admin", "students?q=lm", "name").await, ["李明"]);
    assert_eq!(app.wrong().await, Vec::<String>::new(), "keys are recorded nowhere");
}

#[rstest]
#[actix_web::test]
async fn schools_partners_staff_and_accounts_are_found_too(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    add_accounts(&app.db, app.world.organisation("own school"), 3).await;
    let lists = [("schools", "name"), ("partners", "name"), ("staff-members", "name"), ("users", "display_name")];
    for (list, field) in lists {
        let account = if list == "staff-members" { "school-admin" } else { "city-bureau" };
        let all = texts(&app, account, list, field).await;
        let wanted = all.last().unwrap().clone();
        let typed: String = wanted.chars().take(32).collect();
        let found = texts(&app, account, &format!("{list}?q={}", escaped(&typed)), field).await;
        assert!(found.contains(&wanted), "{list}: {wanted}");
        assert!(found.iter().all(|name| name.starts_with(&typed)), "{list}: {found:?}");
        let sorted = texts(&app, account, &format!("{list}?sort=name"), field).await;
        let mut reversed = texts(&app, account, &format!("{list}?sort=-name"), field).await;
        reversed.reverse();
        assert_eq!((sorted.len(), &sorted), (all.len(), &reversed), "{list}");
    }
    assert_eq!(texts(&app, "city-bureau", "users?q=wls&sort=username", "username").await.len(), 3);
}

#[rstest]
#[actix_web::test]
async fn several_states_are_asked_for_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let states = |path: &'static str| {
        let app = &app;
        async move { texts(app, "school-admin", path, "state").await }
    };
    assert_eq!(states("students?state=left").await, ["left"]);
    assert_eq!(states("students?state=left&state=attending").await, ["attending", "left"]);
    assert_eq!(states("students?state=left&grade=3&state=attending&state=left").await, ["attending", "left"]);
    for (path, at, code) in [
        ("students?state=left&state=gone", "state", "not-one-of"),
        ("students?grade=3&grade=3", "grade", "duplicate"),
        ("students?q=a&q=b", "q", "duplicate"),
        ("students?limit=3&limit=3", "limit", "duplicate"),
        ("students?sort=name&sort=name", "sort", "duplicate"),
        ("students?sort=grade", "sort", "not-one-of"),
        ("students?updated_since=yesterday", "updated_since", "format"),
    ] {
        let refused = app.get(&format!("/api/v1/{path}")).token(app.world.token("school-admin")).expect(400).await;
        assert_eq!(refused.faults(), [(at.to_owned(), code.to_owned())], "{path}");
    }
    let many = (0..17).map(|_| "state=left").collect::<Vec<_>>().join("&");
    let refused = app.get(&format!("/api/v1/students?{many}")).token(app.world.token("school-admin")).expect(400).await;
    assert_eq!(refused.faults(), [("state".to_owned(), "too-long".to_owned())]);
}

#[rstest]
#[actix_web::test]
async fn every_order_holds_every_row_once_both_ways(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for number in 0..9 {
        app.clock_at(&format!("2024-09-10T08:0{}:00+08:00", number / 2));
        let name = ["王一", "安二", "Bo", "陈三", "陈三", "Zo", "李四", "阿五", "王一"][number];
        enter(&app, "own school", &[("name", json!(name))]).await;
    }
    let mut orders = Vec::new();
    for (list, sorts) in [
        ("students", vec!["created_at", "updated_at", "name"]),
        ("users", vec!["username", "created_at", "updated_at", "name"]),
        ("schools", vec!["code", "name"]),
        ("staff-members", vec!["created_at", "updated_at", "name"]),
    ] {
        for sort in sorts {
            let account = if list == "schools" || list == "users" { "city-bureau" } else { "school-admin" };
            let ahead = walked(&app, account, list, sort).await;
            let mut back = walked(&app, account, list, &format!("-{sort}")).await;
            back.reverse();
            let mut distinct: Vec<String> = ahead.iter().map(|item| item["id"].to_string()).collect();
            distinct.sort();
            distinct.dedup();
            assert_eq!((ahead.len(), &ahead), (distinct.len(), &back), "{list} by {sort}");
            assert_eq!(ahead.len(), items(&app, account, list).await.len(), "{list} by {sort}");
            orders.push((format!("{list} by {sort}"), ahead));
        }
    }
    let names = orders.iter().find(|(order, _)| order == "students by name").unwrap();
    let names: Vec<&str> = names.1.iter().map(|item| item["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["安二", "阿五", "Bo", "陈三", "陈三", "李明", "李四", "李小明", "王一", "王一", "Zo"]);
}

/// A list page by page. No cursor tells a name.
async fn walked(app: &TestApp, account: &str, list: &str, sort: &str) -> Vec<Value> {
    let (mut all, mut path) = (Vec::new(), format!("/api/v1/{list}?limit=2&sort={sort}"));
    loop {
        let page = app.get(&path).token(app.world.token(account)).expect(200).await;
        all.extend(page.json()["items"].as_array().unwrap().clone());
        match page.header("link").strip_prefix('<').and_then(|link| link.split_once(">; rel=\"next\"")) {
            Some((next, _)) => path = next.to_owned(),
            None => return all,
        }
    }
}

#[rstest]
#[actix_web::test]
async fn what_changed_since_is_told(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let made = enter(&app, "own school", &[("name", json!("陈晨"))]).await;
    let since = |moment: &str| format!("students?updated_since={}&sort=updated_at", escaped(moment));
    let entered = made.json()["updated_at"].as_str().unwrap().to_owned();
    assert_eq!(texts(&app, "school-admin", &since(&entered), "name").await, ["陈晨"]);
    assert_eq!(texts(&app, "school-admin", &since(&entered.replace('Z', "+00:00")), "id").await, [made.id()]);
    assert!(items(&app, "school-admin", &since("2199-01-01T00:00:00+08:00")).await.is_empty());
    let cursor = app.get("/api/v1/students?limit=1&sort=-updated_at").token(app.world.token("school-admin"));
    let cursor = cursor.expect(200).await.json()["next_cursor"].as_str().unwrap().to_owned();
    let other = format!("/api/v1/students?limit=1&sort=updated_at&cursor={cursor}");
    assert_eq!(app.get(&other).token(app.world.token("school-admin")).expect(400).await.code(), "cursor-invalid");
}
