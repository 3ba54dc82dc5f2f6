//! What a judgement stands on: a profile in force and a calendar that holds the dates. Without them, never a guess.

use time::Date;

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

/// `calendar-missing`: a date that the filing window or the service days need is not in the calendar.
pub(super) fn calendar_missing(plan: &Submission<'_>) -> Verdict {
    let term = &plan.document.term;
    let missing = |pointer, clause: &'static str, date: Date| {
        Finding { clause: clause.into(), ..plan.error(&CALENDAR_MISSING, pointer) }.with("date", date)
    };
    let service = plan.days.as_ref().err().map(|gap| missing("/term/ends_on", "三.2", gap.date));
    // Filing before the opening is on time on any calendar, and an unknown day of filing is not judged at all.
    let late = plan.facts.accepted_on.is_some_and(|date| date > term.opens_on);
    let filing = filing_deadline(term.opens_on, plan.profile, plan.calendar).err().filter(|_| late);
    let filing = filing.map(|gap| missing("/term/opens_on", "五.2", gap.date));
    filing.into_iter().chain(service).collect::<Vec<_>>().into()
}
