//! `coercion-signal` (二.2): what a supervisor is to look at, because a choice that all make at once may not have been
//! free. It stops nobody. Moments are given, and told, in the time of the place.

use time::{Duration, OffsetDateTime};

use super::catalogue::COERCION_SIGNAL;
use super::profile::Profile;
use super::{Finding, Severity};
use crate::values::iso_date;

/// How the pupils of one class have chosen in a plan.
#[derive(Debug, Clone, Copy)]
pub struct ClassChoices<'a> {
    pub class: &'a str,
    /// Who attends.
    pub pupils: i64,
    /// For how many of them something was entered from paper: staff enter papers at once, so they are left out.
    pub on_paper: i64,
    /// Whether a guardian of one said no to something.
    pub said_no: bool,
    /// When each of the others applied first, in any order.
    pub applied: &'a [OffsetDateTime],
}

/// Nearly all of a class applied within minutes, outside of the first hour after a notice was published or a window
/// opened, and nobody said no.
#[must_use]
pub fn coercion_of_class(choices: ClassChoices<'_>, opened: &[OffsetDateTime], profile: &Profile) -> Option<Finding> {
    let (counted, percent_min) = (choices.pupils - choices.on_paper, profile.coercion_percent_min);
    if choices.said_no || counted < profile.coercion_pupils_min {
        return None;
    }
    let busy = Duration::minutes(profile.coercion_busy_minutes);
    let is_busy = |at: &OffsetDateTime| opened.iter().any(|opened| *opened <= *at && *at <= *opened + busy);
    let quiet = choices.applied.iter().copied().filter(|at| !is_busy(at)).collect();
    let burst = largest_burst(quiet, Duration::minutes(profile.coercion_minutes))?;
    let percent = share(burst.many, counted);
    (percent >= percent_min).then(|| {
        burst
            .told(profile)
            .with("class", choices.class)
            .with("counted", counted)
            .with("percent", percent)
            .with("percent_min", percent_min)
            .with("on_paper", choices.on_paper)
            .with("paper_percent", share(choices.on_paper, choices.pupils))
    })
}

/// So many guardians chose in a plan from one address within minutes.
#[must_use]
pub fn coercion_from_address(chosen: &[OffsetDateTime], profile: &Profile) -> Option<Finding> {
    let burst = largest_burst(chosen.to_vec(), Duration::minutes(profile.coercion_minutes))?;
    (burst.many >= profile.coercion_pupils_min).then(|| burst.told(profile).variant("address"))
}

/// The most that happened within a span of time.
struct Burst {
    many: i64,
    first: OffsetDateTime,
    last: OffsetDateTime,
}

impl Burst {
    fn told(&self, profile: &Profile) -> Finding {
        let clock = |at: OffsetDateTime| format!("{:02}:{:02}", at.hour(), at.minute());
        COERCION_SIGNAL
            .finding(Severity::Signal, &profile.document, "")
            .with("many", self.many)
            .with("minutes", profile.coercion_minutes)
            .with("pupils_min", profile.coercion_pupils_min)
            .with("on", iso_date::text(self.first.date()))
            .with("from", clock(self.first))
            .with("to", clock(self.last))
    }
}

fn largest_burst(mut times: Vec<OffsetDateTime>, within: Duration) -> Option<Burst> {
    times.sort_unstable();
    let mut largest: Option<Burst> = None;
    for (place, first) in times.iter().enumerate() {
        let burst = times.iter().skip(place).take_while(|at| **at - *first <= within);
        let (many, last) = burst.fold((0, *first), |(many, _), at| (many + 1, *at));
        if largest.as_ref().is_none_or(|so_far| many > so_far.many) {
            largest = Some(Burst { many, first: *first, last });
        }
    }
    largest
}

/// Whole percent, never more than there are.
fn share(part: i64, whole: i64) -> i64 {
    if whole > 0 { part * 100 / whole } else { 0 }
}
