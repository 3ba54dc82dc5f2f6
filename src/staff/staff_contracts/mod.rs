//! Contracts of staff 聘用协议: a labour contract or a service agreement, drafted, signed, and ended before its last day
//! where it must be (四.1). Signed ones of one person at one school never run on the same day.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{ContractKind, ContractState, ContractVerb, NewStaffContract, StaffContract, StaffContractRow};
pub use self::store::StaffContractFilter;

use time::Date;

use super::staff_members::{self, StaffMember, StaffMemberVerb, StaffState};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Actor, By, Scope, known};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};

impl Recorded for StaffContract {
    const RESOURCE: &'static str = "staff-contract";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Drafts a contract of a member of staff in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 for somebody who has left.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewStaffContract) -> Result<StaffContract, Refusal> {
    let faults = new.faults();
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let by = By::<ManageStaff>::of(actor.clone())?;
    let member = by.named(tx, new.staff_member_id, "/staff_member_id")?;
    draft(tx, &member, new, None)
}

fn draft(
    tx: &mut Tx<'_>,
    member: &StaffMember,
    new: &NewStaffContract,
    follows: Option<Id>,
) -> Result<StaffContract, Refusal> {
    check_active(member)?;
    let row = StaffContractRow {
        id: Id::fresh(),
        school_id: member.row.school_id,
        staff_member_id: member.row.id,
        follows_id: follows,
        kind: new.kind,
        state: ContractState::Drafted,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        hourly_rate_fen: new.hourly_rate_fen,
        benefits: new.benefits.clone(),
        signed_on: None,
        ended_on: None,
        end_reason: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = StaffContract { row, member_state: member.row.state, path: member.path.clone(), is_followed: false };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// Nothing is agreed with who has left.
fn check_active(member: &StaffMember) -> Result<(), Refusal> {
    match member.row.state {
        StaffState::Active => Ok(()),
        StaffState::Left => Err(StaffMemberVerb::refusal(member.state)),
    }
}

/// Replaces a drafted contract; whose it is stays.
///
/// # Errors
/// 404, 412, 409 when it was signed or for another member of staff, 422 with everything that does not go together.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    to: &NewStaffContract,
) -> Result<StaffContract, Refusal> {
    let before = ready_for(tx, actor, id, seen, ContractVerb::Update)?;
    if before.row.staff_member_id != to.staff_member_id {
        return Err(Refusal::at(Code::ImmutableField, "/staff_member_id", Fault::Immutable));
    }
    let faults = to.faults();
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    change(tx, "updated", &before, |row| {
        row.kind = to.kind;
        row.starts_on = to.starts_on;
        row.ends_on = to.ends_on;
        row.hourly_rate_fen = to.hourly_rate_fen;
        row.benefits.clone_from(&to.benefits);
    })
}

/// Enters that a drafted contract was signed.
///
/// # Errors
/// 404, 412, 409 when it was signed, for somebody who has left, or when another signed contract of the person runs on
/// one of its days; 422 for a day after today.
pub fn sign(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    signed_on: Date,
) -> Result<StaffContract, Refusal> {
    let before = ready_for(tx, actor, id, seen, ContractVerb::Sign)?;
    if signed_on > tx.today {
        return Err(Refusal::field("/signed_on", Fault::OutOfRange));
    }
    let member: StaffMember = known(tx, before.row.staff_member_id)?;
    let records = staff_members::claim(tx, &member.row)?;
    check_active(&known(tx, member.row.id)?)?;
    let after = change(tx, "signed", &before, |row| {
        row.state = ContractState::Signed;
        row.signed_on = Some(signed_on);
    })?;
    let others = store::signed_of_members(tx, &records)?;
    if others.iter().any(|other| other.id != id && other.overlaps(&after.row)) {
        return Err(Refusal::of(Code::Overlap));
    }
    Ok(after)
}

/// Ends a signed contract on a day before its last one, or on it.
///
/// # Errors
/// 404, 412, 409 when it is not signed, 422 for a day before it was signed or after its last one.
pub fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    ended_on: Date,
    reason: &str,
) -> Result<StaffContract, Refusal> {
    let before = ready_for(tx, actor, id, seen, ContractVerb::End)?;
    if before.row.signed_on.is_some_and(|signed_on| ended_on < signed_on) {
        return Err(Refusal::field("/ended_on", Fault::EndsBeforeStart));
    }
    if ended_on > before.row.ends_on {
        return Err(Refusal::field("/ended_on", Fault::OutOfRange));
    }
    change(tx, "ended", &before, |row| {
        row.state = ContractState::Ended;
        row.ended_on = Some(ended_on);
        row.end_reason = Some(reason.to_owned());
    })
}

/// Drafts the contract that follows, from the day after, with the same terms but for what is given.
///
/// # Errors
/// 404, 412, 409 for a draft, for one that is followed already, or for somebody who has left; 422 for a last day before
/// the first.
pub fn renew(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    ends_on: Date,
    hourly_rate_fen: Option<i64>,
) -> Result<StaffContract, Refusal> {
    let before = ready_for(tx, actor, id, seen, ContractVerb::Renew)?;
    let member: StaffMember = known(tx, before.row.staff_member_id)?;
    let next_day = before.row.last_day().next_day();
    let new = NewStaffContract {
        staff_member_id: member.row.id,
        kind: before.row.kind,
        starts_on: next_day.ok_or_else(|| Refusal::field("/ends_on", Fault::OutOfRange))?,
        ends_on,
        hourly_rate_fen: hourly_rate_fen.unwrap_or(before.row.hourly_rate_fen),
        benefits: before.row.benefits.clone(),
    };
    let faults = new.faults();
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    draft(tx, &member, &new, Some(before.row.id))
}

fn ready_for(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    verb: ContractVerb,
) -> Result<StaffContract, Refusal> {
    let found = find_in(tx, &Scope::of::<ManageStaff>(actor), id)?;
    seen.expect(found.row.version)?;
    if found.allows(verb) {
        return Ok(found);
    }
    Err(Refusal::state(found.row.state.as_str(), &found.possible()))
}

fn change(
    tx: &mut Tx<'_>,
    action: &str,
    before: &StaffContract,
    edit: impl FnOnce(&mut StaffContractRow),
) -> Result<StaffContract, Refusal> {
    let mut after = before.clone();
    edit(&mut after.row);
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::update(tx, &after.row)?;
    record(tx, action, Some(before), Some(&after))?;
    Ok(after)
}

/// One contract that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<StaffContract, Refusal> {
    find_in(tx, &Scope::of::<ReadStaff>(actor), id)
}

fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<StaffContract, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Contracts that the caller may see, in the order in which they were drafted.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &StaffContractFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<StaffContract>, Refusal> {
    store::list(tx, &Scope::of::<ReadStaff>(actor), filter, after, limit)
}

/// What these members of staff have signed, for who judges them.
///
/// # Errors
/// When the database fails.
pub fn signed_of_members(tx: &mut Tx<'_>, members: &[Id]) -> Result<Vec<StaffContractRow>, Refusal> {
    store::signed_of_members(tx, members)
}

/// Sentences about signed contracts of one person at one school that run on the same day. One school after the other is
/// read, however many there are.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    let (mut wrong, mut after) = (Vec::new(), Id::NIL);
    while let Some(school) = store::signing_school_after(tx, after)? {
        after = school;
        let signed = store::all_signed(tx, school)?;
        let pairs = signed.iter().zip(signed.iter().skip(1));
        let overlapping = pairs.filter(|((one, row), (other, next))| one == other && row.overlaps(next));
        let told = |((_, row), (_, next)): (&(String, StaffContractRow), &(String, StaffContractRow))| {
            format!("staff contracts {} and {} overlap", row.id, next.id)
        };
        wrong.extend(overlapping.map(told));
    }
    Ok(wrong)
}
