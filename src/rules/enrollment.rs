//! 报名: what holds before a guardian's choice counts (二.2, 三.1, 三.2, 五.3, 五.4).

use time::Date;

use super::catalogue::{
    AGE_APPROPRIATE, ELIGIBLE_STUDENT, ENROLLMENT_OPEN, FREE_HELP_IS_FREE, GUARDIAN_CONSENT, NO_CLASH, PRIORITY_GROUPS,
    PUBLISHED_BEFORE_ENROLLING, SIGNED_AGREEMENT,
};
use super::document::{AnyGrade, PlanProject, PlanSlot, PlanTerm, ProjectCategory, Whole};
use super::profile::Profile;
use super::schedule::Running;
use super::submission::{Submission, Verdict};
use super::{Finding, Rule, Severity};
use crate::finding::weekday_words;
use crate::values::iso_date;

/// The places of a body that names a pupil and a project.
const STUDENT: &str = "/student_id";
const PROJECT: &str = "/project_id";

fn unless(holds: bool, rule: &'static Rule, document: &str, pointer: &str) -> Option<Finding> {
    (!holds).then(|| rule.finding(Severity::Error, document, pointer))
}

/// `published-before-enrolling`: a published notice has the project.
#[must_use]
pub fn published_before_enrolling(is_published: bool, document: &str) -> Option<Finding> {
    unless(is_published, &PUBLISHED_BEFORE_ENROLLING, document, PROJECT)
}

/// `guardian-consent`: who chooses is a guardian of the pupil with the right to do so.
#[must_use]
pub fn guardian_consent(holds_right: bool, document: &str) -> Option<Finding> {
    unless(holds_right, &GUARDIAN_CONSENT, document, STUDENT)
}

/// `eligible-student`: the pupil attends the project's school, in compulsory education.
#[must_use]
pub fn eligible_student(attends_the_school: bool, grade: i64, document: &str) -> Option<Finding> {
    unless(attends_the_school && (1..=9).contains(&grade), &ELIGIBLE_STUDENT, document, STUDENT)
}

/// What is known of a pupil who attends the school, beside its grade.
#[derive(Debug, Clone, Copy)]
pub struct PupilFacts<'a> {
    /// Its first day there.
    pub entered_on: Date,
    /// The school year of its class, if it has one.
    pub class_year: Option<&'a str>,
    /// Whether a reason for free help is on record.
    pub has_free_help: bool,
}

/// `eligible-student` of one term: the pupil attends before its service is over, and its class is one of the school
/// year. A class of another year says that grade and class have not been moved on.
#[must_use]
pub fn eligible_in_term(pupil: PupilFacts<'_>, term: &PlanTerm, document: &str) -> Option<Finding> {
    let finding = |variant| ELIGIBLE_STUDENT.finding(Severity::Error, document, STUDENT).variant(variant);
    let last = term.last_service_date();
    if pupil.entered_on > last {
        let day = |date| iso_date::text(date);
        return Some(finding("later").with("entered_on", day(pupil.entered_on)).with("last_on", day(last)));
    }
    let other = pupil.class_year.filter(|year| *year != term.school_year.as_str())?;
    Some(finding("class").with("class_year", other).with("school_year", term.school_year.as_str()))
}

/// `free-help-is-free`: it is for pupils with a reason on record; others are told so, without learning whose reason
/// counts.
#[must_use]
pub fn free_help_for(pupil: PupilFacts<'_>, project: &PlanProject, document: &str) -> Option<Finding> {
    let holds = project.category != ProjectCategory::FreeHelp || pupil.has_free_help;
    let finding = unless(holds, &FREE_HELP_IS_FREE, document, PROJECT)?;
    Some(finding.variant("eligible").project(project.name.as_str()))
}

/// `enrollment-open`: the last day to apply, which guardians are told, is not over.
#[must_use]
pub fn apply_in_time(project: &PlanProject, today: Date, document: &str) -> Option<Finding> {
    let until = project.apply_until.filter(|until| *until < today)?;
    let finding = ENROLLMENT_OPEN.finding(Severity::Error, document, PROJECT).variant("deadline");
    Some(finding.project(project.name.as_str()).with("apply_until", iso_date::text(until)))
}

/// `enrollment-open`: seats that a draw gives are wished for, and nobody takes one before.
#[must_use]
pub fn given_by_draw(project: &PlanProject, wishes: (Date, Date), document: &str) -> Finding {
    let finding = ENROLLMENT_OPEN.finding(Severity::Error, document, PROJECT).variant("draw");
    let finding = finding.project(project.name.as_str());
    finding.with("opens_on", iso_date::text(wishes.0)).with("closes_on", iso_date::text(wishes.1))
}

/// `enrollment-open`: nobody joins a project that was closed, because too few had joined.
#[must_use]
pub fn is_closed(project: &PlanProject, closed_on: Date, document: &str) -> Finding {
    let finding = ENROLLMENT_OPEN.finding(Severity::Error, document, PROJECT).variant("closed");
    finding.project(project.name.as_str()).with("closed_on", iso_date::text(closed_on))
}

/// `enrollment-open`: what guardians were told is held to. A project is closed only under the minimum that stands in
/// the notice, and after the last day to apply; where there is none, once the service has begun.
#[must_use]
pub fn may_close(project: &PlanProject, term: &PlanTerm, taken: i64, today: Date, document: &str) -> Option<Finding> {
    let finding = |variant| {
        let finding = ENROLLMENT_OPEN.finding(Severity::Error, document, PROJECT).variant(variant);
        finding.project(project.name.as_str())
    };
    let Some(least) = project.seats_min.map(Whole::get) else { return Some(finding("no-minimum")) };
    if taken >= least {
        return Some(finding("enough").with("taken", taken).with("seats_min", least));
    }
    let first = term.first_service_date();
    let until = project.apply_until.unwrap_or_else(|| first.previous_day().unwrap_or(first));
    (today <= until).then(|| finding("early").with("until", iso_date::text(until)))
}

/// `enrollment-open`: wishes are taken from the first to the last day of their window.
#[must_use]
pub fn wishes_in_time(wishes: (Date, Date), today: Date, document: &str) -> Option<Finding> {
    let finding = unless((wishes.0..=wishes.1).contains(&today), &ENROLLMENT_OPEN, document, "")?.variant("wishes");
    Some(finding.with("opens_on", iso_date::text(wishes.0)).with("closes_on", iso_date::text(wishes.1)))
}

/// `enrollment-open`: seats are drawn after the last day on which wishes are taken.
#[must_use]
pub fn wishes_are_over(wishes: (Date, Date), today: Date, document: &str) -> Option<Finding> {
    let finding = unless(wishes.1 < today, &ENROLLMENT_OPEN, document, "")?.variant("wishes");
    Some(finding.with("opens_on", iso_date::text(wishes.0)).with("closes_on", iso_date::text(wishes.1)))
}

/// `priority-groups`: the numbers of siblings are drawn together only where the profile allows it.
#[must_use]
pub fn siblings_together(profile: &Profile) -> Option<Finding> {
    let document = profile.document_of("siblings_drawn_together");
    unless(profile.siblings_drawn_together, &PRIORITY_GROUPS, document, "/siblings_together")
}

/// `enrollment-open`: the last day on which a seat is offered is not over.
#[must_use]
pub fn answer_in_time(
    project: &PlanProject,
    offer_ends_on: Option<Date>,
    today: Date,
    document: &str,
) -> Option<Finding> {
    let until = offer_ends_on.filter(|until| *until < today)?;
    let finding = ENROLLMENT_OPEN.finding(Severity::Error, document, PROJECT).variant("answer");
    Some(finding.project(project.name.as_str()).with("offer_ends_on", iso_date::text(until)))
}

/// `enrollment-open`: a day of service is left from `first` on; `last` is the last on which the project meets. Nobody
/// joins what is over, and nobody pays for it.
#[must_use]
pub fn service_is_left(project: &PlanProject, last: Option<Date>, first: Date, document: &str) -> Option<Finding> {
    let finding = unless(last.is_some_and(|last| first <= last), &ENROLLMENT_OPEN, document, PROJECT)?;
    let finding = finding.project(project.name.as_str());
    Some(finding.with("last_on", last.map_or_else(String::new, iso_date::text)))
}

/// `age-appropriate`: the project is offered to the pupil's grade.
#[must_use]
pub fn age_appropriate(project: &PlanProject, grade: i64, document: &str) -> Option<Finding> {
    let finding = unless(project.serves(grade), &AGE_APPROPRIATE, document, PROJECT)?;
    let grades: Vec<String> = project.grades.iter().map(|own: &AnyGrade| own.get().to_string()).collect();
    Some(finding.project(project.name.as_str()).with("grades", grades.join(", ")).with("grade", grade))
}

/// `no-clash`: no slot of the wanted project overlaps one of a project in which the pupil has a place. Waiting takes no
/// time. One finding for each of those.
#[must_use]
pub fn no_clash(wanted: &PlanProject, others: &[&PlanProject], document: &str) -> Vec<Finding> {
    let of_other = |other: &&PlanProject| {
        let clash = clash(wanted, other)?;
        let finding = NO_CLASH.finding(Severity::Error, document, PROJECT).project(wanted.name.as_str());
        Some(clash.said(finding).with("other_project", other.name.as_str()))
    };
    others.iter().filter_map(of_other).collect()
}

/// Whether two projects meet at one time: what `no-clash` asks.
#[must_use]
pub fn meet_at_one_time(one: &PlanProject, other: &PlanProject) -> bool {
    one.slots.iter().any(|own| other.slots.iter().any(|taken| overlap(own, taken)))
}

/// On which weekdays two projects meet at one time, and the first hours at which they do.
struct Clash {
    weekdays: Vec<i64>,
    own: PlanSlot,
    other: PlanSlot,
}

impl Clash {
    fn said(&self, finding: Finding) -> Finding {
        let words = |name: fn(i64) -> String, between| {
            self.weekdays.iter().map(|day| name(*day)).collect::<Vec<_>>().join(between)
        };
        finding
            .with("weekday", words(|day| day.to_string(), ", "))
            .with("weekday_zh", words(|day| weekday_words(day).0.to_owned(), "、"))
            .with("weekday_en", words(|day| weekday_words(day).1.to_owned(), ", "))
            .with("from", self.own.starts_at)
            .with("to", self.own.ends_at)
            .with("other_weekday", words(|day| day.to_string(), ", "))
            .with("other_from", self.other.starts_at)
            .with("other_to", self.other.ends_at)
    }
}

fn clash(wanted: &PlanProject, other: &PlanProject) -> Option<Clash> {
    let pairs = wanted.slots.iter().flat_map(|own| other.slots.iter().map(move |taken| (*own, *taken)));
    let mut found: Vec<(PlanSlot, PlanSlot)> = pairs.filter(|(own, taken)| overlap(own, taken)).collect();
    found.sort_by_key(|(own, _)| own.weekday);
    let mut weekdays: Vec<i64> = found.iter().map(|(own, _)| own.weekday.get()).collect();
    weekdays.dedup();
    found.first().map(|(own, other)| Clash { weekdays, own: *own, other: *other })
}

/// `no-clash`, of who leads: the same person in two projects at one time. A project may have several groups and
/// leaders, so it is a warning until groups are confirmed.
pub(super) fn leaders_clash(plan: &Submission<'_>) -> Verdict {
    let mut findings = Vec::new();
    for (index, one) in plan.projects() {
        for (_, other) in plan.projects().filter(|(other, _)| *other > index) {
            let Some(clash) = clash(one, other) else { continue };
            for (place, id) in one.leader_ids.iter().enumerate().filter(|(_, id)| other.leader_ids.contains(id)) {
                let known = plan.facts.staff.iter().flatten().find(|fact| fact.id == *id);
                let person = known.map_or_else(|| id.0.to_string(), |fact| fact.name.clone());
                let finding = plan.warning(&NO_CLASH, format!("/projects/{index}/leader_ids/{place}"));
                let finding = clash.said(finding.variant("leader").project(one.name.as_str()));
                findings.push(finding.with("other_project", other.name.as_str()).with("person", person));
            }
        }
    }
    findings.into()
}

/// `eligible-student`, of a plan: compulsory education has nine grades (三.1), and service is for them.
pub(super) fn eligible_grades(plan: &Submission<'_>) -> Verdict {
    let beyond = |grade: &AnyGrade| !(1..=9).contains(&grade.get());
    let mut findings = Vec::new();
    for (index, project) in plan.projects() {
        for (place, grade) in project.grades.iter().enumerate().filter(|(_, grade)| beyond(grade)) {
            let finding = plan.error(&ELIGIBLE_STUDENT, format!("/projects/{index}/grades/{place}"));
            findings.push(finding.variant("grade").project(project.name.as_str()).grade(*grade));
        }
    }
    findings.into()
}

/// Whether two slots meet at one time: on one weekday, while one timetable runs.
fn overlap(one: &PlanSlot, other: &PlanSlot) -> bool {
    let (day, next) = (one.weekday.get(), other.weekday.get());
    let together = Running::ALL.iter().any(|running| one.meets(day, *running) && other.meets(next, *running));
    day == next && together && one.starts_at < other.ends_at && other.starts_at < one.ends_at
}

/// `signed-agreement`: what is signed is the text that was published; without one there is nothing to sign.
#[must_use]
pub fn signed_agreement(is_published: bool, document: &str) -> Option<Finding> {
    unless(is_published, &SIGNED_AGREEMENT, document, "")
}
