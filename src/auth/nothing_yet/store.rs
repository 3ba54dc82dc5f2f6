//! Whether there is anything that a caller could see.

use diesel::dsl::{exists, select};
use diesel::prelude::*;

use crate::auth::scope::{Scope, guardianships_of, pupils_taught, schools_in, sessions_served};
use crate::db::schema::schools;
use crate::db::{Id, Tx};
use crate::refusal::Refusal;

/// Whether an account is anybody's guardian today.
pub(super) fn has_children(tx: &mut Tx<'_>, user: Id) -> Result<bool, Refusal> {
    Ok(select(exists(guardianships_of!(user, tx.today))).get_result(tx.conn)?)
}

/// Whether an account teaches anybody today.
pub(super) fn has_pupils(tx: &mut Tx<'_>, user: Id) -> Result<bool, Refusal> {
    Ok(select(exists(pupils_taught!(user, tx.today))).get_result(tx.conn)?)
}

/// Whether an account serves at any session.
pub(super) fn serves(tx: &mut Tx<'_>, user: Id) -> Result<bool, Refusal> {
    Ok(select(exists(sessions_served!(user))).get_result(tx.conn)?)
}

/// Whether there is a school in a scope.
pub(super) fn has_schools(tx: &mut Tx<'_>, scope: &Scope) -> Result<bool, Refusal> {
    let bounds = scope.bounds();
    let within = schools::table.filter(schools::id.eq_any(schools_in!(bounds)));
    Ok(select(exists(within)).get_result(tx.conn)?)
}
