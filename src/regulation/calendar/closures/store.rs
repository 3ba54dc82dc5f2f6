//! SQL of closures, with the paths of their authorities.

use diesel::prelude::*;
use time::Date;

use super::model::{Closure, ClosureFilter, ClosureRow};
use crate::auth::scope::placed;
use crate::auth::{Found, Scope};
use crate::db::schema::{calendar_closures, organisations};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::stored;

stored!(
    once calendar_closures,
    ClosureRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "authority_id, closed_on")
);

impl Found for Closure {
    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let found = placed!(calendar_closures, ClosureRow, scope.bounds()).filter(calendar_closures::id.eq(id));
        Ok(found.first(tx.conn).optional()?)
    }
}

/// By date; the key is the date and the id of the last closure of the page before.
pub(super) fn list(tx: &mut Tx<'_>, at: &Listing<ClosureFilter, (Date, Id)>) -> Result<Vec<Closure>, Refusal> {
    let found = placed!(calendar_closures, ClosureRow, Scope::Everything.bounds());
    let order = (calendar_closures::closed_on, calendar_closures::id);
    let mut query = found.order(order).limit(at.limit.rows()).into_boxed();
    if let Some(authority) = at.filter.authority_id {
        query = query.filter(calendar_closures::authority_id.eq(authority));
    }
    if let Some((date, id)) = at.after {
        let same_day = calendar_closures::closed_on.eq(date).and(calendar_closures::id.gt(id));
        query = query.filter(calendar_closures::closed_on.gt(date).or(same_day));
    }
    Ok(query.load(tx.conn)?)
}

/// Days and reasons of these authorities, from the root down.
pub(super) fn of_authorities(tx: &mut Tx<'_>, ids: Vec<Id>) -> Result<Vec<Closure>, Refusal> {
    Ok(placed!(calendar_closures, ClosureRow, Scope::Everything.bounds())
        .filter(calendar_closures::authority_id.eq_any(ids))
        .order(organisations::path)
        .load(tx.conn)?)
}

/// Deletes the row of the version that was read.
pub(super) fn delete(tx: &mut Tx<'_>, row: &ClosureRow) -> Result<(), Refusal> {
    let standing = calendar_closures::table.find(row.id).filter(calendar_closures::version.eq(row.version));
    let gone = diesel::delete(standing).execute(tx.conn)?;
    if gone == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
