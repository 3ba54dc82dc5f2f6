//! A school: what it teaches, whose it is, and when its pupils are dismissed.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::auth::permission::ManageSchools;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant, Json};
use crate::identifiers::SchoolCode;
use crate::local_time::LocalTime;
use crate::refusal::{Fault, FieldError};
use crate::text_enum;

text_enum! {
    /// 办学性质. Other kinds may come.
    pub enum Ownership {
        /// 公办
        Public = "public",
        /// 民办
        Private = "private",
    }
}

text_enum! {
    /// 所在区域: fee standards differ by it. Other kinds may come.
    pub enum SchoolArea {
        /// 城区
        Urban = "urban",
        /// 镇区
        Town = "town",
        /// 乡村
        Rural = "rural",
    }
}

text_enum! {
    /// 学段, of compulsory education (三.1). Other stages may come.
    pub enum Stage {
        /// 小学
        Primary = "primary",
        /// 初中
        Junior = "junior",
    }
}

text_enum! {
    /// 作息时间: which timetable a time belongs to. Others may come.
    pub enum Timetable {
        /// 夏季作息
        Standard = "standard",
        /// 冬季作息
        Winter = "winter",
        /// 全年
        All = "all",
    }
}

/// When a grade is dismissed on a weekday (三.2: service starts after it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dismissal {
    /// 1 to 9.
    #[schema(minimum = 1, maximum = 9)]
    pub grade: u8,
    /// 1 is Monday, 5 is Friday.
    #[schema(minimum = 1, maximum = 5)]
    pub weekday: u8,
    pub timetable: Timetable,
    /// End of the last lesson.
    pub at: LocalTime,
}

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
        let mut seen = HashSet::new();
        for (index, dismissal) in self.dismissals.iter().enumerate() {
            if !(self.grade_first..=self.grade_last).contains(&dismissal.grade) {
                wrong(format!("/dismissals/{index}/grade"), Fault::OutOfRange);
            }
            if !(1..=5).contains(&dismissal.weekday) {
                wrong(format!("/dismissals/{index}/weekday"), Fault::OutOfRange);
            }
            if !seen.insert((dismissal.grade, dismissal.weekday, dismissal.timetable)) {
                wrong(format!("/dismissals/{index}"), Fault::Duplicate);
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        Ok(Dismissal { grade, weekday, timetable: Timetable::All, at: LocalTime::parse("16:20")? })
    }

    #[test]
    fn what_does_not_go_together_is_named_all_at_once() -> Result<(), FieldError> {
        assert_eq!(school()?.faults(), []);
        let wrong = NewSchool {
            stages: vec![Stage::Junior, Stage::Junior],
            dismissals: vec![dismissal(7, 1)?, dismissal(6, 1)?, dismissal(7, 6)?, dismissal(7, 1)?],
            ..school()?
        };
        let found: Vec<(String, Fault)> = wrong.faults().into_iter().map(|fault| (fault.pointer, fault.code)).collect();
        let expected = [
            ("/stages", Fault::Duplicate),
            ("/dismissals/1/grade", Fault::OutOfRange),
            ("/dismissals/2/weekday", Fault::OutOfRange),
            ("/dismissals/3", Fault::Duplicate),
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
