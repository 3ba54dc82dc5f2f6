//! SQL of codes for signing in, and of whom a telephone reaches.

use diesel::prelude::*;

use crate::auth::standing::UserState;
use crate::auth::users::UserRow;
use crate::db::schema::{invitations, sign_in_codes, users};
use crate::db::{Id, Instant, MultiBackend, Tx, run_again};
use crate::refusal::{Refusal, on_unique};

/// A code, and the account that it opens: none for a telephone that reaches nobody, or several.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_in_codes, check_for_backend(MultiBackend))]
pub(super) struct SignInCode {
    pub phone_hash: String,
    pub user_id: Option<Id>,
    pub code_hash: String,
    pub tries: i32,
    pub expires_at: Instant,
}

/// The accounts in use that were made by an invitation to a telephone. Two are enough to know that it is not one.
pub(super) fn accounts(tx: &mut Tx<'_>, phone_hash: &str) -> Result<Vec<Id>, Refusal> {
    let invited = invitations::table.filter(invitations::phone_hash.eq(phone_hash)).select(invitations::user_id);
    let query = users::table
        .filter(users::state.eq(UserState::Active))
        .filter(users::id.nullable().eq_any(invited))
        .order(users::id)
        .limit(2)
        .select(users::id);
    Ok(query.load(tx.conn)?)
}

/// Keeps a code in the place of the one before it.
pub(super) fn keep(tx: &mut Tx<'_>, code: &SignInCode) -> Result<(), Refusal> {
    let before = sign_in_codes::table.find(&code.phone_hash);
    let replaced = diesel::update(before)
        .set((
            sign_in_codes::user_id.eq(code.user_id),
            sign_in_codes::code_hash.eq(&code.code_hash),
            sign_in_codes::tries.eq(code.tries),
            sign_in_codes::expires_at.eq(code.expires_at),
        ))
        .execute(tx.conn)?;
    if replaced == 0 {
        diesel::insert_into(sign_in_codes::table)
            .values(code)
            .execute(tx.conn)
            .map_err(on_unique(|| run_again("sign-in codes")))?;
    }
    Ok(())
}

/// The code of a telephone, one more try counted; the row is held until the transaction ends, so that of several who
/// bring it one wins.
pub(super) fn count_try(tx: &mut Tx<'_>, phone_hash: &str) -> Result<Option<SignInCode>, Refusal> {
    diesel::update(sign_in_codes::table.find(phone_hash))
        .set(sign_in_codes::tries.eq(sign_in_codes::tries + 1))
        .execute(tx.conn)?;
    Ok(sign_in_codes::table.find(phone_hash).select(SignInCode::as_select()).first(tx.conn).optional()?)
}

/// Forgets a code that was used.
pub(super) fn forget(tx: &mut Tx<'_>, phone_hash: &str) -> Result<(), Refusal> {
    diesel::delete(sign_in_codes::table.find(phone_hash)).execute(tx.conn)?;
    Ok(())
}

/// Forgets codes that were over before a moment.
pub(super) fn forget_over(tx: &mut Tx<'_>, before: Instant) -> Result<usize, Refusal> {
    Ok(diesel::delete(sign_in_codes::table.filter(sign_in_codes::expires_at.lt(before))).execute(tx.conn)?)
}

/// An account.
pub(super) fn user(tx: &mut Tx<'_>, id: Id) -> Result<Option<UserRow>, Refusal> {
    Ok(users::table.find(id).select(UserRow::as_select()).first(tx.conn).optional()?)
}
