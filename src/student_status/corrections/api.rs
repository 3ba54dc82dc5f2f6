//! `PUT /students/{id}`.

use actix_web::put;

use crate::auth::permission::ManageStudents;
use crate::auth::{By, Write};
use crate::db::Id;
use crate::http::{Answered, PathId, ServiceConfig, Valid};
use crate::student_status::corrections;
use crate::students::students::{StudentIn, StudentOut};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(update_student);
}

/// Replaces what the school knows of its pupil 修改学生
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The pupil")), request_body = StudentIn,
    responses((status = 200, description = "The pupil as it is now", body = StudentOut), ManageStudents))]
#[put("/students/{id}")]
async fn update_student(by: By<ManageStudents>, id: PathId, write: Write, Valid(body): Valid<StudentIn>) -> Answered {
    write.changes(by, move |tx, by, seen| corrections::update(tx, by, id.0, seen, &body)).await
}
