//! `/students`.

use actix_web::{get, post};
use time::Date;

use super::{FreeHelpReason, Student, StudentFilter, StudentGround, StudentIn, StudentState};
use crate::auth::permission::{ManageStudents, ReadStudents};
use crate::auth::{By, List, OfMany, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Key, Page, PathId, Rows, ServiceConfig, Valid};
use crate::rules::document::PriorityGroup;
use crate::students::students;
use crate::values::identifiers::{IdNumber, StudentNumber};
use crate::values::iso_date;
use crate::{batch, out};

out! {
    /// A pupil of a school 学生.
    pub struct StudentOut of (student, by): Student {
        school_id: Id,
        /// The person, the same at every school.
        person_id: Id,
        /// `If-Match` of `/persons/{id}/merge` takes it.
        person_version: i64,
        class_id: Option<Id>,
        grade: i32,
        name: String,
        /// Masked, such as `4306**********002X`; `reveal` gives it whole.
        id_number: Option<String> = student.numbers.id_number.as_ref().map(IdNumber::masked),
        /// Masked, such as `G4306**********002X`; `reveal` gives it whole.
        student_number: Option<String> = student.numbers.student_number.as_ref().map(StudentNumber::masked),
        /// First day.
        #[serde(with = "iso_date")]
        entered_on: Date,
        /// Last day; null while it attends.
        #[serde(with = "iso_date::option")]
        left_on: Option<Date>,
        state: StudentState,
        /// Why the pupil comes first; null for all but its school's administrators and its guardians.
        priority_groups: Option<Vec<PriorityGroup>> =
            Student::shows_reasons_to(by).then(|| student.priority_groups.clone()),
        /// Why the pupil gets free help; null for all but its school's administrators and its guardians.
        free_help: Option<Vec<FreeHelpReason>> = Student::shows_reasons_to(by).then(|| student.free_help.clone()),
        /// On what these rest, and from when to when; null for all but its school's administrators and its guardians.
        grounds: Option<Vec<StudentGround>> = Student::shows_reasons_to(by).then(|| student.row.grounds.0.clone()),
    }
    named {
        class_name: Option<String> = Class(student.class_id),
        school_name: String = Organisation(student.school_id),
    }
    can "What this caller may call on it now: `update` is PUT, any other is `POST …/{verb}`."
    shows [student.seen_at()]
}

batch! {
    /// Pupils that are entered together, such as a class.
    pub struct StudentBatchIn of StudentIn;
    /// What became of pupils that were entered together.
    pub struct StudentBatchOut, StudentBatchItemOut of Student as StudentOut;
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_students).service(create_student).service(create_student_batch).service(get_student);
}

/// Pupils in the caller's scope, in the order in which they were entered 学生列表
#[utoipa::path(tag = "students", params(List<StudentFilter, Key>),
    responses((status = 200, description = "A page of pupils", body = Page<StudentOut>), ReadStudents))]
#[get("/students")]
async fn list_students(by: By<ReadStudents>, list: List<StudentFilter, Key>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Student>(tx, at)).await
}

/// Enters a pupil; a person with these numbers stays the same person 登记学生
#[utoipa::path(tag = "students", request_body = StudentIn,
    responses((status = 201, description = "The new pupil", body = StudentOut), ManageStudents))]
#[post("/students")]
async fn create_student(by: By<ManageStudents>, write: Write, Valid(body): Valid<StudentIn>) -> Answered {
    write.creates(by, move |tx, by| students::create(tx, by, &body)).await
}

/// Enters up to 200 pupils, each as by itself or all or none; needs an `Idempotency-Key` 批量登记学生
#[utoipa::path(tag = "students", params(OfMany), request_body = StudentBatchIn,
    responses((status = 200, description = "What became of each row", body = StudentBatchOut), ManageStudents))]
#[post("/students/batch")]
async fn create_student_batch(by: By<ManageStudents>, write: Write<OfMany>, rows: Rows<StudentIn>) -> Answered {
    write.creates_many(by, rows, students::create).await
}

/// One pupil 学生
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The pupil")),
    responses((status = 200, description = "The pupil", body = StudentOut), ReadStudents))]
#[get("/students/{id}")]
async fn get_student(by: By<ReadStudents>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Student>(tx, id.0)).await
}
