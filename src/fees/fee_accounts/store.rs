//! SQL of fee accounts.

use diesel::prelude::*;

use super::model::{FeeAccountFilter, FeeAccountRow, FeeAccountState};
use crate::db::schema::fee_accounts;
use crate::db::{Id, Tx};
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(once fee_accounts, FeeAccountRow, taken => Refusal::of(Code::AlreadyExists).with("field", "school_id"));

seen!(fee_accounts, FeeAccountRow, FeeAccountFilter { school_id });

pub(super) fn open_of(tx: &mut Tx<'_>, school: Id) -> Result<Option<Id>, Refusal> {
    let query = fee_accounts::table.filter(fee_accounts::school_id.eq(school));
    let query = query.filter(fee_accounts::state.eq(FeeAccountState::Open)).select(fee_accounts::id);
    Ok(query.first::<Id>(tx.conn).optional()?)
}
