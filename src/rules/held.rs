//! 服务记录 (六.1, 六.3, 六.5): what was held is recorded as it was. Only what is missing stops a session from being closed;
//! what was wrong about it is said, and goes to the supervisor.

use time::Date;

use super::calendar::{Calendar, CalendarMissing};
use super::catalogue::{
    HANDOVER_COMPLETE, NO_COLLECTIVE_INSTRUCTION, PICKUP_NOT_NAMED, SERVICE_DAYS, SERVICE_END_TIME, SESSION_RECORD,
    STARTS_AFTER_DISMISSAL,
};
use super::dismissals::Dismissals;
use super::document::{PlanDocument, PlanProject, ProjectCategory};
use super::profile::Profile;
use super::rule::by;
use super::schedule::Running;
use super::time::{latest_end, service_date};
use super::{Finding, Severity};
use crate::values::local_time::LocalTime;

/// What the record of a session lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    Began,
    Ended,
    Form,
    Content,
    /// Expected pupils of whom nobody has said whether they were there.
    Attendance(i64),
    /// Nobody of the staff is on record as having served.
    Staff,
}

impl Lacking {
    const fn variant(self) -> Option<&'static str> {
        match self {
            Self::Began => Some("began"),
            Self::Ended => Some("ended"),
            Self::Form => Some("form"),
            Self::Content => None,
            Self::Attendance(_) => Some("attendance"),
            Self::Staff => Some("staff"),
        }
    }

    const fn pointer(self) -> &'static str {
        match self {
            Self::Began => "/began_at",
            Self::Ended => "/ended_at",
            Self::Form => "/form",
            Self::Content => "/content",
            Self::Attendance(_) | Self::Staff => "",
        }
    }
}

/// `session-record`: headcount, content, time and form are on file, and who served.
#[must_use]
pub fn session_record(lacking: &[Lacking], profile: &Profile) -> Vec<Finding> {
    let finding = |lacking: &Lacking| {
        let finding = SESSION_RECORD.finding(Severity::Error, &profile.document, lacking.pointer());
        let pupils = if let Lacking::Attendance(pupils) = lacking { *pupils } else { 0 };
        let finding = finding.with("pupils", pupils);
        match lacking.variant() {
            Some(variant) => finding.variant(variant),
            None => finding,
        }
    };
    lacking.iter().map(finding).collect()
}

/// `handover-complete`: of every present pupil it is on record how it left; the ids of those of whom it is not.
#[must_use]
pub fn handover_complete(missing: &[String], profile: &Profile) -> Option<Finding> {
    (!missing.is_empty()).then(|| {
        let finding = HANDOVER_COMPLETE.finding(Severity::Error, &profile.document, "");
        finding.with("pupils", missing.len()).with("student_ids", missing.join(", "))
    })
}

/// What a session was like that is over.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    pub project: &'a PlanProject,
    pub date: Date,
    pub running: Running,
    pub ended_at: LocalTime,
    /// Whether it was a lecture, or new lessons were taught.
    pub is_teaching: bool,
    /// A class that the leader teaches a subject, how many of those present are of it, and how many there were.
    pub own_class: Option<(&'a str, i64, i64)>,
}

/// What is wrong with a session as it was held. None of it stops its closing.
#[must_use]
pub fn check_held(held: &Held<'_>, profile: &Profile) -> Vec<Finding> {
    let mut findings = Vec::new();
    if held.is_teaching {
        let finding = NO_COLLECTIVE_INSTRUCTION.finding(Severity::Warning, &profile.document, "/form").variant("held");
        findings.push(finding.project(held.project.name.as_str()).with("date", held.date));
    }
    let (latest, parameter) = latest_end(profile, held.running);
    if held.ended_at > latest {
        let finding = SERVICE_END_TIME.finding(Severity::Warning, &profile.document, "/ended_at").variant("held");
        let finding = finding.project(held.project.name.as_str()).with("date", held.date);
        findings.push(by(profile, parameter, finding.with("ends_at", held.ended_at).with("latest", latest)));
    }
    // Homework care and free help are given by whoever teaches the pupils (六.5).
    let is_help = matches!(held.project.category, ProjectCategory::Homework | ProjectCategory::FreeHelp);
    if let Some((class, of_class, present)) = held.own_class.filter(|_| !is_help) {
        let percent_min = profile.own_class_percent_min;
        if present > 0 && of_class * 100 >= present * percent_min {
            let finding = NO_COLLECTIVE_INSTRUCTION.finding(Severity::Signal, &profile.document, "");
            let finding = by(profile, "own_class_percent_min", finding.variant("own-class"));
            let finding = finding.project(held.project.name.as_str()).with("date", held.date).with("class", class);
            let finding = finding.with("of_class", of_class).with("present", present);
            findings.push(finding.with("percent_min", percent_min));
        }
    }
    findings
}

/// A session that is to be held otherwise than the plan has it: moved, or added.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub document: &'a PlanDocument,
    pub project: &'a PlanProject,
    pub date: Date,
    pub starts_at: LocalTime,
    pub ends_at: LocalTime,
}

/// What stands against it: `service-days`, `starts-after-dismissal`, `service-end-time`.
///
/// # Errors
/// The calendar does not hold the date.
pub fn check_wanted(
    wanted: &Wanted<'_>,
    profile: &Profile,
    calendar: &Calendar,
) -> Result<Vec<Finding>, CalendarMissing> {
    let term = &wanted.document.term;
    let mut findings: Vec<Finding> = Vec::new();
    let (first, last) = (term.first_service_date(), term.last_service_date());
    if !(first..=last).contains(&wanted.date) {
        let finding = SERVICE_DAYS.finding(Severity::Error, &profile.document, "/held_on").variant("beyond").standing();
        findings.push(finding.with("date", wanted.date).with("first", first).with("last", last));
        return Ok(findings);
    }
    findings.extend(service_date(wanted.date, "/held_on", profile, calendar)?);
    let running = if term.is_winter(wanted.date) { Running::Winter } else { Running::Standard };
    let (latest, parameter) = latest_end(profile, running);
    let weekday = i64::from(wanted.date.weekday().number_from_monday());
    if wanted.ends_at > latest {
        let finding = SERVICE_END_TIME.finding(Severity::Error, &profile.document, "/ends_at");
        let finding = finding.project(wanted.project.name.as_str()).weekday(weekday).timetable(running);
        findings.push(by(profile, parameter, finding.with("ends_at", wanted.ends_at).with("latest", latest)));
    }
    let dismissals = Dismissals::of_school(&wanted.document.school);
    for grade in &wanted.project.grades {
        let dismissed = dismissals.at(grade.get(), weekday, running).filter(|at| wanted.starts_at < *at);
        findings.extend(dismissed.map(|at| {
            let finding = STARTS_AFTER_DISMISSAL.finding(Severity::Error, &profile.document, "/starts_at");
            let finding = finding.project(wanted.project.name.as_str()).grade(*grade).weekday(weekday);
            finding.with("starts_at", wanted.starts_at).with("dismissal", at).timetable(running)
        }));
    }
    Ok(super::gather::gathered(findings))
}

/// `pickup-not-named`: a child went with somebody whom no guardian has named.
#[must_use]
pub fn not_named(pointer: &str, profile: &Profile) -> Finding {
    PICKUP_NOT_NAMED.finding(Severity::Warning, &profile.document, pointer)
}

/// `pickup-not-named`: a document forbids that somebody fetches the child. The document is named, not the person.
#[must_use]
pub fn forbidden_by(document: &str, pointer: &str, profile: &Profile) -> Finding {
    let finding = PICKUP_NOT_NAMED.finding(Severity::Error, &profile.document, pointer).variant("forbidden");
    finding.with("paper", document)
}

/// `service-days`: a session is started on its own day.
#[must_use]
pub fn not_today(held_on: Date, today: Date, profile: &Profile) -> Finding {
    let finding = SERVICE_DAYS.finding(Severity::Error, &profile.document, "").variant("not-today").standing();
    finding.with("date", held_on).with("today", today)
}

/// `session-record`: a session is closed when it is over, not before.
#[must_use]
pub fn not_yet(held_on: Date, profile: &Profile) -> Finding {
    SESSION_RECORD.finding(Severity::Error, &profile.document, "").variant("not-yet").with("date", held_on)
}

/// `service-days`: the authority has closed the day since it was planned.
#[must_use]
pub fn closed(held_on: Date, reason: &str, profile: &Profile) -> Finding {
    let finding = SERVICE_DAYS.finding(Severity::Error, &profile.document, "").variant("closed").standing();
    finding.with("date", held_on).with("reason", reason)
}

/// `session-record`: the record of an earlier month is corrected by the school's administrator.
#[must_use]
pub fn month_is_over(held_on: Date, profile: &Profile) -> Finding {
    let finding = SESSION_RECORD.finding(Severity::Error, &profile.document, "").variant("month-over");
    finding.with("date", held_on)
}
