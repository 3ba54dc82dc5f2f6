//! Enrollments in numbers 报名统计: a school's desk and a bureau's, each in one request.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{EnrollmentCountsFilter, EnrollmentGroup};

use crate::auth::By;
use crate::auth::counted::{Groups, within};
use crate::auth::permission::ReadEnrollments;
use crate::db::Tx;
use crate::refusal::Refusal;

/// The enrollments that the caller sees, counted as it asks.
///
/// # Errors
/// 400 for more groups than one answer holds.
pub fn of(
    tx: &mut Tx<'_>,
    by: &By<ReadEnrollments>,
    asked: &EnrollmentCountsFilter,
) -> Result<Groups<EnrollmentGroup, (i64,)>, Refusal> {
    let within = within(tx, asked.authority_id)?;
    Groups::of(asked.group_by.as_ref(), store::counted_in(tx, &by.scope(), &within, asked)?)
}
