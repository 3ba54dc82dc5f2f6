//! `/students/counts`.

use actix_web::get;

use super::model::{StudentCountsFilter, StudentCountsOut};
use crate::auth::permission::ReadStudents;
use crate::auth::{By, Lookup};
use crate::http::{Answered, ServiceConfig};
use crate::students::counts;

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(count_students);
}

/// Pupils in the caller's scope in numbers, by at most two words 学生人数统计
#[utoipa::path(tag = "students", params(StudentCountsFilter),
    responses((status = 200, description = "The numbers", body = StudentCountsOut), ReadStudents))]
#[get("/students/counts")]
async fn count_students(by: By<ReadStudents>, lookup: Lookup<StudentCountsFilter>) -> Answered {
    lookup.counts(by, |tx, by, asked| Ok(StudentCountsOut::of(counts::of(tx, by, asked)?, |(count,)| [*count]))).await
}
