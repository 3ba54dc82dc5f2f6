//! 报酬 (四.1): who is paid what for the time that was served. External staff is paid by its contract, own staff by the
//! school's standard, a volunteer nothing; what nobody has agreed on is held back and not guessed.

use time::Date;

use super::catalogue::PAY_BY_CONTRACT;
use super::document::{Period, ProjectCategory};
use super::profile::Profile;
use super::{Finding, Severity};
use crate::values::money::yuan;

/// How the item of a standard begins that holds for every project without one of its own, such as `课后服务课时补助`.
pub const ANY_SERVICE: &str = "课后服务";

/// What some minutes are paid at a rate for an hour: to the fen, half a fen up.
#[must_use]
pub const fn amount_fen(minutes: i64, hourly_fen: i64) -> i64 {
    (minutes * hourly_fen * 2 + 60).div_euclid(120)
}

/// A standard as it was set, from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standard<'a> {
    pub item: &'a str,
    pub starts_on: Date,
}

/// Which of the standards of a school holds for a project on a day: that of the project by its name, else that of its
/// category, else that of all service; of each item the one that began last.
#[must_use]
pub fn standard_for(standards: &[Standard<'_>], project: &str, category: ProjectCategory, on: Date) -> Option<usize> {
    let last = |is_for: &dyn Fn(&str) -> bool| {
        let begun = standards.iter().enumerate().filter(|(_, one)| is_for(one.item) && one.starts_on <= on);
        begun.max_by_key(|(_, one)| one.starts_on).map(|(place, _)| place)
    };
    last(&|item| item == project)
        .or_else(|| last(&|item| item == category.zh()))
        .or_else(|| last(&|item| item.starts_with(ANY_SERVICE)))
}

/// Why somebody is not paid for a session that was served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hold {
    /// It was a lecture, and no supervisor has said otherwise (六.5).
    Teaching,
    /// No signed contract covers the day.
    NoContract,
    /// No standard holds on the day.
    NoStandard,
}

/// What was paid for a serving before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paid {
    pub minutes: i64,
    pub amount_fen: i64,
    /// The rate at which it was; it stays.
    pub hourly_fen: Option<i64>,
}

/// What is to be paid for a serving: the difference to what was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Signed.
    pub minutes: i64,
    pub hourly_fen: Option<i64>,
    /// Signed.
    pub amount_fen: i64,
    /// Why minutes that were served are not paid, and how many they are.
    pub held: Option<(Hold, i64)>,
}

/// What is to be paid for `minutes` on record, of which some may have been paid. `rate` is what an hour is paid, or why
/// nobody knows. Nothing where it is paid as it should be.
#[must_use]
pub fn due(minutes: i64, is_held: bool, rate: Result<i64, Hold>, paid: Paid) -> Option<Due> {
    let rate = paid.hourly_fen.map_or(rate, Ok);
    let (payable, held) = match rate {
        _ if is_held => (0, Some(Hold::Teaching)),
        Ok(_) => (minutes, None),
        Err(hold) => (0, Some(hold)),
    };
    let held = held.filter(|_| minutes > 0).map(|hold| (hold, minutes));
    if payable == paid.minutes && held.is_none() {
        return None;
    }
    let hourly_fen = rate.ok();
    Some(Due {
        minutes: payable - paid.minutes,
        hourly_fen,
        amount_fen: hourly_fen.map_or(0, |hourly| amount_fen(payable, hourly)) - paid.amount_fen,
        held,
    })
}

/// `pay-by-contract`: what a sheet holds back, one finding for each reason.
#[must_use]
pub fn held_back(hold: Hold, sessions: usize, minutes: i64, names: &str, profile: &Profile) -> Finding {
    let finding = PAY_BY_CONTRACT.finding(Severity::Warning, &profile.document, "");
    let finding = match hold {
        Hold::Teaching => finding.variant("teaching"),
        Hold::NoContract => finding,
        Hold::NoStandard => finding.variant("no-standard"),
    };
    finding.with("sessions", sessions).with("minutes", minutes).with("names", names)
}

/// `pay-by-contract`: sessions of the month that are over and not closed, for which nobody is paid yet.
#[must_use]
pub fn still_open(sessions: i64, profile: &Profile) -> Option<Finding> {
    (sessions > 0).then(|| {
        let finding = PAY_BY_CONTRACT.finding(Severity::Warning, &profile.document, "").variant("open");
        finding.with("sessions", sessions)
    })
}

/// `pay-by-contract`: own staff is paid within the performance-pay total, where one is given.
#[must_use]
pub fn within_total(
    paid_fen: i64,
    total_fen: i64,
    within: Period,
    document: &str,
    profile: &Profile,
) -> Option<Finding> {
    (paid_fen > total_fen).then(|| {
        let finding = PAY_BY_CONTRACT.finding(Severity::Error, &profile.document, "").variant("total");
        let finding = finding.with("paid_yuan", yuan(paid_fen)).with("total_yuan", yuan(total_fen));
        finding.with("from", within.from).with("to", within.to).with("paper", document)
    })
}

/// `pay-by-contract`: a month is paid when it is over.
#[must_use]
pub fn month_runs(last_day: Date, profile: &Profile) -> Finding {
    PAY_BY_CONTRACT.finding(Severity::Error, &profile.document, "").variant("month-runs").with("date", last_day)
}

/// `pay-by-contract`: what is approved is what was computed; the records have changed since.
#[must_use]
pub fn has_changed(profile: &Profile) -> Finding {
    PAY_BY_CONTRACT.finding(Severity::Error, &profile.document, "").variant("changed")
}
