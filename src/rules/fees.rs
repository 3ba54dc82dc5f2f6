//! 收费 (六.2, 三.3): who may charge, how much, by which document; and what costs nothing.

use std::cell::LazyCell;

use unicode_normalization::UnicodeNormalization;

use super::Finding;
use super::catalogue::{FEE_WITHIN_STANDARD, FREE_HELP_IS_FREE, NO_STANDARD_ON_FILE, WHO_MAY_CHARGE};
use super::document::{FeeKind, IncomeSource, Ownership, PlanProject, PlanSchool, ProjectCategory};
use super::profile::{FeeStandard, Profile};
use super::schedule::{DayKey, DayType, ServiceDays};
use super::submission::{Submission, Verdict};
use crate::values::local_time::LocalTime;
use crate::values::money::yuan;
use crate::values::text::Line;

/// Parts of a fen, so that a fee for the term can be spread over its days and come back whole.
const PARTS: i64 = 1_000_000;

/// The most that any pupil of a school may pay for a term by the standards of a profile; nothing where a grade has
/// none.
#[must_use]
pub fn term_cap_fen(school: &PlanSchool, profile: &Profile) -> Option<i64> {
    let of_grade = |grade: i64| {
        let standards = profile.fee_standards.iter().filter(|standard| standard.is_for(school.area, grade));
        standards.filter_map(|standard| standard.per_term_max_fen).min()
    };
    let caps: Option<Vec<i64>> = school.grades.iter().map(|row| of_grade(row.grade.get())).collect();
    caps?.into_iter().max()
}

fn paid<'a>(plan: &Submission<'a>) -> impl Iterator<Item = (usize, &'a PlanProject, i64)> {
    plan.projects().filter_map(|(index, project)| Some((index, project, project.fee.paid_fen()?)))
}

/// `free-help-is-free`: help for pupils with learning difficulties and poor pupils costs nothing (三.3).
pub(super) fn free_help_is_free(plan: &Submission<'_>) -> Verdict {
    let priced = paid(plan).filter(|(_, project, _)| project.category == ProjectCategory::FreeHelp);
    let finding = |(index, project, amount): (usize, &PlanProject, i64)| {
        plan.error(&FREE_HELP_IS_FREE, format!("/projects/{index}/fee/amount_fen"))
            .project(project.name.as_str())
            .with("amount_fen", amount)
            .with("amount_yuan", yuan(amount))
    };
    priced.map(finding).collect::<Vec<_>>().into()
}

/// `who-may-charge`: public schools may; others only where the profile says so, of those that board their pupils apart.
/// Nor does another school plan with guardians' money.
pub(super) fn who_may_charge(plan: &Submission<'_>) -> Verdict {
    let school = &plan.document.school;
    if may_charge(school.ownership, school.boarding, plan.profile) {
        return Vec::new().into();
    }
    let parameter = match plan.profile.private_boarding_schools_may_charge {
        Some(_) if school.boarding => "private_boarding_schools_may_charge",
        _ => "private_schools_may_charge",
    };
    let said = |places: Vec<String>| {
        let finding = plan
            .error(&WHO_MAY_CHARGE, "")
            .at(places)
            .with("ownership", school.ownership.as_str())
            .with("ownership_zh", school.ownership.zh())
            .with("ownership_en", school.ownership.en());
        plan.by(parameter, finding)
    };
    let (names, places) = named(paid(plan).map(|(index, project, _)| (index, project)));
    let fees = (!places.is_empty()).then(|| said(places).with("project", names));
    let lines = plan.document.budget.income.iter().enumerate();
    let from_guardians = lines.filter(|(_, line)| line.source == IncomeSource::Guardians && line.amount_fen.get() > 0);
    let places: Vec<String> = from_guardians.map(|(index, _)| format!("/budget/income/{index}")).collect();
    let income = (fees.is_none() && !places.is_empty()).then(|| said(places).variant("income"));
    fees.into_iter().chain(income).collect::<Vec<_>>().into()
}

/// Whether a school of this kind may charge guardians (六.2).
#[must_use]
pub fn may_charge(ownership: Ownership, boarding: bool, profile: &Profile) -> bool {
    let private = profile.private_schools_may_charge;
    let of_boarders = profile.private_boarding_schools_may_charge.filter(|_| boarding);
    ownership == Ownership::Public || of_boarders.unwrap_or(private)
}

/// Projects in words, and the places of their fees.
fn named<'a>(projects: impl Iterator<Item = (usize, &'a PlanProject)>) -> (String, Vec<String>) {
    let (names, places): (Vec<&str>, Vec<String>) =
        projects.map(|(index, project)| (project.name.as_str(), format!("/projects/{index}/fee"))).unzip();
    (names.join("、"), places)
}

/// `no-standard-on-file`: somebody is to pay, and the reviewer has no standard to compare with.
pub(super) fn no_standard_on_file(plan: &Submission<'_>) -> Verdict {
    let bound = |grade: i64| plan.standards(grade).any(FeeStandard::has_limit);
    let unbound = paid(plan).filter(|(_, project, _)| !project.grades.iter().all(|grade| bound(grade.get())));
    let (names, places) = named(unbound.map(|(index, project, _)| (index, project)));
    let area = plan.document.school.area;
    let warning = (!places.is_empty()).then(|| {
        plan.warning(&NO_STANDARD_ON_FILE, "")
            .at(places)
            .with("project", names)
            .with("area_zh", area.zh())
            .with("area_en", area.en())
    });
    warning.into()
}

/// `fee-within-standard`: every fee cites its price document and keeps to the standards on file. By lesson each project
/// is compared; by day, month and term the most that a pupil of the grade can be charged.
pub(super) fn fee_within_standard(plan: &Submission<'_>) -> Verdict {
    let mut findings = Vec::new();
    for (index, project, amount) in paid(plan) {
        findings.extend(of_document(plan, index, project));
        findings.extend(of_lesson(plan, index, project, amount));
        findings.extend(of_lessons_billed(plan, index, project));
    }
    if paid(plan).next().is_some() {
        let offers = LazyCell::new(|| Offers::of(plan, &plan.days));
        for (index, row) in plan.document.school.grades.iter().enumerate() {
            findings.extend(of_grade(plan, &offers, index, row.grade.get()));
        }
    }
    findings.into()
}

fn of_document(plan: &Submission<'_>, index: usize, project: &PlanProject) -> Option<Finding> {
    let cited = project.fee.price_document.as_ref().map(Line::as_str);
    cited.is_none_or(is_no_document).then(|| {
        plan.error(&FEE_WITHIN_STANDARD, format!("/projects/{index}/fee/price_document"))
            .variant("document")
            .project(project.name.as_str())
    })
}

/// Whether a text names no document: 无, 暂无, a dash.
fn is_no_document(text: &str) -> bool {
    let said: String = text.nfkc().filter(|c| c.is_alphanumeric()).collect();
    ["", "无", "暂无", "没有", "待定", "待补", "不详", "略", "无文件", "暂无文件", "none", "na", "nil"]
        .contains(&said.to_lowercase().as_str())
}

/// The strictest limit of all standards for the grades of a project.
fn strictest<'a>(
    plan: &Submission<'a>,
    grades: impl Iterator<Item = i64>,
    limit: impl Fn(&FeeStandard) -> Option<i64>,
) -> Option<(i64, &'a str)> {
    let standards = grades.flat_map(|grade| plan.standards(grade));
    standards.filter_map(|standard| Some((limit(standard)?, standard.document.as_str()))).min_by_key(|(max, _)| *max)
}

fn of_lesson(plan: &Submission<'_>, index: usize, project: &PlanProject, amount: i64) -> Option<Finding> {
    let grades = project.grades.iter().map(|grade| grade.get());
    let (max, standard) = strictest(plan, grades, |standard| standard.per_lesson_max_fen)?;
    let lessons = match project.fee.kind {
        FeeKind::PerLesson => 1,
        // A fee for the term is no way around a standard by lesson.
        FeeKind::PerTerm | FeeKind::Free => plan.days.days_of(project) * project.lessons_per_day.get(),
    };
    (amount > max.saturating_mul(lessons)).then(|| {
        plan.error(&FEE_WITHIN_STANDARD, format!("/projects/{index}/fee/amount_fen"))
            .project(project.name.as_str())
            .with("lessons", lessons)
            .with("amount_fen", amount)
            .with("amount_yuan", yuan(amount))
            .with("max_fen", max)
            .with("max_yuan", yuan(max))
            .with("standard", standard)
    })
}

fn of_lessons_billed(plan: &Submission<'_>, index: usize, project: &PlanProject) -> Option<Finding> {
    let grades = project.grades.iter().map(|grade| grade.get());
    let (max, standard) = strictest(plan, grades, |standard| standard.lessons_billed_a_day)?;
    let lessons = project.lessons_per_day.get();
    (project.fee.kind == FeeKind::PerLesson && lessons > max).then(|| {
        plan.error(&FEE_WITHIN_STANDARD, format!("/projects/{index}/lessons_per_day"))
            .variant("lessons")
            .project(project.name.as_str())
            .with("lessons", lessons)
            .with("max", max)
            .with("standard", standard)
    })
}

fn of_grade<'a, F: FnOnce() -> Offers<'a>>(
    plan: &Submission<'_>,
    offers: &LazyCell<Offers<'a>, F>,
    index: usize,
    grade: i64,
) -> Vec<Finding> {
    let limit = |limit: fn(&FeeStandard) -> Option<i64>| strictest(plan, std::iter::once(grade), limit);
    let day_max = limit(|standard| standard.per_day_max_fen);
    let month_max = limit(|standard| standard.per_month_max_fen);
    let term_max = limit(|standard| standard.per_term_max_fen);
    if day_max.is_none() && month_max.is_none() && term_max.is_none() {
        return Vec::new();
    }
    let billed = limit(|standard| standard.lessons_billed_a_day).map(|(lessons, _)| lessons);
    let dearest = dearest(plan, offers, grade, billed);
    let over = |amount: i64, limit: Option<(i64, &str)>, unit: (&str, &str)| {
        limit.filter(|(max, _)| amount > *max).map(|(max, standard)| {
            plan.error(&FEE_WITHIN_STANDARD, format!("/school/grades/{index}"))
                .variant("grade")
                .grade(grade)
                .with("amount_fen", amount)
                .with("amount_yuan", yuan(amount))
                .with("max_fen", max)
                .with("max_yuan", yuan(max))
                .with("unit_zh", unit.0)
                .with("unit_en", unit.1)
                .with("standard", standard)
        })
    };
    let day = over(dearest.day, day_max, ("每天", "a day"));
    let month = over(dearest.month, month_max, ("每月", "a month"));
    let term = over(dearest.term, term_max, ("每学期", "a term"));
    day.into_iter().chain(month).chain(term).collect()
}

/// The most that a pupil of a grade can be charged, in fen.
struct Dearest {
    day: i64,
    month: i64,
    term: i64,
}

/// Of all choices of projects that do not run at the same time the dearest, day by day. Where only so many lessons of a
/// day are billed, that many of the dearest; and never more than the plan's own ceiling.
fn dearest(plan: &Submission<'_>, offers: &Offers<'_>, grade: i64, billed: Option<i64>) -> Dearest {
    let lesson = offers.dearest_lesson(grade);
    let most = billed.map_or(i64::MAX, |lessons| lesson.saturating_mul(lessons));
    let parts = |(day, spans): &(DayType, Vec<Span<'_>>)| (day.clone(), dearest_of(spans, grade).min(most));
    let by_day: Vec<(DayType, i64)> = offers.days.iter().map(parts).collect();
    let day_parts = by_day.iter().map(|(_, parts)| *parts).max().unwrap_or(0);
    let sum = |days: &[DayType]| {
        let of_kind =
            |day: &DayType| by_day.iter().find(|(known, _)| known.key == day.key).map_or(0, |(_, parts)| *parts);
        days.iter().fold(0_i64, |sum, day| sum.saturating_add(of_kind(day).saturating_mul(day.days)))
    };
    let month_parts = offers.months.iter().map(|month| sum(month)).max().unwrap_or(0);
    let term_parts = by_day.iter().fold(0_i64, |sum, (day, parts)| sum.saturating_add(parts.saturating_mul(day.days)));
    let fen = |parts: i64| plan.document.budget.capped(parts.saturating_add(PARTS / 2) / PARTS);
    Dearest { day: fen(day_parts), month: fen(month_parts), term: fen(term_parts) }
}

/// What costs something: by project, and by kind of day in the order in which it ends.
struct Offers<'a> {
    prices: Vec<Price<'a>>,
    days: Vec<(DayType, Vec<Span<'a>>)>,
    /// The kinds of days of each month; empty where no standard is by the month.
    months: Vec<Vec<DayType>>,
}

/// What a lesson of a project costs, in parts of a fen. A fee for the term is spread over the lessons of the project.
struct Price<'a> {
    project: &'a PlanProject,
    lesson_parts: i64,
}

/// A project on a day: from its first slot to its last, and what the day costs.
struct Span<'a> {
    project: &'a PlanProject,
    starts_at: LocalTime,
    ends_at: LocalTime,
    parts: i64,
}

impl<'a> Offers<'a> {
    fn of(plan: &Submission<'a>, days: &ServiceDays) -> Self {
        let prices: Vec<Price<'a>> = paid(plan).map(|(_, project, amount)| Price::of(project, amount, days)).collect();
        let spans_of = |day: &DayType| {
            let mut spans: Vec<Span<'a>> = prices.iter().filter_map(|price| price.span(&day.key)).collect();
            spans.sort_unstable_by_key(|span| (span.ends_at, span.starts_at));
            (day.clone(), spans)
        };
        let mut standards = plan.profile.fee_standards.iter().chain(&plan.facts.fee_standards);
        let by_month = standards.any(|standard| standard.per_month_max_fen.is_some());
        let months = if by_month { days.by_month() } else { Vec::new() };
        let days = days.types().iter().map(spans_of).collect();
        Self { prices, days, months }
    }

    fn dearest_lesson(&self, grade: i64) -> i64 {
        let own = self.prices.iter().filter(|price| price.project.serves(grade));
        own.map(|price| price.lesson_parts).max().unwrap_or(0)
    }
}

impl<'a> Price<'a> {
    fn of(project: &'a PlanProject, amount: i64, days: &ServiceDays) -> Self {
        let parts = amount.saturating_mul(PARTS);
        let lessons = (days.days_of(project) * project.lessons_per_day.get()).max(1);
        let per_lesson = project.fee.kind == FeeKind::PerLesson;
        Self { project, lesson_parts: if per_lesson { parts } else { parts / lessons } }
    }

    /// The project on such a day, if it meets then.
    fn span(&self, day: &DayKey) -> Option<Span<'a>> {
        let slots = || self.project.slots.iter().filter(|slot| day.has_slot(self.project, slot));
        Some(Span {
            project: self.project,
            starts_at: slots().map(|slot| slot.starts_at).min()?,
            ends_at: slots().map(|slot| slot.ends_at).max()?,
            parts: self.lesson_parts.saturating_mul(self.project.lessons_per_day.get()),
        })
    }
}

/// The dearest choice of a grade on one day: spans by their ends, each with the best that ends before it starts, or
/// without it.
fn dearest_of(spans: &[Span<'_>], grade: i64) -> i64 {
    let mut best: Vec<(LocalTime, i64)> = Vec::with_capacity(spans.len());
    for span in spans.iter().filter(|span| span.project.serves(grade)) {
        let ended = best.partition_point(|(end, _)| *end <= span.starts_at);
        let before = ended.checked_sub(1).and_then(|last| best.get(last)).map_or(0, |(_, sum)| *sum);
        let without = best.last().map_or(0, |(_, sum)| *sum);
        best.push((span.ends_at, without.max(before.saturating_add(span.parts))));
    }
    best.last().map_or(0, |(_, sum)| *sum)
}

impl FeeStandard {
    /// Whether there is anything in it to compare with.
    #[must_use]
    pub fn has_limit(&self) -> bool {
        [self.per_lesson_max_fen, self.per_day_max_fen, self.per_month_max_fen, self.per_term_max_fen]
            .iter()
            .any(Option::is_some)
    }
}
