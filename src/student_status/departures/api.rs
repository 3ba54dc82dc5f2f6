//! `/students/{id}/leave`.

use actix_web::post;
use serde::Deserialize;
use time::Date;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::auth::permission::ManageStudents;
use crate::auth::{Caller, Write};
use crate::db::Id;
use crate::http::{Answered, PathId, Valid};
use crate::student_status::departures;
use crate::students::students::StudentOut;
use crate::values::iso_date;

/// When a pupil left.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveIn {
    /// Last day; not before it entered, not after today.
    #[serde(with = "iso_date")]
    pub left_on: Date,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(leave_student);
}

/// Lets a pupil leave its school 学生离校
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The pupil")), request_body = LeaveIn,
    responses((status = 200, description = "The pupil as it is now", body = StudentOut), ManageStudents))]
#[post("/students/{id}/leave")]
async fn leave_student(
    caller: Caller<ManageStudents>,
    id: PathId,
    write: Write,
    Valid(body): Valid<LeaveIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            StudentOut::answer(&departures::leave(tx, actor, id.0, seen, body.left_on)?, actor)
        })
        .await
}
