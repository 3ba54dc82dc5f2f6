//! What a plan comes to in days, beside what the rules say about it.

use super::calendar::{Calendar, WorkingDays};
use super::document::PlanDocument;
use super::facts::Facts;
use super::filing::filing_deadline;
use super::profile::Profile;
use super::schedule::ServiceDays;

/// Days of a plan. What cannot be counted is none: where no profile is in force, a deadline beyond the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary<'a> {
    /// Days of the term on which any of the projects meets.
    pub service_days: Option<i64>,
    /// Of them, days for which no calendar is announced, so that they may turn out to be holidays.
    pub provisional_days: i64,
    /// The last day to file (五.2), and how it was counted.
    pub filing_deadline: Option<WorkingDays<'a>>,
}

/// Counts the days of a plan, by the same facts as [`super::check_plan`].
#[must_use]
pub fn summarise<'a>(document: &PlanDocument, facts: &Facts, profile: &Profile, calendar: &'a Calendar) -> Summary<'a> {
    let term = &document.term;
    if !profile.in_force_on(term.opens_on) {
        return Summary::default();
    }
    let days = ServiceDays::of(term, profile, calendar, &facts.exemptions);
    Summary {
        service_days: Some(days.with_service(document)),
        provisional_days: i64::try_from(days.provisional(&document.projects).count()).unwrap_or(i64::MAX),
        filing_deadline: filing_deadline(term.opens_on, profile, calendar).ok(),
    }
}
