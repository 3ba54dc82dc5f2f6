//! SQL of qualifications; the scope comes first.

use diesel::prelude::*;

use super::model::{StaffQualification, StaffQualificationRow};
use crate::auth::Scope;
use crate::db::schema::{organisations, staff_qualifications};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};

type Loaded = (StaffQualificationRow, String);

fn loaded((row, path): Loaded) -> StaffQualification {
    StaffQualification { row, path }
}

/// What a list of qualifications may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct StaffQualificationFilter {
    pub school_id: Option<Id>,
    pub staff_member_id: Option<Id>,
}

/// Rows within a scope's bounds, with the paths of their schools.
macro_rules! seen {
    ($bounds:expr) => {
        staff_qualifications::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((StaffQualificationRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<StaffQualification>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(staff_qualifications::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(loaded))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &StaffQualificationFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<StaffQualification>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(staff_qualifications::id).limit(limit.rows()).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(staff_qualifications::school_id.eq(school));
    }
    if let Some(member) = filter.staff_member_id {
        query = query.filter(staff_qualifications::staff_member_id.eq(member));
    }
    if let Some(after) = after {
        query = query.filter(staff_qualifications::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(loaded).collect())
}

/// The qualifications of these members of staff, in the order in which they were entered.
pub(super) fn of_members(tx: &mut Tx<'_>, members: &[Id]) -> Result<Vec<StaffQualificationRow>, Refusal> {
    let query = staff_qualifications::table
        .filter(staff_qualifications::staff_member_id.eq_any(members))
        .order(staff_qualifications::id);
    Ok(query.select(StaffQualificationRow::as_select()).load(tx.conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &StaffQualificationRow) -> Result<(), Refusal> {
    diesel::insert_into(staff_qualifications::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::AlreadyExists).with("field", "staff_member_id, kind, number")))?;
    Ok(())
}

/// Deletes the row of the version that was read.
pub(super) fn delete(tx: &mut Tx<'_>, row: &StaffQualificationRow) -> Result<(), Refusal> {
    let standing = staff_qualifications::table.find(row.id).filter(staff_qualifications::version.eq(row.version));
    let gone = diesel::delete(standing).execute(tx.conn)?;
    if gone == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
