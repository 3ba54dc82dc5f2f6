//! What people write: nothing that does not show, no ID number in any form, whole numbers however they are written.

use kehou::app::contract;
use rstest::rstest;
use serde_json::{Value, json};

use crate::students::enter;
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{MIAOTIAN, call, draft, filing_of, small_plan, submit};

/// A pupil's ID number as people may write it into a text.
const HIDDEN: [&str; 9] = [
    "43060220130315002X",
    "见43060220130315002x。",
    "4306 0220 1303 1500 2X",
    "430602-20130315-002X",
    "430602\n20130315\n002X",
    "４３０６０２２０１３０３１５００２Ｘ",
    "٤٣٠٦٠٢٢٠١٣٠٣١٥٠٠٢X",
    "𝟒𝟑𝟎𝟔𝟎𝟐𝟐𝟎𝟏𝟑𝟎𝟑𝟏𝟓𝟎𝟎𝟐X",
    "四三〇六〇二二〇一三〇三一五〇〇二X",
];

const UNSEEN: [&str; 6] = ["\u{feff}王一", "王\u{200b}一", "王\u{202e}一", "王一\u{ad}", "王\u{3164}一", "\u{200b}"];

fn fault(answer: &Answer) -> (u16, String, String) {
    let (pointer, code) = answer.faults().first().cloned().unwrap_or_default();
    (answer.status, pointer, code)
}

fn refused(pointer: &str, code: &str) -> (u16, String, String) {
    (422, pointer.to_owned(), code.to_owned())
}

async fn drafts(app: &TestApp, document: &Value) -> Answer {
    app.post("/api/v1/plans").token(app.world.token("school-admin")).json(document).send().await
}

/// Every place of a plan where people write freely.
fn places(document: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| walk(value, &format!("{at}/{name}"), found));
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| walk(item, &format!("{at}/{index}"), found));
            }
            // What is written in Chinese is free text; codes, dates and words of a list are not.
            Value::String(text) if text.chars().any(|c| c > '\u{2e80}') => found.push(at.to_owned()),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(document, "", &mut found);
    found
}

#[rstest]
#[actix_web::test]
async fn no_text_of_a_plan_holds_an_id_number_or_what_does_not_show(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["school"]["name"] = json!("own school");
    document["projects"][0]["fee"] =
        json!({"kind": "per_term", "amount_fen": 1000, "price_document": "岳发改价〔2019〕1号"});
    document["notice"]["off_campus_advice"] = json!("校外培训请选择正规机构。");
    let places = places(&document);
    for place in ["/projects/0/name", "/projects/0/outline", "/projects/0/fee/price_document", "/notice/safety"] {
        assert!(places.iter().any(|known| known == place), "{place}: {places:?}");
    }
    for (index, place) in places.iter().enumerate() {
        let hidden = HIDDEN[index % HIDDEN.len()].replace('\n', if place.starts_with("/notice") { "\n" } else { " " });
        for (text, code) in [
            (hidden.as_str(), "holds-id-number"),
            (HIDDEN[0], "holds-id-number"),
            (UNSEEN[index % UNSEEN.len()], "control-character"),
        ] {
            let mut wrong = document.clone();
            *wrong.pointer_mut(place).unwrap() = json!(text);
            assert_eq!(fault(&drafts(&app, &wrong).await), refused(place, code), "{text:?}");
        }
    }
    drafts(&app, &document).await;
}

#[rstest]
#[actix_web::test]
async fn an_id_number_is_found_however_it_is_written(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for hidden in HIDDEN {
        let mut document = small_plan("own school", "autumn");
        document["notice"]["safety"] = json!(format!("门口\n{hidden}"));
        assert_eq!(fault(&drafts(&app, &document).await), refused("/notice/safety", "holds-id-number"), "{hidden:?}");
        let named = enter(&app, "own school", &[("name", json!(hidden.replace('\n', " ")))]).await;
        assert_eq!(fault(&named), refused("/name", "holds-id-number"), "{hidden:?}");
    }
    for harmless in ["2024-09-02 17:30、2025-01-17 18:00", "0730-8880001、0730-8880002", "一、二、三、四、五、六年级"]
    {
        let mut document = small_plan("own school", "autumn");
        document["notice"]["safety"] = json!(harmless);
        assert_eq!(drafts(&app, &document).await.faults(), [], "{harmless}");
    }
}

#[rstest]
#[actix_web::test]
async fn reviews_say_no_id_number_and_show_all_they_say(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let filing = filing_of(&app, &submit(&app, "school-admin", &plan).await).await;
    let path = format!("/api/v1/filings/{}", filing.id());
    for (text, code) in [(HIDDEN[2], "holds-id-number"), (UNSEEN[1], "control-character")] {
        let reason = json!({"part": "fees", "pointer": "/projects/0/fee", "text": text});
        for (verb, pointer, body) in [
            ("approve", "/remark", json!({"sha256": filing.json()["sha256"], "remark": text})),
            (
                "return",
                "/reasons/0/text",
                json!({"sha256": filing.json()["sha256"], "reasons": [reason], "due_on": "2024-09-20"}),
            ),
        ] {
            let ask = app.post(&format!("{path}/{verb}")).token(app.world.token("bureau")).if_match(filing.etag());
            assert_eq!(fault(&ask.json(&body).send().await), refused(pointer, code), "{verb}");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn names_that_look_alike_are_one_name(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for name in UNSEEN {
        assert_eq!(
            fault(&enter(&app, "own school", &[("name", json!(name))]).await),
            refused("/name", "control-character")
        );
    }
    for name in ["𠮷田", "买买提·阿不都", "葛\u{e0100}一", "O’Neil"] {
        let entered = enter(&app, "own school", &[("name", json!(name))]).await;
        assert_eq!((entered.status, &entered.json()["name"]), (201, &json!(name)));
    }
    let mut document = small_plan("own school", "autumn");
    document["projects"] = json!([document["projects"][0], document["projects"][0]]);
    document["projects"][0]["name"] = json!("书法");
    document["projects"][1]["name"] = json!("书\u{fe00}法");
    assert_eq!(fault(&drafts(&app, &document).await), refused("/projects/1/name", "duplicate"));
}

#[rstest]
#[actix_web::test]
async fn what_an_older_service_took_stays_readable(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["notice"]["safety"] = json!("标记一");
    document["projects"][0]["name"] = json!("标记二");
    let plan = draft(&app, "school-admin", &document).await;
    for (mark, text) in [("标记一", format!("见{}。", HIDDEN[0])), ("标记二", "作业\u{200b}辅导".to_owned())]
    {
        app.sql(&match kind {
            Sqlite => format!("UPDATE plans SET content = replace(content, '{mark}', '{text}')"),
            Postgres => format!("UPDATE plans SET content = replace(content::text, '{mark}', '{text}')::jsonb"),
        })
        .await;
    }
    app.sql("UPDATE organisations SET name = 'own\u{200b}school' WHERE name = 'own school'").await;
    let path = format!("/api/v1/plans/{}", plan.id());
    let token = app.world.token("school-admin");
    // The contract's patterns are those of what is taken now.
    let document = app.get(&format!("{path}/document")).token(token).send_unchecked().await;
    assert_eq!(document.status, 200, "{}", document.json());
    assert!(document.json().to_string().contains(HIDDEN[0]), "{}", document.json());
    assert_eq!(document.json()["school"]["name"], "own\u{200b}school");
    let read = app.get(&path).token(token).expect(200).await;
    let submitted = call(&app, "school-admin", "plans", &read, "submit").await;
    assert_ne!(submitted.status, 500, "{}", submitted.json());
}

/// Every pattern of the contract under which people write freely refuses what the service refuses.
#[test]
fn the_contract_refuses_what_does_not_show() {
    fn patterns(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                let free = |pattern: &&str| pattern.contains(r"[^\s");
                found.extend(fields.get("pattern").and_then(Value::as_str).filter(free).map(str::to_owned));
                fields.values().for_each(|value| patterns(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| patterns(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    patterns(&serde_json::to_value(contract()).unwrap(), &mut found);
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 2, "one line, and paragraphs: {found:?}");
    for pattern in found {
        let validator = jsonschema::validator_for(&json!({"type": "string", "pattern": pattern})).unwrap();
        for text in UNSEEN.iter().chain(&["a\u{7}b", " a", "a ", "a\u{2028}b"]) {
            assert!(!validator.is_valid(&json!(text)), "{text:?} {pattern}");
        }
        for text in ["王一", "𠮷", "阿·买", "葛\u{e0100}", "a b", "一"] {
            assert!(validator.is_valid(&json!(text)), "{text:?} {pattern}");
        }
    }
}

const CODE: &str = "529999200002140339";

#[rstest]
#[actix_web::test]
async fn a_credit_code_that_reads_as_an_id_number_is_a_credit_code(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["projects"][0]["provider"] =
        json!({"kind": "public_interest", "name": "试验公益中心", "credit_code": CODE});
    let drafted = drafts(&app, &document).await;
    assert_eq!((drafted.status, drafted.faults()), (201, vec![]));
    document["projects"][0]["provider"]["credit_code"] = json!("529999200002140338");
    assert_eq!(fault(&drafts(&app, &document).await), refused("/projects/0/provider/credit_code", "format"));
    document["projects"][0]["provider"] = json!({"kind": "public_interest", "name": CODE, "credit_code": CODE});
    assert_eq!(fault(&drafts(&app, &document).await), refused("/projects/0/provider/name", "holds-id-number"));
}

#[rstest]
#[actix_web::test]
async fn whole_numbers_are_whole_however_they_are_written(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let check = |text: String| {
        let ask = app.post("/api/v1/checks/plan").token(app.world.token("school-admin"));
        ask.bytes("application/json", text).send()
    };
    let plain = MIAOTIAN.to_owned();
    let (whole, part) = ("\"lesson_minutes\": 45", "\"lesson_minutes\": 4.5e1");
    assert!(plain.contains(whole), "the example changed");
    let (as_whole, as_float) = (check(plain.clone()).await, check(plain.replace(whole, part)).await);
    assert_eq!((as_whole.status, as_float.status), (200, 200), "{}", as_float.json());
    assert_eq!(as_whole.json(), as_float.json());
    assert_eq!(check(plain.replace(whole, "\"lesson_minutes\": 45.0")).await.json(), as_whole.json());
    assert_eq!(check(plain.replace(whole, "\"lesson_minutes\": 45.5")).await.status, 422);
}

#[rstest]
#[actix_web::test]
async fn a_name_that_holds_an_id_number_is_not_repeated(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    for hidden in ["43060220130315002X", "4306 0220 1303 1500 2X", "٤٣٠٦٠٢٢٠١٣٠٣١٥٠٠٢X"] {
        let field = enter(&app, "own school", &[(hidden, json!(1))]).await;
        assert_eq!(fault(&field), refused("/*", "unknown"));
        let query = serde_urlencoded::to_string([(hidden, "1")]).unwrap();
        for path in ["/api/v1/students", "/api/v1/me", "/api/v1/plans"] {
            let answer = app.get(&format!("{path}?{query}")).token(token).expect(400).await;
            assert_eq!(answer.faults(), [("*".to_owned(), "unknown".to_owned())], "{path}");
        }
        let form = app.post(&format!("/oauth/token?{query}")).form(&[("grant_type", "password")]).expect(400).await;
        assert_eq!(form.faults(), [("*".to_owned(), "unknown".to_owned())]);
    }
}

#[rstest]
#[actix_web::test]
async fn instants_have_six_digits(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.clock_at("2024-09-10T08:00:00+08:00");
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let made = plan.json()["created_at"].as_str().unwrap().to_owned();
    assert!(made.starts_with("2024-09-10T00:00:0") && made.len() == 27 && made.ends_with('Z'), "{made}");
    let read = app.get(&format!("/api/v1/plans/{}", plan.id())).token(app.world.token("bureau")).expect(200).await;
    assert_eq!(read.json()["created_at"], made);
    app.sql(&match kind {
        Sqlite => "UPDATE plans SET created_at = 1725926400000000, updated_at = 1725926400100000".to_owned(),
        Postgres => {
            "UPDATE plans SET created_at = '2024-09-10T00:00:00Z', updated_at = '2024-09-10T00:00:00.1Z'".to_owned()
        }
    })
    .await;
    let read = app.get(&format!("/api/v1/plans/{}", plan.id())).token(app.world.token("bureau")).expect(200).await;
    assert_eq!(
        (&read.json()["created_at"], &read.json()["updated_at"]),
        (&json!("2024-09-10T00:00:00.000000Z"), &json!("2024-09-10T00:00:00.100000Z"))
    );
}
