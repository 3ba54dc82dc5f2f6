//! The dedicated account 专账 of a school (六.2): one each; no money is charged without it.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{FeeAccount, FeeAccountState, NewFeeAccount};

use self::model::FeeAccountRow;
use super::ledger;
use crate::auth::permission::{ManageFeeAccounts, ReadFeeAccounts};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::schools::schools;

impl Recorded for FeeAccount {
    const RESOURCE: &'static str = "fee-account";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Opens the dedicated account of a school in the caller's scope, with its ledger.
///
/// # Errors
/// 422 for an unknown school, 409 when the school has one.
pub fn open(tx: &mut Tx<'_>, actor: &Actor, new: &NewFeeAccount) -> Result<FeeAccount, Refusal> {
    let school = schools::seen(tx, &Scope::of::<ManageFeeAccounts>(actor), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    let id = Id::fresh();
    let place = format!("fee_accounts.account_number:{id}");
    let sealed = tx.sealing.seal(&place, new.account_number.reveal().as_bytes()).map_err(Refusal::internal)?;
    let row = FeeAccountRow {
        id,
        school_id: new.school_id,
        name: new.name.clone(),
        bank_name: new.bank_name.clone(),
        account_number_sealed: sealed,
        account_number_masked: new.account_number.masked(),
        state: FeeAccountState::Open,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    ledger::open_chart(tx, id)?;
    let made = FeeAccount { row, path: school.path };
    record(tx, "opened", None, Some(&made))?;
    Ok(made)
}

/// One fee account that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<FeeAccount, Refusal> {
    store::find(tx, &Scope::of::<ReadFeeAccounts>(actor), id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Fee accounts that the caller may see, in the order in which they were opened.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    school: Option<Id>,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<FeeAccount>, Refusal> {
    store::list(tx, &Scope::of::<ReadFeeAccounts>(actor), school, after, limit)
}

/// The open account of a school; nothing where there is none.
///
/// # Errors
/// When the database fails.
pub fn open_of(tx: &mut Tx<'_>, school: Id) -> Result<Option<Id>, Refusal> {
    store::open_of(tx, school)
}
