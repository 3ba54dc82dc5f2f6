//! What every write leaves behind: one row that is audit and event together, and for a request with an
//! `Idempotency-Key` its answer. Both stand in the transaction of the write.
//!
//! No write waits for another's hash: a sealer, one at a time, later gives committed rows their place in the feed and
//! chains them.

pub mod idempotency;
mod model;
mod store;
mod verify;

use serde::Serialize;

pub use self::model::{Entry, chain_hash};
pub use self::verify::{ChainReport, verify};

use self::store::NewEntry;
use crate::db::{Changing, Id, Placed, Resource, Stored, Tx, as_hashed};
use crate::refusal::Refusal;
use crate::sealing::hex;

/// Rows that one sealing takes.
const SEAL_BATCH_MAX: i64 = 500;

/// A resource whose changes are recorded. Its serialised form is hashed, never stored.
pub trait Recorded: Serialize {
    /// Singular noun, kebab-case.
    const RESOURCE: &'static str;
    /// The row's id.
    fn id(&self) -> Id;
    /// Path of the organisation it belongs to; empty for what belongs to the platform.
    fn scope_path(&self) -> &str;
}

/// Records one change. `action` is the past tense of the verb, for example `suspended`.
///
/// # Errors
/// When the database fails.
pub fn record<R: Recorded>(
    tx: &mut Tx<'_>,
    action: &str,
    before: Option<&R>,
    after: Option<&R>,
) -> Result<(), Refusal> {
    let Some(subject) = after.or(before) else { return Err(Refusal::internal("a change of nothing")) };
    let entry = NewEntry {
        at: tx.now,
        action: format!("{}.{action}", R::RESOURCE),
        resource: R::RESOURCE,
        resource_id: subject.id(),
        scope_path: subject.scope_path().to_owned(),
        user_id: tx.origin.user_id,
        role: tx.origin.role.clone(),
        request_id: tx.origin.request_id.clone(),
        before_hash: before.map(|row| row_hash(tx, row)).transpose()?,
        after_hash: after.map(|row| row_hash(tx, row)).transpose()?,
    };
    store::insert(tx, &entry)?;
    tx.recorded += 1;
    Ok(())
}

impl<R: Resource> Recorded for R {
    const RESOURCE: &'static str = R::NOUN;

    fn id(&self) -> Id {
        Resource::id(self)
    }

    fn scope_path(&self) -> &str {
        self.path()
    }
}

/// Enters a row and records it as `action`.
///
/// # Errors
/// The slice's own refusal where a unique index is broken.
pub fn enter<R>(tx: &mut Tx<'_>, action: &str, row: R, path: String) -> Result<Placed<R>, Refusal>
where
    R: Stored,
    Placed<R>: Resource<Row = R>,
{
    row.insert(tx)?;
    let made = Placed { row, path };
    record(tx, action, None, Some(&made))?;
    Ok(made)
}

/// Alters a thing, writes its row over the version that was read, and records it as `action`.
///
/// # Errors
/// 412 when another request was faster, and the slice's own refusal where a unique index is broken.
pub fn change<T>(tx: &mut Tx<'_>, action: &str, before: &T, edit: impl FnOnce(&mut T)) -> Result<T, Refusal>
where
    T: Resource<Row: Changing>,
{
    let mut after = before.clone();
    edit(&mut after);
    after.row_mut().step(tx.now);
    after.row().update(tx)?;
    record(tx, action, Some(before), Some(&after))?;
    Ok(after)
}

/// Keyed hash of a row's RFC 8785 form: rows hold personal data, and a plain hash of a short name can be guessed.
fn row_hash<R: Recorded>(tx: &Tx<'_>, row: &R) -> Result<String, Refusal> {
    let canonical = as_hashed(|| serde_json_canonicalizer::to_vec(row)).map_err(Refusal::internal)?;
    Ok(tx.sealing.keyed_hash(R::RESOURCE, &canonical))
}

/// Whether committed rows wait for the sealer.
///
/// # Errors
/// When the database fails.
pub fn has_unsealed(tx: &mut Tx<'_>) -> Result<bool, Refusal> {
    Ok(!store::unsealed(tx, 1)?.is_empty())
}

/// Committed rows that wait for the sealer.
///
/// # Errors
/// When the database fails.
pub fn unsealed_count(tx: &mut Tx<'_>) -> Result<i64, Refusal> {
    store::unsealed_count(tx)
}

/// Seals one batch and says whether more waits. Two sealers at once cannot both move the head.
///
/// # Errors
/// When another sealer was faster, or the database fails.
pub fn seal_batch(tx: &mut Tx<'_>) -> Result<bool, Refusal> {
    let head = store::head(tx)?;
    let entries = store::unsealed(tx, SEAL_BATCH_MAX)?;
    let full = i64::try_from(entries.len()).unwrap_or(i64::MAX) == SEAL_BATCH_MAX;
    let (mut position, mut link) = (head.position, head.chain_hash.clone());
    let mut seals = store::Seals::default();
    for entry in &entries {
        position += 1;
        link = hex(&chain_hash(position, entry, &link)?);
        seals.0.push(entry.number);
        seals.1.push(position);
        seals.2.push(link.clone());
    }
    if position != head.position {
        store::seal(tx, &seals)?;
        store::move_head(tx, &head, position, &link)?;
    }
    Ok(full)
}
