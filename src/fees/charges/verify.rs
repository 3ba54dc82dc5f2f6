//! What must hold over all charges, for `kehou verify`.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::model::{ChargeRow, TermFeeRow};
use super::{ChargeState, store};
use crate::auth::known;
use crate::db::{Id, Tx};
use crate::fees::ledger::{self, LedgerKind};
use crate::filings::filings::{self, Filing};
use crate::refusal::{Code, Refusal};
use crate::rules::document::PlanBudget;
use crate::rules::term_cap_fen;

/// Charges that are verified together.
const VERIFY_BATCH: i64 = 500;

/// Sentences about charges that their lines, their filing, the ledger, the payments or the guard of their term
/// contradict.
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
        let limits = limits(tx, &rows)?;
        let sums: HashMap<Id, i64> = sums(store::line_amounts(tx, &rows)?);
        wrong.extend(rows.iter().flat_map(|row| beyond(row, sums.get(&row.id).copied(), limits.get(&row.filing_id))));
    }
}

fn sums(amounts: Vec<(Id, i64)>) -> HashMap<Id, i64> {
    let mut sums = HashMap::new();
    for (charge, amount) in amounts {
        let sum: &mut i64 = sums.entry(charge).or_default();
        *sum = sum.saturating_add(amount);
    }
    sums
}

/// What a filing allows a charge to be.
struct Limits {
    budget: PlanBudget,
    /// The most that the policy which judged it lets a pupil pay for the term; none where it sets nothing.
    cap_fen: Option<i64>,
}

/// The limits of the filings by which charges were made; a filing that is not there, or was damaged, has none.
fn limits(tx: &mut Tx<'_>, rows: &[ChargeRow]) -> Result<HashMap<Id, Limits>, Refusal> {
    let mut limits = HashMap::new();
    for row in rows {
        let Entry::Vacant(place) = limits.entry(row.filing_id) else { continue };
        let filing = match known::<Filing>(tx, row.filing_id) {
            Err(refusal) if refusal.code() == Some(Code::NotFound) => continue,
            found => found?,
        };
        let Ok(document) = filings::document(&filing) else { continue };
        let kept = filings::kept_facts(&filing).ok().flatten();
        let cap_fen = kept.and_then(|kept| term_cap_fen(&document.school, &kept.profile));
        place.insert(Limits { budget: document.budget, cap_fen });
    }
    Ok(limits)
}

/// What is wrong with the amount of a charge.
fn beyond(row: &ChargeRow, lines: Option<i64>, limits: Option<&Limits>) -> Vec<String> {
    let id = row.id;
    let Some(limits) = limits else { return vec![format!("charge {id} was made by a filing that is gone or damaged")] };
    let mut wrong = Vec::new();
    if limits.budget.capped(lines.unwrap_or(0)) != row.due_fen() {
        wrong.push(format!("charge {id} is not the sum of its lines"));
    }
    if limits.cap_fen.is_some_and(|cap| cap < row.amount_fen) {
        wrong.push(format!("charge {id} is above what the policy that judged its filing lets a pupil pay"));
    }
    wrong
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
