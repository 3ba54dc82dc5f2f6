//! The compliance checks. Pure: facts in, findings out; no database, no clock, no framework.
//!
//! A finding names its rule, the clause it comes from and the place it is about. Texts are made from the rule and its
//! `params` when a finding is shown, so that the same finding reads in Chinese and in English. One file per topic of
//! the policy, one function per rule; `catalogue.rs` lists them, [`check_plan`] runs all that a plan is judged by.

mod basis;
pub mod bill;
pub mod calendar;
mod catalogue;
pub mod charging;
pub mod coercion;
mod content;
mod dismissals;
pub mod document;
pub mod draw;
pub mod enrollment;
mod exemptions;
pub mod facts;
mod fees;
mod filing;
mod gather;
pub mod grouping;
pub mod held;
mod instruction;
mod materials;
mod money;
mod notice;
mod papers;
pub mod partners;
pub mod pay;
pub mod profile;
mod provider;
mod renamed;
mod rule;
pub mod schedule;
mod seats;
pub mod serving;
mod staffing;
mod submission;
pub mod summary;
mod survey;
mod term;
mod time;

use ::time::Date;
use calendar::Calendar;
pub use catalogue::RULES;
use document::PlanDocument;
use facts::{Exemption, Facts};
pub use fees::{may_charge, term_cap_fen};
pub use filing::filing_deadline;
use gather::gathered;
pub use notice::{notice_complete, off_campus_advice};
use profile::Profile;
pub use renamed::same_projects;
pub use rule::{Kind, Rule, Step, Window};
use submission::Submission;
pub use time::{left_by_its_term, service_date};

pub use crate::finding::{Finding, Severity};

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
        report.findings.extend(gathered(verdict.findings.into_iter().map(lift).collect()));
        if !verdict.judged {
            report.not_judged.push(rule.id);
        }
    }
    report
}

/// The days on which an exemption from a rule must hold.
fn exempted_days(rule: &Rule, document: &PlanDocument, facts: &Facts) -> Option<(Date, Date)> {
    let (first, last) = (document.term.first_service_date(), document.term.last_service_date());
    match rule.exemption? {
        Window::Service => Some((first, last)),
        Window::RestOfService => facts.amended.as_ref().map(|amended| (amended.filed_on.clamp(first, last), last)),
        Window::FirstSubmission => facts.accepted_on.map(|day| (day, day)),
    }
}

/// What is said when no profile is in force on the opening date; `nearest` is the one that came closest.
#[must_use]
pub fn no_profile(document: &PlanDocument, nearest: &Profile) -> Report {
    Report {
        findings: vec![basis::profile_missing(document.term.opens_on, nearest)],
        not_judged: RULES.iter().filter(|rule| rule.judges_plans.is_some()).map(|rule| rule.id).collect(),
    }
}
