//! SQL of members of staff.

use diesel::prelude::*;

use super::model::{StaffMember, StaffMemberFilter, StaffMemberRow, StaffState};
use super::opened;
use crate::auth::scope::{at_school, placed};
use crate::auth::{Scope, Seen};
use crate::db::schema::{organisations as nodes, staff_members};
use crate::db::{Id, Placed, Tx};
use crate::http::{Key, Listing};
use crate::refusal::{Code, Refusal};
use crate::values::name_key;
use crate::{page, stored};

stored!(
    named name by name_key::of_person, staff_members, StaffMemberRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "id_number")
);

/// By hand, since the numbers of a row are opened when it is found.
impl Seen for StaffMember {
    type Filter = StaffMemberFilter;
    type Key = Key;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let found = placed!(staff_members, StaffMemberRow, scope.bounds()).filter(staff_members::id.eq(id));
        let found: Option<Placed<StaffMemberRow>> = found.first(tx.conn).optional()?;
        found.map(|placed| opened(tx, placed)).transpose()
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<StaffMemberFilter, Key>) -> Result<Vec<Self>, Refusal> {
        let bounds = scope.bounds();
        let seen = placed!(staff_members, StaffMemberRow, bounds.clone()).into_boxed();
        let seen = at_school!(seen, staff_members::school_id, bounds);
        let mut query = page!(seen, staff_members, at, { school_id, kind, [state] }, polled by name);
        if let Some(authority) = at.filter.authority_id {
            query = query.filter(nodes::parent_id.eq(authority));
        }
        let found: Vec<Placed<StaffMemberRow>> = query.load(tx.conn)?;
        found.into_iter().map(|placed| opened(tx, placed)).collect()
    }
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

/// Who works at a school under an account.
///
/// # Errors
/// When the database fails.
pub fn active_with(tx: &mut Tx<'_>, user: Id) -> Result<Option<Id>, Refusal> {
    let active = staff_members::user_id.eq(user).and(staff_members::state.eq(StaffState::Active).nullable());
    Ok(staff_members::table.filter(active).select(staff_members::id).first(tx.conn).optional()?)
}

/// Holds these people until the transaction ends, one after the other, so that nobody else books them meanwhile.
///
/// # Errors
/// When the database fails.
pub fn hold(tx: &mut Tx<'_>, ids: &[Id]) -> Result<(), Refusal> {
    for id in ids {
        diesel::update(staff_members::table.find(*id))
            .set(staff_members::updated_at.eq(staff_members::updated_at))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// The account of a member of staff.
///
/// # Errors
/// When the database fails.
pub fn account_of(tx: &mut Tx<'_>, id: Id) -> Result<Option<Id>, Refusal> {
    let found: Option<Option<Id>> =
        staff_members::table.find(id).select(staff_members::user_id).first(tx.conn).optional()?;
    Ok(found.flatten())
}
