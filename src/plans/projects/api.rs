//! `/projects`.

use actix_web::{delete, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{Project, ProjectFilter};
use crate::auth::permission::{ReadPlans, WritePlans};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::plans::projects;
use crate::refusal::Refusal;
use crate::rules::document::{PlanProject, ProjectCategory};

/// A project, as it is added or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectIn {
    /// Its plan. Stays as it was created.
    pub plan_id: Id,
    /// What it offers, as in the plan document.
    pub offer: PlanProject,
}

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
    fn of(project: &Project, actor: &Actor) -> Self {
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
    config
        .service(list_projects)
        .service(create_project)
        .service(get_project)
        .service(update_project)
        .service(delete_project);
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

/// Adds a project at the end of a draft or returned plan 新增服务项目
#[utoipa::path(tag = "projects", request_body = ProjectIn,
    responses((status = 201, description = "The new project", body = ProjectOut), WritePlans))]
#[post("/projects")]
async fn create_project(caller: Caller<WritePlans>, write: Write, Valid(body): Valid<ProjectIn>) -> Answered {
    write
        .run(caller, move |tx, actor| {
            let made = projects::create(tx, actor, body.plan_id, &body.offer)?;
            let location = format!("/api/v1/projects/{}", made.row.id);
            Answer::created(location, &ProjectOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One project, also one that was taken out of its plan 服务项目
#[utoipa::path(tag = "projects", params(("id" = Id, Path, description = "The project")),
    responses((status = 200, description = "The project", body = ProjectOut), ReadPlans))]
#[get("/projects/{id}")]
async fn get_project(caller: Caller<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&projects::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Replaces what a project of a draft or returned plan offers 修改服务项目
#[utoipa::path(tag = "projects", params(("id" = Id, Path, description = "The project")), request_body = ProjectIn,
    responses((status = 200, description = "The project as it is now", body = ProjectOut), WritePlans))]
#[put("/projects/{id}")]
async fn update_project(
    caller: Caller<WritePlans>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ProjectIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            answer(&projects::update(tx, actor, id.0, seen, body.plan_id, &body.offer)?, actor)
        })
        .await
}

/// Takes a project out of a draft or returned plan 移除服务项目
#[utoipa::path(tag = "projects", params(("id" = Id, Path, description = "The project")),
    responses((status = 200, description = "The project as it was last", body = ProjectOut), WritePlans))]
#[delete("/projects/{id}")]
async fn delete_project(caller: Caller<WritePlans>, id: PathId, write: Write) -> Answered {
    write.versioned(caller, move |tx, actor, seen| answer(&projects::delete(tx, actor, id.0, seen)?, actor)).await
}

fn answer(project: &Project, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&ProjectOut::of(project, actor), project.row.version)
}
