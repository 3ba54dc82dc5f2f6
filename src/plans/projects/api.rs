//! `/projects`, as they are read.

use actix_web::get;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Project, ProjectFilter};
use crate::auth::permission::ReadPlans;
use crate::auth::{Actor, Caller, List, Read};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId};
use crate::plans::projects;
use crate::refusal::Refusal;
use crate::rules::document::{PlanProject, ProjectCategory};

/// A project 服务项目.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectOut {
    pub id: Id,
    pub plan_id: Id,
    pub school_id: Id,
    /// Its place in the plan document, from 0.
    pub position: i32,
    pub offer: PlanProject,
    /// Since when it is no longer part of the plan.
    pub removed_at: Option<Instant>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `update` is PUT, `delete` is DELETE.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl ProjectOut {
    /// The project as `actor` sees it.
    #[must_use]
    pub fn of(project: &Project, actor: &Actor) -> Self {
        let row = &project.row;
        Self {
            id: row.id,
            plan_id: row.plan_id,
            school_id: row.school_id,
            position: row.position,
            offer: project.offer.clone(),
            removed_at: row.removed_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: project.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }

    /// The answer to a read or a change of a project.
    ///
    /// # Errors
    /// A defect: the shape cannot be written as JSON.
    pub fn answer(project: &Project, actor: &Actor) -> Result<Answer, Refusal> {
        Answer::ok(&Self::of(project, actor), project.row.version)
    }
}

/// Which projects a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProjectQuery {
    /// Only projects of this plan.
    #[param(inline)]
    pub plan_id: Option<Id>,
    /// Only projects of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only projects of this category.
    #[param(inline)]
    pub category: Option<ProjectCategory>,
    /// Projects in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_projects).service(get_project);
}

/// Projects in the caller's scope that are part of their plans now 服务项目列表
#[utoipa::path(tag = "projects", params(ProjectQuery),
    responses((status = 200, description = "A page of projects", body = Page<ProjectOut>), ReadPlans))]
#[get("/projects")]
async fn list_projects(caller: Caller<ReadPlans>, list: List<ProjectQuery>) -> Answered {
    let query = &list.query;
    let filter = ProjectFilter { plan_id: query.plan_id, school_id: query.school_id, category: query.category };
    let paging = Paging::of("projects", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = projects::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |project| project.row.id).map(|project| ProjectOut::of(&project, &caller.actor)))
    })
    .await
}

/// One project, also one that was taken out of its plan 服务项目
#[utoipa::path(tag = "projects", params(("id" = Id, Path, description = "The project")),
    responses((status = 200, description = "The project", body = ProjectOut), ReadPlans))]
#[get("/projects/{id}")]
async fn get_project(caller: Caller<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| ProjectOut::answer(&projects::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}
