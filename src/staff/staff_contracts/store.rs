//! SQL of contracts of staff; the scope comes first.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::model::{ContractState, StaffContract, StaffContractRow};
use crate::auth::Scope;
use crate::db::schema::{organisations, staff_contracts, staff_members};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};
use crate::staff::staff_members::StaffState;

diesel::alias!(staff_contracts as followers: Followers);

type Loaded = (StaffContractRow, StaffState, String, bool);

fn contract((row, member_state, path, is_followed): Loaded) -> StaffContract {
    StaffContract { row, member_state, path, is_followed }
}

/// What a list of contracts may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct StaffContractFilter {
    pub school_id: Option<Id>,
    pub staff_member_id: Option<Id>,
    pub state: Option<ContractState>,
}

/// Contracts within a scope's bounds, with whose they are and whether another one follows.
macro_rules! seen {
    ($bounds:expr) => {
        staff_contracts::table
            .inner_join(organisations::table)
            .inner_join(staff_members::table.on(staff_members::id.eq(staff_contracts::staff_member_id)))
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((
                StaffContractRow::as_select(),
                staff_members::state,
                organisations::path,
                exists(
                    followers.filter(followers.field(staff_contracts::follows_id).eq(staff_contracts::id.nullable())),
                ),
            ))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<StaffContract>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(staff_contracts::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(contract))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &StaffContractFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<StaffContract>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(staff_contracts::id).limit(limit.rows()).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(staff_contracts::school_id.eq(school));
    }
    if let Some(member) = filter.staff_member_id {
        query = query.filter(staff_contracts::staff_member_id.eq(member));
    }
    if let Some(state) = filter.state {
        query = query.filter(staff_contracts::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(staff_contracts::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(contract).collect())
}

/// What these members of staff have signed, also what was ended since.
pub(super) fn signed_of_members(tx: &mut Tx<'_>, members: &[Id]) -> Result<Vec<StaffContractRow>, Refusal> {
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

fn followed() -> Refusal {
    Refusal::of(Code::AlreadyExists).with("field", "follows_id")
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &StaffContractRow) -> Result<(), Refusal> {
    diesel::insert_into(staff_contracts::table).values(row).execute(tx.conn).map_err(on_unique(followed))?;
    Ok(())
}

/// Writes the row's new state over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &StaffContractRow) -> Result<(), Refusal> {
    let standing = staff_contracts::table.find(row.id).filter(staff_contracts::version.eq(row.version - 1));
    let changed = diesel::update(standing)
        .set((
            staff_contracts::kind.eq(row.kind),
            staff_contracts::state.eq(row.state),
            staff_contracts::starts_on.eq(row.starts_on),
            staff_contracts::ends_on.eq(row.ends_on),
            staff_contracts::hourly_rate_fen.eq(row.hourly_rate_fen),
            staff_contracts::benefits.eq(&row.benefits),
            staff_contracts::signed_on.eq(row.signed_on),
            staff_contracts::ended_on.eq(row.ended_on),
            staff_contracts::end_reason.eq(&row.end_reason),
            staff_contracts::version.eq(row.version),
            staff_contracts::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
