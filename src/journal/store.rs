//! SQL of the journal.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};

use super::model::Entry;
use crate::db::schema::{journal_entries, journal_heads};
use crate::db::{Id, Instant, MultiBackend, Prepare, Tx};
use crate::on_backend;
use crate::refusal::Refusal;

#[derive(Insertable)]
#[diesel(table_name = journal_entries, treat_none_as_default_value = false)]
pub(super) struct NewEntry {
    pub at: Instant,
    pub action: String,
    pub resource: &'static str,
    pub resource_id: Id,
    pub scope_path: String,
    pub user_id: Option<Id>,
    pub role: String,
    pub request_id: String,
    pub before_hash: Option<String>,
    pub after_hash: Option<String>,
}

/// The last sealed row.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = journal_heads, check_for_backend(MultiBackend))]
pub(super) struct Head {
    pub position: i64,
    pub chain_hash: String,
}

pub(super) fn insert(tx: &mut Tx<'_>, entry: &NewEntry) -> Result<(), Refusal> {
    diesel::insert_into(journal_entries::table).values(entry).execute(tx.conn)?;
    Ok(())
}

pub(super) fn head(tx: &mut Tx<'_>) -> Result<Head, Refusal> {
    Ok(journal_heads::table.find(1).select(Head::as_select()).first(tx.conn)?)
}

pub(super) fn move_head(tx: &mut Tx<'_>, from: &Head, position: i64, link: &str) -> Result<(), Refusal> {
    let unmoved = journal_heads::table.find(1).filter(journal_heads::position.eq(from.position));
    let moved = diesel::update(unmoved)
        .set((journal_heads::position.eq(position), journal_heads::chain_hash.eq(link)))
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
