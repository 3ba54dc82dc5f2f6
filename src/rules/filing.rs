//! 送审备案 (五.2): one filing each term, within 10 working days after the opening.

use time::Date;

use super::calendar::{Calendar, CalendarMissing, WorkingDays};
use super::catalogue::{FILING_WINDOW, ONE_FILING_PER_TERM};
use super::profile::Profile;
use super::submission::{Submission, Verdict};
use crate::values::iso_date;

/// The last day to file for a term that opens on `opens_on`, and how it was counted. The opening date never counts.
///
/// # Errors
/// The first day that the calendar does not hold.
pub fn filing_deadline<'a>(
    opens_on: Date,
    profile: &Profile,
    calendar: &'a Calendar,
) -> Result<WorkingDays<'a>, CalendarMissing> {
    calendar.working_days_after(opens_on, profile.filing_window_working_days)
}

/// `filing-window`: the date of the first submission, in Asia/Shanghai, is not after the deadline. What was accepted
/// keeps the deadline that judged it, and the answer of then. Amendments are `fixed-for-term`'s.
pub(super) fn filing_window(plan: &Submission<'_>) -> Verdict {
    if plan.facts.amended.is_some() {
        return Vec::new().into();
    }
    let Some(accepted_on) = plan.facts.accepted_on else { return Verdict::not_judged() };
    let opens_on = plan.document.term.opens_on;
    if plan.facts.is_accepted {
        let counted = || filing_deadline(opens_on, plan.profile, plan.calendar).ok().map(|window| window.deadline);
        let deadline = plan.facts.deadline.or_else(counted).filter(|deadline| accepted_on > *deadline);
        let settled = || plan.warning(&FILING_WINDOW, "/term/opens_on").variant("settled");
        let late = deadline.map(|deadline| settled().with("deadline", deadline));
        return late.map(|finding| finding.with("accepted_on", accepted_on)).into();
    }
    if accepted_on <= opens_on {
        return Vec::new().into();
    }
    let Ok(window) = filing_deadline(opens_on, plan.profile, plan.calendar) else { return Verdict::not_judged() };
    let late = (accepted_on > window.deadline).then(|| {
        let finding = plan
            .error(&FILING_WINDOW, "/term/opens_on")
            .with("opens_on", opens_on)
            .with("deadline", window.deadline)
            .with("accepted_on", accepted_on)
            .with("working_days", plan.profile.filing_window_working_days)
            .with("counted", listed(window.counted.iter().copied()))
            .with("skipped", listed(window.skipped.iter().map(|day| day.date)));
        plan.by("filing_window_working_days", finding)
    });
    late.into()
}

fn listed(days: impl Iterator<Item = Date>) -> String {
    days.map(iso_date::text).collect::<Vec<_>>().join(", ")
}

/// `one-filing-per-term`: one plan that is not withdrawn per school, school year and season.
pub(super) fn one_filing_per_term(plan: &Submission<'_>) -> Verdict {
    let Some(has_other) = plan.facts.has_other_plan else { return Verdict::not_judged() };
    let term = &plan.document.term;
    let second = has_other.then(|| {
        plan.error(&ONE_FILING_PER_TERM, "/term")
            .with("school_year", term.school_year.as_str())
            .with("season", term.season.as_str())
            .with("season_zh", term.season.zh())
            .with("season_en", term.season.en())
    });
    second.into()
}
