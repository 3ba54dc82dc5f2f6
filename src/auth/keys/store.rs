//! SQL of signing keys.

use diesel::prelude::*;

use crate::db::schema::signing_keys;
use crate::db::{Instant, MultiBackend, Tx};
use crate::refusal::{Code, Refusal, on_unique};

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
