//! `/class-teachers`.

use actix_web::{get, post};
use time::Date;

use super::model::{ClassTeacherEndIn, ClassTeacherFilter};
use super::{ClassTeacher, ClassTeacherIn, ClassTeacherKind, ClassTeacherState};
use crate::auth::permission::{ManageClasses, ReadClasses};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::schools::class_teachers;
use crate::values::iso_date;

out! {
    /// A teacher of a class 任课教师.
    pub struct ClassTeacherOut of (taught, by): ClassTeacher {
        school_id: Id,
        class_id: Id,
        /// The account, which sees the pupils of the class.
        user_id: Id,
        kind: ClassTeacherKind,
        /// What it teaches there; null for a class teacher of no subject.
        subject: Option<String>,
        /// First day.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day; null for no end.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        ends_on: Option<Date>,
        state: ClassTeacherState,
    }
    named {
        class_name: String = Class(taught.class_id),
        user_name: String = Account(taught.user_id),
        school_name: String = Organisation(taught.school_id),
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_class_teachers).service(create_class_teacher).service(get_class_teacher);
    config.service(end_class_teacher);
}

/// Teachers of classes in the caller's scope, in the order in which they were entered 任课教师列表
#[utoipa::path(tag = "classes", params(List<ClassTeacherFilter>),
    responses((status = 200, description = "A page of teachers of classes", body = Page<ClassTeacherOut>),
        ReadClasses))]
#[get("/class-teachers")]
async fn list_class_teachers(by: By<ReadClasses>, list: List<ClassTeacherFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<ClassTeacher>(tx, at)).await
}

/// Says that an account teaches a class; it sees the pupils of the class from then on 登记任课教师
#[utoipa::path(tag = "classes", request_body = ClassTeacherIn, responses(
    (status = 201, description = "The new teacher of the class", body = ClassTeacherOut), ManageClasses))]
#[post("/class-teachers")]
async fn create_class_teacher(by: By<ManageClasses>, write: Write, Valid(body): Valid<ClassTeacherIn>) -> Answered {
    write.creates(by, move |tx, by| class_teachers::create(tx, by, &body)).await
}

/// One teacher of a class 任课教师
#[utoipa::path(tag = "classes", params(("id" = Id, Path, description = "The teacher of the class")),
    responses((status = 200, description = "The teacher of the class", body = ClassTeacherOut), ReadClasses))]
#[get("/class-teachers/{id}")]
async fn get_class_teacher(by: By<ReadClasses>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<ClassTeacher>(tx, id.0)).await
}

/// Ends it; from now on the teacher sees nobody by it 结束任课
#[utoipa::path(tag = "classes", params(("id" = Id, Path, description = "The teacher of the class")),
    request_body = ClassTeacherEndIn, responses(
    (status = 200, description = "The teacher of the class as it is now", body = ClassTeacherOut), ManageClasses))]
#[post("/class-teachers/{id}/end")]
async fn end_class_teacher(
    by: By<ManageClasses>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ClassTeacherEndIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| class_teachers::end(tx, by, id.0, seen, body.ends_on)).await
}
