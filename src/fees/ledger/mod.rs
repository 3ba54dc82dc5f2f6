//! The ledger behind a fee account. An entry is a set of transfers from one account to another, so it balances by
//! construction. Entries are never changed: a correction is an entry that names the one it reverses. Only this slice
//! writes them.

mod model;
mod store;

pub use self::model::{LedgerKind, Posting};

use std::collections::{BTreeMap, HashMap};

use self::model::{LedgerAccountRow, Transfer};
use crate::db::{Id, Tx};
use crate::refusal::Refusal;

/// Opens the accounts of a fee account. Those of expenses come with their budget categories.
///
/// # Errors
/// When the database fails.
pub fn open_chart(tx: &mut Tx<'_>, fee_account: Id) -> Result<(), Refusal> {
    for kind in LedgerKind::ALL.iter().filter(|kind| **kind != LedgerKind::Expense) {
        let row = LedgerAccountRow {
            id: Id::fresh(),
            fee_account_id: fee_account,
            kind: *kind,
            category: String::new(),
            created_at: tx.now,
        };
        store::insert_account(tx, &row)?;
    }
    Ok(())
}

/// Posts an entry of one transfer, and gives its id.
///
/// # Errors
/// A defect: the chart lacks an account. Or the database fails.
pub fn post(tx: &mut Tx<'_>, posting: &Posting) -> Result<Id, Refusal> {
    let debit = account(tx, posting.fee_account_id, posting.debit)?;
    let credit = account(tx, posting.fee_account_id, posting.credit)?;
    let id = Id::fresh();
    let transfer = Transfer {
        id,
        entry_id: id,
        fee_account_id: posting.fee_account_id,
        debit_account_id: debit,
        credit_account_id: credit,
        amount_fen: posting.amount_fen,
        charge_id: posting.charge_id,
        reverses_entry_id: None,
        posted_on: tx.today,
        created_at: tx.now,
    };
    store::insert_transfer(tx, &transfer)?;
    Ok(id)
}

fn account(tx: &mut Tx<'_>, fee_account: Id, kind: LedgerKind) -> Result<Id, Refusal> {
    let found = store::account(tx, fee_account, kind)?;
    found.ok_or_else(|| Refusal::internal(format!("the chart has no {}", kind.as_str())))
}

/// Takes back every entry of a charge that stands, by entries the other way round.
///
/// # Errors
/// When the database fails, or an entry is reversed twice.
pub fn reverse_charge(tx: &mut Tx<'_>, charge: Id) -> Result<(), Refusal> {
    let all = store::of_charge(tx, charge)?;
    let reversed: Vec<Id> = all.iter().filter_map(|transfer| transfer.reverses_entry_id).collect();
    let stands = |one: &&Transfer| one.reverses_entry_id.is_none() && !reversed.contains(&one.entry_id);
    let mut entries: HashMap<Id, Id> = HashMap::new();
    for transfer in all.iter().filter(stands) {
        let entry = *entries.entry(transfer.entry_id).or_insert_with(Id::fresh);
        let back = Transfer {
            id: Id::fresh(),
            entry_id: entry,
            debit_account_id: transfer.credit_account_id,
            credit_account_id: transfer.debit_account_id,
            reverses_entry_id: Some(transfer.entry_id),
            posted_on: tx.today,
            created_at: tx.now,
            ..transfer.clone()
        };
        store::insert_transfer(tx, &back)?;
    }
    Ok(())
}

/// Debits less credits of an account.
///
/// # Errors
/// When the database fails.
pub fn balance(tx: &mut Tx<'_>, fee_account: Id, kind: LedgerKind) -> Result<i64, Refusal> {
    let id = account(tx, fee_account, kind)?;
    Ok(store::amounts(tx, id, true)?.into_iter().sum::<i64>() - store::amounts(tx, id, false)?.into_iter().sum::<i64>())
}

/// What the ledger says of charges: debits less credits by kind of account.
///
/// # Errors
/// When the database fails.
pub fn by_charge(tx: &mut Tx<'_>, charges: &[Id]) -> Result<HashMap<Id, BTreeMap<LedgerKind, i64>>, Refusal> {
    let mut booked: HashMap<Id, BTreeMap<LedgerKind, i64>> = HashMap::new();
    for (charge, debit, credit, amount) in store::of_charges(tx, charges)? {
        let of_charge = booked.entry(charge).or_default();
        *of_charge.entry(debit).or_default() += amount;
        *of_charge.entry(credit).or_default() -= amount;
    }
    Ok(booked)
}

/// The fee account of every ledger account.
fn owners(tx: &mut Tx<'_>) -> Result<HashMap<Id, Id>, Refusal> {
    Ok(store::accounts(tx)?.into_iter().map(|row| (row.id, row.fee_account_id)).collect())
}

/// Transfers that are verified together.
const VERIFY_BATCH: i64 = 1_000;

/// Sentences about transfers that leave their fee account and about a trial balance that is not zero, for
/// `kehou verify`.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    verify_by(tx, VERIFY_BATCH)
}

/// [`verify`], so many transfers at a time; what is kept meanwhile grows with the fee accounts only.
///
/// # Errors
/// When the database fails.
pub fn verify_by(tx: &mut Tx<'_>, batch: i64) -> Result<Vec<String>, Refusal> {
    let accounts = owners(tx)?;
    let mut wrong = Vec::new();
    let mut trial: BTreeMap<Id, i64> = BTreeMap::new();
    let mut after = Id::NIL;
    loop {
        let transfers = store::transfers_after(tx, after, batch)?;
        let Some(last) = transfers.last() else { break };
        after = last.id;
        for transfer in transfers {
            for (account, sign) in [(transfer.debit_account_id, 1), (transfer.credit_account_id, -1)] {
                match accounts.get(&account) {
                    Some(owner) if *owner == transfer.fee_account_id => {
                        *trial.entry(*owner).or_default() += sign * transfer.amount_fen;
                    }
                    _ => wrong.push(format!("ledger transfer {} leaves its fee account", transfer.id)),
                }
            }
        }
    }
    let unbalanced = trial.into_iter().filter(|(_, sum)| *sum != 0);
    wrong.extend(unbalanced.map(|(id, sum)| format!("the trial balance of fee account {id} is {sum} fen, not zero")));
    Ok(wrong)
}
