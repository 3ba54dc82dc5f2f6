//! By what sessions are counted.

use crate::db::Id;
use crate::delivery::sessions::SessionState;
use crate::rules::document::Season;
use crate::values::iso_date::Day;
use crate::values::month::Month;
use crate::{counts, filter};

counts! {
    /// By what sessions may be counted.
    pub enum SessionGroup as SessionGroups {
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
        Project = "project" {
            project_id: Id = |key| key.id,
            project_name: String = |key| key.name.clone(),
        },
        Group = "group" {
            group_id: Id = |key| key.id,
            group_name: String = |key| key.name.clone(),
        },
        Month = "month" { month: Month = |key| Month::parse(key.word.as_deref()?).ok() },
        State = "state" { state: SessionState = |key| key.word.as_deref().and_then(SessionState::parse) },
    }
    /// Sessions in numbers 服务开展统计.
    pub struct SessionCountsOut {
        items: SessionCountOut,
        /// How many sessions.
        count,
        /// How often a pupil was there, for all or part of a session.
        attended,
        /// How often a pupil was on leave.
        on_leave,
        /// How often a pupil was absent.
        absent,
    }
}

filter! {
    /// By what sessions are counted, and which.
    pub struct SessionCountsFilter {
        /// One or two of `school`, `plan`, `project`, `group`, `month` and `state`, with a comma between; all together
        /// where it is left out.
        group_by: SessionGroups,
        /// Only sessions of this school.
        school_id: Id,
        /// Only of schools of this authority and of those below it.
        authority_id: Id,
        /// Only of this plan.
        plan_id: Id,
        /// Only of this project.
        project_id: Id,
        /// Only of this group.
        group_id: Id,
        /// Only on this day or later.
        from_on: Day,
        /// Only on this day or before.
        to_on: Day,
        /// Only in this state.
        state: SessionState,
    }
}
