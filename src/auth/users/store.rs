//! SQL of accounts; every list and single read takes the scope first.

use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::model::{User, UserFilter, UserRow};
use crate::auth::scope::users_in;
use crate::auth::{Found, Scope};
use crate::db::schema::{organisations, users};
use crate::db::{Id, NameOf, Tx};
use crate::http::{Key, Listing};
use crate::refusal::{Code, Refusal};
use crate::values::name_key;
use crate::{in_order, named_like, stored};

stored!(
    named display_name by name_key::of_person, users, UserRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "username")
);

type Loaded = (UserRow, Option<String>, Option<String>);

fn user(tx: &mut Tx<'_>, (row, path, organisation): Loaded) -> User {
    if let (Some(id), Some(name)) = (row.organisation_id, organisation) {
        tx.names.know(NameOf::Organisation, id, name);
    }
    User { row, path: path.unwrap_or_default() }
}

/// Something of the organisation of an account.
macro_rules! of_organisation {
    ($column:ident) => {
        organisations::table
            .filter(organisations::id.nullable().eq(users::organisation_id))
            .select(organisations::$column)
            .single_value()
    };
}

/// An account with the path and the name of its organisation.
macro_rules! with_organisation {
    () => {
        (UserRow::as_select(), of_organisation!(path), of_organisation!(name))
    };
}

impl Found for User {
    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let bounds = scope.bounds();
        let seen = users::table.filter(users::id.eq(id)).filter(users_in!(bounds));
        let found = seen.select(with_organisation!()).first::<Loaded>(tx.conn).optional()?;
        Ok(found.map(|loaded| user(tx, loaded)))
    }
}

/// By username, if nothing else is asked for.
pub(super) fn list(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<UserFilter, Key>) -> Result<Vec<User>, Refusal> {
    let (bounds, filter) = (scope.bounds(), &at.filter);
    let mut query =
        users::table.filter(users_in!(bounds)).select(with_organisation!()).limit(at.limit.rows()).into_boxed();
    if let Some(states) = filter.state.clone() {
        query = query.filter(users::state.eq_any(states.values()));
    }
    if let Some(organisation) = filter.organisation_id {
        query = query.filter(users::organisation_id.eq(organisation));
    }
    if let Some(username) = &filter.username {
        query = query.filter(users::username.eq(username.as_str().to_owned()));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(users::updated_at.ge(since));
    }
    query = named_like!(query, users, display_name, filter.q);
    query = in_order!(query, users, at, { name display_name, code username });
    let found = query.load::<Loaded>(tx.conn)?;
    Ok(found.into_iter().map(|loaded| user(tx, loaded)).collect())
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
