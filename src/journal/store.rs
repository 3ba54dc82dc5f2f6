//! SQL of the journal.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};

use super::model::{Entry, Head, Said};
use crate::db::schema::{journal_entries, journal_heads};
use crate::db::{Id, Instant, Prepare, Tx};
use crate::refusal::Refusal;
use crate::{insert_many, on_backend};

pub(super) fn insert(tx: &mut Tx<'_>, said: Said<'_>, seal: &str) -> Result<(), Refusal> {
    let columns = (
        journal_entries::at.eq(said.at),
        journal_entries::action.eq(said.action),
        journal_entries::resource.eq(said.resource),
        journal_entries::resource_id.eq(said.resource_id),
        journal_entries::scope_path.eq(said.scope_path),
        journal_entries::user_id.eq(said.user_id),
        journal_entries::role.eq(said.role),
        journal_entries::request_id.eq(said.request_id),
        journal_entries::before_hash.eq(said.before_hash),
        journal_entries::after_hash.eq(said.after_hash),
        journal_entries::seal.eq(seal),
    );
    diesel::insert_into(journal_entries::table).values(columns).execute(tx.conn)?;
    Ok(())
}

/// A row of many that are written at once.
#[derive(Debug, Clone, diesel::Insertable)]
#[diesel(table_name = journal_entries)]
pub(super) struct NewRow {
    at: Instant,
    action: String,
    resource: String,
    resource_id: Id,
    scope_path: String,
    user_id: Option<Id>,
    role: String,
    request_id: String,
    before_hash: Option<String>,
    after_hash: Option<String>,
    seal: String,
}

impl NewRow {
    pub(super) fn of(said: &Said<'_>, seal: String) -> Self {
        Self {
            at: said.at,
            action: said.action.to_owned(),
            resource: said.resource.to_owned(),
            resource_id: said.resource_id,
            scope_path: said.scope_path.to_owned(),
            user_id: said.user_id,
            role: said.role.to_owned(),
            request_id: said.request_id.to_owned(),
            before_hash: said.before_hash.map(str::to_owned),
            after_hash: said.after_hash.map(str::to_owned),
            seal,
        }
    }
}

pub(super) fn insert_all(tx: &mut Tx<'_>, rows: &[NewRow]) -> Result<(), Refusal> {
    insert_many!(tx, journal_entries, rows)
}

pub(super) fn head(tx: &mut Tx<'_>) -> Result<Head, Refusal> {
    Ok(journal_heads::table.find(1).select(Head::as_select()).first(tx.conn)?)
}

pub(super) fn move_head(tx: &mut Tx<'_>, from: &Head, to: &Head) -> Result<(), Refusal> {
    let unmoved = journal_heads::table.find(1).filter(journal_heads::position.eq(from.position));
    let moved = diesel::update(unmoved)
        .set((
            journal_heads::position.eq(to.position),
            journal_heads::chain_hash.eq(&to.chain_hash),
            journal_heads::seal.eq(to.seal.as_deref()),
        ))
        .returning(journal_heads::id)
        .prepared()
        .count::<i32>(tx.conn)?;
    if moved == 1 { Ok(()) } else { Err(Refusal::internal("another sealer was faster")) }
}

pub(super) fn unsealed(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Entry>, Refusal> {
    Ok(journal_entries::table
        .filter(journal_entries::position.is_null())
        .order(journal_entries::number)
        .limit(limit)
        .select(Entry::as_select())
        .load(tx.conn)?)
}

pub(super) fn unsealed_count(tx: &mut Tx<'_>) -> Result<i64, Refusal> {
    Ok(journal_entries::table.filter(journal_entries::position.is_null()).count().get_result(tx.conn)?)
}

/// The places of sealed rows: number, position, link.
pub(super) type Seals = (Vec<i64>, Vec<i64>, Vec<String>);

/// Gives rows their places: in one statement where the database takes lists.
pub(super) fn seal(tx: &mut Tx<'_>, seals: &Seals) -> Result<(), Refusal> {
    let (numbers, positions, links) = seals;
    on_backend!(tx.conn,
        postgres: |pg| {
            sql_query(
                "UPDATE journal_entries SET position = seals.position, chain_hash = seals.link \
                 FROM unnest($1, $2, $3) AS seals (number, position, link) WHERE journal_entries.number = seals.number",
            )
            .bind::<Array<BigInt>, _>(numbers)
            .bind::<Array<BigInt>, _>(positions)
            .bind::<Array<Text>, _>(links)
            .execute(pg)?;
        },
        sqlite: |lite| {
            for ((number, position), link) in numbers.iter().zip(positions).zip(links) {
                diesel::update(journal_entries::table.find(number))
                    .set((journal_entries::position.eq(position), journal_entries::chain_hash.eq(link)))
                    .execute(lite)?;
            }
        },
    );
    Ok(())
}

/// Sealed rows behind a position, in order, with the links that stand beside them.
pub(super) fn sealed_after(tx: &mut Tx<'_>, position: i64, limit: i64) -> Result<Vec<(Entry, i64, String)>, Refusal> {
    let rows = journal_entries::table
        .filter(journal_entries::position.gt(position))
        .order(journal_entries::position)
        .limit(limit)
        .select((Entry::as_select(), journal_entries::position, journal_entries::chain_hash))
        .load::<(Entry, Option<i64>, Option<String>)>(tx.conn)?;
    let sealed = rows.into_iter().map(|(entry, at, link)| (entry, at.unwrap_or_default(), link.unwrap_or_default()));
    Ok(sealed.collect())
}

/// The number of the first row that has a seal.
pub(super) fn first_with_seal(tx: &mut Tx<'_>) -> Result<Option<i64>, Refusal> {
    let sealed = journal_entries::table.filter(journal_entries::seal.is_not_null()).order(journal_entries::number);
    Ok(sealed.select(journal_entries::number).first(tx.conn).optional()?)
}

/// The next ids of which rows tell.
pub(super) fn told_after(tx: &mut Tx<'_>, after: Id, limit: i64) -> Result<Vec<Id>, Refusal> {
    let next = journal_entries::table.filter(journal_entries::resource_id.gt(after));
    let next = next.order(journal_entries::resource_id).limit(limit);
    Ok(next.select(journal_entries::resource_id).distinct().load(tx.conn)?)
}

/// Rows about some ids, in the order of ids and numbers, behind one of them.
pub(super) fn about(tx: &mut Tx<'_>, ids: &[Id], after: (Id, i64), limit: i64) -> Result<Vec<Entry>, Refusal> {
    let (id, number) = after;
    let behind = journal_entries::resource_id.gt(id);
    let behind = behind.or(journal_entries::resource_id.eq(id).and(journal_entries::number.gt(number)));
    let rows = journal_entries::table.filter(journal_entries::resource_id.eq_any(ids.to_vec())).filter(behind);
    let rows = rows.order((journal_entries::resource_id, journal_entries::number)).limit(limit);
    Ok(rows.select(Entry::as_select()).load(tx.conn)?)
}

/// Those of some ids of which rows tell as of this thing.
pub(super) fn told_of(tx: &mut Tx<'_>, resource: &str, ids: &[Id]) -> Result<Vec<Id>, Refusal> {
    let rows = journal_entries::table.filter(journal_entries::resource_id.eq_any(ids.to_vec()));
    let rows = rows.filter(journal_entries::resource.eq(resource)).select(journal_entries::resource_id);
    Ok(rows.distinct().load(tx.conn)?)
}

/// The next rows about one kind of thing.
pub(super) fn of_resource(tx: &mut Tx<'_>, resource: &str, after: i64, limit: i64) -> Result<Vec<Entry>, Refusal> {
    let rows = journal_entries::table.filter(journal_entries::number.gt(after));
    let rows = rows.filter(journal_entries::resource.eq(resource)).order(journal_entries::number).limit(limit);
    Ok(rows.select(Entry::as_select()).load(tx.conn)?)
}

/// Whether there are rows of before the seals.
pub(super) fn any_without_seal(tx: &mut Tx<'_>) -> Result<bool, Refusal> {
    let old = journal_entries::table.filter(journal_entries::seal.is_null()).select(journal_entries::number);
    Ok(old.first::<i64>(tx.conn).optional()?.is_some())
}
