//! Charges in numbers 收费统计: how many, and what they come to.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{ChargeGroup, ChargeTotalsFilter};

use self::store::Sums;
use crate::auth::By;
use crate::auth::counted::{Groups, within};
use crate::auth::permission::ReadCharges;
use crate::db::Tx;
use crate::refusal::Refusal;

/// The charges that the caller sees, summed up as it asks.
///
/// # Errors
/// 400 for more groups than one answer holds.
pub fn of(
    tx: &mut Tx<'_>,
    by: &By<ReadCharges>,
    asked: &ChargeTotalsFilter,
) -> Result<Groups<ChargeGroup, Sums>, Refusal> {
    let within = within(tx, asked.authority_id)?;
    Groups::of(asked.group_by.as_ref(), store::summed_in(tx, &by.scope(), &within, asked)?)
}
