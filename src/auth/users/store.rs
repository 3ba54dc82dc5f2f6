//! SQL of accounts; every list and single read takes the scope first.

use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::model::{User, UserFilter, UserRow};
use crate::auth::scope::{Scope, users_in};
use crate::db::schema::{organisations, users};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};

type Loaded = (UserRow, Option<String>);

fn user((row, path): Loaded) -> User {
    User { row, path: path.unwrap_or_default() }
}

/// An account with the path of its organisation.
macro_rules! with_path {
    () => {
        (
            UserRow::as_select(),
            organisations::table
                .filter(organisations::id.nullable().eq(users::organisation_id))
                .select(organisations::path)
                .single_value(),
        )
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<User>, Refusal> {
    let bounds = scope.bounds();
    let seen = users::table.filter(users::id.eq(id)).filter(users_in!(bounds));
    Ok(seen.select(with_path!()).first::<Loaded>(tx.conn).optional()?.map(user))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &UserFilter,
    after: Option<String>,
    limit: PageLimit,
) -> Result<Vec<User>, Refusal> {
    let bounds = scope.bounds();
    let mut query = users::table.filter(users_in!(bounds)).select(with_path!()).limit(limit.rows()).into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(users::state.eq(state));
    }
    if let Some(organisation) = filter.organisation_id {
        query = query.filter(users::organisation_id.eq(organisation));
    }
    if let Some(username) = &filter.username {
        query = query.filter(users::username.eq(username.clone()));
    }
    query = match (after, filter.descending) {
        (Some(name), true) => query.filter(users::username.lt(name)),
        (Some(name), false) => query.filter(users::username.gt(name)),
        (None, _) => query,
    };
    query = if filter.descending { query.order(users::username.desc()) } else { query.order(users::username.asc()) };
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(user).collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &UserRow) -> Result<(), Refusal> {
    diesel::insert_into(users::table).values(row).execute(tx.conn).map_err(on_unique(name_taken))?;
    Ok(())
}

/// Writes the row's new state over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &UserRow) -> Result<(), Refusal> {
    let changed = diesel::update(users::table.find(row.id).filter(users::version.eq(row.version - 1)))
        .set((
            users::username.eq(&row.username),
            users::display_name.eq(&row.display_name),
            users::state.eq(row.state),
            users::secret_change_due.eq(row.secret_change_due),
            users::cut_off_at.eq(row.cut_off_at),
            users::version.eq(row.version),
            users::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)
        .map_err(on_unique(name_taken))?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}

/// Keeps the hash of a new secret. The verbs of this slice do so together with what else changes.
///
/// # Errors
/// When the database fails.
pub fn set_secret(tx: &mut Tx<'_>, id: Id, hash: &str) -> Result<(), Refusal> {
    diesel::update(users::table.find(id)).set(users::secret_hash.eq(hash)).execute(tx.conn)?;
    Ok(())
}

pub(super) fn secret_of(tx: &mut Tx<'_>, username: &str) -> Result<Option<(UserRow, Option<String>)>, Refusal> {
    let by_name = users::table.filter(users::username.eq(username));
    Ok(by_name.select((UserRow::as_select(), users::secret_hash)).first(tx.conn).optional()?)
}

/// Holds the row until the transaction ends, so that rows about the account are decided one after the other.
///
/// # Errors
/// When the database fails.
pub fn claim(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    diesel::update(users::table.find(id)).set(users::updated_at.eq(users::updated_at)).execute(tx.conn)?;
    Ok(())
}

/// Whether there is any account.
///
/// # Errors
/// When the database fails.
pub fn any(tx: &mut Tx<'_>) -> Result<bool, Refusal> {
    let first = users::table.select(users::id).limit(1).first::<Id>(tx.conn).optional()?;
    Ok(first.is_some())
}

fn name_taken() -> Refusal {
    Refusal::of(Code::AlreadyExists).with("field", "username")
}
