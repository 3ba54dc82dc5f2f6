//! SQL of members of staff; the scope comes first.

use diesel::prelude::*;

use super::model::{StaffMember, StaffMemberRow, StaffState};
use super::opened;
use crate::auth::Scope;
use crate::db::schema::{organisations, staff_members};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};
use crate::rules::document::StaffKind;

type Loaded = (StaffMemberRow, String);

/// What a list of members of staff may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct StaffMemberFilter {
    pub school_id: Option<Id>,
    pub kind: Option<StaffKind>,
    pub state: Option<StaffState>,
}

/// Members of staff within a scope's bounds, with the paths of their schools.
macro_rules! seen {
    ($bounds:expr) => {
        staff_members::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((StaffMemberRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<StaffMember>, Refusal> {
    let bounds = scope.bounds();
    let found = seen!(bounds).filter(staff_members::id.eq(id)).first::<Loaded>(tx.conn).optional()?;
    found.map(|(row, path)| opened(tx, row, path)).transpose()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &StaffMemberFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<StaffMember>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(staff_members::id).limit(limit.rows()).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(staff_members::school_id.eq(school));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(staff_members::kind.eq(kind));
    }
    if let Some(state) = filter.state {
        query = query.filter(staff_members::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(staff_members::id.gt(after));
    }
    let found = query.load::<Loaded>(tx.conn)?.into_iter();
    found.map(|(row, path)| opened(tx, row, path)).collect()
}

/// Which of these people are, or were, of a school's staff.
///
/// # Errors
/// When the database fails.
pub fn of_school(tx: &mut Tx<'_>, school: Id, ids: &[Id]) -> Result<Vec<StaffMemberRow>, Refusal> {
    let query = staff_members::table.filter(staff_members::school_id.eq(school)).filter(staff_members::id.eq_any(ids));
    Ok(query.select(StaffMemberRow::as_select()).load(tx.conn)?)
}

/// Holds every record of the person of a row at its school until the transaction ends, so that what dated rows say
/// about the person is decided one after the other; gives their ids.
///
/// # Errors
/// When the database fails.
pub fn claim(tx: &mut Tx<'_>, row: &StaffMemberRow) -> Result<Vec<Id>, Refusal> {
    let hash = row.id_number_hash.clone();
    let same = staff_members::id.eq(row.id).or(staff_members::id_number_hash.eq(hash).assume_not_null());
    let records = staff_members::table.filter(staff_members::school_id.eq(row.school_id)).filter(same);
    let ids: Vec<Id> = records.order(staff_members::id).select(staff_members::id).load(tx.conn)?;
    diesel::update(staff_members::table.filter(staff_members::id.eq_any(ids.clone())))
        .set(staff_members::updated_at.eq(staff_members::updated_at))
        .execute(tx.conn)?;
    Ok(ids)
}

fn taken() -> Refusal {
    Refusal::of(Code::AlreadyExists).with("field", "id_number")
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &StaffMemberRow) -> Result<(), Refusal> {
    diesel::insert_into(staff_members::table).values(row).execute(tx.conn).map_err(on_unique(taken))?;
    Ok(())
}

/// Writes the row's new state over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &StaffMemberRow) -> Result<(), Refusal> {
    let changed = diesel::update(staff_members::table.find(row.id).filter(staff_members::version.eq(row.version - 1)))
        .set((
            staff_members::kind.eq(row.kind),
            staff_members::name.eq(&row.name),
            staff_members::id_number_sealed.eq(&row.id_number_sealed),
            staff_members::id_number_hash.eq(&row.id_number_hash),
            staff_members::phone_sealed.eq(&row.phone_sealed),
            staff_members::subject.eq(&row.subject),
            staff_members::state.eq(row.state),
            staff_members::entered_on.eq(row.entered_on),
            staff_members::left_on.eq(row.left_on),
            staff_members::version.eq(row.version),
            staff_members::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)
        .map_err(on_unique(taken))?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
