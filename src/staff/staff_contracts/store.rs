//! SQL of contracts of staff.

use diesel::prelude::*;

use super::model::{StaffContract, StaffContractFilter, StaffContractRow};
use crate::auth::{Scope, Seen};
use crate::db::schema::{organisations, staff_contracts, staff_members};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::{page, stored};

stored!(staff_contracts, StaffContractRow, taken => Refusal::of(Code::AlreadyExists).with("field", "follows_id"));

diesel::alias!(staff_contracts as followers: Followers);

/// Contracts within a scope's bounds, with whose they are, and whether another follows: there is one at most.
macro_rules! contracts_in {
    ($scope:expr) => {{
        let bounds = $scope.bounds();
        let follows = followers.field(staff_contracts::follows_id).eq(staff_contracts::id.nullable());
        let is_followed = followers.field(staff_contracts::id).nullable().is_not_null();
        staff_contracts::table
            .inner_join(organisations::table)
            .inner_join(staff_members::table.on(staff_members::id.eq(staff_contracts::staff_member_id)))
            .left_join(followers.on(follows))
            .filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            .select((StaffContractRow::as_select(), staff_members::state, is_followed, organisations::path))
    }};
}

impl Seen for StaffContract {
    type Filter = StaffContractFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(contracts_in!(scope).filter(staff_contracts::id.eq(id)).first::<Self>(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<StaffContractFilter>) -> Result<Vec<Self>, Refusal> {
        let found = contracts_in!(scope).into_boxed();
        Ok(page!(found, staff_contracts, at, { school_id, staff_member_id, [state] }).load::<Self>(tx.conn)?)
    }
}

/// What these members of staff have signed, also what was ended since, for who judges them.
///
/// # Errors
/// When the database fails.
pub fn signed_of_members(tx: &mut Tx<'_>, members: &[Id]) -> Result<Vec<StaffContractRow>, Refusal> {
    let signed = staff_contracts::table.filter(staff_contracts::signed_on.is_not_null());
    let query = signed.filter(staff_contracts::staff_member_id.eq_any(members)).order(staff_contracts::starts_on);
    Ok(query.select(StaffContractRow::as_select()).load(tx.conn)?)
}

/// The next school that has signed contracts.
pub(super) fn signing_school_after(tx: &mut Tx<'_>, after: Id) -> Result<Option<Id>, Refusal> {
    let signed = staff_contracts::table.filter(staff_contracts::signed_on.is_not_null());
    let query = signed.filter(staff_contracts::school_id.gt(after)).order(staff_contracts::school_id);
    Ok(query.select(staff_contracts::school_id).first(tx.conn).optional()?)
}

/// Every signed contract of a school after that of the same person that begins before it. Who has no ID number is
/// known by its record.
pub(super) fn all_signed(tx: &mut Tx<'_>, school: Id) -> Result<Vec<(String, StaffContractRow)>, Refusal> {
    let signed = staff_contracts::table
        .inner_join(staff_members::table)
        .filter(staff_contracts::school_id.eq(school).and(staff_contracts::signed_on.is_not_null()))
        .order((staff_contracts::starts_on, staff_contracts::id))
        .select((StaffContractRow::as_select(), staff_members::id_number_hash))
        .load::<(StaffContractRow, Option<String>)>(tx.conn)?;
    let person = |(row, hash): (StaffContractRow, Option<String>)| {
        let person = hash.unwrap_or_else(|| row.staff_member_id.to_string());
        (person, row)
    };
    let mut of_persons: Vec<_> = signed.into_iter().map(person).filter(|(_, row)| row.runs().is_some()).collect();
    of_persons.sort_by(|(one, _), (other, _)| one.cmp(other)); // stable: days stay in order
    Ok(of_persons)
}
