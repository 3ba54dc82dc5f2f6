//! SQL of the ledger: it only ever adds.

use diesel::prelude::*;

use super::model::{LedgerAccountRow, LedgerKind, Transfer};
use crate::db::schema::{ledger_accounts, ledger_transfers};
use crate::db::{Id, Tx};
use crate::refusal::Refusal;

pub(super) fn insert_account(tx: &mut Tx<'_>, row: &LedgerAccountRow) -> Result<(), Refusal> {
    diesel::insert_into(ledger_accounts::table).values(row).execute(tx.conn)?;
    Ok(())
}

pub(super) fn insert_transfer(tx: &mut Tx<'_>, row: &Transfer) -> Result<(), Refusal> {
    diesel::insert_into(ledger_transfers::table).values(row).execute(tx.conn)?;
    Ok(())
}

pub(super) fn account(tx: &mut Tx<'_>, fee_account: Id, kind: LedgerKind) -> Result<Option<Id>, Refusal> {
    let query = ledger_accounts::table
        .filter(ledger_accounts::fee_account_id.eq(fee_account))
        .filter(ledger_accounts::kind.eq(kind))
        .filter(ledger_accounts::category.eq(""))
        .select(ledger_accounts::id);
    Ok(query.first::<Id>(tx.conn).optional()?)
}

pub(super) fn accounts(tx: &mut Tx<'_>) -> Result<Vec<LedgerAccountRow>, Refusal> {
    Ok(ledger_accounts::table.select(LedgerAccountRow::as_select()).load(tx.conn)?)
}

pub(super) fn of_charge(tx: &mut Tx<'_>, charge: Id) -> Result<Vec<Transfer>, Refusal> {
    let query = ledger_transfers::table.filter(ledger_transfers::charge_id.eq(charge)).order(ledger_transfers::id);
    Ok(query.select(Transfer::as_select()).load(tx.conn)?)
}

/// Amounts that an account was debited or credited with.
pub(super) fn amounts(tx: &mut Tx<'_>, account: Id, debits: bool) -> Result<Vec<i64>, Refusal> {
    let amount = ledger_transfers::table.select(ledger_transfers::amount_fen);
    Ok(if debits {
        amount.filter(ledger_transfers::debit_account_id.eq(account)).load(tx.conn)?
    } else {
        amount.filter(ledger_transfers::credit_account_id.eq(account)).load(tx.conn)?
    })
}

pub(super) fn transfers_after(tx: &mut Tx<'_>, after: Id, limit: i64) -> Result<Vec<Transfer>, Refusal> {
    let query = ledger_transfers::table.filter(ledger_transfers::id.gt(after)).order(ledger_transfers::id).limit(limit);
    Ok(query.select(Transfer::as_select()).load(tx.conn)?)
}

/// A transfer about a charge: the charge, what was debited, what was credited, how much.
pub(super) type OfCharge = (Id, LedgerKind, LedgerKind, i64);

pub(super) fn of_charges(tx: &mut Tx<'_>, charges: &[Id]) -> Result<Vec<OfCharge>, Refusal> {
    let (debits, credits) = diesel::alias!(ledger_accounts as debits, ledger_accounts as credits);
    let query = ledger_transfers::table
        .inner_join(debits.on(debits.field(ledger_accounts::id).eq(ledger_transfers::debit_account_id)))
        .inner_join(credits.on(credits.field(ledger_accounts::id).eq(ledger_transfers::credit_account_id)))
        .filter(ledger_transfers::charge_id.eq_any(charges))
        .select((
            ledger_transfers::charge_id.assume_not_null(),
            debits.field(ledger_accounts::kind),
            credits.field(ledger_accounts::kind),
            ledger_transfers::amount_fen,
        ));
    Ok(query.load(tx.conn)?)
}
