//! SQL of idempotency keys.

use diesel::prelude::*;

use super::{Claim, KEPT_DAYS, in_flight};
use crate::db::schema::idempotency_keys;
use crate::db::{Id, MultiBackend, Prepare, Tx, is_lock_timeout, run_again};
use crate::http::Answer;
use crate::on_backend;
use crate::refusal::{Code, Refusal};

#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_keys, check_for_backend(MultiBackend))]
struct Stored {
    fingerprint: String,
    status: Option<i32>,
    location: Option<String>,
    etag: Option<String>,
    body: Option<String>,
}

/// Takes the key for this transaction, or finds the answer that is stored for it.
///
/// # Errors
/// 409 when another replica still works under the key, 422 when the key came with another request.
pub fn claim(tx: &mut Tx<'_>, claim: &Claim) -> Result<Option<Answer>, Refusal> {
    let new = diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::user_id.eq(claim.user_id),
            idempotency_keys::idempotency_key.eq(&claim.key),
            idempotency_keys::fingerprint.eq(&claim.fingerprint),
            idempotency_keys::created_at.eq(tx.now),
        ))
        .on_conflict_do_nothing();
    let taken = on_backend!(tx.conn, postgres: |pg| new.execute(pg), sqlite: |lite| new.execute(lite));
    match taken {
        Ok(0) => stored(tx, claim)?.map(Some).ok_or_else(|| run_again("the idempotency key was given back meanwhile")),
        Ok(_) => Ok(None),
        Err(error) if is_lock_timeout(&error) => Err(in_flight()),
        Err(error) => Err(error.into()),
    }
}

/// A seal opens under its own key alone.
fn place(claim: &Claim) -> String {
    format!("idempotency_keys.body:{}:{}", claim.user_id, claim.key)
}

/// Stores the answer beside its effect, sealed: it holds what is sealed where it comes from.
///
/// # Errors
/// When the database fails.
pub fn store(tx: &mut Tx<'_>, claim: &Claim, answer: &Answer) -> Result<(), Refusal> {
    let body = tx.sealing.seal(&place(claim), answer.body.as_bytes()).map_err(Refusal::internal)?;
    diesel::update(idempotency_keys::table.find((claim.user_id, &claim.key)))
        .set((
            idempotency_keys::status.eq(i32::from(answer.status)),
            idempotency_keys::location.eq(answer.location.as_deref()),
            idempotency_keys::etag.eq(answer.etag.as_deref()),
            idempotency_keys::body.eq(body.as_str()),
        ))
        .returning(idempotency_keys::user_id)
        .prepared()
        .count::<Id>(tx.conn)?;
    Ok(())
}

/// Gives a key back under which nothing was done: the same request may be sent under it again.
///
/// # Errors
/// When the database fails.
pub fn give_back(tx: &mut Tx<'_>, claim: &Claim) -> Result<(), Refusal> {
    diesel::delete(idempotency_keys::table.find((claim.user_id, &claim.key))).execute(tx.conn)?;
    Ok(())
}

fn stored(tx: &mut Tx<'_>, claim: &Claim) -> Result<Option<Answer>, Refusal> {
    let found = idempotency_keys::table
        .find((claim.user_id, &claim.key))
        .select(Stored::as_select())
        .first(tx.conn)
        .optional()?;
    let Some(found) = found else { return Ok(None) };
    if found.fingerprint != claim.fingerprint {
        return Err(Refusal::of(Code::KeyReused));
    }
    Ok(Some(Answer {
        status: found.status.and_then(|status| u16::try_from(status).ok()).unwrap_or(200),
        location: found.location,
        etag: found.etag,
        repr_digest: None,
        body: found.body.map(|body| opened(tx, claim, body)).transpose()?.unwrap_or_default(),
    }))
}

/// A body that was stored. Answers of before stand open, as the JSON that they are, until they are forgotten.
fn opened(tx: &Tx<'_>, claim: &Claim, body: String) -> Result<String, Refusal> {
    if body.is_empty() || body.starts_with('{') {
        return Ok(body);
    }
    let bytes = tx.sealing.open(&place(claim), &body).map_err(Refusal::internal)?;
    String::from_utf8(bytes.to_vec()).map_err(Refusal::internal)
}

/// Forgets keys that are older than they are kept.
///
/// # Errors
/// When the database fails.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<usize, Refusal> {
    let before = tx.now.plus(-time::Duration::days(KEPT_DAYS));
    Ok(diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(before))).execute(tx.conn)?)
}
