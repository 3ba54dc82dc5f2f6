//! What must hold over all charges, for `kehou verify`.

use std::collections::{BTreeMap, HashMap};

use super::model::{ChargeRow, TermFeeRow};
use super::{ChargeState, store};
use crate::db::{Id, Tx};
use crate::fees::ledger::{self, LedgerKind};
use crate::refusal::Refusal;

/// Charges that are verified together.
const VERIFY_BATCH: i64 = 500;

/// Sentences about charges that the ledger, the payments or the guard of their term contradict.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    verify_by(tx, VERIFY_BATCH)
}

/// [`verify`], so many charges at a time.
///
/// # Errors
/// When the database fails.
pub fn verify_by(tx: &mut Tx<'_>, batch: i64) -> Result<Vec<String>, Refusal> {
    let (mut wrong, mut after) = (Vec::new(), Id::NIL);
    loop {
        let rows = store::charges_after(tx, after, batch)?;
        let Some(last) = rows.last() else { return Ok(wrong) };
        after = last.id;
        let others = Others::of(tx, &rows)?;
        wrong.extend(rows.iter().flat_map(|row| others.against(row)));
    }
}

/// What other tables say of some charges.
struct Others {
    ledger: HashMap<Id, BTreeMap<LedgerKind, i64>>,
    guards: HashMap<Id, TermFeeRow>,
    paid: HashMap<Id, i64>,
}

impl Others {
    fn of(tx: &mut Tx<'_>, rows: &[ChargeRow]) -> Result<Self, Refusal> {
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let guards = store::guards(tx, &ids)?.into_iter().map(|guard| (guard.charge_id, guard)).collect();
        let mut paid: HashMap<Id, i64> = HashMap::new();
        for (charge, amount) in store::payments(tx, &ids)? {
            *paid.entry(charge).or_default() += amount;
        }
        Ok(Self { ledger: ledger::by_charge(tx, &ids)?, guards, paid })
    }

    /// What contradicts a charge.
    fn against(&self, row: &ChargeRow) -> Vec<String> {
        let id = row.id;
        let booked = |kind| self.ledger.get(&id).and_then(|of_charge| of_charge.get(&kind)).copied().unwrap_or(0);
        let is_void = row.state == ChargeState::Void;
        let due = if is_void { 0 } else { row.due_fen() - row.paid_fen };
        let mut wrong = Vec::new();
        if booked(LedgerKind::ReceivableGuardians) != due || booked(LedgerKind::Bank) != row.paid_fen {
            wrong.push(format!("charge {id} and the ledger differ"));
        }
        if self.paid.get(&id).copied().unwrap_or(0) != row.paid_fen {
            wrong.push(format!("charge {id} and its payments differ"));
        }
        let guard = self.guards.get(&id);
        let fits = guard.is_some_and(|guard| {
            (guard.person_id, guard.season) == (row.person_id, row.season) && guard.school_year == row.school_year
        });
        if fits == is_void || (is_void && guard.is_some()) {
            wrong.push(format!("charge {id} and the guard of its term differ"));
        }
        wrong
    }
}
