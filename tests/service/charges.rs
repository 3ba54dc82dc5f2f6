//! `/charges` and `/fee-accounts`: once a term, after approval, what is listed, into the dedicated account.

use futures_util::future::join_all;
use kehou::auth::Role;
use kehou::db::Id;
use kehou::fees::ledger::{self, LedgerKind};
use rstest::rstest;
use serde_json::{Value, json};

use crate::cases::case_a;
use crate::students::{enter, leave};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::fees::{approved_plan, charging, entrust, open_account, open_account_of, paid_plan, pay, sign};
use crate::support::plans::{call, draft, publish, submit};
use crate::support::pupils::id_number;

fn rules(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, answer.code().as_str()), (422, "refused-by-rules"), "{}", answer.json());
    answer.findings().into_iter().map(|(rule, _, pointer)| format!("{rule} {pointer}").trim_end().to_owned()).collect()
}

fn pupil(app: &TestApp, school: &str) -> String {
    app.world.pupils(school).student.to_string()
}

/// The own school with its account and an approved plan of four yuan a lesson, which its pupil has signed.
async fn ready(app: &TestApp) -> Answer {
    open_account(app, "school-finance", "own school").await;
    let plan = approved_plan(app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    sign(app, "school-admin", &plan, &pupil(app, "own school"), &[0]).await;
    plan
}

/// Whatever happened: the books balance and agree with the charges, and no term has two.
async fn holds(app: &TestApp) {
    let wrong = app.db.read(|tx| {
        let mut wrong = ledger::verify(tx)?;
        wrong.extend(kehou::fees::charges::verify(tx)?);
        Ok(wrong)
    });
    assert_eq!(wrong.await.unwrap(), Vec::<String>::new());
    let twice = "(SELECT person_id FROM charges WHERE state <> 'void' \
                 GROUP BY person_id, school_year, season HAVING count(*) > 1) AS twice";
    assert_eq!(app.count(twice).await, 0);
}

async fn balance(app: &TestApp, account: &Answer, kind: LedgerKind) -> i64 {
    let id: Id = account.id().parse().unwrap();
    app.db.read(move |tx| ledger::balance(tx, id, kind)).await.unwrap()
}

#[rstest]
#[actix_web::test]
async fn case_a_comes_to_696_yuan_in_two_lines(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.clock_at("2024-09-02T08:00:00+08:00"); // who signs on the first day has all lessons
    case_a::set_up(&app).await;
    let bureau = app.world.token("bureau");
    let schools = app.get("/api/v1/schools?code=3143000123").token(bureau).expect(200).await.json();
    let school = schools["items"][0]["id"].as_str().unwrap().to_owned();
    app.world.add_account(&app.app, "miaotian-finance", Role::SchoolFinance, &school).await;
    let account = open_account_of(&app, "miaotian-finance", &school).await;
    assert_eq!(account.json()["account_number_masked"], "************5678");
    let body = json!({
        "school_id": school, "class_id": null, "grade": 7, "name": "陈晨", "id_number": id_number(7),
        "student_number": null, "entered_on": "2024-09-02", "priority_groups": [], "free_help": []
    });
    let student = app.post("/api/v1/students").token(app.world.token("miaotian")).json(&body).expect(201).await;
    entrust(&app, "miaotian", &student).await;
    let plan = approved_plan(&app, "miaotian", "bureau", &case_a::document()).await;
    sign(&app, "miaotian", &plan, &student.id(), &[0, 1]).await;
    let charge = charging(&app, "miaotian-finance", &student.id()).expect(201).await.json();
    assert_eq!(
        (&charge["amount_fen"], &charge["state"], &charge["paid_fen"]),
        (&json!(69_600), &json!("open"), &json!(0))
    );
    let lines: Vec<(&Value, &Value)> =
        charge["lines"].as_array().unwrap().iter().map(|line| (&line["lessons"], &line["amount_fen"])).collect();
    assert_eq!(lines, vec![(&json!(87), &json!(34_800)); 2]);
    assert_eq!(charge["can"], json!(["void", "pay"]));
    holds(&app).await;
}

#[rstest]
#[actix_web::test]
async fn a_second_charge_is_refused_and_a_voided_one_may_be_made_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    ready(&app).await;
    let student = pupil(&app, "own school");
    let first = charging(&app, "school-finance", &student).expect(201).await;
    let again = charging(&app, "school-finance", &student).send().await;
    assert_eq!(rules(&again), ["once-per-term-fee /student_id"]);
    let voided = call(&app, "school-finance", "charges", &first, "void").await;
    assert_eq!((voided.status, &voided.json()["state"], &voided.json()["can"]), (200, &json!("void"), &json!([])));
    let second = charging(&app, "school-finance", &student).expect(201).await;
    assert_ne!(second.id(), first.id());
    holds(&app).await;
}

#[rstest]
#[actix_web::test]
async fn a_group_pays_the_share_that_the_profile_in_force_sets(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let profile = json!({
        "authority_id": app.world.organisation("own district"), "code": "yueyanglou-2024", "title": "收费减免办法",
        "document": "岳楼教发〔2024〕5号", "starts_on": "2024-08-01", "ends_on": null,
        "parameters": {"concession_groups": [
            {"group": "poverty", "pays_percent": 33}, {"group": "left_behind", "pays_percent": 50}
        ]}
    });
    app.post("/api/v1/policy-profiles").token(app.world.token("bureau")).json(&profile).expect(201).await;
    app.sql("UPDATE students SET priority_groups = '[]', free_help = '[]'").await;
    ready(&app).await;
    let student = pupil(&app, "own school");
    let full = charging(&app, "school-finance", &student).expect(201).await;
    let line = full.json()["lines"][0].clone();
    assert_eq!(
        (&line["pays_percent"], line["amount_fen"].as_i64().unwrap()),
        (&Value::Null, full.json()["amount_fen"].as_i64().unwrap())
    );
    assert_eq!(call(&app, "school-finance", "charges", &full, "void").await.status, 200);
    app.sql("UPDATE students SET priority_groups = '[\"left_behind\"]', free_help = '[\"poverty\"]'").await;
    let reduced = charging(&app, "school-finance", &student).expect(201).await;
    let shown = reduced.json();
    let expected = line["amount_fen"].as_i64().unwrap() * 33 / 100;
    assert_eq!(
        (&shown["lines"][0]["pays_percent"], &shown["lines"][0]["amount_fen"], &shown["amount_fen"]),
        (&json!(33), &json!(expected), &json!(expected))
    );
    assert!(!shown.to_string().contains("poverty"), "why is not said");
    holds(&app).await;
}

#[rstest]
#[actix_web::test]
async fn what_is_signed_is_not_charged_before_the_approval(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &paid_plan("own school", 400)).await).await;
    assert_eq!(publish(&app, "school-admin", &plan).await.status, 200);
    let student = pupil(&app, "own school");
    sign(&app, "school-admin", &plan, &student, &[0]).await;
    let refused = charging(&app, "school-finance", &student).send().await;
    assert_eq!(rules(&refused), ["approved-before-charging", "dedicated-account"]);
    assert_eq!(app.count("charges").await + app.count("term_fees").await + app.count("ledger_transfers").await, 0);
}

#[rstest]
#[actix_web::test]
async fn only_the_school_collects_and_only_what_is_listed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    ready(&app).await;
    let token = app.world.token("school-finance");
    let body = json!({
        "student_id": pupil(&app, "own school"), "school_year": "2024-2025", "season": "autumn", "collector": "partner",
        "items": [
            {"kind": "meal", "name": "晚餐", "amount_fen": 150_000},
            {"kind": "other", "name": "资料", "amount_fen": 1}
        ]
    });
    let refused = app.post("/api/v1/charges").token(token).key("meal").json(&body).send().await;
    assert_eq!(
        rules(&refused),
        ["no-unlisted-charge /items/0", "no-unlisted-charge /items/1", "no-duplicate-charge /collector"]
    );
    let partner = app.post("/api/v1/charges").token(app.world.token("partner")).key("partner").json(&body);
    assert_eq!(partner.expect(403).await.code(), "forbidden");
}

#[rstest]
#[actix_web::test]
async fn money_moves_under_a_key_and_a_repeat_moves_none(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    ready(&app).await;
    let token = app.world.token("school-finance");
    let body = json!({"student_id": pupil(&app, "own school"), "school_year": "2024-2025", "season": "autumn"});
    let ask = || app.post("/api/v1/charges").token(token).json(&body);
    assert_eq!(ask().expect(400).await.code(), "idempotency-key-required");
    let first = ask().key("one").expect(201).await;
    let again = ask().key("one").expect(201).await;
    assert_eq!((again.header("idempotency-replayed"), again.id()), ("true", first.id()));
    let path = format!("/api/v1/charges/{}/pay", first.id());
    let paid = json!({"amount_fen": 100, "method": "cash"});
    let unkeyed = app.post(&path).token(token).if_match(first.etag()).json(&paid);
    assert_eq!(unkeyed.expect(400).await.code(), "idempotency-key-required");
    for _ in 0..2 {
        let answer = app.post(&path).token(token).key("pay").if_match(first.etag()).json(&paid).expect(200).await;
        assert_eq!(answer.json()["paid_fen"], 100);
    }
    assert_eq!(app.count("payments").await, 1);
    holds(&app).await;
}

#[rstest]
#[actix_web::test]
async fn a_charge_is_paid_in_parts_and_never_beyond(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let account = open_account(&app, "bureau", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    let student = pupil(&app, "own school");
    sign(&app, "school-admin", &plan, &student, &[0]).await;
    let charge = charging(&app, "school-finance", &student).expect(201).await;
    let amount = charge.json()["amount_fen"].as_i64().unwrap();
    let beyond = pay(&app, "school-finance", &charge, amount + 1).await;
    assert_eq!((beyond.status, beyond.faults()), (422, vec![("/amount_fen".to_owned(), "out-of-range".to_owned())]));
    let part = pay(&app, "school-finance", &charge, 100).await;
    assert_eq!(
        (&part.json()["state"], &part.json()["can"]),
        (&json!("partly_paid"), &json!(["pay"])),
        "{}",
        part.json()
    );
    assert_eq!(call(&app, "school-finance", "charges", &part, "void").await.code(), "state-conflict");
    assert_eq!(pay(&app, "school-finance", &part, amount).await.status, 422);
    assert_eq!(balance(&app, &account, LedgerKind::ReceivableGuardians).await, amount - 100);
    let whole = pay(&app, "school-finance", &part, amount - 100).await;
    assert_eq!((&whole.json()["state"], &whole.json()["can"]), (&json!("paid"), &json!([])));
    assert_eq!(pay(&app, "school-finance", &whole, 1).await.code(), "state-conflict");
    let seen =
        app.get(&format!("/api/v1/charges/{}", charge.id())).token(app.world.token("guardian")).expect(200).await;
    assert_eq!((seen.json()["payments"].as_array().map(Vec::len), &seen.json()["can"]), (Some(2), &json!([])));
    assert_eq!(balance(&app, &account, LedgerKind::Bank).await, amount);
    holds(&app).await;
}

#[rstest]
#[actix_web::test]
async fn once_per_term_fee_lets_one_of_two_hundred_charges_stand(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    ready(&app).await;
    let student = pupil(&app, "own school");
    let answers = join_all((0..200).map(|_| charging(&app, "school-finance", &student).send())).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| matches!(answer.status, 422 | 503)).count();
    assert_eq!((made, refused), (1, 199));
    assert_eq!((app.count("charges").await, app.count("ledger_transfers").await), (1, 1));
    holds(&app).await;
}

#[rstest]
#[actix_web::test]
async fn a_transfer_to_another_district_opens_no_second_charge(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    ready(&app).await;
    let student = pupil(&app, "own school");
    let charge = charging(&app, "school-finance", &student).expect(201).await;
    assert_eq!(pay(&app, "school-finance", &charge, 100).await.status, 200);
    let seen = app.get(&format!("/api/v1/students/{student}")).token(app.world.token("school-admin")).expect(200).await;
    leave(&app, "own school", &seen, "2024-09-10").await;
    let entered = enter(&app, "other school", &[("id_number", json!("43060220130315002X"))]).await;
    assert_eq!(entered.status, 201, "{}", entered.json());
    let school = app.world.organisation("other school").to_string();
    app.world.add_account(&app.app, "other-finance", Role::SchoolFinance, &school).await;
    open_account(&app, "other-finance", "other school").await;
    let plan = approved_plan(&app, "other-school-admin", "other-bureau", &paid_plan("other school", 300)).await;
    sign(&app, "other-school-admin", &plan, &entered.id(), &[0]).await;
    let refused = charging(&app, "other-finance", &entered.id()).send().await;
    assert_eq!(rules(&refused), ["once-per-term-fee /student_id"]);
    assert!(!refused.json().to_string().contains("own school"));
    holds(&app).await;
}

#[rstest]
#[actix_web::test]
async fn whatever_happens_the_books_balance(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = ready(&app).await;
    let mut students = vec![pupil(&app, "own school")];
    for number in 20..23 {
        let entered = enter(&app, "own school", &[("id_number", json!(id_number(number)))]).await;
        assert_eq!(entered.status, 201, "{}", entered.json());
        entrust(&app, "school-admin", &entered).await;
        sign(&app, "school-admin", &plan, &entered.id(), &[0]).await;
        students.push(entered.id());
    }
    let mut latest: Vec<Option<Answer>> = vec![None; students.len()];
    let mut state = 20_240_902_u64;
    let mut next = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let mut done = 0;
    for step in 0..300 {
        let who = usize::try_from(next(4)).unwrap();
        let answer = match (next(8), &latest[who]) {
            (0..=2, Some(charge)) => call(&app, "school-finance", "charges", charge, "void").await,
            (3, Some(charge)) => pay(&app, "school-finance", charge, i64::try_from(next(40_000)).unwrap() + 1).await,
            _ => charging(&app, "school-finance", &students[who]).send().await,
        };
        assert!(answer.status < 500, "{}", answer.json());
        if matches!(answer.status, 200 | 201) {
            latest[who] = Some(answer);
            done += 1;
        }
        if step % 50 == 0 {
            holds(&app).await;
        }
    }
    assert!(done > 10, "{done}");
    holds(&app).await;
}
