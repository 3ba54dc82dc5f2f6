//! 报名: what holds before a guardian's choice counts (二.2, 三.1, 三.2, 五.3, 五.4).

use super::catalogue::{
    AGE_APPROPRIATE, ELIGIBLE_STUDENT, GUARDIAN_CONSENT, NO_CLASH, PUBLISHED_BEFORE_ENROLLING, SIGNED_AGREEMENT,
};
use super::document::{Grade, PlanProject, PlanSlot};
use super::schedule::Running;
use super::{Finding, Rule, Severity};

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

/// `age-appropriate`: the project is offered to the pupil's grade.
#[must_use]
pub fn age_appropriate(project: &PlanProject, grade: i64, document: &str) -> Option<Finding> {
    let grades: Vec<String> = project.grades.iter().map(|own: &Grade| own.get().to_string()).collect();
    let finding = unless(project.serves(grade), &AGE_APPROPRIATE, document, PROJECT)?;
    Some(finding.project(project.name.as_str()).with("grades", grades.join(", ")).with("grade", grade))
}

/// `no-clash`: no slot of the wanted project overlaps one that the pupil has already.
#[must_use]
pub fn no_clash(wanted: &PlanProject, others: &[PlanProject], document: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for other in others {
        for slot in &wanted.slots {
            for taken in other.slots.iter().filter(|taken| overlap(slot, taken)) {
                let finding = NO_CLASH
                    .finding(Severity::Error, document, PROJECT)
                    .weekday(slot.weekday.get())
                    .project(wanted.name.as_str())
                    .with("from", slot.starts_at)
                    .with("to", slot.ends_at)
                    .with("other_project", other.name.as_str())
                    .with("other_weekday", taken.weekday.get())
                    .with("other_from", taken.starts_at)
                    .with("other_to", taken.ends_at);
                findings.push(finding);
            }
        }
    }
    findings
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
