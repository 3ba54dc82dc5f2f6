//! SQL of signing keys.

use diesel::prelude::*;

use crate::db::schema::{kept_keys, signing_keys};
use crate::db::{Instant, MultiBackend, Tx};
use crate::refusal::{Code, Refusal, on_unique};
use crate::sealing::KeptKey;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys, check_for_backend(MultiBackend))]
pub(super) struct KeyRow {
    pub number: i32,
    pub key_id: String,
    pub public_key: String,
    pub sealed_seed: String,
    pub created_at: Instant,
}

/// Oldest first.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<KeyRow>, Refusal> {
    Ok(signing_keys::table.order(signing_keys::number).select(KeyRow::as_select()).load(tx.conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &KeyRow) -> Result<(), Refusal> {
    diesel::insert_into(signing_keys::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::AlreadyExists)))?;
    Ok(())
}

pub(super) fn delete(tx: &mut Tx<'_>, number: i32) -> Result<(), Refusal> {
    diesel::delete(signing_keys::table.find(number)).execute(tx.conn)?;
    Ok(())
}

/// Seals the seed of a key anew.
pub(super) fn reseal(tx: &mut Tx<'_>, number: i32, sealed_seed: &str) -> Result<(), Refusal> {
    diesel::update(signing_keys::table.find(number)).set(signing_keys::sealed_seed.eq(sealed_seed)).execute(tx.conn)?;
    Ok(())
}

/// The working keys, by name, with the moment since when each is kept.
pub(super) fn kept(tx: &mut Tx<'_>) -> Result<Vec<(KeptKey, Instant)>, Refusal> {
    let rows: Vec<(String, String, Instant)> = kept_keys::table.order(kept_keys::name).load(tx.conn)?;
    Ok(rows.into_iter().map(|(name, sealed, at)| (KeptKey { name, sealed }, at)).collect())
}

/// Keeps the working keys in the place of those of before; the moment of each that was kept stays.
pub(super) fn keep(tx: &mut Tx<'_>, keys: &[KeptKey]) -> Result<(), Refusal> {
    let before = kept(tx)?;
    diesel::delete(kept_keys::table).execute(tx.conn)?;
    for key in keys {
        let since = before.iter().find(|(known, _)| known.name == key.name).map_or(tx.now, |(_, since)| *since);
        diesel::insert_into(kept_keys::table)
            .values((kept_keys::name.eq(&key.name), kept_keys::sealed.eq(&key.sealed), kept_keys::created_at.eq(since)))
            .execute(tx.conn)?;
    }
    Ok(())
}

pub(super) fn drop_kept(tx: &mut Tx<'_>, names: &[String]) -> Result<(), Refusal> {
    diesel::delete(kept_keys::table.filter(kept_keys::name.eq_any(names))).execute(tx.conn)?;
    Ok(())
}
