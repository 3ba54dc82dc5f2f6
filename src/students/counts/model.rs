//! By what pupils are counted.

use crate::db::Id;
use crate::rules::document::Grade;
use crate::students::students::StudentState;
use crate::values::identifiers::SchoolYear;
use crate::{counts, filter};

counts! {
    /// By what pupils may be counted.
    pub enum StudentGroup as StudentGroups {
        School = "school" {
            school_id: Id = |key| key.id,
            school_name: String = |key| key.name.clone(),
        },
        Class = "class" {
            class_id: Id = |key| key.id,
            class_name: String = |key| key.name.clone(),
        },
        Grade = "grade" { grade: i32 = |key| key.word.as_deref().and_then(|word| word.parse().ok()) },
        State = "state" { state: StudentState = |key| key.word.as_deref().and_then(StudentState::parse) },
    }
    /// Pupils in numbers 学生人数统计.
    pub struct StudentCountsOut {
        items: StudentCountOut,
        /// How many pupils.
        count,
    }
}

filter! {
    /// By what pupils are counted, and which.
    pub struct StudentCountsFilter {
        /// One or two of `school`, `class`, `grade` and `state`, with a comma between; all together where it is left
        /// out.
        group_by: StudentGroups,
        /// Only pupils of this school.
        school_id: Id,
        /// Only of schools of this authority and of those below it.
        authority_id: Id,
        /// Only of this class.
        class_id: Id,
        /// Only of classes of this school year.
        school_year: SchoolYear,
        /// Only of this grade.
        grade: Grade,
        /// Only in this state.
        state: StudentState,
    }
}
