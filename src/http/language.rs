//! Chinese or English, by `Accept-Language`; Chinese when nothing is said.

use actix_web::HttpMessage;
use actix_web::http::header::{AcceptLanguage, Header};

/// The languages in which the service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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

    /// The first of the reader's languages that the service speaks. A header that cannot be parsed is no header.
    #[must_use]
    pub fn wanted_by(request: &impl HttpMessage) -> Self {
        let Ok(accepted) = AcceptLanguage::parse(request) else { return Self::default() };
        let ranked = accepted.ranked();
        let spoken = ranked.iter().find_map(|tag| {
            let tag = tag.to_string().to_ascii_lowercase();
            Self::ALL.into_iter().find(|language| tag.split('-').next() == Some(language.tag()))
        });
        spoken.unwrap_or_default()
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
