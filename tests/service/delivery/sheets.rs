//! Sheets that schools print and keep, as pages and as workbooks that a spreadsheet library opens.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use rstest::rstest;
use serde_json::json;
use time::macros::date;

use super::pay::{hold, sheet};
use super::sessions::{Meeting, confirmed, on};
use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::delivery::{call, lines_about, mark, marks, record};

async fn page(app: &TestApp, account: &str, path: &str) -> String {
    let answer = app.get(&format!("/api/v1/{path}")).token(app.world.token(account)).expect(200).await;
    assert!(answer.header("content-type").starts_with("text/html"), "{path}");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
    let text = String::from_utf8(answer.body).unwrap();
    assert!(!["sheet.", "%{"].iter().any(|unfinished| text.contains(unfinished)), "{text}");
    text
}

/// The rows of a workbook, cell by cell, and its name.
async fn workbook(app: &TestApp, account: &str, path: &str) -> (Vec<Vec<Data>>, String) {
    let answer = app.get(&format!("/api/v1/{path}")).token(app.world.token(account)).expect(200).await;
    assert!(answer.header("content-type").contains("spreadsheetml.sheet"), "{path}");
    let name = answer.header("content-disposition").to_owned();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.body)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    (range.rows().map(<[Data]>::to_vec).collect(), name)
}

fn shown(row: &[Data]) -> Vec<String> {
    row.iter().map(ToString::to_string).collect()
}

#[rstest]
#[actix_web::test]
async fn a_roll_has_a_row_for_each_pupil_and_a_column_for_each_session(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let today = on(&app, "teacher", &group, "2024-09-10").await;
    mark(&app, "teacher", &today.id(), &marks(&pupils[..3], "present")).expect(200).await;
    mark(&app, "teacher", &today.id(), &marks(&pupils[3..], "absent")).expect(200).await;
    let path = format!("groups/{}/roll-workbook?month=2024-09", group.id());
    let (rows, name) = workbook(&app, "teacher", &path).await;
    assert_eq!(name, "attachment; filename=\"roll-2024-09.xlsx\"");
    assert_eq!(rows[0][0], Data::String("own school课后服务点名册 2024-09".to_owned()));
    assert!(rows[1][0].to_string().contains("负责教师：王老师"), "{:?}", rows[1]);
    let head = shown(&rows[2]);
    assert_eq!(
        (&head[..4], head.last().map(String::as_str)),
        (&["序号", "姓名", "班级", "9/10"].map(str::to_owned)[..], Some("出勤"))
    );
    assert_eq!(
        head.len(),
        4 + 13,
        "thirteen sessions, with the days of the festivals and the make-up Saturday left out"
    );
    let body = &rows[3..7];
    let came: Vec<(String, String)> =
        body.iter().map(|row| (row[3].to_string(), row.last().unwrap().to_string())).collect();
    let tick = |mark: &str, many: &str| (mark.to_owned(), many.to_owned());
    assert_eq!(came.iter().filter(|one| **one == tick("√", "1")).count(), 3, "{came:?}");
    assert_eq!(came.iter().filter(|one| **one == tick("缺", "0")).count(), 1, "{came:?}");
    let read = page(&app, "teacher", &format!("groups/{}/roll-page?month=2024-09&lang=en", group.id())).await;
    assert!(read.contains("roll of the after-school service, 2024-09") && read.contains("<td>√</td>"), "{read}");
    let lines = lines_about(&app, &pupils[0]).await;
    assert!(lines.contains(&"get_roll_workbook".to_owned()), "{lines:?}");
    let other = app.get(&format!("/api/v1/groups/{}/roll-page", group.id())).token(app.world.token("guardian"));
    assert_eq!(other.send().await.status, 403, "a guardian sees its own children's roster");
    let wrong = app.get(&format!("/api/v1/groups/{}/roll-page?month=2024-13", group.id()));
    assert_eq!(wrong.token(app.world.token("teacher")).send().await.status, 400);
}

#[rstest]
#[actix_web::test]
async fn who_serves_signs_and_is_paid_by_sheets(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let school = app.world.organisation("own school");
    let (rows, name) = workbook(&app, "school-admin", &format!("schools/{school}/sign-in-workbook")).await;
    assert_eq!(name, "attachment; filename=\"sign-in-2024-09-10.xlsx\"");
    let served = shown(&rows[3]);
    assert_eq!(served[1..7], ["16:30–17:30", "作业辅导", "一组", "音乐教室", "王老师", "负责"].map(str::to_owned));
    assert_eq!((served[7].as_str(), served[8].as_str()), ("", ""), "to be signed");
    hold(&app, &group, &pupils, date!(2024 - 09 - 10), &record()).await;
    let read = page(&app, "school-admin", &format!("schools/{school}/sign-in-page?held_on=2024-09-10&lang=en")).await;
    assert!(read.contains(">60</td>") && read.contains("leads"), "{read}");

    // What people write is text: a spreadsheet never takes it for a formula.
    let total = json!({
        "school_id": school, "from_on": "2024-09-01", "to_on": "2025-01-31", "amount_fen": 1,
        "document": "=HYPERLINK(\"http://x\",\"王\")"
    });
    app.post("/api/v1/performance-pay-totals").token(app.world.token("bureau")).json(&total).expect(201).await;
    let drafted = sheet(&app, "2024-09").await;
    let (rows, name) = workbook(&app, "school-finance", &format!("pay-sheets/{}/pay-workbook", drafted.id())).await;
    assert_eq!(name, "attachment; filename=\"pay-2024-09.xlsx\"");
    let person = &rows[3];
    assert_eq!(shown(&person[1..3]), ["王老师", "本校教职工"]);
    assert_eq!((&person[3], &person[4], &person[5]), (&Data::Float(1.0), &Data::Float(60.0), &Data::Float(60.0)));
    assert_eq!(rows[4][1], Data::String("合计".to_owned()));
    assert!(rows.iter().flatten().any(|cell| cell.to_string().contains("=HYPERLINK")), "{rows:?}");
    let read = page(&app, "bureau", &format!("pay-sheets/{}/pay-page", drafted.id())).await;
    assert!(read.contains("60.00") && read.contains("=HYPERLINK(&#34;http://x&#34;"), "{read}");
    let gone = call(
        &app,
        "school-admin",
        "sessions",
        &on(&app, "school-admin", &group, "2024-09-11").await,
        "cancel",
        &json!({"reason": "停电"}),
    );
    gone.expect(200).await;
    let (rows, _) =
        workbook(&app, "school-admin", &format!("schools/{school}/sign-in-workbook?held_on=2024-09-11")).await;
    assert!(rows[1][0].to_string().contains("0人次"), "{rows:?}");
}
