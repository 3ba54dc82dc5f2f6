//! What a rule is: its clause, its kind, the steps at which it bites, and its parameters in the profile.

use super::profile::Profile;
use super::submission::Judge;
use crate::finding::{Finding, Severity};

/// What a rule is, beside a pure function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A pure function that returns findings.
    Rule,
    /// Held by the database too, so that no race can break it.
    Constraint,
    /// A state that cannot be reached otherwise.
    Workflow,
    /// Something kept and reported.
    Record,
    /// Never blocks, opens an item for a supervisor.
    Signal,
}

impl Kind {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Constraint => "constraint",
            Self::Workflow => "workflow",
            Self::Record => "record",
            Self::Signal => "signal",
        }
    }
}

/// The step that a rule can stop, or at which it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    PlanSubmission,
    PlanAmendment,
    OpeningEnrollment,
    Enrollment,
    GroupConfirmation,
    SessionCreation,
    SessionStart,
    SessionClosing,
    Departure,
    Charge,
    Payout,
}

impl Step {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PlanSubmission => "plan_submission",
            Self::PlanAmendment => "plan_amendment",
            Self::OpeningEnrollment => "opening_enrollment",
            Self::Enrollment => "enrollment",
            Self::GroupConfirmation => "group_confirmation",
            Self::SessionCreation => "session_creation",
            Self::SessionStart => "session_start",
            Self::SessionClosing => "session_closing",
            Self::Departure => "departure",
            Self::Charge => "charge",
            Self::Payout => "payout",
        }
    }
}

/// On which days an exemption from a rule must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// On all days of the service.
    Service,
    /// On those that are left of it when an amendment is filed.
    RestOfService,
    /// On the day on which the plan was first accepted.
    FirstSubmission,
}

/// One rule of the policy.
#[derive(Debug)]
pub struct Rule {
    pub id: &'static str,
    /// Part and section of the policy; `closing` is its last paragraph.
    pub clause: &'static str,
    pub kinds: &'static [Kind],
    pub steps: &'static [Step],
    /// Fields of the profile that it reads.
    pub parameters: &'static [&'static str],
    /// Sentences beside the plain one.
    pub variants: &'static [&'static str],
    /// Where an authority's exemption can turn its errors into warnings (三.2): on which days it must hold.
    pub exemption: Option<Window>,
    /// Whether it is about slots, so that an exemption from it can be narrowed to a project or a day of the week.
    pub is_of_slots: bool,
    /// The function, where a plan is judged by it.
    pub(super) judges_plans: Option<Judge>,
}

impl Rule {
    pub(super) const fn of(id: &'static str, clause: &'static str) -> Self {
        Self {
            id,
            clause,
            kinds: &[Kind::Rule],
            steps: &[Step::PlanSubmission],
            parameters: &[],
            variants: &[],
            exemption: None,
            is_of_slots: false,
            judges_plans: None,
        }
    }

    pub(super) fn finding(&self, severity: Severity, document: &str, pointer: impl Into<String>) -> Finding {
        Finding::new(self.id, self.clause, severity, document, pointer)
    }

    /// Whether plans are judged by it.
    #[must_use]
    pub fn judges_plans(&self) -> bool {
        self.judges_plans.is_some()
    }

    /// The key of its title.
    #[must_use]
    pub fn title_key(&self) -> String {
        format!("rule-title.{}", self.id)
    }

    /// The keys of all its sentences.
    #[must_use]
    pub fn text_keys(&self) -> Vec<String> {
        let variants = self.variants.iter().map(|variant| format!("rule.{}.{variant}", self.id));
        std::iter::once(format!("rule.{}", self.id)).chain(variants).collect()
    }
}

/// The same finding, by the document that set a parameter of the profile. A clause is the policy's own.
pub(super) fn by(profile: &Profile, parameter: &'static str, mut finding: Finding) -> Finding {
    let document = profile.document_of(parameter);
    if document != profile.document {
        document.clone_into(&mut finding.document);
        finding.clause = "".into();
    }
    finding
}
