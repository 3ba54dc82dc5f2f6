//! What a pupil is charged for a term (六.2, 六.5): the signed projects from the day on which each was joined, within the
//! limits by which the plan was checked. What the check passes, no bill breaks; where a pupil's own choice comes to
//! more than a limit, the limit is charged.

use time::Date;

use super::document::{ConcessionGroup, FeeKind, PlanDocument, PlanProject};
use super::profile::{FeeStandard, Profile};
use super::schedule::{ServiceDay, ServiceDays};

/// Parts of a fen, so that a fee for the term can be spread over its lessons and come back whole.
const PARTS: i64 = 1_000_000;

/// A project that a pupil joined.
#[derive(Debug, Clone, Copy)]
pub struct Joined<'a> {
    pub project: &'a PlanProject,
    /// From which day the pupil owes.
    pub joins_on: Date,
}

impl Joined<'_> {
    fn meets(&self, day: &ServiceDay) -> bool {
        day.date >= self.joins_on && day.key.has(self.project)
    }

    /// What a lesson costs. A fee for the term is spread over the lessons that the pupil has.
    fn lesson_parts(&self, days: &ServiceDays) -> i64 {
        let parts = self.project.fee.paid_fen().unwrap_or(0).saturating_mul(PARTS);
        match self.project.fee.kind {
            FeeKind::PerLesson => parts,
            FeeKind::PerTerm | FeeKind::Free => parts / days.since(self.joins_on).lessons_of(self.project).max(1),
        }
    }
}

/// The limits of the standards on file for a grade, in parts of a fen; the strictest of each kind.
struct Limits {
    lesson: Option<i64>,
    lessons_a_day: Option<usize>,
    day: Option<i64>,
    month: Option<i64>,
    term: Option<i64>,
}

impl Limits {
    fn of(profile: &Profile, document: &PlanDocument, grade: i64) -> Self {
        let area = document.school.area;
        let least = |limit: fn(&FeeStandard) -> Option<i64>| {
            profile.fee_standards.iter().filter(|standard| standard.is_for(area, grade)).filter_map(limit).min()
        };
        let parts = |limit| least(limit).map(|fen| fen.saturating_mul(PARTS));
        Self {
            lesson: parts(|standard| standard.per_lesson_max_fen),
            lessons_a_day: least(|standard| standard.lessons_billed_a_day).and_then(|most| usize::try_from(most).ok()),
            day: parts(|standard| standard.per_day_max_fen),
            month: parts(|standard| standard.per_month_max_fen),
            term: parts(|standard| standard.per_term_max_fen),
        }
    }

    /// What a day comes to whose lessons cost so much.
    fn of_day(&self, mut lessons: Vec<i64>) -> i64 {
        lessons.sort_unstable_by(|one, other| other.cmp(one));
        let billed = lessons.iter().take(self.lessons_a_day.unwrap_or(usize::MAX));
        let sum = billed.map(|lesson| within(*lesson, self.lesson)).fold(0_i64, i64::saturating_add);
        within(sum, self.day)
    }
}

fn within(parts: i64, limit: Option<i64>) -> i64 {
    limit.map_or(parts, |limit| parts.min(limit))
}

/// The most, in fen, that a pupil of a grade is charged for what it joined: never more than what the standards on file
/// and the plan's own ceiling leave.
#[must_use]
pub fn most_for(
    profile: &Profile,
    document: &PlanDocument,
    grade: i64,
    days: &ServiceDays,
    joined: &[Joined<'_>],
) -> i64 {
    let limits = Limits::of(profile, document, grade);
    let prices: Vec<(i64, &Joined<'_>)> = joined.iter().map(|own| (own.lesson_parts(days), own)).collect();
    let (mut term, mut month, mut of_month) = (0_i64, None, 0_i64);
    for day in days.days() {
        let this = (day.date.year(), day.date.month());
        if month.replace(this).is_some_and(|last| last != this) {
            term = term.saturating_add(within(std::mem::take(&mut of_month), limits.month));
        }
        let met = prices.iter().filter(|(_, own)| own.meets(day));
        let lessons = met.flat_map(|(price, own)| (0..own.project.lessons_per_day.get()).map(|_| *price));
        of_month = of_month.saturating_add(limits.of_day(lessons.collect()));
    }
    term = within(term.saturating_add(within(of_month, limits.month)), limits.term);
    document.budget.capped(term.saturating_add(PARTS / 2) / PARTS)
}

/// Who pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Payer {
    pub grade: i64,
    /// What it pays of the approved fee in percent, if that is less.
    pub percent: Option<i64>,
}

impl Payer {
    /// A pupil of a grade who is in some groups, by a profile.
    #[must_use]
    pub fn of(profile: &Profile, grade: i64, groups: &[ConcessionGroup]) -> Self {
        Self { grade, percent: Some(profile.pays_percent(groups)).filter(|percent| *percent < 100) }
    }
}

/// What fees come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// What is approved for this pupil, before the concession.
    pub approved_fen: i64,
    /// What it pays of that.
    pub amount_fen: i64,
}

/// What the fees of what a pupil joined come to, `sum_fen` before all limits: within the limits, then as much of it as
/// the pupil pays.
#[must_use]
pub fn total(
    profile: &Profile,
    document: &PlanDocument,
    days: &ServiceDays,
    payer: Payer,
    joined: &[Joined<'_>],
    sum_fen: i64,
) -> Total {
    let most = most_for(profile, document, payer.grade, days, joined);
    let approved_fen = document.budget.capped(sum_fen).min(most);
    let amount_fen = payer.percent.map_or(approved_fen, |percent| approved_fen.saturating_mul(percent) / 100);
    Total { approved_fen, amount_fen }
}

/// A total shared over lines by their amounts, to the fen: what is left over goes to the largest remainders, the first
/// of equal ones.
#[must_use]
pub fn shared(amounts: &[i64], total: i64) -> Vec<i64> {
    let sum: i128 = amounts.iter().map(|amount| i128::from(*amount)).sum();
    if sum <= 0 {
        return vec![0; amounts.len()];
    }
    let exact = |amount: &i64| i128::from(*amount) * i128::from(total);
    let mut shares: Vec<i64> =
        amounts.iter().map(|amount| i64::try_from(exact(amount) / sum).unwrap_or(i64::MAX)).collect();
    let mut by_remainder: Vec<usize> = (0..amounts.len()).collect();
    by_remainder.sort_by_key(|place| std::cmp::Reverse(amounts.get(*place).map_or(0, |amount| exact(amount) % sum)));
    let left = total - shares.iter().sum::<i64>();
    for place in by_remainder.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(share) = shares.get_mut(place) {
            *share += 1;
        }
    }
    shares
}
