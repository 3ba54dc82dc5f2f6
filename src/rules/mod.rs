//! The compliance checks. Pure: facts in, findings out; no database, no clock, no framework.
//!
//! A finding names its rule, the clause it comes from and the place it is about. Texts are made from the rule and its
//! `params` when a finding is shown, so that the same finding reads in Chinese and in English. One file per topic of
//! the policy, one function per rule; `catalogue.rs` lists them, [`check_plan`] runs all that a plan is judged by.

mod basis;
pub mod calendar;
mod catalogue;
pub mod charging;
mod content;
pub mod document;
pub mod enrollment;
pub mod facts;
mod fees;
mod filing;
mod instruction;
mod materials;
mod money;
mod notice;
pub mod partners;
pub mod profile;
mod provider;
mod rule;
pub mod schedule;
mod seats;
mod staffing;
mod submission;
pub mod summary;
mod survey;
mod term;
mod time;

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

use ::time::Date;
use calendar::Calendar;
pub use catalogue::RULES;
use document::PlanDocument;
use facts::{Exemption, Facts};
pub use filing::filing_deadline;
pub use notice::notice_complete;
use profile::Profile;
pub use rule::{Kind, Rule, Step};
use submission::Submission;
pub use time::service_date;

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
    /// The numbers that were compared. What ends in `_zh` or `_en` is a word for the sentence of that language.
    pub params: BTreeMap<Cow<'static, str>, String>,
    /// Id of the exemption that turned an error into a warning.
    pub exemption: Option<String>,
}

impl Finding {
    fn of(rule: &'static Rule, severity: Severity, document: &str, pointer: impl Into<String>) -> Self {
        Self {
            rule: rule.id.into(),
            variant: None,
            severity,
            clause: rule.clause.into(),
            document: document.to_owned(),
            pointer: pointer.into(),
            params: BTreeMap::new(),
            exemption: None,
        }
    }

    fn variant(mut self, variant: &'static str) -> Self {
        self.variant = Some(variant.into());
        self
    }

    fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.params.insert(name.into(), value.to_string());
        self
    }

    /// The key of its sentence: `rule.<id>`, or `rule.<id>.<variant>`.
    #[must_use]
    pub fn text_key(&self) -> String {
        let rule = &self.rule;
        self.variant.as_ref().map_or_else(|| format!("rule.{rule}"), |variant| format!("rule.{rule}.{variant}"))
    }
}

/// What the rules say about a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// In the order of the catalogue, and within a rule in the order of the document.
    pub findings: Vec<Finding>,
    /// Rules whose facts were not all there, so that no finding of theirs does not mean a pass.
    pub not_judged: Vec<&'static str>,
}

impl Report {
    /// Whether anything stops the step.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Judges a plan by every rule and says everything at once.
///
/// The profile must be the one in force on the opening date; if it is not, only that is said and nothing is judged.
#[must_use]
pub fn check_plan(document: &PlanDocument, facts: &Facts, profile: &Profile, calendar: &Calendar) -> Report {
    if !profile.in_force_on(document.term.opens_on) {
        return no_profile(document, profile);
    }
    let plan = Submission::of(document, facts, profile, calendar);
    let mut report = Report::default();
    for rule in RULES {
        let Some(judge) = rule.judges_plans else { continue };
        let verdict = judge(&plan);
        let days = exempted_days(rule, document, facts);
        let lift = |finding| Exemption::lift(&facts.exemptions, rule, days, finding);
        report.findings.extend(verdict.findings.into_iter().map(lift));
        if !verdict.judged {
            report.not_judged.push(rule.id);
        }
    }
    report
}

/// The days on which an exemption from a rule must hold: that of the submission for its window, those that are left of the
/// service for a change of it, else all of the service.
fn exempted_days(rule: &Rule, document: &PlanDocument, facts: &Facts) -> Option<(Date, Date)> {
    let (first, last) = (document.term.first_service_date(), document.term.last_service_date());
    if rule.id == catalogue::FILING_WINDOW.id {
        return facts.accepted_on.map(|day| (day, day));
    }
    if rule.id == catalogue::FIXED_FOR_TERM.id {
        return facts.amended.as_ref().map(|amended| (amended.filed_on.clamp(first, last), last));
    }
    Some((first, last))
}

/// What is said when no profile is in force on the opening date; `nearest` is the one that came closest.
#[must_use]
pub fn no_profile(document: &PlanDocument, nearest: &Profile) -> Report {
    Report {
        findings: vec![basis::profile_missing(document.term.opens_on, nearest)],
        not_judged: RULES.iter().filter(|rule| rule.judges_plans.is_some()).map(|rule| rule.id).collect(),
    }
}
