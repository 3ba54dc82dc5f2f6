//! `/quality-courses`.

use actix_web::{get, post};
use time::Date;

use super::QualityCourse;
use super::model::{QualityCourseEndIn, QualityCourseFilter, QualityCourseIn, QualityCourseState};
use crate::auth::permission::{MarkQualityCourses, ReadPlans};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::plans::quality_courses;
use crate::values::iso_date;

out! {
    /// A project that an authority holds up as an example 精品课程.
    pub struct QualityCourseOut of (course, by): QualityCourse {
        project_id: Id,
        school_id: Id,
        state: QualityCourseState,
        document: String,
        #[serde(with = "iso_date")]
        marked_on: Date,
        #[serde(with = "iso_date::option")]
        ended_on: Option<Date>,
        end_reason: Option<String>,
    }
    named {
        project_name: String = Project(course.project_id),
        school_name: String = Organisation(course.school_id),
    }
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
#[utoipa::path(tag = "quality-courses", params(List<QualityCourseFilter>),
    responses((status = 200, description = "A page of quality courses", body = Page<QualityCourseOut>), ReadPlans))]
#[get("/quality-courses")]
async fn list_quality_courses(by: By<ReadPlans>, list: List<QualityCourseFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<QualityCourse>(tx, at)).await
}

/// Marks a project as a quality course 认定精品课程
#[utoipa::path(tag = "quality-courses", request_body = QualityCourseIn,
    responses((status = 201, description = "The mark", body = QualityCourseOut), MarkQualityCourses))]
#[post("/quality-courses")]
async fn create_quality_course(
    by: By<MarkQualityCourses>,
    write: Write,
    Valid(body): Valid<QualityCourseIn>,
) -> Answered {
    write.creates(by, move |tx, by| quality_courses::create(tx, by, &body)).await
}

/// One mark 精品课程
#[utoipa::path(tag = "quality-courses", params(("id" = Id, Path, description = "The mark")),
    responses((status = 200, description = "The mark", body = QualityCourseOut), ReadPlans))]
#[get("/quality-courses/{id}")]
async fn get_quality_course(by: By<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<QualityCourse>(tx, id.0)).await
}

/// Ends a mark 终止认定
#[utoipa::path(tag = "quality-courses", params(("id" = Id, Path, description = "The mark")),
    request_body = QualityCourseEndIn,
    responses((status = 200, description = "The mark as it is now", body = QualityCourseOut), MarkQualityCourses))]
#[post("/quality-courses/{id}/end")]
async fn end_quality_course(
    by: By<MarkQualityCourses>,
    id: PathId,
    write: Write,
    Valid(body): Valid<QualityCourseEndIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| quality_courses::end(tx, by, id.0, seen, &body)).await
}
