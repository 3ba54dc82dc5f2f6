//! Compares every row with what the journal says was last written of it. Both are read in batches, in the order of
//! their ids, so that memory does not grow with the database.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::model::Entry;
use super::{Change, Recorded, row_hash, store};
use crate::db::{Id, Kept, Sentences, Tx};
use crate::refusal::Refusal;

/// What the journal keeps of one kind of thing, and where its rows are.
#[derive(Debug, Clone, Copy)]
pub struct Book {
    resource: &'static str,
    ids_after: fn(&mut Tx<'_>, Id, i64) -> Result<Vec<Id>, Refusal>,
    hashes: fn(&mut Tx<'_>, &[Id]) -> Result<Hashes, Refusal>,
    /// Whether its rows are forgotten after some time, without a row of the journal.
    forgotten: bool,
    /// Whether it was entered without a row of the journal before those had seals.
    entered_unseen: bool,
}

impl Book {
    /// The book of a thing.
    #[must_use]
    pub const fn of<R: Recorded>() -> Self {
        let (ids_after, hashes) = (R::Row::ids_after, hashes::<R>);
        Self { resource: R::RESOURCE, ids_after, hashes, forgotten: false, entered_unseen: false }
    }

    /// The book of a thing whose rows are forgotten after some time.
    #[must_use]
    pub const fn forgotten<R: Recorded>() -> Self {
        Self { forgotten: true, ..Self::of::<R>() }
    }

    /// The book of a thing that releases before the seals entered without a row of the journal.
    #[must_use]
    pub const fn entered_unseen<R: Recorded>() -> Self {
        Self { entered_unseen: true, ..Self::of::<R>() }
    }
}

/// Hashes of rows as they are, by their ids.
type Hashes = HashMap<Id, String>;

fn hashes<R: Recorded>(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Hashes, Refusal> {
    let rows = R::Row::these(tx, ids)?;
    rows.iter().map(|row| Ok((row.key(), row_hash(tx, R::RESOURCE, row)?))).collect()
}

/// Runs what changes some rows of a book without its room, and records the change of each, as one of the platform.
///
/// # Errors
/// What `work` refused, or when the database fails.
pub fn changed_all(
    tx: &mut Tx<'_>,
    book: &Book,
    action: &str,
    ids: &[Id],
    work: impl FnOnce(&mut Tx<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let before = (book.hashes)(tx, ids)?;
    work(tx)?;
    let after = (book.hashes)(tx, ids)?;
    for id in ids {
        let (before_hash, after_hash) = (before.get(id).cloned(), after.get(id).cloned());
        let resource = book.resource;
        super::note(tx, &Change { action, resource, id: *id, scope_path: "", before_hash, after_hash })?;
    }
    Ok(())
}

/// What the journal says of one thing, up to its last row.
#[derive(Debug)]
struct Last {
    number: i64,
    action: String,
    after_hash: Option<String>,
    /// Whether the row has a seal; rows of before hash another form, which is not compared.
    sealed: bool,
}

/// Things of one batch of ids: an id may be of two things, as that of a school and its organisation.
type Lasts = BTreeMap<(Id, String), Last>;

/// Compares all rows of the books with the journal, `batch` at a time; how many are not compared, because their last
/// change is older than the seals.
///
/// # Errors
/// When the database fails.
pub fn compare(tx: &mut Tx<'_>, books: &[Book], batch: i64, wrong: &mut Sentences) -> Result<u64, Refusal> {
    let first_seal = store::first_with_seal(tx)?;
    let (mut older, mut unknown) = (0, BTreeSet::new());
    let mut after = Id::NIL;
    loop {
        let ids = store::told_after(tx, after, batch)?;
        let Some(last) = ids.last() else { break };
        after = *last;
        let lasts = lasts(tx, &ids, first_seal, wrong)?;
        for book in books {
            older += against(tx, book, &lasts, wrong)?;
        }
        let told = lasts.into_keys().map(|(_, resource)| resource);
        unknown.extend(told.filter(|told| books.iter().all(|book| book.resource != told)));
    }
    for resource in unknown {
        if !super::WITHOUT_BOOK.contains(&resource.as_str()) {
            wrong.say(format!("the journal tells of {resource}, of which nothing is kept"));
        }
    }
    let is_old = store::any_without_seal(tx)?;
    for book in books {
        older += never_entered(tx, book, batch, is_old, wrong)?;
    }
    Ok(older)
}

/// The last word of the journal on each of some ids; says which of its rows were not written by the service, and where
/// one does not go on from the row before.
fn lasts(tx: &mut Tx<'_>, ids: &[Id], first_seal: Option<i64>, wrong: &mut Sentences) -> Result<Lasts, Refusal> {
    let mut lasts = Lasts::new();
    let mut after = (Id::NIL, 0);
    loop {
        let entries = store::about(tx, ids, after, ENTRIES_MAX)?;
        let Some(end) = entries.last() else { return Ok(lasts) };
        after = (end.resource_id, end.number);
        for entry in entries {
            let forged = match &entry.seal {
                Some(seal) => *seal != entry.said().seal(&tx.sealing)?,
                None => first_seal.is_some_and(|first| first < entry.number),
            };
            if forged {
                wrong.say(format!("{}: it was not written by the service", entry.named()));
            }
            if entry.seal.is_some() && entry.before_hash.is_some() && entry.before_hash == entry.after_hash {
                continue; // a look, not a change
            }
            let key = (entry.resource_id, entry.resource.clone());
            if let Some(before) = lasts.get(&key)
                && !goes_on(before, &entry)
            {
                wrong.say(format!("{}: it does not go on from journal row {}", entry.named(), before.number));
            }
            let Entry { number, action, after_hash, seal, .. } = entry;
            lasts.insert(key, Last { number, action, after_hash, sealed: seal.is_some() });
        }
    }
}

/// Journal rows that are read at once.
const ENTRIES_MAX: i64 = 2_000;

fn goes_on(before: &Last, entry: &Entry) -> bool {
    !before.sealed || entry.seal.is_none() || before.after_hash == entry.before_hash
}

fn against(tx: &mut Tx<'_>, book: &Book, lasts: &Lasts, wrong: &mut Sentences) -> Result<u64, Refusal> {
    let told: Vec<(Id, &Last)> = lasts
        .iter()
        .filter(|((_, resource), _)| resource == book.resource)
        .map(|((id, _), last)| (*id, last))
        .collect();
    if told.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Id> = told.iter().map(|(id, _)| *id).collect();
    let hashes = (book.hashes)(tx, &ids)?;
    let mut older = 0;
    for (id, last) in told {
        let named = format!("{} {id}", book.resource);
        match (hashes.get(&id), &last.after_hash) {
            (None, Some(_)) if !book.forgotten => {
                wrong.say(format!("{named} is gone; its last journal row is {} ({})", last.number, last.action));
            }
            (Some(_), None) => wrong.say(format!("{named} is there, but journal row {} deleted it", last.number)),
            (Some(_), Some(_)) if !last.sealed => older += 1,
            (Some(hash), Some(recorded)) if hash != recorded => {
                let row = format!("journal row {} ({})", last.number, last.action);
                wrong.say(format!("{named} is not what {row} left: it was changed past the service"));
            }
            _ => {}
        }
    }
    Ok(older)
}

/// Names rows of which the journal does not tell; how many cannot be told of, in a database of before the seals.
fn never_entered(
    tx: &mut Tx<'_>,
    book: &Book,
    batch: i64,
    is_old: bool,
    wrong: &mut Sentences,
) -> Result<u64, Refusal> {
    let (mut after, mut older) = (Id::NIL, 0);
    loop {
        let ids = (book.ids_after)(tx, after, batch)?;
        let Some(last) = ids.last() else { return Ok(older) };
        after = *last;
        let told: BTreeSet<Id> = store::told_of(tx, book.resource, &ids)?.into_iter().collect();
        for id in ids.iter().filter(|id| !told.contains(id)) {
            if is_old && book.entered_unseen {
                older += 1;
                continue;
            }
            wrong.say(format!("{} {id} was never entered by the service: the journal does not know it", book.resource));
        }
    }
}
