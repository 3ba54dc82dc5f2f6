//! 服务时间 (三.2): Monday to Friday, after dismissal, not later than 18:00, in winter 17:30; and teaching time that
//! is not shortened for it (六.5).

use time::Date;

use super::calendar::{Calendar, CalendarMissing, DayKind};
use super::catalogue::{
    SERVICE_DAYS, SERVICE_END_TIME, STARTS_AFTER_DISMISSAL, TEACHING_TIME_KEPT, WINTER_TIMETABLE_MISSING,
};
use super::document::{Grade, Season, Timetable};
use super::profile::Profile;
use super::schedule::{Dismissals, Running};
use super::submission::{PlacedSlot, Submission, Verdict};
use super::{Finding, Severity};
use crate::values::local_time::LocalTime;

/// `service-days`, of a plan: no slot on a day of the week that is not one of service. Holidays need no slot to be
/// refused: no slot meets on them.
pub(super) fn service_days(plan: &Submission<'_>) -> Verdict {
    let profile = plan.profile;
    let serves =
        |weekday: i64| profile.service_weekdays.contains(&weekday) || (weekday > 5 && profile.service_on_make_up_days);
    let off = plan.slots().filter(|placed| !serves(placed.slot.weekday.get())).map(|placed| {
        plan.error(&SERVICE_DAYS, placed.pointer("weekday"))
            .project(placed.project.name.as_str())
            .weekday(placed.slot.weekday.get())
    });
    let mut findings: Vec<Finding> = off.collect();
    findings.extend(profile.service_days_a_week_min.map(|least| few_days(plan, least)).unwrap_or_default());
    findings.into()
}

/// Where a profile asks for it: a grade is served on so many days of the week, while each timetable runs.
fn few_days(plan: &Submission<'_>, least: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Ok(days) = &plan.days else { return findings };
    for (index, row) in plan.document.school.grades.iter().enumerate() {
        for running in Running::ALL.into_iter().filter(|running| days.types().iter().any(|day| day.running == *running))
        {
            let offered = plan.slots().filter(|placed| placed.project.serves(row.grade.get()));
            let slots: Vec<PlacedSlot<'_>> = offered.collect();
            let meets = |weekday: &i64| slots.iter().any(|placed| placed.slot.meets(*weekday, running));
            let served = i64::try_from((1..=7).filter(meets).count()).unwrap_or(i64::MAX);
            if served < least {
                let finding = plan.error(&SERVICE_DAYS, format!("/school/grades/{index}")).variant("few");
                let finding = finding.with("grade", row.grade).with("days", served).with("least", least);
                findings.push(finding.timetable(running));
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
/// not start before the grade is dismissed. One finding per failing grade and weekday.
pub(super) fn starts_after_dismissal(plan: &Submission<'_>) -> Verdict {
    let mut verdict = Verdict::from(Vec::new());
    for placed in plan.slots() {
        let timetables = plan.running(placed.slot);
        for grade in &placed.project.grades {
            let dismissal = |running| plan.dismissals.at(grade.get(), placed.slot.weekday.get(), running);
            let mut latest: Option<(LocalTime, Running)> = None;
            for running in timetables.clone() {
                match dismissal(running) {
                    Some(at) if latest.is_none_or(|(known, _)| known < at) => latest = Some((at, running)),
                    Some(_) => {}
                    None => verdict.judged = false,
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
        .with("grade", grade)
        .weekday(placed.slot.weekday.get())
        .with("starts_at", placed.slot.starts_at)
        .with("dismissal", at)
        .timetable(running)
}

/// `service-end-time`: 18:00 passes and 18:01 does not; 17:30 where the slot meets on a day of the winter timetable.
pub(super) fn service_end_time(plan: &Submission<'_>) -> Verdict {
    let mut verdict = Verdict::from(Vec::new());
    for placed in plan.slots() {
        let slot = placed.slot;
        let running = match (slot.timetable, &plan.days) {
            (Timetable::Winter, _) => Running::Winter,
            (Timetable::All, Ok(days)) if days.meets_in_winter(slot) => Running::Winter,
            (Timetable::Standard, _) | (Timetable::All, Ok(_)) => Running::Standard,
            (Timetable::All, Err(_)) => {
                // Whether it meets in winter cannot be known, so only what fails in any case is said.
                verdict.judged &= slot.ends_at <= plan.profile.latest_end_winter;
                Running::Standard
            }
        };
        let latest = latest_end(plan.profile, running);
        if slot.ends_at > latest {
            verdict.findings.push(ends_late(plan, placed, latest, running));
        }
    }
    let early = plan.profile.earliest_end.map(|earliest| ends_early(plan, earliest)).unwrap_or_default();
    verdict.findings.extend(early);
    let short = plan.profile.service_minutes_a_day_min.map(|least| ends_short(plan, least)).unwrap_or_default();
    verdict.findings.extend(short);
    verdict
}

/// The end that holds while a timetable runs.
fn latest_end(profile: &Profile, running: Running) -> LocalTime {
    match running {
        Running::Standard => profile.latest_end,
        Running::Winter => profile.latest_end_winter,
    }
}

fn ends_late(plan: &Submission<'_>, placed: PlacedSlot<'_>, latest: LocalTime, running: Running) -> Finding {
    plan.error(&SERVICE_END_TIME, placed.pointer("ends_at"))
        .project(placed.project.name.as_str())
        .weekday(placed.slot.weekday.get())
        .with("ends_at", placed.slot.ends_at)
        .with("latest", latest)
        .timetable(running)
}

/// Where a profile asks for it: the last service of a grade's day does not end before `earliest`.
fn ends_early(plan: &Submission<'_>, earliest: LocalTime) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Ok(days) = &plan.days else { return findings };
    for (index, row) in plan.document.school.grades.iter().enumerate() {
        for day in days.types() {
            let offered = plan.slots().filter(|placed| placed.project.serves(row.grade.get()));
            let slots = offered.filter(|placed| placed.slot.meets(day.weekday, day.running));
            let last = slots.map(|placed| placed.slot.ends_at).max().filter(|end| *end < earliest);
            findings.extend(last.map(|end| {
                plan.error(&SERVICE_END_TIME, format!("/school/grades/{index}"))
                    .variant("early")
                    .with("grade", row.grade)
                    .weekday(day.weekday)
                    .with("ends_at", end)
                    .with("earliest", earliest)
                    .timetable(day.running)
            }));
        }
    }
    findings
}

/// Where a profile asks for it: a grade's service of a day, from its first start to its last end, lasts so many
/// minutes.
fn ends_short(plan: &Submission<'_>, least: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Ok(days) = &plan.days else { return findings };
    for (index, row) in plan.document.school.grades.iter().enumerate() {
        for day in days.types() {
            let offered = plan.slots().filter(|placed| placed.project.serves(row.grade.get()));
            let slots = offered.map(|placed| placed.slot).filter(|slot| slot.meets(day.weekday, day.running));
            let (mut start, mut end): (Option<LocalTime>, Option<LocalTime>) = (None, None);
            for slot in slots {
                start = Some(start.map_or(slot.starts_at, |known| known.min(slot.starts_at)));
                end = Some(end.map_or(slot.ends_at, |known| known.max(slot.ends_at)));
            }
            let Some((start, end)) = start.zip(end) else { continue };
            let minutes = i64::from(end.minutes()) - i64::from(start.minutes());
            if minutes < least {
                findings.push(
                    plan.error(&SERVICE_END_TIME, format!("/school/grades/{index}"))
                        .variant("short")
                        .with("grade", row.grade)
                        .weekday(day.weekday)
                        .with("minutes", minutes)
                        .with("least", least)
                        .timetable(day.running),
                );
            }
        }
    }
    findings
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
/// both timetables is held to the later of the approved ones.
pub(super) fn teaching_time_kept(plan: &Submission<'_>) -> Verdict {
    let school = &plan.document.school;
    let approved = Dismissals::of(&school.approved_dismissals);
    let known = |grade: Grade| school.dismissals.iter().any(|row| row.grade == grade);
    let mut verdict = Verdict { findings: Vec::new(), judged: school.grades.iter().all(|row| known(row.grade)) };
    for (index, row) in school.dismissals.iter().enumerate() {
        let (grade, weekday) = (row.grade.get(), row.weekday.get());
        let mut latest: Option<(LocalTime, Running)> = None;
        for running in Running::ALL.into_iter().filter(|running| running.holds(row.timetable)) {
            match approved.at(grade, weekday, running) {
                Some(at) if latest.is_none_or(|(known, _)| known < at) => latest = Some((at, running)),
                Some(_) => {}
                None => verdict.judged = false,
            }
        }
        verdict.findings.extend(latest.filter(|(at, _)| row.at < *at).map(|(at, running)| {
            plan.error(&TEACHING_TIME_KEPT, format!("/school/dismissals/{index}/at"))
                .with("grade", grade)
                .weekday(weekday)
                .with("dismissal", row.at)
                .with("approved", at)
                .timetable(running)
        }));
    }
    verdict
}

impl Finding {
    pub(super) fn timetable(self, running: Running) -> Self {
        let word = running.timetable();
        self.with("timetable", word.as_str()).with("timetable_zh", word.zh()).with("timetable_en", word.en())
    }
}
