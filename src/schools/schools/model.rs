//! A school: what it teaches, whose it is, and when its pupils are dismissed.

use std::collections::HashSet;

use serde::Serialize;

use crate::auth::Standing;
use crate::db::{Id, Instant, Json};
use crate::http::CodeSort;
use crate::refusal::{Fault, FieldError};
use crate::rules::document::{Dismissal, Ownership, SchoolArea, Stage, at_most, dismissal_faults, within};
use crate::values::identifiers::SchoolCode;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row};

life! {
    /// What is called on a school.
    pub SchoolVerb of Standing, "schools" for School {
        Update = "update" by ManageSchools { Standing => same }
    }
}

row! {
    /// The row of a school.
    pub struct SchoolRow of schools {
        id: Id,
        ownership: Ownership,
        area: SchoolArea,
        stages: Json<Vec<Stage>>,
        grade_first: i32,
        grade_last: i32,
        boarding: bool,
        dismissals: Json<Vec<Dismissal>>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A school with its node of the tree.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable)]
pub struct School {
    #[serde(flatten)]
    pub row: SchoolRow,
    pub code: String,
    pub name: String,
    /// Its filing authority.
    pub authority_id: Option<Id>,
    pub path: String,
}

resource!(School { row: SchoolRow, path }, "school", "schools");

impl School {
    /// Whether the school has this grade.
    #[must_use]
    pub fn teaches(&self, grade: u8) -> bool {
        (self.row.grade_first..=self.row.grade_last).contains(&i32::from(grade))
    }
}

filter! {
    /// Which schools a list holds.
    pub struct SchoolFilter {
        /// Only schools that file to this authority.
        authority_id: Id,
        /// Only the school of this code.
        code: SchoolCode,
        /// Beginning of the name, or of the initials of its pinyin; letters in either case.
        q: Line<1, 32>,
    }
    sorted by CodeSort
}

body! {
    /// A school, as it is created or replaced.
    pub struct SchoolIn {
        /// School code 学校（机构）标识码: ten digits. Stays as it was created.
        #[schema(inline)]
        code: SchoolCode,
        #[schema(inline)]
        name: Line<2, 80>,
        /// The authority to which it files. Stays as it was created.
        authority_id: Id,
        ownership: Ownership,
        area: SchoolArea,
        /// Each once, at least one.
        #[schema(min_items = 1, max_items = 2)]
        #[serde(deserialize_with = "at_most::<_, _, 2>")]
        stages: Vec<Stage>,
        /// 1 to 9.
        #[schema(minimum = 1, maximum = 9)]
        #[serde(deserialize_with = "within::<_, _, 1, 9>")]
        grade_first: u8,
        /// 1 to 9, not before the first.
        #[schema(minimum = 1, maximum = 9)]
        #[serde(deserialize_with = "within::<_, _, 1, 9>")]
        grade_last: u8,
        /// Whether pupils board.
        boarding: bool,
        /// When each grade is dismissed, by weekday and timetable; each combination once.
        #[schema(max_items = 135)]
        #[serde(deserialize_with = "at_most::<_, _, 135>")]
        dismissals: Vec<Dismissal>,
    }
}

impl SchoolIn {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut wrong = |pointer: String, fault| faults.push(FieldError::new(pointer, fault));
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
    use crate::values::text::read_fault;

    fn school() -> Result<SchoolIn, FieldError> {
        Ok(SchoolIn {
            code: SchoolCode::new("3143000001")?,
            name: Line::new("苗田中学")?,
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
        let wrong = SchoolIn {
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
    fn grades_are_those_of_compulsory_education() {
        // Each by itself as it is read, both together afterwards.
        let read = |first: u8, last: u8| {
            let entered = serde_json::json!({
                "code": "3143000001", "name": "苗田中学", "authority_id": Id::NIL, "ownership": "public",
                "area": "town", "stages": ["junior"], "grade_first": first, "grade_last": last, "boarding": false,
                "dismissals": [],
            });
            serde_json::from_value::<SchoolIn>(entered).map_err(|error| read_fault(&error.to_string()))
        };
        for (first, last) in [(0, 9), (7, 10)] {
            let fault = read(first, last).err().flatten().map(|fault| fault.code);
            assert_eq!(fault, Some(Fault::OutOfRange), "{first} to {last}");
        }
        for (first, last, wrong) in [(1, 9, None), (7, 7, None), (9, 7, Some("/grade_last"))] {
            let faults = read(first, last).map(|school| school.faults()).unwrap_or_default();
            assert_eq!(faults.first().map(|fault| fault.pointer.as_str()), wrong, "{first} to {last}");
            assert!(read(first, last).is_ok(), "{first} to {last}");
        }
    }
}
