//! A project: its row, and what it offers.

use serde::Serialize;

use crate::auth::{Actor, Standing};
use crate::db::{Id, Instant, Json};
use crate::life;
use crate::plans::life::{PlanState, Verb};
use crate::rules::document::{PlanProject, ProjectCategory};

/// The row of a project.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::projects, check_for_backend(crate::db::MultiBackend))]
pub struct ProjectRow {
    pub id: Id,
    pub plan_id: Id,
    pub school_id: Id,
    /// Its place in the plan document, from 0.
    pub position: i32,
    /// As in the offer: unique in a plan.
    pub name: String,
    pub category: ProjectCategory,
    #[serde(skip)]
    pub offer: Json,
    /// Since when it is no longer part of the plan.
    pub removed_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Where a project belongs, also one that was taken out of its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub id: Id,
    pub plan_id: Id,
    pub school_id: Id,
    /// The path of its school.
    pub path: String,
}

life! {
    /// What is called on a project, while its plan is being written.
    pub ProjectVerb of Standing, "projects" {
        Update = "update" by WritePlans { Standing => same }
        Delete = "delete" by WritePlans { Standing => same }
    }
}

/// A project with the path of its school and the state of its plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Project {
    #[serde(flatten)]
    pub row: ProjectRow,
    pub offer: PlanProject,
    pub plan_state: PlanState,
    pub path: String,
}

impl Project {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let writable = self.row.removed_at.is_none() && Verb::Update.leads(self.plan_state).is_some();
        ProjectVerb::such(Standing::Standing, |verb| writable && verb.scope(actor).holds_path(&self.path))
    }
}
