//! A project: its row, and what it offers.

use serde::Serialize;

use crate::auth::{Actor, Standing};
use crate::db::{Id, Instant, Json};
use crate::plans::life::{PlanState, Verb};
use crate::rules::document::{PlanProject, ProjectCategory};
use crate::{body, filter, life, resource, row};

row! {
    /// The row of a project.
    pub struct ProjectRow of projects {
        id: Id,
        plan_id: Id,
        school_id: Id,
        /// Its place in the plan document, from 0.
        position: i32,
        /// As in the offer: unique in a plan.
        name: String,
        category: ProjectCategory,
        offer: Json<PlanProject>,
        /// Since when it is no longer part of the plan.
        removed_at: Option<Instant>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
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
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable)]
pub struct Project {
    #[serde(flatten)]
    pub row: ProjectRow,
    pub plan_state: PlanState,
    pub path: String,
}

resource!(Project { row: ProjectRow, path }, "project", "projects");

impl Project {
    /// Makes it offer something else.
    pub(super) fn offers(&mut self, offer: &PlanProject) {
        self.row.name = offer.name.as_str().to_owned();
        self.row.category = offer.category;
        self.row.offer = Json(offer.clone());
    }

    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let writable = self.removed_at.is_none() && Verb::Update.leads(self.plan_state).is_some();
        ProjectVerb::such(Standing::Standing, |verb| writable && verb.scope(actor).holds_path(&self.path))
    }
}

body! {
    /// A project, as it is added or replaced.
    pub struct ProjectIn {
        /// Its plan. Stays as it was created.
        plan_id: Id,
        /// What it offers, as in the plan document.
        offer: PlanProject,
    }
}

filter! {
    /// Which projects a list holds.
    pub struct ProjectFilter {
        /// Only projects of this plan.
        plan_id: Id,
        /// Only projects of this school.
        school_id: Id,
        /// Only projects of this category.
        category: ProjectCategory,
    }
}
