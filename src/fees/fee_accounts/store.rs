//! SQL of fee accounts; the scope comes first.

use diesel::prelude::*;

use super::model::{FeeAccount, FeeAccountRow, FeeAccountState};
use crate::auth::Scope;
use crate::db::schema::{fee_accounts, organisations};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};

fn account((row, path): (FeeAccountRow, String)) -> FeeAccount {
    FeeAccount { row, path }
}

/// Fee accounts within a scope's bounds.
macro_rules! seen {
    ($bounds:expr) => {
        fee_accounts::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((FeeAccountRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<FeeAccount>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(fee_accounts::id.eq(id)).first(tx.conn).optional()?.map(account))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    school: Option<Id>,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<FeeAccount>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(fee_accounts::id).limit(limit.rows()).into_boxed();
    if let Some(school) = school {
        query = query.filter(fee_accounts::school_id.eq(school));
    }
    if let Some(after) = after {
        query = query.filter(fee_accounts::id.gt(after));
    }
    Ok(query.load::<(FeeAccountRow, String)>(tx.conn)?.into_iter().map(account).collect())
}

pub(super) fn open_of(tx: &mut Tx<'_>, school: Id) -> Result<Option<Id>, Refusal> {
    let query = fee_accounts::table.filter(fee_accounts::school_id.eq(school));
    let query = query.filter(fee_accounts::state.eq(FeeAccountState::Open)).select(fee_accounts::id);
    Ok(query.first::<Id>(tx.conn).optional()?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &FeeAccountRow) -> Result<(), Refusal> {
    diesel::insert_into(fee_accounts::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::AlreadyExists).with("field", "school_id")))?;
    Ok(())
}
