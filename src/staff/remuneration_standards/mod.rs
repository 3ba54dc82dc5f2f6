//! Remuneration standards 报酬标准 of a school (四.1, 五.2): what an hour of an item is paid. A standard holds from its first
//! day until the next one of the same item begins.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{NewRemunerationStandard, RemunerationStandard};
pub use self::store::RemunerationStandardFilter;

use self::model::RemunerationStandardRow;
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::schools::schools;

impl Recorded for RemunerationStandard {
    const RESOURCE: &'static str = "remuneration-standard";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Sets a remuneration standard of a school in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when it is there already.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewRemunerationStandard) -> Result<RemunerationStandard, Refusal> {
    let school = schools::seen(tx, &Scope::of::<ManageStaff>(actor), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    let row = RemunerationStandardRow {
        id: Id::fresh(),
        school_id: new.school_id,
        item: new.item.clone(),
        amount_fen: new.amount_fen,
        document: new.document.clone(),
        starts_on: new.starts_on,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = RemunerationStandard { row, path: school.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// One standard that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<RemunerationStandard, Refusal> {
    store::find(tx, &Scope::of::<ReadStaff>(actor), id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Standards that the caller may see, in the order in which they were entered.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &RemunerationStandardFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<RemunerationStandard>, Refusal> {
    store::list(tx, &Scope::of::<ReadStaff>(actor), filter, after, limit)
}
