//! SQL of closures, with the paths of their authorities.

use diesel::prelude::*;
use time::Date;

use super::model::{Closure, ClosureRow};
use crate::db::schema::{authorities, calendar_closures, organisations};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};

type Loaded = (ClosureRow, String);

fn closure((row, path): Loaded) -> Closure {
    Closure { row, path }
}

macro_rules! with_paths {
    () => {
        calendar_closures::table
            .inner_join(authorities::table.inner_join(organisations::table))
            .select((ClosureRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, id: Id) -> Result<Option<Closure>, Refusal> {
    Ok(with_paths!().filter(calendar_closures::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(closure))
}

/// By date; `after` is the date and the id of the last closure of the page before.
pub(super) fn list(
    tx: &mut Tx<'_>,
    authority: Option<Id>,
    after: Option<(Date, Id)>,
    limit: PageLimit,
) -> Result<Vec<Closure>, Refusal> {
    let order = (calendar_closures::closed_on, calendar_closures::id);
    let mut query = with_paths!().order(order).limit(limit.rows()).into_boxed();
    if let Some(authority) = authority {
        query = query.filter(calendar_closures::authority_id.eq(authority));
    }
    if let Some((date, id)) = after {
        let same_day = calendar_closures::closed_on.eq(date).and(calendar_closures::id.gt(id));
        query = query.filter(calendar_closures::closed_on.gt(date).or(same_day));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(closure).collect())
}

/// Days and reasons of these authorities, from the root down.
pub(super) fn of_authorities(tx: &mut Tx<'_>, ids: Vec<Id>) -> Result<Vec<Closure>, Refusal> {
    let found = with_paths!()
        .filter(calendar_closures::authority_id.eq_any(ids))
        .order(organisations::path)
        .load::<Loaded>(tx.conn)?;
    Ok(found.into_iter().map(closure).collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &ClosureRow) -> Result<(), Refusal> {
    diesel::insert_into(calendar_closures::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::AlreadyExists).with("field", "authority_id, closed_on")))?;
    Ok(())
}

/// Deletes the row of the version that was read.
pub(super) fn delete(tx: &mut Tx<'_>, row: &ClosureRow) -> Result<(), Refusal> {
    let standing = calendar_closures::table.find(row.id).filter(calendar_closures::version.eq(row.version));
    let gone = diesel::delete(standing).execute(tx.conn)?;
    if gone == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
