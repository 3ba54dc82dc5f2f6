//! `/projects`, as they are read.

use actix_web::get;

use super::Project;
use super::model::ProjectFilter;
use crate::auth::permission::ReadPlans;
use crate::auth::{By, List, Read};
use crate::db::{Id, Instant};
use crate::http::{Answered, Page, PathId, ServiceConfig};
use crate::out;
use crate::rules::document::PlanProject;

out! {
    /// A project 服务项目.
    pub struct ProjectOut of (project, by): Project {
        plan_id: Id,
        school_id: Id,
        /// Its place in the plan document, from 0.
        position: i32,
        offer: PlanProject = project.offer.0.clone(),
        /// Since when it is no longer part of the plan.
        removed_at: Option<Instant>,
    }
    named { school_name: String = Organisation(project.school_id) }
    can "What this caller may call on it now: `update` is PUT, `delete` is DELETE."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_projects).service(get_project);
}

/// Projects in the caller's scope that are part of their plans now 服务项目列表
#[utoipa::path(tag = "projects", params(List<ProjectFilter>),
    responses((status = 200, description = "A page of projects", body = Page<ProjectOut>), ReadPlans))]
#[get("/projects")]
async fn list_projects(by: By<ReadPlans>, list: List<ProjectFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Project>(tx, at)).await
}

/// One project, also one that was taken out of its plan 服务项目
#[utoipa::path(tag = "projects", params(("id" = Id, Path, description = "The project")),
    responses((status = 200, description = "The project", body = ProjectOut), ReadPlans))]
#[get("/projects/{id}")]
async fn get_project(by: By<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Project>(tx, id.0)).await
}
