//! Remuneration standards 报酬标准 of a school (四.1, 五.2): what an hour of an item is paid. A standard holds from its first
//! day until the next one of the same item begins.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{RemunerationStandard, RemunerationStandardIn, RemunerationStandardRow};
pub use self::store::of_school;

use crate::auth::By;
use crate::auth::permission::ManageStaff;
use crate::db::{Id, Tx};
use crate::journal::enter;
use crate::refusal::{Fault, Refusal};
use crate::schools::schools;

/// Sets a remuneration standard of a school in the caller's scope.
///
/// # Errors
/// 422 for a school out of scope, 409 when it is there already.
pub fn create(
    tx: &mut Tx<'_>,
    by: &By<ManageStaff>,
    new: &RemunerationStandardIn,
) -> Result<RemunerationStandard, Refusal> {
    let school = schools::seen(tx, &by.scope(), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    let row = RemunerationStandardRow {
        id: Id::fresh(),
        school_id: new.school_id,
        item: new.item.as_str().to_owned(),
        amount_fen: new.amount_fen.get(),
        document: new.document.as_str().to_owned(),
        starts_on: new.starts_on,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "created", row, school.path)
}
