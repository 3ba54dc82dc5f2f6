//! What a rule says about the facts it was given: a leaf, which every floor may carry.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;

/// What a finding does to the step that asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Stops the step.
    Error,
    /// Shown and recorded; the step goes on.
    Warning,
    /// Goes to the supervisor only.
    Signal,
}

/// What a finding is about, as far as an exemption can be narrowed to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// A project, by its name.
    pub project: Option<String>,
    /// A day of the week, 1 for Monday.
    pub weekday: Option<i64>,
    /// The days on which what it finds happens, where it is known; none at all can be lifted by nothing.
    pub dates: Option<Vec<Date>>,
}

/// What one rule says about the facts it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Rule id, for example `service-end-time`.
    pub rule: Cow<'static, str>,
    /// Which of the rule's sentences this is, where it has more than one.
    pub variant: Option<Cow<'static, str>>,
    pub severity: Severity,
    /// Part and section of the policy, for example `三.2`.
    pub clause: Cow<'static, str>,
    /// Number of the policy document, for example `岳教体发〔2019〕11号`.
    pub document: String,
    /// JSON pointer into the plan document or the body.
    pub pointer: String,
    /// All its places, the first among them, where it has several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// The numbers that were compared. What ends in `_zh` or `_en` is a word for the sentence of that language.
    pub params: BTreeMap<Cow<'static, str>, String>,
    /// Id of the exemption that turned an error into a warning.
    pub exemption: Option<String>,
    /// Known while it is being judged; what is kept of a finding has been lifted or not.
    #[serde(skip)]
    pub about: About,
    /// Whether no exemption lifts it, although others of its rule are lifted.
    #[serde(skip)]
    pub stands: bool,
}

impl Finding {
    /// A finding of a rule by its id and clause.
    #[must_use]
    pub fn new(
        rule: &'static str,
        clause: &'static str,
        severity: Severity,
        document: &str,
        pointer: impl Into<String>,
    ) -> Self {
        Self {
            rule: rule.into(),
            variant: None,
            severity,
            clause: clause.into(),
            document: document.to_owned(),
            pointer: pointer.into(),
            places: Vec::new(),
            params: BTreeMap::new(),
            exemption: None,
            about: About::default(),
            stands: false,
        }
    }

    /// Another sentence of its rule.
    #[must_use]
    pub fn variant(mut self, variant: &'static str) -> Self {
        self.variant = Some(variant.into());
        self
    }

    /// Adds a number or a word of its sentence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.params.insert(name.into(), value.to_string());
        self
    }

    /// Says that it is about a project.
    #[must_use]
    pub fn project(mut self, name: &str) -> Self {
        self.about.project = Some(name.to_owned());
        self.with("project", name)
    }

    /// Says that it is about a day of the week.
    #[must_use]
    pub fn weekday(mut self, weekday: i64) -> Self {
        self.about.weekday = Some(weekday);
        let (zh, en) = weekday_words(weekday);
        self.with("weekday", weekday).with("weekday_zh", zh).with("weekday_en", en)
    }

    /// Says for which grade it is.
    #[must_use]
    pub fn grade(self, grade: impl std::fmt::Display) -> Self {
        self.with("grade", &grade).with("grade_zh", grade)
    }

    /// Says on which days what it finds happens.
    #[must_use]
    pub fn on(mut self, dates: impl IntoIterator<Item = Date>) -> Self {
        self.about.dates = Some(dates.into_iter().collect());
        self
    }

    /// Says all its places; the first is its pointer.
    #[must_use]
    pub fn at(mut self, places: Vec<String>) -> Self {
        if let Some(first) = places.first() {
            self.pointer.clone_from(first);
        }
        self.places = if places.len() > 1 { places } else { Vec::new() };
        self
    }

    /// Says that what it is about stands at `at` in the body.
    pub fn move_below(&mut self, at: &str) {
        self.pointer.insert_str(0, at);
        self.places.iter_mut().for_each(|place| place.insert_str(0, at));
    }

    /// Its places, as many as there are.
    #[must_use]
    pub fn all_places(&self) -> Vec<String> {
        if self.places.is_empty() { vec![self.pointer.clone()] } else { self.places.clone() }
    }

    /// Says that no exemption lifts it.
    #[must_use]
    pub fn standing(self) -> Self {
        Self { stands: true, ..self }
    }

    /// The key of its sentence: `rule.<id>`, or `rule.<id>.<variant>`.
    #[must_use]
    pub fn text_key(&self) -> String {
        let rule = &self.rule;
        self.variant.as_ref().map_or_else(|| format!("rule.{rule}"), |variant| format!("rule.{rule}.{variant}"))
    }

    /// The key of what is said of an exemption: by which document it is lifted, or why one that was granted does not
    /// lift it.
    #[must_use]
    pub fn exemption_key(&self) -> Option<&'static str> {
        match self.params.get("exemption_lacks").map(String::as_str) {
            Some("project") => Some("exemption.other-project"),
            Some("weekday") => Some("exemption.other-weekday"),
            Some(_) => Some("exemption.other-days"),
            None => self.params.contains_key("exempted_by").then_some("exemption.given"),
        }
    }
}

/// A day of the week, 1 for Monday, in Chinese and in English.
#[must_use]
pub const fn weekday_words(weekday: i64) -> (&'static str, &'static str) {
    match weekday {
        1 => ("星期一", "Monday"),
        2 => ("星期二", "Tuesday"),
        3 => ("星期三", "Wednesday"),
        4 => ("星期四", "Thursday"),
        5 => ("星期五", "Friday"),
        6 => ("星期六", "Saturday"),
        _ => ("星期日", "Sunday"),
    }
}
