//! `POST /projects`, `PUT` and `DELETE /projects/{id}`.

use actix_web::{delete, post, put};

use crate::auth::permission::WritePlans;
use crate::auth::{By, Write};
use crate::db::Id;
use crate::http::{Answered, PathId, ServiceConfig, Valid};
use crate::plans::project_changes;
use crate::plans::projects::{ProjectIn, ProjectOut};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create_project).service(update_project).service(delete_project);
}

/// Adds a project at the end of a draft or returned plan 新增服务项目
#[utoipa::path(tag = "projects", request_body = ProjectIn,
    responses((status = 201, description = "The new project", body = ProjectOut), WritePlans))]
#[post("/projects")]
async fn create_project(by: By<WritePlans>, write: Write, Valid(body): Valid<ProjectIn>) -> Answered {
    write.creates(by, move |tx, by| project_changes::create(tx, by, &body)).await
}

/// Replaces what a project of a draft or returned plan offers 修改服务项目
#[utoipa::path(tag = "projects", params(("id" = Id, Path, description = "The project")), request_body = ProjectIn,
    responses((status = 200, description = "The project as it is now", body = ProjectOut), WritePlans))]
#[put("/projects/{id}")]
async fn update_project(by: By<WritePlans>, id: PathId, write: Write, Valid(body): Valid<ProjectIn>) -> Answered {
    write.changes(by, move |tx, by, seen| project_changes::update(tx, by, id.0, seen, &body)).await
}

/// Takes a project out of a draft or returned plan 移除服务项目
#[utoipa::path(tag = "projects", params(("id" = Id, Path, description = "The project")),
    responses((status = 200, description = "The project as it was last", body = ProjectOut), WritePlans))]
#[delete("/projects/{id}")]
async fn delete_project(by: By<WritePlans>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| project_changes::delete(tx, by, id.0, seen)).await
}
