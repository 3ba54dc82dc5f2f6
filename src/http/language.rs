//! Chinese or English, by `Accept-Language`; Chinese when nothing is said.

use actix_web::HttpMessage;
use actix_web::http::header::{AcceptLanguage, Header, LanguageTag, Preference, Quality, QualityItem};

/// A range of languages and how much it is wanted.
type Range = QualityItem<Preference<LanguageTag>>;

/// The languages in which the service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    Zh,
    En,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The tag for `Content-Language` and for `locales/`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The first of the reader's languages that the service speaks and the reader does not refuse (`;q=0`). A header
    /// that cannot be parsed is no header.
    #[must_use]
    pub fn wanted_by(request: &impl HttpMessage) -> Self {
        let Ok(AcceptLanguage(ranges)) = AcceptLanguage::parse(request) else { return Self::default() };
        let (mut wanted, refused): (Vec<_>, Vec<_>) =
            ranges.into_iter().partition(|range| range.quality > Quality::ZERO);
        wanted.sort_by_key(|range| std::cmp::Reverse(range.quality));
        let names = |language: &Self, range: &Range| match &range.item {
            Preference::Specific(tag) => tag.primary_language().eq_ignore_ascii_case(language.tag()),
            Preference::Any => false,
        };
        let is_refused = |language: &Self| {
            refused.iter().any(|range| match &range.item {
                Preference::Specific(tag) => tag.as_str().eq_ignore_ascii_case(language.tag()),
                Preference::Any => !wanted.iter().any(|range| names(language, range)),
            })
        };
        let spoken = |range: &Range| {
            let mut spoken = Self::ALL.into_iter().filter(|language| !is_refused(language));
            match &range.item {
                Preference::Specific(_) => spoken.find(|language| names(language, range)),
                // Whatever is named has its own rank.
                Preference::Any => spoken.find(|language| !wanted.iter().any(|range| names(language, range))),
            }
        };
        let least_refused = || Self::ALL.into_iter().find(|language| !is_refused(language));
        wanted.iter().find_map(spoken).or_else(least_refused).unwrap_or_default()
    }

    /// The text under `key`, if there is one.
    #[must_use]
    pub fn known(self, key: &str) -> Option<String> {
        let text = self.text(key, []);
        (text != key && text != format!("{}.{key}", self.tag())).then_some(text)
    }

    /// Words by their names, as a list; one that has no name stays the word.
    #[must_use]
    pub fn listed(self, of: &str, words: &str) -> String {
        let name = |word: &str| self.known(&format!("{of}.{}", word.replace('.', "-"))).unwrap_or(word.to_owned());
        let names: Vec<String> = words.split(", ").filter(|word| !word.is_empty()).map(name).collect();
        names.join(match self {
            Self::Zh => "、",
            Self::En => ", ",
        })
    }

    /// Sentences one after the other.
    #[must_use]
    pub fn joined(self, sentences: &[String]) -> String {
        sentences.join(match self {
            Self::Zh => "",
            Self::En => " ",
        })
    }

    /// The text under `key` with its `%{parameters}` filled in.
    #[must_use]
    pub fn text<'a>(self, key: &str, params: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        let template = rust_i18n::t!(key, locale = self.tag());
        let (names, values): (Vec<&str>, Vec<String>) =
            params.into_iter().map(|(name, value)| (name, value.to_owned())).unzip();
        rust_i18n::replace_patterns(&template, &names, &values)
    }
}
