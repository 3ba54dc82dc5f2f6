//! The contract: committed, narrow enough for generated clients, and what is served.

use std::collections::{BTreeMap, BTreeSet};

use kehou::refusal::{Code, Fault};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::contract::{CONTRACT, OPERATIONS, check_schema};
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
    let (contract, tables) = kehou::app::told();
    golden("v1.json", &kehou::contract::to_json(&contract).unwrap());
    golden("code-tables.json", &kehou::code_tables::to_json(&tables).unwrap());
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
        () if text.starts_with(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) => Some("Chinese before English"),
        () if !has_chinese || !chinese.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) => Some("no Chinese"),
        () => None,
    }
}

#[test]
fn everything_is_told_in_english_and_chinese() {
    let mut wrong: Vec<String> = Vec::new();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut ask = |kind, place: String, text: &Value| {
        let lacking = lacks(text);
        let (asked, lacks) = counts.entry(kind).or_default();
        (*asked, *lacks) = (*asked + 1, *lacks + usize::from(lacking.is_some()));
        wrong.extend(lacking.map(|what| format!("{place}: {what}: {text}")));
    };
    for tag in CONTRACT["tags"].as_array().unwrap() {
        ask("tags", format!("tag {}", tag["name"]), &tag["description"]);
    }
    for (name, schema) in CONTRACT["components"]["schemas"].as_object().unwrap() {
        ask("schemas", name.clone(), &schema["description"]);
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            ask("fields", format!("{name}.{field}"), &property["description"]);
        }
        for word in schema["enum"].as_array().into_iter().flatten() {
            let line = format!("- `{}` ", word.as_str().unwrap());
            let told = schema["description"].as_str().unwrap();
            let label = told.lines().find_map(|told| told.strip_prefix(&line));
            assert!(label.is_some_and(|label| !label.is_ascii()), "{name}: {word} has no label");
        }
        assert_eq!(schema.get("enum"), schema.get("x-extensible-enum"), "{name}");
    }
    let tags: Vec<&Value> = CONTRACT["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    for operation in OPERATIONS.iter() {
        let (id, value) = (&operation.id, &operation.value);
        ask("operations", id.clone(), &value["description"]);
        assert!(tags.contains(&&value["tags"][0]), "{id}: {} is described nowhere", value["tags"][0]);
        for parameter in value["parameters"].as_array().into_iter().flatten() {
            ask("parameters", format!("{id}?{}", parameter["name"]), &parameter["description"]);
        }
        for (status, response) in value["responses"].as_object().unwrap() {
            ask("answers", format!("{id} {status}"), &response["description"]);
            for (name, header) in response["headers"].as_object().into_iter().flatten() {
                ask("headers", format!("{id} {status} {name}"), &header["description"]);
            }
        }
    }
    for (kind, (asked, lacking)) in counts {
        eprintln!("{kind}: {asked}, without a description in English and Chinese: {lacking}");
    }
    assert!(wrong.is_empty(), "{} texts:\n{}", wrong.len(), wrong.join("\n"));
}

/// Every named schema, every property and every parameter's schema, with the name under which it stands.
fn typed(visit: &mut impl FnMut(&str, &str, &Value)) {
    fn inner(place: &str, name: &str, schema: &Value, visit: &mut impl FnMut(&str, &str, &Value)) {
        visit(place, name, schema);
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            inner(&format!("{place}.{field}"), field, property, visit);
        }
        for (below, one) in ["items", "additionalProperties"].map(|below| (below, &schema[below])) {
            if one.is_object() {
                inner(&format!("{place} {below}"), name, one, visit);
            }
        }
        schema["oneOf"].as_array().into_iter().flatten().for_each(|one| inner(place, name, one, visit));
    }
    for (name, schema) in CONTRACT["components"]["schemas"].as_object().unwrap() {
        inner(name, name, schema, visit);
    }
    for operation in OPERATIONS.iter() {
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            inner(&format!("{}?{name}", operation.id), name, &parameter["schema"], visit);
        }
    }
}

#[test]
fn what_has_one_name_has_one_type() {
    let mut types: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut inlined = Vec::new();
    typed(&mut |place, name, schema| {
        let words = schema["type"].as_array().map_or_else(|| vec![&schema["type"]], |all| all.iter().collect());
        if words.iter().any(|word| **word == "integer") {
            let format = schema["format"].as_str().unwrap_or("none").to_owned();
            types.entry(name.to_owned()).or_default().insert(format, place.to_owned());
        }
        if name == "school_year" {
            let is_named = schema["$ref"] == "#/components/schemas/SchoolYear" || schema["oneOf"].is_array();
            assert!(is_named || schema["type"] == "null", "{place}: a school year of its own");
        }
        let is_named = CONTRACT["components"]["schemas"].get(place).is_some();
        if schema.get("enum").is_some() && name != "sort" && !is_named {
            inlined.push(place.to_owned());
        }
    });
    let two: Vec<_> = types.iter().filter(|(_, formats)| formats.len() > 1).collect();
    eprintln!("quantities: {}, with two types: {}; enums written out: {}", types.len(), two.len(), inlined.len());
    assert!(two.is_empty(), "{two:?}");
    assert!(inlined.is_empty(), "{inlined:?}");
    for (name, formats) in types {
        let is_wide = name.ends_with("_fen") || name.ends_with("version") || name == "bytes";
        assert!(formats.contains_key(if is_wide { "int64" } else { "int32" }), "{name}: {formats:?}");
    }
}

#[test]
fn every_body_and_every_answer_has_an_example_that_its_schema_takes() {
    let examples = CONTRACT["components"]["examples"].as_object().unwrap();
    let (mut bodies, mut answers, mut lacking, mut used) = (0, 0, Vec::new(), BTreeSet::new());
    for operation in OPERATIONS.iter() {
        let responses = operation.value["responses"].as_object().unwrap();
        let done = responses.iter().filter(|(status, _)| status.starts_with('2'));
        let contents = std::iter::once(("body", &operation.value["requestBody"]))
            .chain(done.map(|(status, response)| (status.as_str(), response)));
        for (of, content) in contents.filter_map(|(of, one)| one["content"].as_object().map(|all| (of, all))) {
            for (media_type, described) in content {
                if !media_type.ends_with("json") && !media_type.ends_with("urlencoded") {
                    continue; // a file, or a page
                }
                let shape = described["schema"]["$ref"].as_str().and_then(|name| name.rsplit('/').next());
                let shape = shape.unwrap_or_else(|| panic!("{} {of}: a shape without a name", operation.id));
                *(if of == "body" { &mut bodies } else { &mut answers }) += 1;
                let named = described["examples"]["story"]["$ref"]
                    .as_str()
                    .is_some_and(|name| name.rsplit('/').next() == Some(shape));
                if named {
                    used.insert(shape);
                } else {
                    lacking.push(format!("{} {of}: {shape}", operation.id));
                }
            }
        }
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            let fills_in = ["example", "examples"].iter().any(|word| parameter["schema"].get(word).is_some());
            let place = format!("{}?{}", operation.id, parameter["name"]);
            assert!(parameter["required"] == true || !fills_in, "{place}: what a form would fill in");
        }
    }
    eprintln!("bodies: {bodies}, answers: {answers}, without an example: {}", lacking.len());
    assert!(lacking.is_empty(), "{lacking:?}; `scripts/examples` writes them");
    for (shape, example) in examples {
        assert!(used.contains(shape.as_str()), "{shape}: an example of nothing");
        check_schema(&json!({"$ref": format!("#/components/schemas/{shape}")}), &example["value"], shape);
    }
}

/// What is entered once and stays.
const CALLED_NOTHING: [&str; 13] = [
    "CommitteeOpinionOut",
    "ErasureOut",
    "FeeAccountOut",
    "GroupMemberOut",
    "PartnerReviewOut",
    "PayLineOut",
    "PerformancePayTotalOut",
    "ProjectClosureOut",
    "RemunerationStandardOut",
    "SafetyEducationRecordOut",
    "SessionStaffOut",
    "StaffVettingOut",
    "VenueCheckOut",
];

#[test]
fn what_may_be_called_and_what_is_refused_are_words_of_the_contract() {
    let schemas = CONTRACT["components"]["schemas"].as_object().unwrap();
    let words = |name: &str| schemas[name]["enum"].as_array().map_or(0, Vec::len);
    for (name, schema) in schemas {
        let Some(can) = schema["properties"].get("can") else { continue };
        let named = can["items"]["$ref"].as_str();
        assert!(named.is_some_and(|name| name.ends_with("Verb")) || CALLED_NOTHING.contains(&&**name), "{name}: {can}");
    }
    assert_eq!(words("ProblemCode"), Code::ALL.len());
    assert_eq!(words("FieldFault"), Fault::ALL.len());
    assert_eq!(words("RuleId"), kehou::rules::RULES.len());
    assert_eq!(schemas["Problem"]["properties"]["code"]["$ref"], "#/components/schemas/ProblemCode");
    assert_eq!(schemas["EnrollmentOut"]["properties"]["can"]["items"]["$ref"], "#/components/schemas/EnrollmentVerb");
}

#[rstest]
#[actix_web::test]
async fn the_served_contract_is_the_committed_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let served = app.get("/openapi.json").expect(200).await;
    assert!(served.json() == *CONTRACT, "built before openapi/v1.json was written: build again");
}
