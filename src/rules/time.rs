//! 服务时间 (三.2): Monday to Friday, after dismissal, not later than 18:00, in winter 17:30; and teaching time that
//! is not shortened for it (六.5).

use std::collections::BTreeSet;

use time::Date;

use super::calendar::{Calendar, CalendarMissing, DayKind};
use super::catalogue::{
    SERVICE_DAYS, SERVICE_END_TIME, STARTS_AFTER_DISMISSAL, TEACHING_TIME_KEPT, WINTER_TIMETABLE_MISSING,
};
use super::dismissals::{Dismissals, is_taught_on};
use super::document::{AnyGrade, Season, Timetable};
use super::profile::Profile;
use super::schedule::{DayKey, Running};
use super::submission::{PlacedSlot, Submission, Verdict};
use super::{Finding, Severity};
use crate::values::local_time::LocalTime;

/// `service-days`, of a plan: no slot on a day of the week that is not one of service, and no service before the term
/// opens or after it ends. Holidays need no slot to be refused: no slot meets on them.
pub(super) fn service_days(plan: &Submission<'_>) -> Verdict {
    let profile = plan.profile;
    let serves =
        |weekday: i64| profile.service_weekdays.contains(&weekday) || (weekday > 5 && profile.service_on_make_up_days);
    let off = plan.slots().filter(|placed| !serves(placed.slot.weekday.get())).map(|placed| {
        let finding = plan
            .error(&SERVICE_DAYS, placed.pointer("weekday"))
            .project(placed.project.name.as_str())
            .weekday(placed.slot.weekday.get())
            .on(plan.days.days_of_slot(placed.project, placed.slot).map(|day| day.date));
        plan.by("service_weekdays", finding)
    });
    let mut findings: Vec<Finding> = outside_the_term(plan);
    findings.extend(off);
    findings.extend(profile.service_days_a_week_min.map(|least| few_days(plan, least)).unwrap_or_default());
    findings.into()
}

/// Where a term was moved after the plan was written: no exemption lifts that.
fn outside_the_term(plan: &Submission<'_>) -> Vec<Finding> {
    let term = &plan.document.term;
    let (first, last) = (term.first_service_date(), term.last_service_date());
    let of = |field: &str, date, limit| {
        let finding = plan.error(&SERVICE_DAYS, format!("/term/{field}")).variant("outside-term").standing();
        finding.with("date", date).with("limit", limit).with("opens_on", term.opens_on).with("ends_on", term.ends_on)
    };
    let early = (first < term.opens_on).then(|| of("service_from", first, term.opens_on));
    let late = (last > term.ends_on).then(|| of("service_to", last, term.ends_on));
    early.into_iter().chain(late).collect()
}

/// Of a term that was moved: a plan whose service reaches out of it. What the plan leaves open moves with the term.
#[must_use]
pub fn left_by_its_term(
    (opens_on, ends_on): (Date, Date),
    (service_from, service_to): (Option<Date>, Option<Date>),
    document: &str,
) -> Option<Finding> {
    let (first, last) = (service_from.unwrap_or(opens_on), service_to.unwrap_or(ends_on));
    let found = || {
        let field = if first < opens_on { "opens_on" } else { "ends_on" };
        let finding = SERVICE_DAYS.finding(Severity::Warning, document, format!("/{field}")).variant("term-moved");
        finding.with("first", first).with("last", last).with("opens_on", opens_on).with("ends_on", ends_on)
    };
    (first < opens_on || last > ends_on).then(found)
}

/// Where a profile asks for it: a grade is served on so many days of the week, while each timetable runs.
fn few_days(plan: &Submission<'_>, least: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let runs = |running: &Running| plan.days.types().iter().any(|day| day.key.running == *running);
    for (index, row) in plan.document.school.grades.iter().enumerate() {
        for running in Running::ALL.into_iter().filter(runs) {
            let offered = plan.slots().filter(|placed| placed.project.serves(row.grade.get()));
            let slots: Vec<PlacedSlot<'_>> = offered.collect();
            let meets = |weekday: &i64| slots.iter().any(|placed| placed.slot.meets(*weekday, running));
            let served = i64::try_from((1..=7).filter(meets).count()).unwrap_or(i64::MAX);
            if served < least {
                let finding = plan.error(&SERVICE_DAYS, format!("/school/grades/{index}")).variant("few");
                let finding = finding.grade(row.grade).with("days", served).with("least", least);
                findings.push(plan.by("service_days_a_week_min", finding.timetable(running)));
            }
        }
    }
    findings
}

/// `service-days`, of a date on which a session is to be held.
///
/// # Errors
/// The calendar does not hold the date.
pub fn service_date(
    date: Date,
    pointer: &str,
    profile: &Profile,
    calendar: &Calendar,
) -> Result<Option<Finding>, CalendarMissing> {
    let day = calendar.day(date)?;
    let serves = match day.kind {
        DayKind::Holiday => false,
        DayKind::MakeUpWorkday => profile.service_on_make_up_days,
        DayKind::Weekday | DayKind::Weekend => {
            profile.service_weekdays.contains(&i64::from(date.weekday().number_from_monday()))
        }
    };
    let finding = || SERVICE_DAYS.finding(Severity::Error, &profile.document, pointer).with("date", date);
    if !serves {
        let variant = if day.kind == DayKind::Holiday { "holiday" } else { "date" };
        let (zh, en) = (day.festival_zh.unwrap_or_default(), day.festival_en.unwrap_or_default());
        let named = finding().variant(variant).with("kind_zh", day.kind.zh()).with("kind_en", day.kind.en());
        let named = named.with("festival_zh", zh).with("festival_en", en);
        return Ok(Some(if day.kind == DayKind::Holiday { named.standing() } else { named }));
    }
    Ok(calendar.closure(date).map(|reason| finding().variant("closed").with("reason", reason).standing()))
}

/// `starts-after-dismissal`: for every grade and weekday of a slot, and every timetable during which it meets, it does
/// not start before the grade is dismissed. Where nobody knows when that is, a submission stops.
pub(super) fn starts_after_dismissal(plan: &Submission<'_>) -> Verdict {
    let mut verdict = Verdict::from(Vec::new());
    for placed in plan.slots().filter(|placed| is_taught_on(placed.slot.weekday.get())) {
        let timetables = plan.running(placed.project, placed.slot);
        for grade in &placed.project.grades {
            let dismissal = |running| plan.dismissals.at(grade.get(), placed.slot.weekday.get(), running);
            let mut latest: Option<(LocalTime, Running)> = None;
            for running in timetables.clone() {
                match dismissal(running) {
                    Some(at) if latest.is_none_or(|(known, _)| known < at) => latest = Some((at, running)),
                    Some(_) => {}
                    None => verdict.unknown(plan, || dismissed_when(plan, placed, grade.get(), running)),
                }
            }
            let early = latest.filter(|(at, _)| placed.slot.starts_at < *at);
            verdict.findings.extend(early.map(|(at, running)| starts_early(plan, placed, grade.get(), at, running)));
        }
    }
    verdict
}

fn starts_early(plan: &Submission<'_>, placed: PlacedSlot<'_>, grade: i64, at: LocalTime, running: Running) -> Finding {
    plan.error(&STARTS_AFTER_DISMISSAL, placed.pointer("starts_at"))
        .project(placed.project.name.as_str())
        .grade(grade)
        .weekday(placed.slot.weekday.get())
        .with("starts_at", placed.slot.starts_at)
        .with("dismissal", at)
        .timetable(running)
}

/// Neither the plan nor the school's approved timetable says when the grade is dismissed.
fn dismissed_when(plan: &Submission<'_>, placed: PlacedSlot<'_>, grade: i64, running: Running) -> Finding {
    let finding = plan.error(&STARTS_AFTER_DISMISSAL, "/school/dismissals").variant("unknown");
    finding.grade(grade).weekday(placed.slot.weekday.get()).timetable(running)
}

/// `service-end-time`: 18:00 passes and 18:01 does not; 17:30 where the slot meets on a day of the winter timetable.
pub(super) fn service_end_time(plan: &Submission<'_>) -> Verdict {
    let mut findings: Vec<Finding> = plan.slots().filter_map(|placed| ends_late(plan, placed)).collect();
    findings.extend(plan.profile.earliest_end.map(|end| ends_early(plan, end)).unwrap_or_default());
    findings.extend(plan.profile.service_minutes_a_day_min.map(|least| ends_short(plan, least)).unwrap_or_default());
    findings.into()
}

/// The end that holds while a timetable runs, and the parameter that says it.
pub(super) fn latest_end(profile: &Profile, running: Running) -> (LocalTime, &'static str) {
    match running {
        Running::Standard => (profile.latest_end, "latest_end"),
        Running::Winter => (profile.latest_end_winter, "latest_end_winter"),
    }
}

fn ends_late(plan: &Submission<'_>, placed: PlacedSlot<'_>) -> Option<Finding> {
    let PlacedSlot { project, slot, .. } = placed;
    let in_winter = plan.days.meets_in_winter(project, slot) && slot.timetable == Timetable::All;
    let is_of_winter = slot.timetable == Timetable::Winter || in_winter;
    let running = if is_of_winter { Running::Winter } else { Running::Standard };
    let (latest, parameter) = latest_end(plan.profile, running);
    if slot.ends_at <= latest {
        return None;
    }
    let finding = plan
        .error(&SERVICE_END_TIME, placed.pointer("ends_at"))
        .project(project.name.as_str())
        .weekday(slot.weekday.get())
        .with("ends_at", slot.ends_at)
        .with("latest", latest)
        .timetable(running);
    // Early enough for the standard timetable, and written for both: to be split.
    let finding = if in_winter && slot.ends_at <= plan.profile.latest_end { finding.variant("split") } else { finding };
    let late: Vec<Date> = plan
        .days
        .days_of_slot(project, slot)
        .filter(|day| slot.ends_at > latest_end(plan.profile, day.key.running).0)
        .map(|day| day.date)
        .collect();
    let finding = plan.by(parameter, finding);
    Some(if late.is_empty() { finding } else { finding.on(late) })
}

/// Where a profile asks for it: a grade's service of a day does not end before a time.
fn ends_early(plan: &Submission<'_>, earliest: LocalTime) -> Vec<Finding> {
    let said = |day: &GradeDay<'_>| {
        (day.end < earliest).then(|| {
            let finding = day.finding(plan, "early").with("ends_at", day.end).with("earliest", earliest);
            plan.by("earliest_end", finding)
        })
    };
    grade_days(plan).iter().filter_map(said).collect()
}

/// Where a profile asks for it: a grade's service of a day, from its first start to its last end, lasts so many
/// minutes.
fn ends_short(plan: &Submission<'_>, least: i64) -> Vec<Finding> {
    let said = |day: &GradeDay<'_>| {
        let minutes = i64::from(day.end.minutes()) - i64::from(day.start.minutes());
        (minutes < least).then(|| {
            let finding = day.finding(plan, "short").with("minutes", minutes).with("least", least);
            plan.by("service_minutes_a_day_min", finding)
        })
    };
    grade_days(plan).iter().filter_map(said).collect()
}

/// The service of a grade on a kind of regular service day, from its first start to its last end.
struct GradeDay<'a> {
    place: usize,
    grade: i64,
    key: &'a DayKey,
    start: LocalTime,
    end: LocalTime,
}

impl GradeDay<'_> {
    fn finding(&self, plan: &Submission<'_>, variant: &'static str) -> Finding {
        plan.error(&SERVICE_END_TIME, format!("/school/grades/{}", self.place))
            .variant(variant)
            .grade(self.grade)
            .weekday(self.key.weekday)
            .timetable(self.key.running)
            .on(plan.days.dates_like(self.key))
    }
}

fn grade_days<'a>(plan: &'a Submission<'_>) -> Vec<GradeDay<'a>> {
    let mut found = Vec::new();
    for (place, row) in plan.document.school.grades.iter().enumerate() {
        let grade = row.grade.get();
        for key in plan.days.types().iter().map(|day| &day.key).filter(|key| key.lifted.is_none()) {
            let slots = || plan.slots().filter(|placed| placed.project.serves(grade));
            let met = || slots().filter(|placed| key.has_slot(placed.project, placed.slot)).map(|placed| placed.slot);
            let (start, end) = (met().map(|slot| slot.starts_at).min(), met().map(|slot| slot.ends_at).max());
            found.extend(start.zip(end).map(|(start, end)| GradeDay { place, grade, key, start, end }));
        }
    }
    found
}

/// `winter-timetable-missing`: an autumn term without winter periods; nobody can say when 17:30 begins to hold. A
/// period that lies outside the term is none.
pub(super) fn winter_timetable_missing(plan: &Submission<'_>) -> Verdict {
    let term = &plan.document.term;
    let has_winter = term.winter_periods.iter().any(|period| period.from <= term.ends_on && period.to >= term.opens_on);
    let missing = term.season == Season::Autumn && !has_winter;
    let warning = || {
        plan.warning(&WINTER_TIMETABLE_MISSING, "/term/winter_periods").with("latest", plan.profile.latest_end_winter)
    };
    missing.then(warning).into()
}

/// `teaching-time-kept`: no grade is dismissed before the school's approved timetable dismisses it (六.5). A time for
/// both timetables is held to the later of the approved ones. Where none is approved of a grade and weekday that are
/// served, a submission stops.
pub(super) fn teaching_time_kept(plan: &Submission<'_>) -> Verdict {
    let school = &plan.document.school;
    let (own, approved) = (Dismissals::of(&school.dismissals), Dismissals::of(&school.approved_dismissals));
    let served = served_cells(plan);
    // A cell that nobody knows at all is told of by `starts-after-dismissal`.
    let is_known = |(grade, weekday, running): &Cell| {
        own.at(*grade, *weekday, *running).or(approved.at(*grade, *weekday, *running)).is_some()
    };
    let mut verdict = Verdict { findings: Vec::new(), judged: served.iter().all(is_known) };
    for (index, row) in school.dismissals.iter().enumerate() {
        let (grade, weekday) = (row.grade.get(), row.weekday.get());
        let said = |running, finding: Finding| finding.grade(grade).weekday(weekday).timetable(running);
        let mut latest: Option<(LocalTime, Running)> = None;
        for running in Running::ALL.into_iter().filter(|running| running.holds(row.timetable)) {
            match approved.at(grade, weekday, running) {
                Some(at) if latest.is_none_or(|(known, _)| known < at) => latest = Some((at, running)),
                None if served.contains(&(grade, weekday, running)) => verdict.unknown(plan, || {
                    let finding = plan.error(&TEACHING_TIME_KEPT, format!("/school/dismissals/{index}/at"));
                    said(running, finding.variant("unapproved"))
                }),
                Some(_) | None => {}
            }
        }
        verdict.findings.extend(latest.filter(|(at, _)| row.at < *at).map(|(at, running)| {
            let finding = plan.error(&TEACHING_TIME_KEPT, format!("/school/dismissals/{index}/at"));
            said(running, finding.with("dismissal", row.at).with("approved", at))
        }));
    }
    verdict
}

/// Grade, weekday, timetable.
type Cell = (i64, i64, Running);

/// The cells of the timetable on which any slot meets.
fn served_cells(plan: &Submission<'_>) -> BTreeSet<Cell> {
    let mut cells = BTreeSet::new();
    for placed in plan.slots().filter(|placed| is_taught_on(placed.slot.weekday.get())) {
        for running in plan.running(placed.project, placed.slot) {
            let of_slot = |grade: &AnyGrade| (grade.get(), placed.slot.weekday.get(), running);
            cells.extend(placed.project.grades.iter().map(of_slot));
        }
    }
    cells
}

impl Finding {
    pub(super) fn timetable(self, running: Running) -> Self {
        let word = running.timetable();
        self.with("timetable", word.as_str()).with("timetable_zh", word.zh()).with("timetable_en", word.en())
    }
}
