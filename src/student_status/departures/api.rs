//! `/students/{id}/leave`.

use actix_web::post;

use crate::auth::permission::ManageStudents;
use crate::auth::{By, Write};
use crate::db::Id;
use crate::http::{Answered, PathId, ServiceConfig, Valid};
use crate::student_status::departures;
use crate::students::students::{LeaveIn, StudentOut};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(leave_student);
}

/// Lets a pupil leave its school 学生离校
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The pupil")), request_body = LeaveIn,
    responses((status = 200, description = "The pupil as it is now", body = StudentOut), ManageStudents))]
#[post("/students/{id}/leave")]
async fn leave_student(by: By<ManageStudents>, id: PathId, write: Write, Valid(body): Valid<LeaveIn>) -> Answered {
    write.changes(by, move |tx, by, seen| departures::leave(tx, by, id.0, seen, body.left_on)).await
}
