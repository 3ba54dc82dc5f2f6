//! By what enrollments are counted.

use crate::db::Id;
use crate::enrollments::enrollments::EnrollmentState;
use crate::rules::document::Season;
use crate::values::identifiers::SchoolYear;
use crate::{counts, filter};

counts! {
    /// By what enrollments may be counted.
    pub enum EnrollmentGroup as EnrollmentGroups {
        Project = "project" {
            project_id: Id = |key| key.id,
            project_name: String = |key| key.name.clone(),
        },
        State = "state" { state: EnrollmentState = |key| key.word.as_deref().and_then(EnrollmentState::parse) },
        Class = "class" {
            /// The pupil's class today.
            class_id: Id = |key| key.id,
            class_name: String = |key| key.name.clone(),
        },
        Grade = "grade" {
            /// The pupil's grade today.
            grade: i32 = |key| key.word.as_deref().and_then(|word| word.parse().ok()),
        },
        School = "school" {
            school_id: Id = |key| key.id,
            school_name: String = |key| key.name.clone(),
        },
        Plan = "plan" {
            plan_id: Id = |key| key.id,
            /// Of the plan.
            school_year: String = |key| Some(key.name.as_deref()?.split_once(' ')?.0.to_owned()),
            /// Of the plan.
            season: Season = |key| Season::parse(key.name.as_deref()?.split_once(' ')?.1),
        },
    }
    /// Enrollments in numbers 报名统计.
    pub struct EnrollmentCountsOut {
        items: EnrollmentCountOut,
        /// How many enrollments.
        count,
    }
}

filter! {
    /// By what enrollments are counted, and which.
    pub struct EnrollmentCountsFilter {
        /// One or two of `project`, `state`, `class`, `grade`, `school` and `plan`, with a comma between; all together
        /// where it is left out.
        group_by: EnrollmentGroups,
        /// Only enrollments at this school.
        school_id: Id,
        /// Only at schools of this authority and of those below it.
        authority_id: Id,
        /// Only in projects of this plan.
        plan_id: Id,
        /// Only in this project.
        project_id: Id,
        /// Only of pupils of this class.
        class_id: Id,
        /// Only of this school year.
        school_year: SchoolYear,
        /// Only of this season.
        season: Season,
        /// Only in this state.
        state: EnrollmentState,
    }
}
