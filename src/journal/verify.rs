//! Walks the whole chain and names the first row of every break.

use super::model::{Head, is_keyed, link_like};
use super::store;
use crate::db::{Sentences, Tx};
use crate::refusal::Refusal;

/// Rows that are read at once.
const BATCH: i64 = 2_000;

/// What the walk found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ChainReport {
    /// Rows that were checked.
    pub sealed: i64,
    /// Committed rows that no chain protects yet.
    pub unsealed: i64,
    /// The last sealed row, to be kept elsewhere.
    pub head: Option<Head>,
    /// Sentences, each naming a row; none when the chain holds.
    pub breaks: Sentences,
}

/// Recomputes every link. After a break the walk goes on from the stored link, so that each damage is named once.
/// `kept` is a head that was written down elsewhere: the chain must lead through it.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>, kept: Option<&Head>) -> Result<ChainReport, Refusal> {
    let head = store::head(tx)?;
    let mut report = ChainReport { unsealed: store::unsealed_count(tx)?, ..ChainReport::default() };
    let (mut last, mut link, mut keyed) = (0, "0".repeat(64), false);
    loop {
        let rows = store::sealed_after(tx, last, BATCH)?;
        if rows.is_empty() {
            break;
        }
        for (entry, position, stored) in rows {
            if position != last + 1 {
                report.breaks.say(format!("{}: position {position} follows {last}", entry.named()));
            }
            if link_like(&stored, &tx.sealing, position, &entry, &link)? != stored {
                let wrong = "its hash does not match its content at position";
                report.breaks.say(format!("{}: {wrong} {position}", entry.named()));
            }
            if keyed && !is_keyed(&stored) {
                report.breaks.say(format!("{}: a link without a key follows one with a key", entry.named()));
            }
            if kept.is_some_and(|kept| kept.position == position && kept.chain_hash != stored) {
                report.breaks.say(format!("{}: the head that is kept elsewhere has another link", entry.named()));
            }
            report.sealed += 1;
            keyed |= is_keyed(&stored);
            (last, link) = (position, stored);
        }
    }
    if (head.position, head.chain_hash.as_str()) != (last, link.as_str()) {
        report.breaks.say(format!("the head says position {}, the last row has {last}", head.position));
    }
    if !head.holds(&tx.sealing) {
        report.breaks.say(format!("the head at position {} was not moved there by the service", head.position));
    }
    if let Some(kept) = kept.filter(|kept| kept.position > last) {
        let gone = kept.position - last;
        report.breaks.say(format!("the head that is kept elsewhere knows {gone} rows behind position {last}"));
    }
    report.head = Some(head);
    Ok(report)
}
