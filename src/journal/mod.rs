//! What every write leaves behind: one row that is audit and event together, and for a request with an
//! `Idempotency-Key` its answer. Both stand in the transaction of the write.
//!
//! No write waits for another's hash: a sealer, one at a time, later gives committed rows their place in the feed and
//! chains them.

mod compare;
pub mod idempotency;
mod model;
mod store;
mod verify;

pub use self::compare::{Book, changed_all, compare};
pub use self::model::{Entry, Head};
pub use self::verify::{ChainReport, verify};

use self::model::{Said, link};
use crate::db::{Changing, Columns, Id, Instant, Kept, Origin, Placed, Resource, Stored, Tx};
use crate::refusal::Refusal;

/// Rows that one sealing takes.
const SEAL_BATCH_MAX: i64 = 500;

/// What the journal tells of without a row that `kehou verify` compares: jobs move on without a word of it, batches of
/// the access log are compared by their own room, and of keys it says only when they were rotated.
const WITHOUT_BOOK: &[&str] = &["job", ACCESS_LOG_BATCH, "master-key", "signing-key"];

/// The name of a batch of lines of the access log in the journal.
pub const ACCESS_LOG_BATCH: &str = "access-log-batch";

/// A resource whose changes are recorded. The columns of its row are hashed, never stored.
pub trait Recorded {
    /// Singular noun, kebab-case.
    const RESOURCE: &'static str;
    /// The row that is hashed, and compared with its hash by `kehou verify`.
    type Row: Kept;
    /// Its row, as the database has it after the change.
    fn recorded(&self) -> &Self::Row;
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
    let hash = |tx: &Tx<'_>, of: Option<&R>| of.map(|of| row_hash(tx, R::RESOURCE, of.recorded())).transpose();
    let change = Change {
        action,
        resource: R::RESOURCE,
        id: subject.id(),
        scope_path: subject.scope_path(),
        before_hash: hash(tx, before)?,
        after_hash: hash(tx, after)?,
    };
    note(tx, &change)
}

/// Records the same change of many things, each before and after.
///
/// # Errors
/// When the database fails.
pub fn record_all<R: Recorded>(tx: &mut Tx<'_>, action: &str, changes: &[(R, R)]) -> Result<(), Refusal> {
    note_all(tx, action, changes.iter().map(|(before, after)| (Some(before), after)))
}

/// Records that many things were made.
///
/// # Errors
/// When the database fails.
pub fn record_made<R: Recorded>(tx: &mut Tx<'_>, action: &str, made: &[R]) -> Result<(), Refusal> {
    note_all(tx, action, made.iter().map(|after| (None, after)))
}

fn note_all<'a, R: Recorded + 'a>(
    tx: &mut Tx<'_>,
    action: &str,
    changes: impl Iterator<Item = (Option<&'a R>, &'a R)>,
) -> Result<(), Refusal> {
    let whole = format!("{}.{action}", R::RESOURCE);
    let mut rows = Vec::new();
    for (before, after) in changes {
        let change = Change {
            action,
            resource: R::RESOURCE,
            id: after.id(),
            scope_path: after.scope_path(),
            before_hash: before.map(|before| row_hash(tx, R::RESOURCE, before.recorded())).transpose()?,
            after_hash: Some(row_hash(tx, R::RESOURCE, after.recorded())?),
        };
        let said = said(tx.now, &tx.origin, &whole, &change);
        rows.push(store::NewRow::of(&said, said.seal(&tx.sealing)?));
    }
    store::insert_all(tx, &rows)?;
    tx.recorded += u32::try_from(rows.len()).unwrap_or(u32::MAX);
    Ok(())
}

/// A change whose hashes the caller makes.
#[derive(Debug)]
pub struct Change<'a> {
    pub action: &'a str,
    pub resource: &'a str,
    pub id: Id,
    pub scope_path: &'a str,
    pub before_hash: Option<String>,
    pub after_hash: Option<String>,
}

/// What a row says of a change; `action` names its resource, too.
fn said<'a>(at: Instant, origin: &'a Origin, action: &'a str, change: &'a Change<'_>) -> Said<'a> {
    Said {
        at,
        action,
        resource: change.resource,
        resource_id: change.id,
        scope_path: change.scope_path,
        user_id: origin.user_id,
        role: &origin.role,
        request_id: &origin.request_id,
        before_hash: change.before_hash.as_deref(),
        after_hash: change.after_hash.as_deref(),
    }
}

/// Adds a row to the journal, sealed.
///
/// # Errors
/// When the database fails.
pub fn note(tx: &mut Tx<'_>, change: &Change<'_>) -> Result<(), Refusal> {
    let action = format!("{}.{}", change.resource, change.action);
    let origin = tx.origin.clone();
    let said = said(tx.now, &origin, &action, change);
    let seal = said.seal(&tx.sealing)?;
    store::insert(tx, said, &seal)?;
    tx.recorded += 1;
    Ok(())
}

impl<R: Resource> Recorded for R {
    const RESOURCE: &'static str = R::NOUN;
    type Row = R::Row;

    fn recorded(&self) -> &R::Row {
        self.row()
    }

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

/// Keyed hash of the RFC 8785 form of a row's columns: rows hold personal data, and a plain hash of a short name can be
/// guessed.
fn row_hash(tx: &Tx<'_>, resource: &str, row: &impl Columns) -> Result<String, Refusal> {
    let columns = row.columns().map_err(Refusal::internal)?;
    let canonical = serde_json_canonicalizer::to_vec(&columns).map_err(Refusal::internal)?;
    Ok(tx.sealing.keyed_hash(resource, &canonical))
}

/// The next rows about one kind of thing, in the order of their numbers.
///
/// # Errors
/// When the database fails.
pub fn rows_of(tx: &mut Tx<'_>, resource: &str, after: i64, limit: i64) -> Result<Vec<Entry>, Refusal> {
    store::of_resource(tx, resource, after, limit)
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
    let (mut position, mut last) = (head.position, head.chain_hash.clone());
    let mut seals = store::Seals::default();
    for entry in &entries {
        position += 1;
        last = link(&tx.sealing, position, entry, &last)?;
        seals.0.push(entry.number);
        seals.1.push(position);
        seals.2.push(last.clone());
    }
    if position != head.position {
        store::seal(tx, &seals)?;
        store::move_head(tx, &head, &Head::at(&tx.sealing, position, last))?;
    }
    Ok(full)
}
