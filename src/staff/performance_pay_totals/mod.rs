//! Performance-pay totals 绩效工资总量 (四.1): within which a school pays its own staff, from a day to another, where the
//! authority gives one. Of the same days the one that was given last holds.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{PerformancePayTotal, PerformancePayTotalIn, PerformancePayTotalRow};
pub use self::store::over;

use crate::auth::By;
use crate::auth::permission::GivePerformancePay;
use crate::db::{Id, Tx};
use crate::journal::enter;
use crate::refusal::{Fault, Refusal};
use crate::schools::schools;

/// Gives a school a total, as an authority above it.
///
/// # Errors
/// 422 for a school out of scope, or a last day before the first.
pub fn give(
    tx: &mut Tx<'_>,
    by: &By<GivePerformancePay>,
    new: &PerformancePayTotalIn,
) -> Result<PerformancePayTotal, Refusal> {
    let school = schools::seen(tx, &by.scope(), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    if new.to_on < new.from_on {
        return Err(Refusal::field("/to_on", Fault::EndsBeforeStart));
    }
    let row = PerformancePayTotalRow {
        id: Id::fresh(),
        school_id: new.school_id,
        from_on: new.from_on,
        to_on: new.to_on,
        amount_fen: new.amount_fen.get(),
        document: new.document.as_str().to_owned(),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "given", row, school.path)
}
