//! Sessions in numbers 服务开展统计 (六.1): how many were held, and how many were there, by school, month or group; what is
//! not closed past its day is one of them. The rosters keep the numbers that are summed up.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{SessionCountsFilter, SessionGroup};

use self::store::Sums;
use crate::auth::By;
use crate::auth::counted::{Groups, within};
use crate::auth::permission::ReadSessions;
use crate::db::Tx;
use crate::refusal::Refusal;

/// The sessions that the caller sees, counted as it asks.
///
/// # Errors
/// 400 for more groups than one answer holds.
pub fn of(
    tx: &mut Tx<'_>,
    by: &By<ReadSessions>,
    asked: &SessionCountsFilter,
) -> Result<Groups<SessionGroup, Sums>, Refusal> {
    let within = within(tx, asked.authority_id)?;
    Groups::of(asked.group_by.as_ref(), store::counted_in(tx, &by.scope(), &within, asked)?)
}
