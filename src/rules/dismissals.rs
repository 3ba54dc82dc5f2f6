//! When grades are dismissed: as the plan says, and where it says nothing, as the school's approved timetable does.

use super::document::{Dismissal, PlanSchool};
use super::schedule::Running;
use crate::values::local_time::LocalTime;

/// Grades, weekdays and timetables of a plan document.
const CELLS: usize = 12 * 5 * 2;

/// Dismissals laid out for looking up: by grade, weekday and timetable.
pub(super) struct Dismissals([Option<LocalTime>; CELLS]);

impl Dismissals {
    pub(super) fn of(rows: &[Dismissal]) -> Self {
        let mut table = Self([None; CELLS]);
        for row in rows {
            for running in Running::ALL.into_iter().filter(|running| running.holds(row.timetable)) {
                let place = place(row.grade.get(), row.weekday.get(), running);
                if let Some(cell) = place.and_then(|place| table.0.get_mut(place)) {
                    *cell = Some(row.at);
                }
            }
        }
        table
    }

    /// The school's own of this term, over the approved ones: a row that is left out evades nothing.
    pub(super) fn of_school(school: &PlanSchool) -> Self {
        let (own, mut table) = (Self::of(&school.dismissals), Self::of(&school.approved_dismissals));
        for (cell, said) in table.0.iter_mut().zip(own.0) {
            *cell = said.or(*cell);
        }
        table
    }

    pub(super) fn at(&self, grade: i64, weekday: i64, running: Running) -> Option<LocalTime> {
        place(grade, weekday, running).and_then(|place| self.0.get(place).copied().flatten())
    }
}

/// Whether anybody is dismissed on such a day: lessons are taught from Monday to Friday.
pub(super) const fn is_taught_on(weekday: i64) -> bool {
    1 <= weekday && weekday <= 5
}

fn place(grade: i64, weekday: i64, running: Running) -> Option<usize> {
    let known = (1..=12).contains(&grade) && is_taught_on(weekday);
    let place = (grade - 1) * 10 + (weekday - 1) * 2 + i64::from(running == Running::Winter);
    usize::try_from(place).ok().filter(|_| known)
}
