//! `/classes`.

use actix_web::{get, post, put};

use super::Class;
use super::model::{ClassFilter, ClassIn};
use crate::auth::permission::{ManageClasses, ReadClasses};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::schools::classes;

out! {
    /// A class 行政班.
    pub struct ClassOut of (class, by): Class {
        school_id: Id,
        school_year: String,
        grade: i32,
        name: String,
        /// Counts the changes of who is in the class.
        roll_version: i64,
    }
    named { school_name: String = Organisation(class.school_id) }
    can "What this caller may call on it now: `update` is PUT, the others are `POST …/{verb}`."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_classes).service(create_class).service(get_class).service(update_class);
}

/// Classes in the caller's scope, in the order in which they were added 班级列表
#[utoipa::path(tag = "classes", params(List<ClassFilter>),
    responses((status = 200, description = "A page of classes", body = Page<ClassOut>), ReadClasses))]
#[get("/classes")]
async fn list_classes(by: By<ReadClasses>, list: List<ClassFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Class>(tx, at)).await
}

/// Adds a class to a school 新建班级
#[utoipa::path(tag = "classes", request_body = ClassIn,
    responses((status = 201, description = "The new class", body = ClassOut), ManageClasses))]
#[post("/classes")]
async fn create_class(by: By<ManageClasses>, write: Write, Valid(body): Valid<ClassIn>) -> Answered {
    write.creates(by, move |tx, by| classes::create(tx, by, &body)).await
}

/// One class 班级
#[utoipa::path(tag = "classes", params(("id" = Id, Path, description = "The class")),
    responses((status = 200, description = "The class", body = ClassOut), ReadClasses))]
#[get("/classes/{id}")]
async fn get_class(by: By<ReadClasses>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Class>(tx, id.0)).await
}

/// Gives a class another name 修改班级
#[utoipa::path(tag = "classes", params(("id" = Id, Path, description = "The class")), request_body = ClassIn,
    responses((status = 200, description = "The class as it is now", body = ClassOut), ManageClasses))]
#[put("/classes/{id}")]
async fn update_class(by: By<ManageClasses>, id: PathId, write: Write, Valid(body): Valid<ClassIn>) -> Answered {
    write.changes(by, move |tx, by, seen| classes::update(tx, by, id.0, seen, &body)).await
}
