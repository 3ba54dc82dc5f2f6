//! `/quality-courses`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{QualityCourse, QualityCourseFilter, QualityCourseState};
use crate::auth::permission::{MarkQualityCourses, ReadPlans};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::plans::quality_courses;
use crate::refusal::Refusal;
use crate::values::iso_date;
use crate::values::text::Line;

/// A project that is to be marked, and by which document.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualityCourseIn {
    pub project_id: Id,
    /// Number or name of the document.
    #[schema(inline)]
    pub document: Line<2, 120>,
}

/// Why a mark ends.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualityCourseEndIn {
    #[schema(inline)]
    pub reason: Line<2, 300>,
}

/// A project that an authority holds up as an example 精品课程.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityCourseOut {
    pub id: Id,
    pub project_id: Id,
    pub school_id: Id,
    pub state: QualityCourseState,
    pub document: String,
    #[serde(with = "iso_date")]
    pub marked_on: Date,
    #[serde(with = "iso_date::option")]
    pub ended_on: Option<Date>,
    pub end_reason: Option<String>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl QualityCourseOut {
    fn of(course: &QualityCourse, actor: &Actor) -> Self {
        let row = course.row.clone();
        Self {
            id: row.id,
            project_id: row.project_id,
            school_id: row.school_id,
            state: row.state,
            document: row.document,
            marked_on: row.marked_on,
            ended_on: row.ended_on,
            end_reason: row.end_reason,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: course.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which marks a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QualityCourseQuery {
    /// Only marks of this project.
    #[param(inline)]
    pub project_id: Option<Id>,
    /// Only marks of this school's projects.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only marks in this state.
    #[param(inline)]
    pub state: Option<QualityCourseState>,
    /// Marks in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_quality_courses)
        .service(create_quality_course)
        .service(get_quality_course)
        .service(end_quality_course);
}

/// Quality courses in the caller's scope 精品课程列表
#[utoipa::path(tag = "quality-courses", params(QualityCourseQuery),
    responses((status = 200, description = "A page of quality courses", body = Page<QualityCourseOut>), ReadPlans))]
#[get("/quality-courses")]
async fn list_quality_courses(caller: Caller<ReadPlans>, list: List<QualityCourseQuery>) -> Answered {
    let query = &list.query;
    let filter = QualityCourseFilter { project_id: query.project_id, school_id: query.school_id, state: query.state };
    let paging = Paging::of("quality-courses", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = quality_courses::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |course| course.row.id).map(|course| QualityCourseOut::of(&course, &caller.actor)))
    })
    .await
}

/// Marks a project as a quality course 认定精品课程
#[utoipa::path(tag = "quality-courses", request_body = QualityCourseIn,
    responses((status = 201, description = "The mark", body = QualityCourseOut), MarkQualityCourses))]
#[post("/quality-courses")]
async fn create_quality_course(
    caller: Caller<MarkQualityCourses>,
    write: Write,
    Valid(body): Valid<QualityCourseIn>,
) -> Answered {
    write
        .run(caller, move |tx, actor| {
            let made = quality_courses::create(tx, actor, body.project_id, body.document.as_str())?;
            let location = format!("/api/v1/quality-courses/{}", made.row.id);
            Answer::created(location, &QualityCourseOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One mark 精品课程
#[utoipa::path(tag = "quality-courses", params(("id" = Id, Path, description = "The mark")),
    responses((status = 200, description = "The mark", body = QualityCourseOut), ReadPlans))]
#[get("/quality-courses/{id}")]
async fn get_quality_course(caller: Caller<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&quality_courses::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Ends a mark 终止认定
#[utoipa::path(tag = "quality-courses", params(("id" = Id, Path, description = "The mark")),
    request_body = QualityCourseEndIn,
    responses((status = 200, description = "The mark as it is now", body = QualityCourseOut), MarkQualityCourses))]
#[post("/quality-courses/{id}/end")]
async fn end_quality_course(
    caller: Caller<MarkQualityCourses>,
    id: PathId,
    write: Write,
    Valid(body): Valid<QualityCourseEndIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            answer(&quality_courses::end(tx, actor, id.0, seen, body.reason.as_str())?, actor)
        })
        .await
}

fn answer(course: &QualityCourse, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&QualityCourseOut::of(course, actor), course.row.version)
}
