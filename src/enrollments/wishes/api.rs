//! `/wishes`.

use actix_web::post;

use super::WishesIn;
use crate::auth::permission::ApplyForProjects;
use crate::auth::{By, OfMany, Write};
use crate::enrollments::joint_enrollments::EnrollmentBatchOut;
use crate::enrollments::wishes;
use crate::http::{Answered, ServiceConfig, Valid};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create_wishes);
}

/// Ranks what one's child wishes, in the place of what it wished before; needs an `Idempotency-Key` 填报志愿
#[utoipa::path(tag = "choice-windows", params(OfMany), request_body = WishesIn,
    responses((status = 200, description = "The wishes in their order, as enrollments that wait for the draw",
        body = EnrollmentBatchOut), ApplyForProjects))]
#[post("/wishes")]
async fn create_wishes(by: By<ApplyForProjects>, write: Write<OfMany>, Valid(body): Valid<WishesIn>) -> Answered {
    write.answers(by, move |tx, by| wishes::put(tx, by, &body)).await
}
