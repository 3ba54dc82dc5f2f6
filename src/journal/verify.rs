//! Walks the whole chain and names the first row of every break.

use super::model::chain_hash;
use super::store;
use crate::db::Tx;
use crate::refusal::Refusal;
use crate::sealing::hex;

/// Rows that are read at once.
const BATCH: i64 = 2_000;

/// What the walk found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ChainReport {
    /// Rows that were checked.
    pub sealed: i64,
    /// Committed rows that no chain protects yet.
    pub unsealed: i64,
    /// Sentences, each naming a row; none when the chain holds.
    pub breaks: Vec<String>,
}

/// Recomputes every link. After a break the walk goes on from the stored link, so that each damage is named once.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<ChainReport, Refusal> {
    let head = store::head(tx)?;
    let mut report = ChainReport { unsealed: store::unsealed_count(tx)?, ..ChainReport::default() };
    let (mut last, mut link) = (0, "0".repeat(64));
    loop {
        let rows = store::sealed_after(tx, last, BATCH)?;
        if rows.is_empty() {
            break;
        }
        for (entry, position, stored) in rows {
            let named = format!("journal row {} ({} of {})", entry.number, entry.action, entry.resource_id);
            if position != last + 1 {
                report.breaks.push(format!("{named}: position {position} follows {last}"));
            }
            if hex(&chain_hash(position, &entry, &link)?) != stored {
                report.breaks.push(format!("{named}: its hash does not match its content at position {position}"));
            }
            report.sealed += 1;
            (last, link) = (position, stored);
        }
    }
    if (head.position, head.chain_hash.as_str()) != (last, link.as_str()) {
        report.breaks.push(format!("the head says position {}, the last row has {last}", head.position));
    }
    Ok(report)
}
