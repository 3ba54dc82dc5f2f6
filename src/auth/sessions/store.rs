//! SQL of sessions and refresh tokens.

use diesel::prelude::*;

use super::model::SessionRow;
use crate::auth::grants::RoleGrantRow;
use crate::auth::users::UserRow;
use crate::db::schema::{organisations, refresh_tokens, role_grants, sessions, users};
use crate::db::{Id, Instant, Tx};
use crate::refusal::Refusal;
use crate::{columns, kept};

columns!(SessionRow { id, user_id, role_grant_id, opened_at, expires_at, revoked_at, by_code });
kept!(sessions, SessionRow);

/// A session with all that it rests on.
pub(super) struct Standing {
    pub session: SessionRow,
    pub grant: RoleGrantRow,
    pub user: UserRow,
    pub path: String,
}

pub(super) fn insert(tx: &mut Tx<'_>, session: &SessionRow) -> Result<(), Refusal> {
    diesel::insert_into(sessions::table).values(session).execute(tx.conn)?;
    Ok(())
}

pub(super) fn insert_token(tx: &mut Tx<'_>, session: Id, token_hash: &str) -> Result<(), Refusal> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(token_hash),
            refresh_tokens::session_id.eq(session),
            refresh_tokens::issued_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The session of a refresh token.
pub(super) fn session_of(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<Id>, Refusal> {
    let token = refresh_tokens::table.find(token_hash);
    Ok(token.select(refresh_tokens::session_id).first(tx.conn).optional()?)
}

/// When a refresh token was used, if it was.
pub(super) fn used_at(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<Instant>, Refusal> {
    let token = refresh_tokens::table.find(token_hash);
    let used_at: Option<Option<Instant>> = token.select(refresh_tokens::used_at).first(tx.conn).optional()?;
    Ok(used_at.flatten())
}

/// Holds a token that nobody has used until the transaction ends; `false` where there is none.
pub(super) fn hold_unused(tx: &mut Tx<'_>, token_hash: &str) -> Result<bool, Refusal> {
    let unused = refresh_tokens::table.find(token_hash).filter(refresh_tokens::used_at.is_null());
    let held = diesel::update(unused).set(refresh_tokens::issued_at.eq(refresh_tokens::issued_at)).execute(tx.conn)?;
    Ok(held == 1)
}

/// Lets a session act in another role grant.
pub(super) fn act_in(tx: &mut Tx<'_>, session: Id, grant: Id) -> Result<(), Refusal> {
    diesel::update(sessions::table.find(session)).set(sessions::role_grant_id.eq(grant)).execute(tx.conn)?;
    Ok(())
}

/// Marks a token as used, unless somebody has; `false` then.
pub(super) fn use_token(tx: &mut Tx<'_>, token_hash: &str) -> Result<bool, Refusal> {
    let unused = refresh_tokens::table.find(token_hash).filter(refresh_tokens::used_at.is_null());
    let used = diesel::update(unused).set(refresh_tokens::used_at.eq(tx.now)).execute(tx.conn)?;
    Ok(used == 1)
}

pub(super) fn standing(tx: &mut Tx<'_>, session: Id) -> Result<Option<Standing>, Refusal> {
    let found = sessions::table
        .inner_join(role_grants::table)
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .left_join(organisations::table.on(role_grants::organisation_id.eq(organisations::id.nullable())))
        .filter(sessions::id.eq(session))
        .select((
            SessionRow::as_select(),
            RoleGrantRow::as_select(),
            UserRow::as_select(),
            organisations::path.nullable(),
        ))
        .first::<(SessionRow, RoleGrantRow, UserRow, Option<String>)>(tx.conn)
        .optional()?;
    Ok(found.map(|(session, grant, user, path)| Standing { session, grant, user, path: path.unwrap_or_default() }))
}

pub(super) fn revoke(tx: &mut Tx<'_>, session: Id) -> Result<(), Refusal> {
    let open = sessions::table.find(session).filter(sessions::revoked_at.is_null());
    diesel::update(open).set(sessions::revoked_at.eq(tx.now)).execute(tx.conn)?;
    Ok(())
}

pub(super) fn forget(tx: &mut Tx<'_>, before: Instant) -> Result<usize, Refusal> {
    let old = sessions::table.filter(sessions::expires_at.lt(before)).select(sessions::id);
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(old))).execute(tx.conn)?;
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.lt(before))).execute(tx.conn)?)
}
