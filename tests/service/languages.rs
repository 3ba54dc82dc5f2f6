//! Every code and every fault speaks Chinese and English.

use std::collections::BTreeSet;

use kehou::http::Language;
use kehou::refusal::{Code, Fault};
use rstest::rstest;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

fn keys() -> Vec<String> {
    let problems =
        Code::ALL.iter().flat_map(|code| ["title", "detail"].map(|part| format!("problem.{}.{part}", code.slug())));
    problems.chain(Fault::ALL.iter().map(|fault| format!("field.{}", fault.slug()))).collect()
}

#[test]
fn every_state_of_every_life_has_its_word_in_both_languages() {
    for life in kehou::app::lives() {
        for state in life.states {
            let key = format!("state.{state}");
            let texts = Language::ALL.map(|language| language.text(&key, []));
            assert!(texts.iter().all(|text| !text.is_empty() && !text.contains("state.")), "{key}: {texts:?}");
        }
    }
}

#[test]
fn every_text_exists_in_both_languages() {
    for key in keys() {
        let texts = Language::ALL.map(|language| language.text(&key, []));
        for (language, text) in Language::ALL.iter().zip(&texts) {
            assert!(!text.is_empty() && !text.contains(&key), "{key} has no {}", language.tag());
        }
        assert_ne!(texts[0], texts[1], "{key} is the same in both");
    }
}

#[test]
fn codes_are_unique_words() {
    let slugs: BTreeSet<&str> = Code::ALL.iter().map(|code| code.slug()).collect();
    assert_eq!(slugs.len(), Code::ALL.len());
    assert!(slugs.iter().all(|slug| slug.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
}

#[rstest]
#[actix_web::test]
async fn the_first_language_that_is_spoken_here_is_taken(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for (header, language) in [
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr, en;q=0.5, zh;q=0.4", "en"),
        ("fr", "zh"),
        ("zh;q=0", "en"),
        ("en;q=0, *", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=0, fr", "en"),
        ("*;q=0, en;q=0.1", "en"),
        ("*;q=0", "zh"),
        ("zh-CN;q=0, zh", "zh"),
        ("*, zh;q=0.5", "en"),
        ("*", "zh"),
        ("not a language header;;;", "zh"),
    ] {
        let answer = app.get("/nowhere").header("accept-language", header).expect(404).await;
        assert_eq!(answer.header("content-language"), language, "{header}");
    }
    assert_eq!(app.get("/nowhere").expect(404).await.header("content-language"), "zh");
}
