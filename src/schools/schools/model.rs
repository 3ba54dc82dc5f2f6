//! A school: what it teaches, whose it is, and when its pupils are dismissed.

use std::collections::HashSet;

use serde::Serialize;

use crate::auth::permission::ManageSchools;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant, Json};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::{Dismissal, Ownership, SchoolArea, Stage, dismissal_faults};
use crate::values::identifiers::SchoolCode;

/// The row of a school.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::schools, check_for_backend(crate::db::MultiBackend))]
pub struct SchoolRow {
    pub id: Id,
    pub ownership: Ownership,
    pub area: SchoolArea,
    #[serde(skip)]
    pub stages: Json,
    pub grade_first: i32,
    pub grade_last: i32,
    pub boarding: bool,
    #[serde(skip)]
    pub dismissals: Json,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A school with its node of the tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct School {
    #[serde(flatten)]
    pub row: SchoolRow,
    pub stages: Vec<Stage>,
    pub dismissals: Vec<Dismissal>,
    pub code: String,
    pub name: String,
    /// Its filing authority.
    pub authority_id: Option<Id>,
    pub path: String,
}

impl School {
    /// Whether the school has this grade.
    #[must_use]
    pub fn teaches(&self, grade: u8) -> bool {
        (self.row.grade_first..=self.row.grade_last).contains(&i32::from(grade))
    }

    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if Scope::of::<ManageSchools>(actor).holds_path(&self.path) { vec!["update"] } else { Vec::new() }
    }
}

/// What a school is made from.
#[derive(Debug, Clone)]
pub struct NewSchool {
    pub code: SchoolCode,
    pub name: String,
    pub authority_id: Id,
    pub ownership: Ownership,
    pub area: SchoolArea,
    pub stages: Vec<Stage>,
    pub grade_first: u8,
    pub grade_last: u8,
    pub boarding: bool,
    pub dismissals: Vec<Dismissal>,
}

impl NewSchool {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut wrong = |pointer: String, fault| faults.push(FieldError::new(pointer, fault));
        if self.grade_first < 1 || self.grade_last > 9 {
            wrong("/grade_first".to_owned(), Fault::OutOfRange);
        }
        if self.grade_last < self.grade_first {
            wrong("/grade_last".to_owned(), Fault::EndsBeforeStart);
        }
        let stages: HashSet<Stage> = self.stages.iter().copied().collect();
        if stages.is_empty() || stages.len() != self.stages.len() {
            wrong("/stages".to_owned(), if stages.is_empty() { Fault::Required } else { Fault::Duplicate });
        }
        for (index, dismissal) in self.dismissals.iter().enumerate() {
            if !(i64::from(self.grade_first)..=i64::from(self.grade_last)).contains(&dismissal.grade.get()) {
                wrong(format!("/dismissals/{index}/grade"), Fault::OutOfRange);
            }
        }
        faults.extend(dismissal_faults("/dismissals", &self.dismissals));
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::document::{Timetable, Whole};
    use crate::values::local_time::LocalTime;

    fn school() -> Result<NewSchool, FieldError> {
        Ok(NewSchool {
            code: SchoolCode::new("3143000001")?,
            name: "苗田中学".to_owned(),
            authority_id: Id::NIL,
            ownership: Ownership::Public,
            area: SchoolArea::Town,
            stages: vec![Stage::Junior],
            grade_first: 7,
            grade_last: 9,
            boarding: false,
            dismissals: Vec::new(),
        })
    }

    fn dismissal(grade: u8, weekday: u8) -> Result<Dismissal, FieldError> {
        let (grade, weekday) = (Whole::new(i64::from(grade))?, Whole::new(i64::from(weekday))?);
        Ok(Dismissal { grade, weekday, timetable: Timetable::All, at: LocalTime::parse("16:20")? })
    }

    #[test]
    fn what_does_not_go_together_is_named_all_at_once() -> Result<(), FieldError> {
        assert_eq!(school()?.faults(), []);
        let wrong = NewSchool {
            stages: vec![Stage::Junior, Stage::Junior],
            dismissals: vec![dismissal(7, 1)?, dismissal(6, 1)?, dismissal(7, 1)?],
            ..school()?
        };
        let found: Vec<(String, Fault)> = wrong.faults().into_iter().map(|fault| (fault.pointer, fault.code)).collect();
        let expected = [
            ("/stages", Fault::Duplicate),
            ("/dismissals/1/grade", Fault::OutOfRange),
            ("/dismissals/2", Fault::Duplicate),
        ];
        assert_eq!(found, expected.map(|(pointer, fault)| (pointer.to_owned(), fault)));
        Ok(())
    }

    #[test]
    fn grades_are_those_of_compulsory_education() -> Result<(), FieldError> {
        for (first, last, fine) in [(1, 9, true), (7, 7, true), (0, 9, false), (7, 10, false), (9, 7, false)] {
            let faults = NewSchool { grade_first: first, grade_last: last, ..school()? }.faults();
            assert_eq!(faults.is_empty(), fine, "{first} to {last}");
        }
        Ok(())
    }
}
