//! Every code and every fault speaks Chinese and English.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kehou::http::Language;
use kehou::refusal::{Code, Fault};
use kehou::values::fault::SAID;
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
fn every_verb_of_every_life_has_its_word_in_both_languages() {
    for word in kehou::app::lives().flat_map(|life| life.verbs).map(|verb| verb.word) {
        for language in Language::ALL {
            assert!(language.known(&format!("verb.{word}")).is_some(), "verb.{word} has no {}", language.tag());
        }
    }
}

#[test]
fn every_way_out_is_of_a_life_and_of_one_of_its_states() {
    let named = include_str!("../../locales/verbs.yml").split_once("way-out:").unwrap().1;
    let key = |line: &str, depth: usize| -> Option<String> {
        let name = line.strip_prefix(&" ".repeat(depth))?.strip_suffix(':')?;
        (!name.starts_with(' ')).then(|| name.to_owned())
    };
    let mut of = String::new();
    let mut ways = 0;
    for line in named.lines() {
        of = key(line, 2).unwrap_or(of);
        let Some(state) = key(line, 4) else { continue };
        let mut lives = kehou::app::lives().filter(|life| life.of == of);
        assert!(lives.any(|life| life.states.contains(&state.as_str())), "{of}: {state}");
        assert!(Language::ALL.iter().all(|language| language.known(&format!("way-out.{of}.{state}")).is_some()));
        ways += 1;
    }
    assert!(ways >= 6, "{ways}");
}

#[test]
fn every_sentence_of_a_place_exists_in_both_languages() {
    for said in SAID {
        let keys = Fault::ALL.iter().map(|fault| format!("field.{}.{said}", fault.slug()));
        let known = keys.filter(|key| Language::ALL.iter().all(|language| language.known(key).is_some()));
        assert!(known.count() > 0, "{said}");
    }
}

#[test]
fn what_exists_already_is_said_in_words() {
    let mut found = 0;
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(&file).unwrap();
        let named = text.split(r#".with("field", ""#).skip(1).filter_map(|rest| rest.split('"').next());
        for field in named.flat_map(|fields| fields.split(", ")) {
            let key = format!("key.{}", field.replace('.', "-"));
            assert!(Language::ALL.iter().all(|language| language.known(&key).is_some()), "{key}");
            found += 1;
        }
    }
    assert!(found > 30, "{found}");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| if path.is_dir() { sources(&path) } else { vec![path] };
    entries.flat_map(below).filter(|path| path.extension().is_some_and(|end| end == "rs")).collect()
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
