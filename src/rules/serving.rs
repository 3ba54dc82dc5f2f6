//! Who may serve on given days (四.1, 六.3), and where: asked when a group is confirmed, for all of its days, and again
//! when a session starts, for that one.

use time::Date;

use super::catalogue::{
    EXTERNAL_STAFF_CONTRACT, EXTERNAL_STAFF_QUALIFIED, NO_CLASH, OWN_STAFF_FIRST, STAFF_VETTED, VENUE_CHECKED,
};
use super::document::{Period, StaffKind, VettingKind};
use super::facts::{StaffFact, VettingFact};
use super::papers::{Coverage, coverage};
use super::profile::Profile;
use super::rule::{Rule, by};
use super::{Finding, Severity};
use crate::values::local_time::LocalTime;

/// Everything that stands against somebody's serving on some days, in order: an error where it stands on the first of
/// them, a warning where it does later.
#[must_use]
pub fn may_serve(who: &StaffFact, dates: &[Date], pointer: &str, profile: &Profile) -> Vec<Finding> {
    let mut findings: Vec<Finding> = gone(who, dates, pointer, profile).into_iter().collect();
    if who.kind == StaffKind::External {
        let paper = |rule, running_out, papers| of_paper(rule, running_out, who, papers, dates, pointer, profile);
        findings.extend(paper(&EXTERNAL_STAFF_QUALIFIED, "expires", &who.qualifications));
        findings.extend(paper(&EXTERNAL_STAFF_CONTRACT, "renew", &who.contracts));
    }
    let record_check = profile.record_check_required.then_some(VettingKind::RecordCheck);
    let asked = [VettingKind::Character, VettingKind::Health].into_iter().chain(record_check);
    findings.extend(asked.filter_map(|kind| of_vetting(who, kind, dates, pointer, profile)));
    findings
}

fn of_paper(
    rule: &'static Rule,
    running_out: &'static str,
    who: &StaffFact,
    papers: &[Period],
    dates: &[Date],
    pointer: &str,
    profile: &Profile,
) -> Option<Finding> {
    let finding = match coverage(dates, papers) {
        Coverage::Whole => return None,
        Coverage::NotAtFirst(date) => rule.finding(Severity::Error, &profile.document, pointer).with("date", date),
        Coverage::Until { expires_on, uncovered } => {
            let finding = rule.finding(Severity::Warning, &profile.document, pointer).variant(running_out);
            finding.with("expires_on", expires_on).with("date", uncovered)
        }
    };
    Some(finding.with("person", &who.name))
}

/// Who has left the school serves there no more.
fn gone(who: &StaffFact, dates: &[Date], pointer: &str, profile: &Profile) -> Option<Finding> {
    let (left_on, last) = (who.left_on?, *dates.last()?);
    let first = *dates.first()?;
    let severity = if left_on < first { Severity::Error } else { Severity::Warning };
    (left_on < last).then(|| {
        let finding = STAFF_VETTED.finding(severity, &profile.document, pointer).variant("left");
        named(finding, who).with("left_on", left_on).with("date", last)
    })
}

/// What the vettings of a kind come to: the last of them decides whether it was passed; of those passed since the last
/// failed one, the longest holds.
pub(super) fn vetted_until(vettings: &[VettingFact], kind: VettingKind) -> Result<Date, bool> {
    let made: Vec<&VettingFact> = vettings.iter().filter(|vetting| vetting.kind == kind).collect();
    let passed = made.iter().rev().take_while(|vetting| vetting.passed);
    let failed = made.last().is_some_and(|last| !last.passed);
    passed.map(|vetting| vetting.valid_until).max().ok_or(failed)
}

fn of_vetting(who: &StaffFact, kind: VettingKind, dates: &[Date], pointer: &str, profile: &Profile) -> Option<Finding> {
    let (first, last) = (*dates.first()?, *dates.last()?);
    let finding = |severity| STAFF_VETTED.finding(severity, &profile.document, pointer);
    let finding = match vetted_until(&who.vettings, kind) {
        Err(true) => finding(Severity::Error).variant("failed"),
        Err(false) => finding(Severity::Error),
        Ok(expires_on) if expires_on < first => {
            finding(Severity::Error).variant("expired").with("expires_on", expires_on).with("date", first)
        }
        Ok(expires_on) if expires_on < last => {
            finding(Severity::Warning).variant("expires").with("expires_on", expires_on).with("date", last)
        }
        Ok(_) => return None,
    };
    let finding = named(finding, who).with("kind_zh", kind.zh()).with("kind_en", kind.en());
    Some(if kind == VettingKind::RecordCheck { by(profile, "record_check_required", finding) } else { finding })
}

pub(super) fn named(finding: Finding, who: &StaffFact) -> Finding {
    finding.with("person", &who.name).with("role_zh", who.kind.zh()).with("role_en", who.kind.en())
}

/// What is known of a place where a group meets (六.3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VenueFact {
    pub name: String,
    /// Pupils that it takes at once, where that is known.
    pub capacity: Option<i64>,
    /// The last day on which it was in use, of one that is retired.
    pub retired_on: Option<Date>,
    /// When passed checks hold.
    pub checks: Vec<Period>,
    /// Since when serious hazards stand open, with what they are in both languages.
    pub hazards: Vec<(Date, String)>,
}

/// `venue-checked`: a check is in date on every day, no serious hazard is open, and the venue takes so many.
#[must_use]
pub fn venue_checked(venue: &VenueFact, dates: &[Date], pupils: i64, pointer: &str, profile: &Profile) -> Vec<Finding> {
    let finding = |severity, variant: Option<&'static str>| {
        let finding = VENUE_CHECKED.finding(severity, &profile.document, pointer).with("venue", &venue.name);
        match variant {
            Some(variant) => finding.variant(variant),
            None => finding,
        }
    };
    let mut findings = Vec::new();
    match coverage(dates, &venue.checks) {
        Coverage::Whole => {}
        Coverage::NotAtFirst(date) => findings.push(finding(Severity::Error, None).with("date", date)),
        Coverage::Until { expires_on, uncovered } => findings
            .push(finding(Severity::Warning, Some("expires")).with("expires_on", expires_on).with("date", uncovered)),
    }
    if let Some((since, what)) = venue.hazards.first() {
        findings.push(finding(Severity::Error, Some("hazard")).with("since", since).with("hazard", what));
    }
    if let Some((retired_on, first)) = venue.retired_on.zip(dates.first()).filter(|(retired, first)| retired < *first) {
        findings.push(finding(Severity::Error, Some("retired")).with("retired_on", retired_on).with("date", first));
    }
    if let Some(capacity) = venue.capacity.filter(|capacity| *capacity < pupils) {
        let finding = finding(Severity::Warning, Some("capacity"));
        findings.push(finding.with("capacity", capacity).with("pupils", pupils));
    }
    findings
}

/// Something that is booked: a session at which somebody serves, or which a place holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    pub date: Date,
    pub from: LocalTime,
    pub to: LocalTime,
    /// The group that has it.
    pub group: String,
}

/// What cannot be at two places, or hold two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booked {
    Staff,
    Venue,
    Pupil,
}

impl Booked {
    const fn variant(self) -> &'static str {
        match self {
            Self::Staff => "staff-booked",
            Self::Venue => "venue-booked",
            Self::Pupil => "pupil-booked",
        }
    }
}

/// `no-clash`, of what is booked: the first day of it, and on how many.
#[must_use]
pub fn double_booked(
    what: Booked,
    name: &str,
    wanted: &[(Date, LocalTime, LocalTime)],
    taken: &[Booking],
    pointer: &str,
    profile: &Profile,
) -> Option<Finding> {
    let at_once = |booking: &&Booking| {
        let overlaps = |(date, from, to): &(Date, LocalTime, LocalTime)| {
            *date == booking.date && *from < booking.to && booking.from < *to
        };
        wanted.iter().any(overlaps)
    };
    let clashes: Vec<&Booking> = taken.iter().filter(at_once).collect();
    let first = clashes.iter().min_by_key(|booking| (booking.date, booking.from))?;
    Some(
        NO_CLASH
            .finding(Severity::Error, &profile.document, pointer)
            .variant(what.variant())
            .with("name", name)
            .with("date", first.date)
            .with("from", first.from)
            .with("to", first.to)
            .with("group", &first.group)
            .with("days", clashes.len()),
    )
}

/// `own-staff-first` by real hours: what own staff lead of the minutes of all groups of a plan.
#[must_use]
pub fn own_staff_lead(own_minutes: i64, all_minutes: i64, profile: &Profile) -> Option<Finding> {
    let percent_min = i64::from(profile.own_staff_percent_min);
    (own_minutes * 100 < all_minutes * percent_min).then(|| {
        let finding = OWN_STAFF_FIRST.finding(Severity::Warning, &profile.document, "/leader_id");
        let percent = own_minutes * 100 / all_minutes.max(1);
        by(profile, "own_staff_percent_min", finding.with("percent", percent).with("percent_min", percent_min))
    })
}
