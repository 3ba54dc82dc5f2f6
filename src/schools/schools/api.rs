//! `/schools`.

use actix_web::{get, post, put};

use super::School;
use super::model::{SchoolFilter, SchoolIn};
use crate::auth::permission::{ManageSchools, ReadSchools};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Key, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::rules::document::{Dismissal, Ownership, SchoolArea, Stage};
use crate::schools::schools;

out! {
    /// A school 学校.
    pub struct SchoolOut of (school, by): School {
        code: String,
        name: String,
        authority_id: Option<Id>,
        ownership: Ownership,
        area: SchoolArea,
        stages: Vec<Stage> = school.stages.0.clone(),
        grade_first: i32,
        grade_last: i32,
        boarding: bool,
        dismissals: Vec<Dismissal> = school.dismissals.0.clone(),
    }
    named { authority_name: Option<String> = Organisation(school.authority_id) }
    id "Also the id of its organisation." can "What this caller may call on it now: `update` is PUT."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_schools).service(create_school).service(get_school).service(update_school);
}

/// Schools in the caller's scope, by code 学校列表
#[utoipa::path(tag = "schools", params(List<SchoolFilter, Key>),
    responses((status = 200, description = "A page of schools", body = Page<SchoolOut>), ReadSchools))]
#[get("/schools")]
async fn list_schools(by: By<ReadSchools>, list: List<SchoolFilter, Key>) -> Answered {
    list.shows_coded(by, |school: &School| school.code.clone(), schools::list).await
}

/// Adds a school below its filing authority 新建学校
#[utoipa::path(tag = "schools", request_body = SchoolIn,
    responses((status = 201, description = "The new school", body = SchoolOut), ManageSchools))]
#[post("/schools")]
async fn create_school(by: By<ManageSchools>, write: Write, Valid(body): Valid<SchoolIn>) -> Answered {
    write.creates(by, move |tx, by| schools::create(tx, by, &body)).await
}

/// One school 学校
#[utoipa::path(tag = "schools", params(("id" = Id, Path, description = "The school")),
    responses((status = 200, description = "The school", body = SchoolOut), ReadSchools))]
#[get("/schools/{id}")]
async fn get_school(by: By<ReadSchools>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<School>(tx, id.0)).await
}

/// Replaces a school's facts 修改学校
#[utoipa::path(tag = "schools", params(("id" = Id, Path, description = "The school")), request_body = SchoolIn,
    responses((status = 200, description = "The school as it is now", body = SchoolOut), ManageSchools))]
#[put("/schools/{id}")]
async fn update_school(by: By<ManageSchools>, id: PathId, write: Write, Valid(body): Valid<SchoolIn>) -> Answered {
    write.changes(by, move |tx, by, seen| schools::update(tx, by, id.0, seen, &body)).await
}
