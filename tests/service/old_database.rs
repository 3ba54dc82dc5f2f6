//! What an older release left behind (`tests/data`): migrated by this one, everything in it holds, and work goes on.

use std::io::Read;
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use flate2::read::GzDecoder;
use kehou::demo::PASSWORD;
use serde_json::{Value, json};

use crate::support::databases::{Kind, TestDatabase};
use crate::support::process::{Process, finish, kehou};

/// The first migration that the stored databases do not have.
const FIRST_NEW: &str = "2026112585";

fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut content).unwrap();
    content
}

/// The stored database as it was.
fn restored(kind: Kind) -> Option<TestDatabase> {
    let database = TestDatabase::empty(kind)?;
    match kind {
        Kind::Sqlite => {
            let file = unpacked(include_bytes!("../data/old-sqlite.db.gz"));
            std::fs::write(database.url.strip_prefix("sqlite://").unwrap(), file).unwrap();
        }
        Kind::Postgres => {
            let dump = String::from_utf8(unpacked(include_bytes!("../data/old-postgres.sql.gz"))).unwrap();
            PgConnection::establish(&database.url).unwrap().batch_execute(&dump).unwrap();
        }
    }
    Some(database)
}

/// Somebody who is signed in at a running service.
struct Caller<'a> {
    process: &'a Process,
    token: String,
}

impl<'a> Caller<'a> {
    fn of(process: &'a Process, username: &str) -> Self {
        Self { process, token: process.sign_in(username, PASSWORD) }
    }

    fn get(&self, path: &str) -> Value {
        let ask = ureq::get(format!("{}/api/v1/{path}", self.process.base));
        ask.header("authorization", format!("Bearer {}", self.token)).call().unwrap().body_mut().read_json().unwrap()
    }

    fn list(&self, path: &str) -> Vec<Value> {
        self.get(path)["items"].as_array().unwrap().clone()
    }

    fn post(&self, path: &str, headers: &[(&str, String)], body: &Value) -> Value {
        let mut ask = ureq::post(format!("{}/api/v1/{path}", self.process.base))
            .header("authorization", format!("Bearer {}", self.token))
            .config()
            .http_status_as_error(false)
            .build();
        for (name, value) in headers {
            ask = ask.header(*name, value);
        }
        let mut answer = ask.send_json(body).unwrap();
        let said: Value = answer.body_mut().read_json().unwrap();
        assert!(answer.status().is_success(), "{path}: {said}");
        said
    }

    /// Calls a verb on a row as it was seen.
    fn call(&self, path: &str, seen: &Value, verb: &str, body: &Value) -> Value {
        let if_match = ("if-match", format!("\"{}\"", seen["version"]));
        self.post(&format!("{path}/{}/{verb}", seen["id"].as_str().unwrap()), &[if_match], body)
    }
}

fn id(row: &Value) -> &str {
    row["id"].as_str().unwrap()
}

fn everything_holds(url: &str) {
    let (holds, report) = finish(kehou(url).arg("verify"));
    assert!(holds && report.contains("everything holds"), "{report}");
    assert!(!report.contains("journal: 0 rows"), "{report}");
}

/// The charge of the README's story, its lines, and a second bill by the same filing after a day was closed.
fn charging_goes_on(process: &Process) {
    let finance = Caller::of(process, "demo.finance");
    let charges = finance.list("charges");
    let [charge] = charges.as_slice() else { panic!("one charge, not {charges:?}") };
    assert_eq!((&charge["amount_fen"], &charge["state"]), (&json!(34_800), &json!("open")));
    let charge_again = |charge: &Value, key: &str| {
        assert_eq!(finance.call("charges", charge, "void", &json!({}))["state"], json!("void"));
        let body = json!({"student_id": charge["student_id"], "school_year": "2024-2025", "season": "autumn"});
        finance.post("charges", &[("idempotency-key", key.to_owned())], &body)
    };
    let again = charge_again(charge, "one");
    assert_eq!((&again["amount_fen"], &again["lines"]), (&charge["amount_fen"], &charge["lines"]));

    let bureau = Caller::of(process, "demo.bureau");
    let authority = bureau.get("me")["organisation_id"].clone();
    let day = json!({"authority_id": authority, "closed_on": "2024-12-17", "reason": "暴雪停课"});
    bureau.post("calendar/closures", &[], &day);
    let third = charge_again(&again, "two");
    assert_eq!((&third["amount_fen"], &third["lines"]), (&charge["amount_fen"], &charge["lines"]));
    let paid = json!({"amount_fen": 34_800, "method": "cash"});
    let headers = [("if-match", "\"1\"".to_owned()), ("idempotency-key", "three".to_owned())];
    assert_eq!(finance.post(&format!("charges/{}/pay", id(&third)), &headers, &paid)["state"], json!("paid"));
}

fn migrations_of_an_old_database(kind: Kind) {
    let (Some(database), folder) = (restored(kind), tempfile::tempdir().unwrap()) else { return };
    let (migrated, report) = finish(kehou(&database.url).arg("migrate"));
    assert!(migrated && report.contains(FIRST_NEW), "{report}");
    everything_holds(&database.url);

    let mut command: Command = kehou(&database.url);
    command.arg("serve").current_dir(folder.path());
    let process = Process::run(command, &[]);
    let city = Caller::of(&process, "demo.city");
    assert_eq!(city.list("schools").len(), 8);
    let approved = city.list("filings?state=approved");
    assert!(approved.len() >= 2, "{approved:?}");
    for filing in &approved {
        let document = city.get(&format!("filings/{}/document", id(filing)));
        assert_eq!(document["term"]["school_year"].as_str().map(str::len), Some(9), "{document}");
    }
    for plan in city.list("plans") {
        assert_eq!(city.get(&format!("plans/{}", id(&plan)))["state"], plan["state"]);
    }
    charging_goes_on(&process);
    assert!(process.stop().success());
    everything_holds(&database.url);
}

#[test]
fn migrations_of_an_old_database_go_on_where_it_stood_on_sqlite() {
    migrations_of_an_old_database(Kind::Sqlite);
}

#[test]
fn migrations_of_an_old_database_go_on_where_it_stood_on_postgres() {
    migrations_of_an_old_database(Kind::Postgres);
}
