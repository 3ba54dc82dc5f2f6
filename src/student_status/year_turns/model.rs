//! The turn of a school year at a school, and where each pupil was before.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::{Date, Month};
use utoipa::ToSchema;

use crate::db::{Id, Instant, Json, Placed};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::at_most;
use crate::values::identifiers::SchoolYear;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, row, text_enum};

text_enum! {
    /// Whether a turn stands 学年升级状态.
    pub enum YearTurnState {
        /// 已升级
        Turned = "turned",
        /// 已撤销
        Undone = "undone",
    }
}

text_enum! {
    /// What became of a pupil.
    pub enum MoveKind {
        /// 升级
        Promoted = "promoted",
        /// 留级
        Repeating = "repeating",
        /// 离校
        Leaving = "leaving",
    }
}

life! {
    /// What is called on a turn.
    pub YearTurnVerb of YearTurnState, "year-turns" for YearTurn {
        Undo = "undo" by ManageClasses { Turned => Undone }
    }
}

/// A class, and that of the new year to which its pupils moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClassTurned {
    /// Where they were; null for pupils who were in no class.
    pub from_class_id: Option<Id>,
    /// Where they are; null for pupils who were in no class.
    pub class_id: Option<Id>,
    /// What that is called; null where there is none.
    pub class_name: Option<String>,
    /// Its grade.
    pub grade: i32,
    /// How many pupils moved there.
    pub pupils: i64,
}

row! {
    /// The row of a turn.
    pub struct YearTurnRow of year_turns, "year-turn", "year-turns" {
        id: Id,
        school_id: Id,
        school_year: String,
        left_on: Date,
        promoted: i64,
        repeating: i64,
        leaving: i64,
        classes: Json<Vec<ClassTurned>>,
        turned_on: Date,
        turned_by_id: Id,
        undone_on: Option<Date>,
        state: YearTurnState,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A turn with the path of its school.
pub type YearTurn = Placed<YearTurnRow>;

/// Where a pupil was before a turn.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::pupil_moves)]
pub struct PupilMove {
    pub turn_id: Id,
    pub student_id: Id,
    pub kind: MoveKind,
    pub class_id: Option<Id>,
    pub grade: i32,
    /// The version of the pupil since then.
    pub version: i64,
    /// Whether leaving has ended something that the pupil had.
    pub ended: bool,
}

filter! {
    /// Which turns a list holds.
    pub struct YearTurnFilter {
        /// Only of this school.
        school_id: Id,
        /// Only into this school year.
        school_year: SchoolYear,
    }
}

body! {
    /// What the class is called to which the pupils of a class move.
    pub struct ClassNameIn {
        /// A class of the year that is over.
        class_id: Id,
        /// Such as `四年级2班`.
        #[schema(inline)]
        name: Line<1, 40>,
    }
}

body! {
    /// The turn of a school to a new school year. Pupils of an earlier year's classes move up a grade, into the class
    /// of the new year that is named after theirs; who is in the last grade of the school leaves it.
    pub struct YearTurnIn {
        school_id: Id,
        /// The new school year, from the first of July on.
        #[schema(inline)]
        school_year: SchoolYear,
        /// The last day of those who leave; not after today.
        #[serde(with = "iso_date")]
        left_on: Date,
        /// Pupils who stay in their grade.
        #[schema(max_items = 500)]
        #[serde(deserialize_with = "at_most::<_, _, 500>")]
        repeating: Vec<Id>,
        /// Pupils who leave, beside those of the last grade.
        #[schema(max_items = 500)]
        #[serde(deserialize_with = "at_most::<_, _, 500>")]
        leaving: Vec<Id>,
        /// Names of new classes that do not follow from those of the old ones.
        #[schema(max_items = 200)]
        #[serde(deserialize_with = "at_most::<_, _, 200>")]
        class_names: Vec<ClassNameIn>,
    }
}

impl YearTurnIn {
    /// The first of July before the new school year: who came later has come for that.
    #[must_use]
    pub fn begins_on(&self) -> Date {
        Date::from_calendar_date(self.school_year.first_year(), Month::July, 1).unwrap_or(Date::MIN)
    }

    /// Everything that does not go together, as far as the request alone says it.
    #[must_use]
    pub fn faults(&self, today: Date) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let begins_on = self.begins_on();
        let ends_on = begins_on.replace_year(begins_on.year() + 1).unwrap_or(Date::MAX);
        if today < begins_on || today >= ends_on {
            faults.push(FieldError::new("/school_year", Fault::OutOfRange).said("turn-year"));
        }
        if self.left_on > today {
            faults.push(FieldError::new("/left_on", Fault::OutOfRange).said("after-today"));
        }
        let mut named = BTreeSet::new();
        for (list, ids) in [("repeating", &self.repeating), ("leaving", &self.leaving)] {
            for (place, _) in ids.iter().enumerate().filter(|(_, id)| !named.insert(**id)) {
                faults.push(FieldError::new(format!("/{list}/{place}"), Fault::Duplicate));
            }
        }
        let mut classes = BTreeSet::new();
        for (place, named) in self.class_names.iter().enumerate() {
            if !classes.insert(named.class_id) {
                faults.push(FieldError::new(format!("/class_names/{place}/class_id"), Fault::Duplicate));
            }
        }
        faults
    }
}

/// The numerals of grades, from 1 on.
const NUMERALS: [char; 9] = ['一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// What a class is called a grade further: its grade is written anew where its name begins with it, in either script,
/// or as `初一` to `初三`; any other name stays.
#[must_use]
pub fn name_in_grade(name: &str, grade: i32, to: i32) -> String {
    let numeral = |grade: i32| NUMERALS.get(usize::try_from(grade - 1).ok()?).copied();
    let junior = |grade: i32| (7..=9).contains(&grade).then(|| numeral(grade - 6)).flatten();
    let spelled = |grade: i32| {
        let digits = grade.to_string();
        [numeral(grade).map(String::from), Some(digits), junior(grade).map(|word| format!("初{word}"))]
    };
    let renamed = spelled(grade).into_iter().zip(spelled(to)).find_map(|(old, new)| {
        let old = old?;
        let rest = name.strip_prefix(old.as_str())?;
        // `1` is no grade of the class `12班`.
        let goes_on =
            old.ends_with(|last: char| last.is_ascii_digit()) && rest.starts_with(|next: char| next.is_ascii_digit());
        (!goes_on).then_some(format!("{}{rest}", new?))
    });
    renamed.unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::name_in_grade;

    #[test]
    fn a_class_is_named_after_its_new_grade() {
        for (name, grade, to, now) in [
            ("三年级2班", 3, 4, "四年级2班"),
            ("三（2）班", 3, 4, "四（2）班"),
            ("3(2)班", 3, 4, "4(2)班"),
            ("初一3班", 7, 8, "初二3班"),
            ("六年级1班", 6, 7, "七年级1班"),
            ("三年级2班", 3, 3, "三年级2班"),
            ("12班", 1, 2, "12班"),
            ("向日葵班", 2, 3, "向日葵班"),
        ] {
            assert_eq!(name_in_grade(name, grade, to), now, "{name}");
        }
    }
}
