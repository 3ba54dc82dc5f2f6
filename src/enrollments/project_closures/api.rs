//! `/project-closures`.

use actix_web::{get, post};
use time::Date;

use super::model::ProjectClosureFilter;
use super::{ProjectClosure, ProjectClosureIn};
use crate::auth::permission::{CloseProjects, ReadPlans};
use crate::auth::{By, Keyed, List, Read, Write};
use crate::db::Id;
use crate::enrollments::project_closures;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::values::iso_date;

out! {
    /// That a project was closed, because too few had joined 项目停开.
    pub struct ProjectClosureOut of (closure, by): ProjectClosure {
        project_id: Id,
        plan_id: Id,
        school_id: Id,
        /// With which project it was joined; null where it was cancelled.
        into_project_id: Option<Id>,
        reason: String,
        /// From how many pupils on it would have been held, as guardians were told.
        seats_min: i64,
        /// Seats that were taken when it was closed.
        seats_taken: i64,
        /// Pupils who were offered a seat in another project at once.
        pupils_offered: i64,
        /// Pupils for whom the plan has no other project with a seat, or who are in it already.
        pupils_without: i64,
        /// The day on which it was closed.
        #[serde(with = "iso_date")]
        closed_on: Date,
        /// Who closed it.
        closed_by_id: Id,
    }
    named {
        project_name: String = Project(closure.project_id),
        /// With which project it was joined; null where it was cancelled.
        into_project_name: Option<String> = Project(closure.into_project_id),
        school_name: String = Organisation(closure.school_id),
        /// Who closed it.
        closed_by_name: String = Account(closure.closed_by_id),
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_project_closures).service(create_project_closure).service(get_project_closure);
}

/// Closures of projects in the caller's scope, in the order in which they were made 项目停开列表
#[utoipa::path(tag = "projects", params(List<ProjectClosureFilter>),
    responses((status = 200, description = "A page of closures", body = Page<ProjectClosureOut>), ReadPlans))]
#[get("/project-closures")]
async fn list_project_closures(by: By<ReadPlans>, list: List<ProjectClosureFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<ProjectClosure>(tx, at)).await
}

/// Closes a project that too few have joined, and offers its pupils another one at once 停开项目
#[utoipa::path(tag = "projects", params(Keyed), request_body = ProjectClosureIn,
    responses((status = 201, description = "What became of it", body = ProjectClosureOut), CloseProjects))]
#[post("/project-closures")]
async fn create_project_closure(
    by: By<CloseProjects>,
    write: Write<Keyed>,
    Valid(body): Valid<ProjectClosureIn>,
) -> Answered {
    write.creates(by, move |tx, by| project_closures::create(tx, by, &body)).await
}

/// One closure of a project 项目停开
#[utoipa::path(tag = "projects", params(("id" = Id, Path, description = "The closure")),
    responses((status = 200, description = "The closure", body = ProjectClosureOut), ReadPlans))]
#[get("/project-closures/{id}")]
async fn get_project_closure(by: By<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<ProjectClosure>(tx, id.0)).await
}
