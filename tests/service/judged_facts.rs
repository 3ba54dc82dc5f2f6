//! What judged a filing, as it keeps it: bills, agreements and dossiers stay as judged, whatever profile and calendar
//! say today.

use std::io::Read;

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::amendments::{amended, document_of};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{self, apply, more_children, plan_with};
use crate::support::fees::{approved_plan, charging, open_account, paid_plan, price, sign};
use crate::support::plans::{call, filing_of};

const OWN: (&str, &str) = ("school-admin", "bureau");

/// A district's row that lets pupils whose parents work elsewhere pay a share, and caps a lesson.
fn county(app: &TestApp, (percent, cap): (i64, i64), document: &str) -> Value {
    json!({
        "authority_id": app.world.organisation("own district"), "code": "yueyanglou-2024", "title": "收费减免办法",
        "document": document, "starts_on": "2024-08-01", "ends_on": null,
        "parameters": {
            "concession_groups": [{"group": "left_behind", "pays_percent": percent}],
            "fee_standards": [{"document": "岳发改价〔2024〕7号", "stage": null, "area": null, "per_lesson_max_fen": cap}]
        }
    })
}

async fn set_county(app: &TestApp) -> Answer {
    let body = county(app, (50, 500), "岳楼教发〔2024〕5号");
    app.sql("UPDATE students SET priority_groups = '[\"left_behind\"]', free_help = '[]'").await;
    app.post("/api/v1/policy-profiles").token(app.world.token("bureau")).json(&body).expect(201).await
}

/// The same row with another share and another cap.
async fn change_county(app: &TestApp, row: &Answer) {
    let path = format!("/api/v1/policy-profiles/{}", row.id());
    let body = county(app, (20, 300), "岳楼教发〔2024〕9号");
    app.put(&path).token(app.world.token("bureau")).if_match(row.etag()).json(&body).expect(200).await;
}

/// Closes a Tuesday on which there would be service.
async fn close(app: &TestApp, closed_on: &str) -> Answer {
    let body =
        json!({"authority_id": app.world.organisation("own district"), "closed_on": closed_on, "reason": "暴雪停课"});
    app.post("/api/v1/calendar/closures").token(app.world.token("bureau")).json(&body).expect(201).await
}

/// The files of a filing's dossier.
async fn dossier(app: &TestApp, filing: &str) -> Vec<(String, Vec<u8>)> {
    let path = format!("/api/v1/filings/{filing}/dossier");
    let packed = app.get(&path).token(app.world.token("bureau")).expect(200).await.body;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(packed)).unwrap();
    let files = archive.len();
    let mut read = |place: usize| {
        let (mut file, mut bytes) = (archive.by_index(place).unwrap(), Vec::new());
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().to_string(), bytes)
    };
    (0..files).map(&mut read).collect()
}

/// What judged it, as its dossier shows it.
async fn judged_by(app: &TestApp, filing: &str) -> Value {
    let files = dossier(app, filing).await;
    let (_, bytes) = files.iter().find(|(name, _)| name == "judged-by.json").unwrap();
    serde_json::from_slice(bytes).unwrap()
}

/// Charges the own school's pupil, keeps the lines without what is new in each charge, and voids it again.
async fn billed(app: &TestApp) -> Value {
    let student = app.world.pupils("own school").student.to_string();
    let charge = charging(app, "school-finance", &student).expect(201).await;
    let shown = charge.json();
    assert_eq!(call(app, "school-finance", "charges", &charge, "void").await.status, 200);
    json!({"amount_fen": shown["amount_fen"], "lines": shown["lines"]})
}

async fn agreement(app: &TestApp, enrollment: &Answer) -> Value {
    let path = format!("/api/v1/enrollments/{}/agreement", enrollment.id());
    app.get(&path).token(app.world.token("guardian")).expect(200).await.json()
}

fn latest_filing(plan: &Answer) -> String {
    plan.json()["latest_filing"]["id"].as_str().unwrap().to_owned()
}

async fn first_project(app: &TestApp, plan: &Answer) -> String {
    let list = format!("/api/v1/projects?plan_id={}", plan.id());
    let found = app.get(&list).token(app.world.token("school-admin")).expect(200).await.json();
    let projects = found["items"].as_array().unwrap();
    projects.iter().find(|project| project["position"] == 0).unwrap()["id"].as_str().unwrap().to_owned()
}

async fn wrong(app: &TestApp) -> Vec<String> {
    let wrong = app.db.read(|tx| {
        let mut wrong = kehou::filings::filings::verify(tx)?;
        wrong.extend(kehou::fees::charges::verify(tx)?);
        wrong.extend(kehou::fees::ledger::verify(tx)?);
        Ok(wrong)
    });
    wrong.await.unwrap()
}

#[rstest]
#[actix_web::test]
async fn what_judged_a_filing_stays_though_profile_and_calendar_change(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.clock_at("2024-09-02T08:00:00+08:00"); // who signs on the first day has all lessons
    let row = set_county(&app).await;
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    let filing = latest_filing(&plan);
    let made = apply(&app, &first_project(&app, &plan).await).await;
    let unsigned = agreement(&app, &made).await;
    assert_eq!(enrollments::sign(&app, &made).await.status, 200);
    let (bill, signed) = (billed(&app).await, agreement(&app, &made).await);
    assert_eq!(unsigned["text"], signed["text"]);
    assert_eq!((&bill["lines"][0]["pays_percent"], &bill["lines"][0]["unit_fen"]), (&json!(50), &json!(400)));
    let filed = filing_of(&app, &plan).await.json();
    let packed = dossier(&app, &filing).await;

    change_county(&app, &row).await;
    close(&app, "2024-12-17").await;
    assert_eq!(billed(&app).await, bill);
    assert_eq!(agreement(&app, &made).await, signed);
    assert_eq!(filing_of(&app, &plan).await.json(), filed);
    assert_eq!(dossier(&app, &filing).await, packed);

    let kept = judged_by(&app, &filing).await;
    let parameter = |name: &str| kept["parameters"][name].clone();
    assert_eq!(
        parameter("concession_groups"),
        json!({
            "value": [{"group": "left_behind", "pays_percent": 50}],
            "set_by": {
                "profile_code": "yueyanglou-2024", "document": "岳楼教发〔2024〕5号", "authority_code": "430602",
                "authority_name": app.world.organisations["own district"].name, "authority_level": "district"
            }
        })
    );
    assert_eq!(parameter("fee_standards")["value"][0]["per_lesson_max_fen"], json!(500));
    assert_eq!(parameter("latest_end")["set_by"]["document"], json!("岳教体发〔2019〕11号"));
    assert_eq!(parameter("earliest_end"), json!({"value": null, "set_by": null}), "its default");
    assert_eq!(kept["parameters"].as_object().map(serde_json::Map::len), Some(33), "every parameter");
    let days = kept["service_days"].as_array().unwrap();
    assert!(days.contains(&json!({"date": "2024-12-17", "timetable": "standard"})), "{kept}");
    assert_eq!(bill["lines"][0]["lessons"], json!(days.len()), "one lesson on each");
    assert_eq!(kept["read_on"], json!("2024-09-02"));
    assert_eq!(wrong(&app).await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn what_judged_a_filing_is_of_its_own_day_and_not_of_the_amended_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let row = set_county(&app).await;
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 300)).await;
    let first = latest_filing(&plan);
    let student = app.world.pupils("own school").student.to_string();
    sign(&app, "school-admin", &plan, &student, &[0]).await;
    let before = billed(&app).await;
    change_county(&app, &row).await;
    close(&app, "2024-12-17").await;
    let mut document = document_of(&app, "school-admin", &plan.id()).await;
    document["projects"][0]["fee"]["amount_fen"] = json!(200);
    let second = amended(&app, OWN, &plan.id(), &document).await;
    let token = app.world.token("guardian");
    let list = app.get(&format!("/api/v1/enrollments?student_id={student}")).token(token).expect(200).await.json();
    let path = format!("/api/v1/enrollments/{}", list["items"][0]["id"].as_str().unwrap());
    let asked = app.get(&path).token(token).expect(200).await;
    assert_eq!(enrollments::sign(&app, &asked).await.status, 200);

    let after = billed(&app).await;
    let number = |bill: &Value, name: &str| bill["lines"][0][name].as_i64().unwrap();
    assert_eq!(number(&after, "lessons"), number(&before, "lessons") - 1);
    assert_eq!(number(&after, "amount_fen"), number(&after, "lessons") * 200 * 20 / 100);
    let (kept, earlier) = (judged_by(&app, &second.id()).await, judged_by(&app, &first).await);
    let percent = |kept: &Value| kept["parameters"]["concession_groups"]["value"][0]["pays_percent"].clone();
    assert_eq!((percent(&earlier), percent(&kept)), (json!(50), json!(20)));
    assert_eq!(kept["parameters"]["concession_groups"]["set_by"]["document"], json!("岳楼教发〔2024〕9号"));
    let days = |kept: &Value| kept["service_days"].as_array().unwrap().len();
    assert_eq!(days(&kept) + 1, days(&earlier));

    // A third day: this one judges nothing any more.
    close(&app, "2024-12-24").await;
    assert_eq!(billed(&app).await, after);
    assert_eq!(wrong(&app).await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn who_signed_a_price_never_pays_for_more_days_than_were_signed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let closure = close(&app, "2024-12-17").await;
    let mut document = plan_with(&[("足球", Some(20), &[4], "17:30", "18:00")]);
    document["projects"][1]["lesson_minutes"] = json!(30);
    price(&mut document, 0, "per_lesson", 400);
    let plan = approved_plan(&app, "school-admin", "bureau", &document).await;
    sign(&app, "school-admin", &plan, &app.world.pupils("own school").student.to_string(), &[0]).await;
    let signed = billed(&app).await;
    // The club changes; the terms of the homework project, which was signed, do not.
    let amend = async |seats: i64| {
        let mut document = document_of(&app, "school-admin", &plan.id()).await;
        document["projects"][1]["seats_max"] = json!(seats);
        amended(&app, OWN, &plan.id(), &document).await;
    };
    let path = format!("/api/v1/calendar/closures/{}", closure.id());
    app.ask("DELETE", &path).token(app.world.token("bureau")).if_match(closure.etag()).expect(200).await;
    amend(21).await;
    assert_eq!(billed(&app).await, signed, "a day more than was signed costs nothing more");
    for day in ["2024-12-17", "2024-12-18"] {
        close(&app, day).await;
    }
    amend(22).await;
    let fewer = billed(&app).await;
    let lessons = signed["lines"][0]["lessons"].as_i64().unwrap() - 1;
    assert_eq!((&fewer["lines"][0]["lessons"], &fewer["amount_fen"]), (&json!(lessons), &json!(lessons * 400)));
    assert_eq!(wrong(&app).await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn what_judged_a_filing_of_old_is_kept_from_its_first_bill_on(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let row = set_county(&app).await;
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    let filing = latest_filing(&plan);
    sign(&app, "school-admin", &plan, &app.world.pupils("own school").student.to_string(), &[0]).await;
    app.sql("UPDATE filings SET judged_by = NULL, judged_by_sha256 = NULL").await; // as before there were such columns
    assert_eq!(wrong(&app).await, Vec::<String>::new());
    let names = async || dossier(&app, &filing).await.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert!(!names().await.contains(&"judged-by.json".to_owned()), "nothing is made up");

    app.clock_at("2024-09-12T10:00:00+08:00");
    let student = app.world.pupils("own school").student.to_string();
    let rehearsal = json!({"student_id": student, "school_year": "2024-2025", "season": "autumn"});
    let ask = app.post("/api/v1/charges?validate_only=true").token(app.world.token("school-finance")).key("try");
    ask.json(&rehearsal).expect(200).await;
    assert!(!names().await.contains(&"judged-by.json".to_owned()), "a rehearsal keeps nothing");
    let bill = billed(&app).await;
    assert_eq!(judged_by(&app, &filing).await["read_on"], json!("2024-09-12"));
    assert_eq!(app.count("journal_entries WHERE action = 'filing.facts-kept'").await, 1);
    change_county(&app, &row).await;
    close(&app, "2024-12-17").await;
    assert_eq!(billed(&app).await, bill);
    assert_eq!(app.count("journal_entries WHERE action = 'filing.facts-kept'").await, 1);
    assert_eq!(wrong(&app).await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn of_bills_at_once_one_keeps_what_judges_a_filing_of_old(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    let children = more_children(&app, 6).await;
    for child in &children {
        sign(&app, "school-admin", &plan, &child.to_string(), &[0]).await;
    }
    app.sql("UPDATE filings SET judged_by = NULL, judged_by_sha256 = NULL").await;
    let other = app.replica().await;
    let bills = children.iter().enumerate().map(|(number, child)| {
        let app = if number % 2 == 0 { &app } else { &other };
        async move {
            let charge = charging(app, "school-finance", &child.to_string()).expect(201).await.json();
            charge["amount_fen"].clone()
        }
    });
    let amounts = join_all(bills).await;
    assert!(amounts.iter().all(|amount| *amount == amounts[0]), "{amounts:?}");
    assert_eq!(app.count("journal_entries WHERE action = 'filing.facts-kept'").await, 1);
    assert_eq!(wrong(&app).await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_check_of_the_database_finds_what_was_changed_in_what_judged_a_filing(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    let number = filing_of(&app, &plan).await.json()["case_number"].as_str().unwrap().to_owned();
    assert_eq!(wrong(&app).await, Vec::<String>::new());
    let damage = "UPDATE filings SET judged_by = replace(judged_by, '2024-12-17', '2024-12-21')";
    app.sql(damage).await;
    let sentence = format!("what judged filing {number} is not what was hashed when it was kept");
    assert_eq!(wrong(&app).await, std::slice::from_ref(&sentence));
    app.sql("UPDATE filings SET judged_by = replace(judged_by, '2024-12-21', '2024-12-17')").await;
    assert_eq!(wrong(&app).await, Vec::<String>::new());
    app.sql("UPDATE filings SET judged_by = NULL").await;
    assert_eq!(wrong(&app).await, [sentence]);
}

#[rstest]
#[actix_web::test]
async fn lessons_on_weekends_that_an_exemption_lifts_are_billed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.clock_at("2024-09-02T08:00:00+08:00"); // who signs on the first day has all lessons
    open_account(&app, "school-finance", "own school").await;
    let body = json!({
        "school_id": app.world.organisation("own school"), "school_year": "2024-2025", "season": "autumn",
        "rule": "service-days", "first_on": "2024-09-02", "last_on": "2025-01-17", "reason": "周末社团。",
        "document": "岳楼教函〔2024〕22号"
    });
    app.post("/api/v1/exemptions").token(app.world.token("bureau")).json(&body).expect(201).await;
    let mut document = paid_plan("own school", 400);
    let slots = document["projects"][0]["slots"].as_array_mut().unwrap();
    slots.truncate(1);
    slots[0]["weekday"] = json!(6);
    let plan = approved_plan(&app, "school-admin", "bureau", &document).await;
    sign(&app, "school-admin", &plan, &app.world.pupils("own school").student.to_string(), &[0]).await;
    let kept = judged_by(&app, &latest_filing(&plan)).await;
    let saturday = |day: &&Value| {
        let date = day["date"].as_str().unwrap();
        kehou::values::iso_date::parse(date).unwrap().weekday() == time::Weekday::Saturday
    };
    let saturdays = kept["service_days"].as_array().unwrap().iter().filter(saturday).count();
    assert!(saturdays > 10, "{kept}");
    assert_eq!(billed(&app).await["lines"][0]["lessons"], json!(saturdays));
}
