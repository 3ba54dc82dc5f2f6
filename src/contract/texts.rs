//! The words of the document in both languages, from `openapi/texts/`: what a description says in Chinese, what a field
//! is called that has no description, and what a word of an enum is called on a screen.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

type Table<T> = BTreeMap<String, T>;

/// A label in both languages.
#[derive(Debug, Clone, Deserialize)]
pub struct Label {
    pub zh: String,
    pub en: String,
    /// A national standard that has the word, and its code there.
    pub standard: Option<String>,
    pub code: Option<String>,
}

/// Descriptions in Chinese, by the English ones.
static CHINESE: LazyLock<Table<String>> = LazyLock::new(|| read(include_str!("../../openapi/texts/zh.json")));

/// Fields and parameters that are described by their name alone.
static LABELS: LazyLock<Table<Label>> = LazyLock::new(|| read(include_str!("../../openapi/texts/labels.json")));

/// The words of each enum.
static WORDS: LazyLock<Table<Table<Label>>> = LazyLock::new(|| read(include_str!("../../openapi/texts/words.json")));

/// A file of the source; a test reads all of them, so that one that is broken never gets this far.
pub(super) fn read<T: Default + serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_default()
}

/// A description with its Chinese below it; the English alone where a test has not yet asked for it.
#[must_use]
pub fn bilingual(english: &str) -> String {
    let english = english.trim();
    CHINESE.get(english).map_or_else(|| english.to_owned(), |chinese| format!("{english}\n\n{chinese}"))
}

/// What a name without a description says.
#[must_use]
pub fn named(name: &str) -> Option<String> {
    LABELS.get(name).map(|label| format!("{}.\n\n{}。", label.en, label.zh))
}

/// The label of a word of an enum.
#[must_use]
pub fn word(of: &str, word: &str) -> Option<&'static Label> {
    WORDS.get(of)?.get(word)
}

/// The name of the enum that has these words and no others.
#[must_use]
pub fn enum_of(words: &[serde_json::Value]) -> Option<String> {
    let has = |table: &Table<Label>| {
        table.len() == words.len()
            && words.iter().all(|word| word.as_str().is_some_and(|word| table.contains_key(word)))
    };
    WORDS.iter().find(|(_, table)| has(table)).map(|(name, _)| name.clone())
}
