//! Compares the lines of the access log with the journal, which has a row for each batch of them.

use std::collections::BTreeSet;

use super::store;
use crate::db::{Id, Sentences, Tx};
use crate::journal::{ACCESS_LOG_BATCH, rows_of};
use crate::refusal::Refusal;

/// Names batches of which lines are gone or changed, and lines that tell of nobody any more.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>, batch: i64, wrong: &mut Sentences) -> Result<(), Refusal> {
    let mut after = 0;
    loop {
        let rows = rows_of(tx, ACCESS_LOG_BATCH, after, batch)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.number;
        for row in rows {
            let lines = store::of_batch(tx, row.resource_id)?;
            let ids: Vec<Id> = lines.iter().map(|line| line.id).collect();
            if Some(store::batch_hash(tx, lines)?) != row.after_hash {
                let (id, number) = (row.resource_id, row.number);
                wrong.say(format!("access log: lines of batch {id} (journal row {number}) are gone or were changed"));
            }
            let told: BTreeSet<Id> = store::about_somebody(tx, &ids)?.into_iter().collect();
            for id in ids.iter().filter(|id| !told.contains(id)) {
                wrong.say(format!("access log: line {id} tells of nobody"));
            }
        }
    }
}
