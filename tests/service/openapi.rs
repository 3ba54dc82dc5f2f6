//! The contract: committed, narrow enough for generated clients, and what is served.

use rstest::rstest;
use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::contract::{CONTRACT, OPERATIONS};
use crate::support::databases::Kind::{self, Postgres, Sqlite};

/// Compares a committed file with what the code gives; `KEHOU_REWRITE=1` writes it.
fn golden(name: &str, text: &str) {
    let path = format!("{}/openapi/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("KEHOU_REWRITE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "openapi/{name} is not what the code gives; `just contract` rewrites it for review");
}

#[test]
fn the_committed_contract_is_what_the_code_gives() {
    let contract = kehou::app::contract();
    golden("v1.json", &kehou::contract::to_json(&contract).unwrap());
    golden("operations.txt", &kehou::contract::to_operations(&contract));
}

fn walk(value: &Value, place: &str, visit: &mut impl FnMut(&Value, &str)) {
    visit(value, place);
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| walk(inner, &format!("{place}/{name}"), visit)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, inner)| walk(inner, &format!("{place}/{n}"), visit));
        }
        _ => {}
    }
}

#[test]
fn the_dialect_is_narrow() {
    assert_eq!(CONTRACT["openapi"], "3.1.0");
    assert_eq!(CONTRACT["info"]["license"]["name"], "Apache-2.0");
    walk(&CONTRACT, "", &mut |value, place| {
        for union in ["oneOf", "anyOf", "allOf"] {
            let Some(members) = value[union].as_array() else { continue };
            let nullable = members.len() == 2 && members.iter().any(|member| member["type"] == "null");
            assert!(nullable, "{place}: a union that generated clients read wrongly");
        }
        assert!(value.get("discriminator").is_none(), "{place}");
        if let Some(reference) = value["$ref"].as_str() {
            let target = CONTRACT.pointer(reference.trim_start_matches('#'));
            assert!(target.is_some(), "{place}: {reference} is not there");
        }
        let inline_object = value["type"] == "object" && value.get("properties").is_some();
        let named = place.starts_with("/components/schemas/") && place.matches('/').count() == 3;
        assert!(!inline_object || named, "{place}: an object without a name");
    });
}

#[test]
fn every_operation_is_described() {
    for operation in OPERATIONS.iter() {
        let id = &operation.id;
        assert!(operation.value["summary"].as_str().is_some_and(|text| !text.is_ascii()), "{id}: no Chinese label");
        assert_eq!(operation.value["tags"].as_array().map(Vec::len), Some(1), "{id}");
        let responses = operation.value["responses"].as_object().unwrap();
        for (status, response) in responses {
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{id} {status}");
        }
        let secured = operation.value["security"].as_array().is_some_and(|ways| !ways.is_empty());
        assert!(operation.value["security"].is_array(), "{id}: what is public says so");
        assert_eq!(secured, operation.permission.is_some(), "{id}");
        assert!(responses.contains_key("401") || !secured, "{id}");
    }
}

/// What is wrong with a text that both languages should have.
fn lacks(text: &Value) -> Option<&'static str> {
    let text = text.as_str().unwrap_or_default();
    let has_chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let (english, chinese) = text.rsplit_once("\n\n").unwrap_or((text, ""));
    match () {
        () if text.is_empty() => Some("no description"),
        () if !english.chars().any(|c| c.is_ascii_alphabetic()) => Some("no English"),
        () if !has_chinese || !chinese.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) => Some("no Chinese"),
        () => None,
    }
}

#[test]
fn everything_is_told_in_english_and_chinese() {
    let mut wrong: Vec<String> = Vec::new();
    let mut ask = |place: String, text: &Value| {
        wrong.extend(lacks(text).map(|what| format!("{place}: {what}: {text}")));
    };
    for tag in CONTRACT["tags"].as_array().unwrap() {
        ask(format!("tag {}", tag["name"]), &tag["description"]);
    }
    for (name, schema) in CONTRACT["components"]["schemas"].as_object().unwrap() {
        ask(name.clone(), &schema["description"]);
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            ask(format!("{name}.{field}"), &property["description"]);
        }
        for word in schema["enum"].as_array().into_iter().flatten() {
            let line = format!("- `{}` ", word.as_str().unwrap());
            let told = schema["description"].as_str().unwrap();
            let label = told.lines().find_map(|told| told.strip_prefix(&line));
            assert!(label.is_some_and(|label| !label.is_ascii()), "{name}: {word} has no label");
        }
        assert_eq!(schema.get("enum").is_some(), schema.get("x-extensible-enum").is_some(), "{name}");
    }
    let tags: Vec<&Value> = CONTRACT["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    for operation in OPERATIONS.iter() {
        let (id, value) = (&operation.id, &operation.value);
        ask(id.clone(), &value["description"]);
        assert!(tags.contains(&&value["tags"][0]), "{id}: {} is described nowhere", value["tags"][0]);
        for parameter in value["parameters"].as_array().into_iter().flatten() {
            ask(format!("{id}?{}", parameter["name"]), &parameter["description"]);
        }
        for (status, response) in value["responses"].as_object().unwrap() {
            ask(format!("{id} {status}"), &response["description"]);
            for (name, header) in response["headers"].as_object().into_iter().flatten() {
                ask(format!("{id} {status} {name}"), &header["description"]);
            }
        }
    }
    assert!(wrong.is_empty(), "{} texts:\n{}", wrong.len(), wrong.join("\n"));
}

#[rstest]
#[actix_web::test]
async fn the_served_contract_is_the_committed_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let served = app.get("/openapi.json").expect(200).await;
    assert_eq!(served.json(), *CONTRACT);
}
