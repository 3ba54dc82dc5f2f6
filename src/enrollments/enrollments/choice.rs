//! What stands against a choice: said once for who chooses, and for who is told beforehand what it may choose.

use time::Date;

use super::model::EnrollmentChoice;
use crate::db::Id;
use crate::filings::filings::Filed;
use crate::rules::document::PlanProject;
use crate::rules::{Finding, enrollment as rules};
use crate::students::students::{Student, StudentState};

/// A pupil, and who chooses for it.
#[derive(Debug, Clone, Copy)]
pub struct Chooser<'a> {
    pub student: &'a Student,
    /// Whether the caller has the right to choose for it.
    pub may_choose: bool,
    pub today: Date,
    /// The first day on which the pupil is to take part.
    pub joins_on: Date,
}

/// What the rules say.
#[derive(Debug, Clone, Default)]
pub struct Against {
    /// What stops the choice, however many seats there are.
    pub findings: Vec<Finding>,
    /// What stops it as long as a seat is free: waiting takes no time.
    pub clashes: Vec<Finding>,
}

impl Against {
    /// Whether it stops the choice of a project that has a free seat, or has none.
    #[must_use]
    pub fn stops(&self, has_free_seat: bool) -> bool {
        !self.findings.is_empty() || (has_free_seat && !self.clashes.is_empty())
    }
}

impl Chooser<'_> {
    /// What stands against a choice of what a filing offers; `taken` is where the pupil has a place in the term.
    #[must_use]
    pub fn against(
        &self,
        filed: &Filed,
        offer: &PlanProject,
        choice: EnrollmentChoice,
        taken: &[&PlanProject],
    ) -> Against {
        let document = filed.profile_document.as_str();
        let mut findings: Vec<Finding> = rules::guardian_consent(self.may_choose, document).into_iter().collect();
        findings.extend(fits(self.student, filed, offer, self.today));
        let mut clashes = Vec::new();
        if choice == EnrollmentChoice::Apply {
            findings.extend(rules::apply_in_time(offer, self.today, document));
            findings.extend(is_left(self.student, filed, offer, self.joins_on));
            clashes = rules::no_clash(offer, taken, document);
        }
        Against { findings, clashes }
    }
}

/// Whether a pupil attends the school of a project.
pub(super) fn is_eligible(student: &Student, school: Id, document: &str) -> Option<Finding> {
    let attends = student.row.state == StudentState::Attending && student.row.school_id == school;
    rules::eligible_student(attends, i64::from(student.row.grade), document)
}

/// Whether a pupil is one whom a project of a filing is for today.
pub(super) fn fits(student: &Student, filed: &Filed, offer: &PlanProject, today: Date) -> Vec<Finding> {
    let document = filed.profile_document.as_str();
    let pupil = student.pupil_facts(today);
    let findings = [
        is_eligible(student, filed.school_id, document),
        rules::eligible_in_term(pupil, &filed.document.term, document),
        rules::age_appropriate(offer, i64::from(student.row.grade), document),
        rules::free_help_for(pupil, offer, document),
    ];
    findings.into_iter().flatten().collect()
}

/// Whether a day of service is left for a pupil who joins on `today`, or enters the school later.
pub(super) fn is_left(student: &Student, filed: &Filed, offer: &PlanProject, today: Date) -> Option<Finding> {
    let first = today.max(student.row.entered_on);
    rules::service_is_left(offer, filed.last_day_of(offer), first, &filed.profile_document)
}
