//! The compliance checks of a plan document, stored or not: the profile and the calendar that hold at a place, and what
//! the rules say by them. Nothing here changes anything.

mod api;
mod report;

pub use self::api::routes;
pub use self::report::{PlanCheckOut, PlanCheckProfileOut};

use crate::db::Tx;
use crate::http::Language;
use crate::refusal::Refusal;
use crate::regulation::policy_profiles::{self, ParameterSource};
use crate::regulation::{authorities, calendar};
use crate::rules::calendar::Calendar;
use crate::rules::document::PlanDocument;
use crate::rules::facts::Facts;
use crate::rules::profile::Profile;
use crate::rules::schedule::ServiceDays;
use crate::rules::summary::summarise;
use crate::rules::{Report, check_plan, no_profile};

/// What the rules say of a plan, and by what they said it.
#[derive(Debug, Clone)]
pub struct Judgement {
    pub report: Report,
    /// The profile in force on the opening date; where there is none, the one that came closest.
    pub profile: Profile,
    /// Who set what in that profile; nothing where it is not in force.
    pub sources: Vec<ParameterSource>,
    pub calendar: Calendar,
    facts: Facts,
}

impl Judgement {
    /// As the contract has it, in the reader's language; `document` is what was judged.
    #[must_use]
    pub fn shape(&self, document: &PlanDocument, language: Language) -> PlanCheckOut {
        let summary = summarise(document, &self.facts, &self.profile, &self.calendar);
        PlanCheckOut::of(&self.report, &summary, &self.profile, language)
    }

    /// The service days of the term by which `document` was judged.
    #[must_use]
    pub fn service_days(&self, document: &PlanDocument) -> ServiceDays {
        ServiceDays::of(&document.term, &self.profile, &self.calendar, &self.facts.exemptions)
    }

    fn of(document: &PlanDocument, facts: &Facts, profile: Profile, calendar: Calendar) -> Self {
        let report = check_plan(document, facts, &profile, &calendar);
        Self { report, profile, sources: Vec::new(), calendar, facts: facts.clone() }
    }
}

/// Judges a plan of what stands at `path` by the profile that is in force there when its term opens.
///
/// # Errors
/// When the database fails.
pub fn judge(tx: &mut Tx<'_>, path: &str, document: &PlanDocument, facts: &Facts) -> Result<Judgement, Refusal> {
    let opens_on = document.term.opens_on;
    let calendar = calendar::calendar_at(tx, path)?;
    if let Some(in_force) = policy_profiles::in_force(tx, path, opens_on)? {
        let judged = Judgement::of(document, facts, in_force.profile, calendar);
        return Ok(Judgement { sources: in_force.sources, ..judged });
    }
    let profile = policy_profiles::nearest(tx, path, opens_on)?;
    let report = no_profile(document, &profile);
    Ok(Judgement { report, profile, sources: Vec::new(), calendar, facts: facts.clone() })
}

/// Judges a plan document that is not stored: by the profile and calendar of the authority that it names, or, where
/// that is not known here, by the built-in ones.
///
/// # Errors
/// When the database fails.
pub fn check(tx: &mut Tx<'_>, document: &PlanDocument) -> Result<Judgement, Refusal> {
    let facts = Facts::default();
    match authorities::by_code(tx, document.school.authority_code.as_str())? {
        Some(authority) => judge(tx, &authority.path, document, &facts),
        None => Ok(Judgement::of(document, &facts, Profile::yueyang_2019(), calendar::years::country(tx)?)),
    }
}

/// Its fields check themselves while they are read, and what must go together is checked with pointers of its own
/// (`PlanDocument::faults`).
impl validator::Validate for PlanDocument {
    fn validate(&self) -> Result<(), validator::ValidationErrors> {
        Ok(())
    }
}
