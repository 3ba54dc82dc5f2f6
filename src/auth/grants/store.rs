//! SQL of role grants; seen when their user is seen.

use diesel::prelude::*;
use diesel::sql_types::Bool;
use time::Date;

use super::model::{RoleGrant, RoleGrantFilter, RoleGrantRow};
use crate::auth::scope::users_in;
use crate::auth::{Role, Scope, Seen};
use crate::db::schema::{organisations, role_grants, users};
use crate::db::{Id, MultiBackend, Tx};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::{page, stored};

stored!(role_grants, RoleGrantRow);

type Loaded = (RoleGrantRow, Option<String>);

fn grant((row, path): Loaded) -> RoleGrant {
    RoleGrant { row, path: path.unwrap_or_default() }
}

/// Grants with the paths of their organisations.
macro_rules! with_paths {
    () => {
        role_grants::table.select((
            RoleGrantRow::as_select(),
            organisations::table
                .filter(organisations::id.nullable().eq(role_grants::organisation_id))
                .select(organisations::path)
                .single_value(),
        ))
    };
}

/// Grants with the paths of their organisations, of users within a scope.
macro_rules! seen_with_paths {
    ($scope:expr) => {{
        let bounds = $scope.bounds();
        let of_users = users::table.filter(users_in!(bounds)).select(users::id);
        with_paths!().filter(role_grants::user_id.eq_any(of_users))
    }};
}

impl Seen for RoleGrant {
    type Filter = RoleGrantFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let seen = seen_with_paths!(scope).filter(role_grants::id.eq(id));
        Ok(seen.first::<Loaded>(tx.conn).optional()?.map(grant))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<RoleGrantFilter>) -> Result<Vec<Self>, Refusal> {
        let seen = seen_with_paths!(scope).filter(role_grants::user_id.eq(at.filter.user_id)).into_boxed();
        Ok(page!(seen, role_grants, at, {}).load::<Loaded>(tx.conn)?.into_iter().map(grant).collect())
    }
}

/// Grants of one user and role that nobody has ended.
pub(super) fn standing(tx: &mut Tx<'_>, user: Id, role: Role) -> Result<Vec<RoleGrantRow>, Refusal> {
    Ok(role_grants::table
        .filter(role_grants::user_id.eq(user).and(role_grants::role.eq(role)).and(role_grants::ended_at.is_null()))
        .select(RoleGrantRow::as_select())
        .load(tx.conn)?)
}

/// Grants of an account that nobody has ended.
pub(super) fn unended(tx: &mut Tx<'_>, user: Id) -> Result<Vec<RoleGrant>, Refusal> {
    let found = with_paths!()
        .filter(role_grants::user_id.eq(user).and(role_grants::ended_at.is_null()))
        .order(role_grants::id)
        .load::<Loaded>(tx.conn)?;
    Ok(found.into_iter().map(grant).collect())
}

/// A grant with the name of its organisation.
#[derive(Debug, Clone)]
pub struct NamedGrant {
    pub grant: RoleGrant,
    pub organisation_name: Option<String>,
}

/// Grants that are shown of one account.
const SHOWN_MAX: i64 = 200;

/// Grants of an account, the newest first.
pub(super) fn all_of(tx: &mut Tx<'_>, user: Id) -> Result<Vec<NamedGrant>, Refusal> {
    let found = role_grants::table
        .left_join(organisations::table.on(organisations::id.nullable().eq(role_grants::organisation_id)))
        .filter(role_grants::user_id.eq(user))
        .order(role_grants::id.desc())
        .limit(SHOWN_MAX)
        .select((RoleGrantRow::as_select(), organisations::path.nullable(), organisations::name.nullable()))
        .load::<(RoleGrantRow, Option<String>, Option<String>)>(tx.conn)?;
    let named = |(row, path, organisation_name): (RoleGrantRow, Option<String>, Option<String>)| NamedGrant {
        grant: RoleGrant { row, path: path.unwrap_or_default() },
        organisation_name,
    };
    Ok(found.into_iter().map(named).collect())
}

/// Grants that hold for a user on a day, the longest-standing first.
pub(super) fn held_on(tx: &mut Tx<'_>, user: Id, today: Date) -> Result<Vec<RoleGrant>, Refusal> {
    let found = with_paths!()
        .filter(role_grants::user_id.eq(user).and(role_grants::ended_at.is_null()))
        .filter(role_grants::starts_on.le(today))
        .order((role_grants::starts_on, role_grants::id))
        .load::<Loaded>(tx.conn)?;
    Ok(found.into_iter().map(grant).filter(|grant| grant.row.holds_on(today)).collect())
}

/// Accounts that hold a role at an organisation on a day.
pub(super) fn holders(tx: &mut Tx<'_>, organisation: Id, role: Role, today: Date) -> Result<Vec<Id>, Refusal> {
    let query = with_paths!()
        .filter(role_grants::organisation_id.eq(organisation).and(role_grants::role.eq(role)))
        .filter(role_grants::ended_at.is_null().and(role_grants::starts_on.le(today)))
        .order((role_grants::user_id, role_grants::id));
    let found = query.load::<Loaded>(tx.conn)?.into_iter().map(grant);
    let mut users: Vec<Id> = found.filter(|grant| grant.row.holds_on(today)).map(|grant| grant.row.user_id).collect();
    users.dedup();
    Ok(users)
}

/// Users who hold grants that nobody has ended.
pub(super) fn holders_after(tx: &mut Tx<'_>, after: Id, limit: i64) -> Result<Vec<Id>, Refusal> {
    let standing = role_grants::table.filter(role_grants::ended_at.is_null()).filter(role_grants::user_id.gt(after));
    let query = standing.order(role_grants::user_id).limit(limit).select(role_grants::user_id).distinct();
    Ok(query.load(tx.conn)?)
}

/// Their grants that nobody has ended, those of one user, role and place side by side, for `kehou verify`.
pub(super) fn standing_of(tx: &mut Tx<'_>, users: &[Id]) -> Result<Vec<RoleGrantRow>, Refusal> {
    let row = <RoleGrantRow as Selectable<MultiBackend>>::construct_selection();
    Ok(role_grants::table
        .filter(role_grants::ended_at.is_null())
        .filter(role_grants::user_id.eq_any(users))
        .order((role_grants::user_id, role_grants::role, role_grants::organisation_id))
        .then_order_by((role_grants::starts_on, role_grants::id))
        .select(row)
        .load(tx.conn)?)
}
