//! What must hold over all charges, for `kehou verify`.

use std::collections::HashMap;

use super::{ChargeState, store};
use crate::db::{Id, Tx};
use crate::fees::ledger::{self, LedgerKind};
use crate::refusal::Refusal;

/// Sentences about charges that the ledger, the payments or the guard of their term contradict.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    let (ledger, mut guards) = (ledger::by_charge(tx)?, HashMap::new());
    for guard in store::guards(tx)? {
        guards.insert(guard.charge_id, guard);
    }
    let mut paid: HashMap<Id, i64> = HashMap::new();
    for (charge, amount) in store::payments(tx)? {
        *paid.entry(charge).or_default() += amount;
    }
    let mut wrong = Vec::new();
    for row in store::all(tx)? {
        let id = row.id;
        let booked = |kind| ledger.get(&id).and_then(|of_charge| of_charge.get(&kind)).copied().unwrap_or(0);
        let is_void = row.state == ChargeState::Void;
        let due = if is_void { 0 } else { row.amount_fen - row.paid_fen };
        if booked(LedgerKind::ReceivableGuardians) != due || booked(LedgerKind::Bank) != row.paid_fen {
            wrong.push(format!("charge {id} and the ledger differ"));
        }
        if paid.get(&id).copied().unwrap_or(0) != row.paid_fen {
            wrong.push(format!("charge {id} and its payments differ"));
        }
        let guard = guards.get(&id);
        let fits = guard.is_some_and(|guard| {
            (guard.person_id, guard.season) == (row.person_id, row.season) && guard.school_year == row.school_year
        });
        if fits == is_void || (is_void && guard.is_some()) {
            wrong.push(format!("charge {id} and the guard of its term differ"));
        }
    }
    Ok(wrong)
}
