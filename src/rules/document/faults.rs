//! What the types of a plan document cannot say: fields that must go together. Shape only; the policy is the rules'.

use std::collections::HashSet;
use std::hash::Hash;

use super::{Dismissal, FeeKind, PlanDocument, PlanProject, PlanSchool, PlanTerm, ProviderKind, Timetable};
use crate::values::fault::{Fault, FieldError};
use crate::values::identifiers::CreditCode;
use crate::values::marks::compared;

impl PlanDocument {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.of_school(&self.school);
        faults.of_term(&self.term);
        let names = self.projects.iter().map(|project| compared(project.name.as_str()));
        faults.repeated(names, |index| format!("/projects/{index}/name"));
        for (index, project) in self.projects.iter().enumerate() {
            faults.of_project(&format!("/projects/{index}"), project, &self.school);
        }
        faults.repeated(self.notice.channels.iter(), |index| format!("/notice/channels/{index}"));
        faults.0
    }
}

/// Times that are there twice. `all` stands for both timetables, so it cannot stand beside one of them.
#[must_use]
pub fn dismissal_faults(list: &str, dismissals: &[Dismissal]) -> Vec<FieldError> {
    let mut seen = HashSet::new();
    let mut faults = Vec::new();
    for (index, row) in dismissals.iter().enumerate() {
        let timetables: &[Timetable] = match row.timetable {
            Timetable::All => &[Timetable::Standard, Timetable::Winter],
            Timetable::Standard => &[Timetable::Standard],
            Timetable::Winter => &[Timetable::Winter],
        };
        let again = timetables.iter().filter(|timetable| !seen.insert((row.grade, row.weekday, **timetable))).count();
        if again > 0 {
            faults.push(FieldError::new(format!("{list}/{index}"), Fault::Duplicate));
        }
    }
    faults
}

#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn wrong(&mut self, pointer: impl Into<String>, fault: Fault) {
        self.0.push(FieldError::new(pointer, fault));
    }

    fn wrong_as(&mut self, pointer: impl Into<String>, fault: Fault, said: &'static str) {
        self.0.push(FieldError::new(pointer, fault).said(said));
    }

    fn repeated<T: Eq + Hash>(&mut self, values: impl Iterator<Item = T>, pointer: impl Fn(usize) -> String) {
        let mut seen = HashSet::new();
        for (index, value) in values.enumerate() {
            if !seen.insert(value) {
                self.wrong(pointer(index), Fault::Duplicate);
            }
        }
    }

    fn of_school(&mut self, school: &PlanSchool) {
        self.repeated(school.stages.iter(), |index| format!("/school/stages/{index}"));
        self.repeated(school.grades.iter().map(|row| row.grade), |index| format!("/school/grades/{index}/grade"));
        self.0.extend(dismissal_faults("/school/dismissals", &school.dismissals));
        self.0.extend(dismissal_faults("/school/approved_dismissals", &school.approved_dismissals));
    }

    fn of_term(&mut self, term: &PlanTerm) {
        if term.ends_on < term.opens_on {
            self.wrong("/term/ends_on", Fault::EndsBeforeStart);
        }
        if term.last_service_date() < term.first_service_date() {
            self.wrong("/term/service_to", Fault::EndsBeforeStart);
        }
        // A year is more than any term; the bound keeps the walk over its days short.
        if (term.last_service_date() - term.first_service_date()).whole_days() > 366 {
            self.wrong("/term/service_to", Fault::OutOfRange);
        }
        if term.service_from.is_some_and(|date| date < term.opens_on || date > term.ends_on) {
            self.wrong("/term/service_from", Fault::OutOfRange);
        }
        if term.service_to.is_some_and(|date| date > term.ends_on) {
            self.wrong("/term/service_to", Fault::OutOfRange);
        }
        for (index, period) in term.winter_periods.iter().enumerate() {
            if period.to < period.from {
                self.wrong(format!("/term/winter_periods/{index}/to"), Fault::EndsBeforeStart);
            }
        }
    }

    fn of_project(&mut self, at: &str, project: &PlanProject, school: &PlanSchool) {
        self.repeated(project.grades.iter(), |index| format!("{at}/grades/{index}"));
        for (index, grade) in project.grades.iter().enumerate() {
            if !school.grades.iter().any(|row| row.grade == *grade) {
                self.wrong_as(format!("{at}/grades/{index}"), Fault::NotFound, "grade");
            }
        }
        if project.seats_max.zip(project.seats_min).is_some_and(|(max, min)| max < min) {
            self.wrong_as(format!("{at}/seats_min"), Fault::OutOfRange, "seats");
        }
        if project.provider.kind != ProviderKind::School && project.provider.name.is_none() {
            self.wrong(format!("{at}/provider/name"), Fault::Required);
        }
        match &project.provider.credit_code {
            Some(code) if CreditCode::new(code.as_str()).is_err() => {
                self.wrong_as(format!("{at}/provider/credit_code"), Fault::Format, "credit-code");
            }
            // A partner is found by its code, and by nothing else.
            None if project.provider.kind != ProviderKind::School => {
                self.wrong(format!("{at}/provider/credit_code"), Fault::Required);
            }
            _ => {}
        }
        self.repeated(project.leader_ids.iter(), |index| format!("{at}/leader_ids/{index}"));
        self.of_slots(at, project);
        match (project.fee.kind, project.fee.paid_fen()) {
            (FeeKind::Free, Some(_)) => self.wrong_as(format!("{at}/fee/amount_fen"), Fault::NotForThis, "free"),
            (FeeKind::PerLesson | FeeKind::PerTerm, None) => {
                self.wrong_as(format!("{at}/fee/amount_fen"), Fault::Required, "fee");
            }
            _ => {}
        }
    }

    fn of_slots(&mut self, at: &str, project: &PlanProject) {
        for (index, slot) in project.slots.iter().enumerate() {
            if slot.ends_at <= slot.starts_at {
                self.wrong_as(format!("{at}/slots/{index}/ends_at"), Fault::EndsBeforeStart, "slot");
            }
        }
        if let Some(index) = project.first_overlap() {
            self.wrong_as(format!("{at}/slots/{index}"), Fault::Duplicate, "slots");
        }
        if !project.lessons_fit() {
            self.wrong_as(format!("{at}/lesson_minutes"), Fault::Mismatch, "lessons");
        }
    }
}

impl PlanProject {
    /// The first slot that runs while an earlier one of the same project does.
    fn first_overlap(&self) -> Option<usize> {
        let together = |a: Timetable, b: Timetable| a == b || a == Timetable::All || b == Timetable::All;
        (0..self.slots.len()).find(|index| {
            let Some(slot) = self.slots.get(*index) else { return false };
            self.slots.iter().take(*index).any(|earlier| {
                earlier.weekday == slot.weekday
                    && together(earlier.timetable, slot.timetable)
                    && earlier.starts_at < slot.ends_at
                    && slot.starts_at < earlier.ends_at
            })
        })
    }

    /// Whether each day's slots have room for the lessons that are paid: nobody pays for minutes that do not exist.
    fn lessons_fit(&self) -> bool {
        let needed = self.lessons_per_day.get() * self.lesson_minutes.get();
        self.slots.iter().all(|slot| {
            let minutes: i64 = self
                .slots
                .iter()
                .filter(|other| other.weekday == slot.weekday)
                .filter(|other| other.timetable == slot.timetable || other.timetable == Timetable::All)
                .map(|other| i64::from(other.ends_at.minutes()) - i64::from(other.starts_at.minutes()))
                .sum();
            minutes >= needed
        })
    }
}
