//! What a judgement stands on: a profile in force and a calendar that holds the dates. Without them, never a guess.

use time::Date;

use super::calendar::CalendarMissing;
use super::catalogue::{CALENDAR_MISSING, PROFILE_MISSING};
use super::filing::filing_deadline;
use super::profile::Profile;
use super::submission::{Submission, Verdict};
use super::{Finding, Severity};

/// `profile-missing`: the text is in force from 2019-09-01 (closing), and each term is judged by the profile in force
/// when it opens.
pub(super) fn profile_missing(opens_on: Date, nearest: &Profile) -> Finding {
    PROFILE_MISSING
        .finding(Severity::Error, &nearest.document, "/term/opens_on")
        .with("opens_on", opens_on)
        .with("in_force_from", nearest.in_force_from)
}

/// `calendar-missing`: a date up to the filing deadline that the calendar does not hold. Service days beyond it are
/// counted by their weekdays, and the plan is told that days and fees are provisional: each autumn term begins so.
pub(super) fn calendar_missing(plan: &Submission<'_>) -> Verdict {
    let term = &plan.document.term;
    let provisional: Vec<Date> = plan.days.provisional(&plan.document.projects).collect();
    // Filing before the opening is on time on any calendar, and an unknown day of filing is not judged at all.
    let late = plan.facts.accepted_on.is_some_and(|date| date > term.opens_on);
    let is_needed = plan.facts.deadline.is_none() && (late || !provisional.is_empty());
    let unknown = filing_deadline(term.opens_on, plan.profile, plan.calendar).err().filter(|_| is_needed);
    if let Some(CalendarMissing { date }) = unknown {
        let error = plan.error(&CALENDAR_MISSING, "/term/opens_on").with("date", date);
        return Some(Finding { clause: "五.2".into(), ..error }).into();
    }
    let (Some(first), Some(last)) = (provisional.first(), provisional.last()) else { return Vec::new().into() };
    let end = if term.service_to.is_some() { "/term/service_to" } else { "/term/ends_on" };
    let warning = plan.warning(&CALENDAR_MISSING, end).variant("provisional");
    Some(warning.with("date", first).with("last", last).with("days", provisional.len())).into()
}
