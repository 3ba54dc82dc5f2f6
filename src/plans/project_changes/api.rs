//! `POST /projects`, `PUT` and `DELETE /projects/{id}`.

use actix_web::{delete, post, put};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::auth::permission::WritePlans;
use crate::auth::{Caller, Write};
use crate::db::Id;
use crate::http::{Answer, Answered, PathId, Valid};
use crate::plans::project_changes;
use crate::plans::projects::ProjectOut;
use crate::rules::document::PlanProject;

/// A project, as it is added or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectIn {
    /// Its plan. Stays as it was created.
    pub plan_id: Id,
    /// What it offers, as in the plan document.
    pub offer: PlanProject,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create_project).service(update_project).service(delete_project);
}

/// Adds a project at the end of a draft or returned plan 新增服务项目
#[utoipa::path(tag = "projects", request_body = ProjectIn,
    responses((status = 201, description = "The new project", body = ProjectOut), WritePlans))]
#[post("/projects")]
async fn create_project(caller: Caller<WritePlans>, write: Write, Valid(body): Valid<ProjectIn>) -> Answered {
    write
        .run(caller, move |tx, actor| {
            let made = project_changes::create(tx, actor, body.plan_id, &body.offer)?;
            let location = format!("/api/v1/projects/{}", made.row.id);
            Answer::created(location, &ProjectOut::of(&made, actor), made.row.version)
        })
        .await
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
            ProjectOut::answer(&project_changes::update(tx, actor, id.0, seen, body.plan_id, &body.offer)?, actor)
        })
        .await
}

/// Takes a project out of a draft or returned plan 移除服务项目
#[utoipa::path(tag = "projects", params(("id" = Id, Path, description = "The project")),
    responses((status = 200, description = "The project as it was last", body = ProjectOut), WritePlans))]
#[delete("/projects/{id}")]
async fn delete_project(caller: Caller<WritePlans>, id: PathId, write: Write) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            ProjectOut::answer(&project_changes::delete(tx, actor, id.0, seen)?, actor)
        })
        .await
}
