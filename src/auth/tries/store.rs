//! SQL of sign-in tries and of the places from which accounts sign in.

use diesel::prelude::*;

use crate::db::schema::{sign_in_places, sign_in_tries};
use crate::db::{Instant, MultiBackend, Tx, run_again};
use crate::refusal::{Refusal, on_unique};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sign_in_tries, check_for_backend(MultiBackend))]
pub(super) struct Tries {
    pub failures: i32,
    pub blocked_until: Option<Instant>,
}

pub(super) fn find(tx: &mut Tx<'_>, name_hash: &str) -> Result<Option<Tries>, Refusal> {
    Ok(sign_in_tries::table.find(name_hash).select(Tries::as_select()).first(tx.conn).optional()?)
}

pub(super) fn insert(tx: &mut Tx<'_>, name_hash: &str) -> Result<(), Refusal> {
    diesel::insert_into(sign_in_tries::table)
        .values((
            sign_in_tries::name_hash.eq(name_hash),
            sign_in_tries::failures.eq(1),
            sign_in_tries::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)
        .map_err(on_unique(|| run_again("sign-in tries")))?;
    Ok(())
}

/// Counts if nobody else has meanwhile.
pub(super) fn count(
    tx: &mut Tx<'_>,
    name_hash: &str,
    seen: i32,
    failures: i32,
    blocked_until: Option<Instant>,
) -> Result<bool, Refusal> {
    let counted = diesel::update(sign_in_tries::table.find(name_hash).filter(sign_in_tries::failures.eq(seen)))
        .set((
            sign_in_tries::failures.eq(failures),
            sign_in_tries::blocked_until.eq(blocked_until),
            sign_in_tries::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(counted == 1)
}

pub(super) fn delete(tx: &mut Tx<'_>, name_hash: &str) -> Result<(), Refusal> {
    diesel::delete(sign_in_tries::table.find(name_hash)).execute(tx.conn)?;
    Ok(())
}

pub(super) fn forget(tx: &mut Tx<'_>, before: Instant) -> Result<usize, Refusal> {
    Ok(diesel::delete(sign_in_tries::table.filter(sign_in_tries::updated_at.lt(before))).execute(tx.conn)?)
}

/// Takes one try back, and the wait that it brought.
pub(super) fn take_back(tx: &mut Tx<'_>, name_hash: &str) -> Result<(), Refusal> {
    let none = None::<Instant>;
    diesel::update(sign_in_tries::table.find(name_hash).filter(sign_in_tries::failures.gt(0)))
        .set((sign_in_tries::failures.eq(sign_in_tries::failures - 1), sign_in_tries::blocked_until.eq(none)))
        .execute(tx.conn)?;
    Ok(())
}

/// Whether an account has signed in from a place.
pub(super) fn is_known(tx: &mut Tx<'_>, place_hash: &str) -> Result<bool, Refusal> {
    let known = sign_in_places::table.find(place_hash).select(sign_in_places::place_hash);
    Ok(known.first::<String>(tx.conn).optional()?.is_some())
}

pub(super) fn know(tx: &mut Tx<'_>, place_hash: &str) -> Result<(), Refusal> {
    diesel::insert_into(sign_in_places::table)
        .values((sign_in_places::place_hash.eq(place_hash), sign_in_places::updated_at.eq(tx.now)))
        .execute(tx.conn)
        .map_err(on_unique(|| run_again("sign-in places")))?;
    Ok(())
}

pub(super) fn know_on(tx: &mut Tx<'_>, place_hash: &str) -> Result<(), Refusal> {
    diesel::update(sign_in_places::table.find(place_hash))
        .set(sign_in_places::updated_at.eq(tx.now))
        .execute(tx.conn)?;
    Ok(())
}

pub(super) fn forget_places(tx: &mut Tx<'_>, before: Instant) -> Result<usize, Refusal> {
    Ok(diesel::delete(sign_in_places::table.filter(sign_in_places::updated_at.lt(before))).execute(tx.conn)?)
}
