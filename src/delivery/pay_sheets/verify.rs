//! What must hold of pay sheets over a whole database.

use super::computing::hash;
use super::model::PaySheetState;
use super::store;
use crate::db::{Id, Sentences, Tx};
use crate::refusal::Refusal;
use crate::rules::document::StaffKind;

/// Most servings that are named.
const NAMED_MAX: i64 = 100;

/// Sentences about sheets that do not add up to their lines, whose lines were changed behind the service's back, or
/// that take back more than was paid.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>, batch: i64, wrong: &mut Sentences) -> Result<(), Refusal> {
    let mut after = Id::NIL;
    loop {
        let rows = store::sheets_after(tx, after, batch)?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in rows {
            let lines = store::lines_of(tx, row.id)?;
            let of_kind =
                |kind| -> i64 { lines.iter().filter(|line| line.staff_kind == kind).map(|line| line.amount_fen).sum() };
            let sums = (of_kind(StaffKind::Own), of_kind(StaffKind::External), lines.len());
            if sums != (row.own_fen, row.external_fen, usize::try_from(row.line_count).unwrap_or(usize::MAX)) {
                wrong.say(format!("pay sheet {} does not add up to its lines", row.id));
            }
            if hash(tx, &lines)? != row.lines_hash {
                wrong.say(format!("lines of pay sheet {} were changed without a row in the journal", row.id));
            }
            let is_approved = row.state == PaySheetState::Approved;
            if lines.iter().any(|line| line.number.is_some() != is_approved) {
                wrong.say(format!("lines of pay sheet {} are not approved with it", row.id));
            }
        }
    }
    for serving in store::overpaid(tx, NAMED_MAX)? {
        wrong.say(format!("pay sheets take back more than was paid for serving {serving}"));
    }
    Ok(())
}
