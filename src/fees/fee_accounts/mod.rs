//! The dedicated account 专账 of a school (六.2): one each; no money is charged without it.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{FeeAccount, FeeAccountIn, FeeAccountState};

use self::model::FeeAccountRow;
use super::ledger;
use crate::auth::By;
use crate::auth::permission::ManageFeeAccounts;
use crate::db::{Id, Tx};
use crate::journal::enter;
use crate::refusal::{Fault, Refusal};
use crate::schools::schools;

/// Opens the dedicated account of a school in the caller's scope, with its ledger.
///
/// # Errors
/// 422 for an unknown school, 409 when the school has one.
pub fn open(tx: &mut Tx<'_>, by: &By<ManageFeeAccounts>, new: &FeeAccountIn) -> Result<FeeAccount, Refusal> {
    let school = schools::seen(tx, &by.scope(), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    let id = Id::fresh();
    let place = format!("fee_accounts.account_number:{id}");
    let sealed = tx.sealing.seal(&place, new.account_number.reveal().as_bytes()).map_err(Refusal::internal)?;
    let row = FeeAccountRow {
        id,
        school_id: new.school_id,
        name: new.name.as_str().to_owned(),
        bank_name: new.bank_name.as_str().to_owned(),
        account_number_sealed: sealed,
        account_number_masked: new.account_number.masked(),
        state: FeeAccountState::Open,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let made = enter(tx, "opened", row, school.path)?;
    ledger::open_chart(tx, id)?;
    Ok(made)
}

/// The open account of a school; nothing where there is none.
///
/// # Errors
/// When the database fails.
pub fn open_of(tx: &mut Tx<'_>, school: Id) -> Result<Option<Id>, Refusal> {
    store::open_of(tx, school)
}
