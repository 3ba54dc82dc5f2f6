//! Apps that were written for 1.0 of the contract and know nothing of what came later.

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::contract::CONTRACT;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{draft, small_plan};

/// Every field of every body of 1.0, and whether it had to be sent. Never written anew.
const OF_1_0: &str = include_str!("../../openapi/bodies-of-1.0.json");

type Fields = BTreeMap<String, BTreeMap<String, String>>;

/// The schemas that a value names, with those that they name; `true` where the way leads through a list.
fn named(contract: &Value, value: &Value, in_list: bool, seen: &mut BTreeSet<(String, bool)>) {
    if let Some(reference) = value["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap().to_owned();
        let schema = &contract["components"]["schemas"][&name];
        if seen.insert((name, in_list)) {
            named(contract, schema, in_list, seen);
        }
    }
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, inner)| named(contract, inner, in_list || key == "items", seen));
        }
        Value::Array(items) => items.iter().for_each(|inner| named(contract, inner, in_list, seen)),
        _ => {}
    }
}

/// The schemas of bodies, of all or of those that replace.
fn bodies(contract: &Value, only: Option<&str>) -> BTreeSet<(String, bool)> {
    let mut seen = BTreeSet::new();
    for operations in contract["paths"].as_object().unwrap().values() {
        for (method, operation) in operations.as_object().unwrap() {
            if only.is_none_or(|only| only == method) {
                named(contract, &operation["requestBody"], false, &mut seen);
            }
        }
    }
    seen
}

/// What an app of 1.0 would suffer from.
fn harms(contract: &Value, of_1_0: &Fields) -> BTreeSet<String> {
    let mut harms = BTreeSet::new();
    let taken = bodies(contract, None);
    for (name, fields) in of_1_0 {
        if !taken.iter().any(|(taken, _)| taken == name) {
            harms.insert(format!("{name} is not taken any more"));
            continue;
        }
        let schema = &contract["components"]["schemas"][name];
        let required = |field: &str| schema["required"].as_array().is_some_and(|all| all.contains(&json!(field)));
        for (field, asked) in fields {
            if schema["properties"].get(field).is_none() {
                harms.insert(format!("{name}.{field} is refused"));
            } else if asked == "optional" && required(field) {
                harms.insert(format!("{name}.{field} must be sent"));
            }
        }
        let later = schema["properties"].as_object().unwrap().keys().filter(|field| !fields.contains_key(*field));
        harms.extend(later.filter(|field| required(field)).map(|field| format!("{name}.{field} must be sent")));
    }
    for (name, in_list) in bodies(contract, Some("put")) {
        let Some(fields) = of_1_0.get(&name) else { continue };
        for (field, schema) in contract["components"]["schemas"][&name]["properties"].as_object().unwrap() {
            if fields.contains_key(field) {
                continue;
            }
            if in_list {
                harms.insert(format!("{name}.{field} is wiped: items of a list are replaced whole"));
            } else if schema["x-kept-when-absent"] != true {
                harms.insert(format!("{name}.{field} is wiped: it is not `Later`"));
            }
        }
    }
    harms
}

fn of_1_0() -> Fields {
    serde_json::from_str(OF_1_0).unwrap()
}

#[test]
fn an_app_of_1_0_is_neither_refused_nor_wipes_what_it_does_not_know() {
    assert_eq!(harms(&CONTRACT, &of_1_0()), BTreeSet::new());
}

#[test]
fn each_harm_is_seen() {
    let mut planted = CONTRACT.clone();
    let schemas = &mut planted["components"]["schemas"];
    let text = json!({ "type": ["string", "null"] });
    schemas["SchoolIn"]["properties"]["motto"] = text.clone();
    schemas["SchoolIn"]["properties"]["kept"] = json!({ "type": "string", "x-kept-when-absent": true });
    schemas["Dismissal"]["properties"]["note"] = text;
    schemas["ClassIn"]["properties"]["level"] = json!({ "type": "string" });
    schemas["ClassIn"]["required"].as_array_mut().unwrap().push(json!("level"));
    schemas["StudentIn"]["properties"].as_object_mut().unwrap().remove("grade");
    schemas["StudentIn"]["required"].as_array_mut().unwrap().push(json!("class_id"));
    let seen = harms(&planted, &of_1_0());
    let expected = [
        "ClassIn.level is wiped: it is not `Later`",
        "ClassIn.level must be sent",
        "Dismissal.note is wiped: items of a list are replaced whole",
        "SchoolIn.motto is wiped: it is not `Later`",
        "StudentIn.class_id must be sent",
        "StudentIn.grade is refused",
    ];
    assert_eq!(seen, expected.map(str::to_owned).into());
}

/// What an app reads, and what it sends of that: without the fields that it does not know.
async fn sent_back(app: &TestApp, account: &str, path: &str, change: Value) -> Value {
    let token = app.world.token(account);
    let read = app.get(path).token(token).expect(200).await;
    let name = if path.contains("notices") { "NoticeIn" } else { "AuthorityIn" };
    let mut body = json!({});
    for field in of_1_0()[name].keys() {
        body[field] = read.json()[field].clone();
    }
    for (field, value) in change.as_object().unwrap() {
        body[field] = value.clone();
    }
    app.put(path).token(token).if_match(read.etag()).json(&body).expect(200).await.json()
}

#[rstest]
#[actix_web::test]
async fn what_an_old_app_does_not_send_keeps_its_value(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let body = json!({
        "plan_id": plan.id(), "items": {}, "contact_name": "教务处", "contact_phone": "0730-8880001",
    });
    let notice = app.post("/api/v1/notices").token(app.world.token("school-admin")).json(&body).expect(201).await;
    let notice = format!("/api/v1/notices/{}", notice.id());
    let authority = format!("/api/v1/authorities/{}", app.world.organisation("own district"));
    let new = json!({ "complaint_office": "基教科", "complaint_phone": "0730-8880002" });
    sent_back(&app, "platform-admin", &authority, new).await;
    for (account, path, name, phone) in [
        ("school-admin", &notice, ("contact_name", "教务处"), ("contact_phone", "0730-8880001")),
        ("platform-admin", &authority, ("complaint_office", "基教科"), ("complaint_phone", "0730-8880002")),
    ] {
        let by_old = sent_back(&app, account, path, json!({})).await;
        assert_eq!((&by_old[name.0], &by_old[phone.0]), (&json!(name.1), &json!(phone.1)), "{path}");
        let cleared = sent_back(&app, account, path, json!({ (name.0): null })).await;
        assert_eq!((&cleared[name.0], &cleared[phone.0]), (&Value::Null, &json!(phone.1)), "{path}");
    }
}
