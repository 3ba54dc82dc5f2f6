//! SQL of vettings; the scope comes first.

use diesel::prelude::*;

use super::model::{StaffVetting, StaffVettingRow};
use crate::auth::Scope;
use crate::db::schema::{organisations, staff_vettings};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::Refusal;

type Loaded = (StaffVettingRow, String);

fn loaded((row, path): Loaded) -> StaffVetting {
    StaffVetting { row, path }
}

/// What a list of vettings may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct StaffVettingFilter {
    pub school_id: Option<Id>,
    pub staff_member_id: Option<Id>,
}

/// Rows within a scope's bounds, with the paths of their schools.
macro_rules! seen {
    ($bounds:expr) => {
        staff_vettings::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((StaffVettingRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<StaffVetting>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(staff_vettings::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(loaded))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &StaffVettingFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<StaffVetting>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(staff_vettings::id).limit(limit.rows()).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(staff_vettings::school_id.eq(school));
    }
    if let Some(member) = filter.staff_member_id {
        query = query.filter(staff_vettings::staff_member_id.eq(member));
    }
    if let Some(after) = after {
        query = query.filter(staff_vettings::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(loaded).collect())
}

/// The vettings of these members of staff, in the order in which they were made.
pub(super) fn of_members(tx: &mut Tx<'_>, members: &[Id]) -> Result<Vec<StaffVettingRow>, Refusal> {
    let query = staff_vettings::table
        .filter(staff_vettings::staff_member_id.eq_any(members))
        .order((staff_vettings::checked_on, staff_vettings::id));
    Ok(query.select(StaffVettingRow::as_select()).load(tx.conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &StaffVettingRow) -> Result<(), Refusal> {
    diesel::insert_into(staff_vettings::table).values(row).execute(tx.conn)?;
    Ok(())
}
