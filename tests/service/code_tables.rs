//! `/code-tables`: what every word of the contract is called.

use rstest::rstest;

use crate::support::app::TestApp;
use crate::support::contract::CONTRACT;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

#[rstest]
#[actix_web::test]
async fn code_tables_hold_every_enum_of_the_contract_with_labels(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let all = app.get("/api/v1/code-tables").expect(200).await;
    let tables = all.json()["items"].as_array().unwrap().clone();
    let schemas = CONTRACT["components"]["schemas"].as_object().unwrap();
    let enums: Vec<_> = schemas.iter().filter(|(_, schema)| schema.get("enum").is_some()).collect();
    assert_eq!(tables.len(), enums.len());
    for (name, schema) in enums {
        let table = tables.iter().find(|table| table["name"] == **name).unwrap();
        let words: Vec<_> = table["words"].as_array().unwrap().iter().map(|word| word["word"].clone()).collect();
        assert_eq!(words, *schema["enum"].as_array().unwrap(), "{name}");
        for word in table["words"].as_array().unwrap() {
            let told = schema["description"].as_str().unwrap();
            let (zh, en) = (word["label_zh"].as_str().unwrap(), word["label_en"].as_str().unwrap());
            assert!(told.contains(&format!("- `{}` {en} {zh}", word["word"].as_str().unwrap())), "{name}: {word}");
            assert!(!zh.is_ascii() && !en.is_empty() && !zh.contains("%{") && !en.contains("%{"), "{name}: {word}");
        }
        assert!(!table["description_zh"].as_str().unwrap().is_ascii(), "{name}");
    }
}

#[rstest]
#[actix_web::test]
async fn code_tables_are_asked_for_one_by_one_and_kept(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let one = app.get("/api/v1/code-tables/Relation").expect(200).await;
    let mother = one.json()["words"].as_array().unwrap().iter().find(|word| word["word"] == "mother").unwrap().clone();
    assert_eq!((&mother["standard"], &mother["standard_code"]), (&"GB/T 4761".into(), &"52".into()));
    assert_eq!(mother["label_zh"], "母亲");
    let tag = one.header("etag").to_owned();
    app.get("/api/v1/code-tables/Relation").header("if-none-match", &tag).expect(304).await;
    let codes = app.get("/api/v1/code-tables/ProblemCode").expect(200).await.json();
    assert!(codes["words"].as_array().unwrap().iter().any(|word| word["word"] == "refused-by-rules"));
    app.get("/api/v1/code-tables/Nothing").expect(404).await;
}
