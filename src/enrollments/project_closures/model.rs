//! That a project was closed, and what became of its pupils.

use time::Date;

use crate::db::{Id, Instant, Placed};
use crate::values::text::Line;
use crate::{body, filter, row};

row! {
    /// The row of a closure.
    pub struct ProjectClosureRow of project_closures, "project-closure", "project-closures" {
        id: Id,
        project_id: Id,
        plan_id: Id,
        school_id: Id,
        into_project_id: Option<Id>,
        reason: String,
        seats_min: i64,
        seats_taken: i64,
        pupils_offered: i64,
        pupils_without: i64,
        closed_on: Date,
        closed_by_id: Id,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A closure with the path of its school.
pub type ProjectClosure = Placed<ProjectClosureRow>;

impl ProjectClosure {
    /// Nothing is called on it.
    #[must_use]
    pub fn can(&self, _: &crate::auth::Actor) -> Vec<&'static str> {
        Vec::new()
    }
}

filter! {
    /// Which closures a list holds.
    #[expect(clippy::struct_field_names, reason = "they are parameters, as they are called everywhere")]
    pub struct ProjectClosureFilter {
        /// Only of this plan.
        plan_id: Id,
        /// Only of this project.
        project_id: Id,
        /// Only of this school.
        school_id: Id,
    }
}

body! {
    /// A project that too few have joined.
    pub struct ProjectClosureIn {
        /// Of a published notice, with a minimum that is not reached after the last day to apply.
        project_id: Id,
        /// With which project of the same plan it is joined: its pupils are offered seats there first. Null where it is
        /// cancelled: they are offered the open project.
        into_project_id: Option<Id>,
        /// As it is told to whoever asks.
        #[schema(inline)]
        reason: Line<2, 200>,
    }
}
