//! `/enrollments/counts`.

use actix_web::get;

use super::model::{EnrollmentCountsFilter, EnrollmentCountsOut};
use crate::auth::permission::ReadEnrollments;
use crate::auth::{By, Lookup};
use crate::enrollments::counts;
use crate::http::{Answered, ServiceConfig};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(count_enrollments);
}

/// Enrollments in the caller's scope in numbers, by at most two words 报名统计
#[utoipa::path(tag = "enrollments", params(EnrollmentCountsFilter),
    responses((status = 200, description = "The numbers", body = EnrollmentCountsOut), ReadEnrollments))]
#[get("/enrollments/counts")]
async fn count_enrollments(by: By<ReadEnrollments>, lookup: Lookup<EnrollmentCountsFilter>) -> Answered {
    lookup
        .counts(by, |tx, by, asked| Ok(EnrollmentCountsOut::of(counts::of(tx, by, asked)?, |(count,)| [*count])))
        .await
}
