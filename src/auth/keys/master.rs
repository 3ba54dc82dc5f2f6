//! Rotating the master key: the working keys are kept under the new one, and seals are made with a fresh key from then
//! on. Seals of before open as long as their key is kept, which is until all of them were made anew.

use time::Duration;

use super::{change_of, check_master, context, store};
use crate::db::{Db, Tx};
use crate::journal::{idempotency, note};
use crate::refusal::Refusal;
use crate::sealing::{KEPT_SEAL, Sealing};

/// How long the key of older seals is kept at least: answers that are kept for repeated requests are not sealed anew.
const OLDER_SEALS_KEPT: Duration = Duration::days(idempotency::KEPT_DAYS + 1);

/// Opens the working keys of a database, if it keeps any, for every transaction from now on.
///
/// # Errors
/// When they are kept under another master key, or the database fails.
pub async fn unlock(db: &Db) -> Result<(), Refusal> {
    let kept = db.read(store::kept).await?;
    let keys: Vec<_> = kept.into_iter().map(|(key, _)| key).collect();
    let unlocked = db.sealing().unlocked(&keys).map_err(Refusal::internal)?;
    db.seal_with(unlocked);
    Ok(())
}

/// Keeps the working keys under another master key. Whoever has the old one alone opens nothing any more.
///
/// # Errors
/// When the old master key is not that of the database, or the database fails.
pub fn rotate_master(tx: &mut Tx<'_>, next_master: &Sealing) -> Result<(), Refusal> {
    check_master(tx)?;
    let (next, kept) = tx.sealing.rotated(next_master).map_err(Refusal::internal)?;
    store::keep(tx, &kept)?;
    for row in store::all(tx)? {
        let place = context(&row.key_id);
        let seed = tx.sealing.open(&place, &row.sealed_seed).map_err(Refusal::internal)?;
        let sealed = next.seal(&place, &seed).map_err(Refusal::internal)?;
        store::reseal(tx, row.number, &sealed)?;
    }
    note(tx, &change_of("master-key"))
}

/// Forgets the keys of older seals, once nothing of theirs is kept any more.
///
/// # Errors
/// When the database fails.
pub fn drop_older_seals(tx: &mut Tx<'_>) -> Result<(), Refusal> {
    let older = tx.sealing.older_seals();
    let kept = store::kept(tx)?;
    let current = kept.iter().filter(|(key, _)| key.name.starts_with(KEPT_SEAL) && !older.contains(&key.name));
    let newest = current.map(|(_, since)| *since).max();
    let is_time = newest.is_some_and(|since| since.plus(OLDER_SEALS_KEPT) < tx.now);
    if is_time { store::drop_kept(tx, &older) } else { Ok(()) }
}
