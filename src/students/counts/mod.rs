//! Pupils in numbers 学生人数统计.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{StudentCountsFilter, StudentGroup};

use crate::auth::By;
use crate::auth::counted::{Groups, within};
use crate::auth::permission::ReadStudents;
use crate::db::Tx;
use crate::refusal::Refusal;

/// The pupils that the caller sees, counted as it asks.
///
/// # Errors
/// 400 for more groups than one answer holds.
pub fn of(
    tx: &mut Tx<'_>,
    by: &By<ReadStudents>,
    asked: &StudentCountsFilter,
) -> Result<Groups<StudentGroup, (i64,)>, Refusal> {
    let within = within(tx, asked.authority_id)?;
    Groups::of(asked.group_by.as_ref(), store::counted_in(tx, &by.scope(), &within, asked)?)
}
