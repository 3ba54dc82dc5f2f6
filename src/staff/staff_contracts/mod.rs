//! Contracts of staff 聘用协议: a labour contract or a service agreement, drafted, signed, and ended before its last day
//! where it must be (四.1). Signed ones of one person at one school never run on the same day.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{ContractKind, ContractState, ContractVerb, StaffContract, StaffContractIn, StaffContractRow};
pub use self::store::signed_of_members;

use self::model::{ContractEndIn, ContractRenewalIn, ContractSigningIn, Terms};
use super::staff_members::{self, StaffMember, StaffMemberVerb, StaffState};
use crate::auth::permission::ManageStaff;
use crate::auth::{By, known};
use crate::db::{Id, Stored, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::rules::document::Fen;

/// Drafts a contract of a member of staff in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 for somebody who has left.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageStaff>, new: &StaffContractIn) -> Result<StaffContract, Refusal> {
    let terms = new.terms()?;
    let member = by.named(tx, new.staff_member_id, "/staff_member_id")?;
    draft(tx, member, terms, None)
}

fn draft(tx: &mut Tx<'_>, member: StaffMember, terms: Terms, follows_id: Option<Id>) -> Result<StaffContract, Refusal> {
    check_active(&member)?;
    let row = StaffContractRow {
        id: Id::fresh(),
        school_id: member.school_id,
        staff_member_id: member.id,
        follows_id,
        kind: terms.kind,
        state: ContractState::Drafted,
        starts_on: terms.starts_on,
        ends_on: terms.ends_on,
        hourly_rate_fen: terms.hourly_rate_fen,
        benefits: terms.benefits,
        signed_on: None,
        ended_on: None,
        end_reason: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let made = StaffContract { row, member_state: member.state, followed: false, path: member.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// Nothing is agreed with who has left.
fn check_active(member: &StaffMember) -> Result<(), Refusal> {
    match member.state {
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
    by: &By<ManageStaff>,
    id: Id,
    seen: &IfMatchVersion,
    to: &StaffContractIn,
) -> Result<StaffContract, Refusal> {
    let before: StaffContract = by.find(tx, id)?;
    seen.expect(before.version)?;
    before.led_by(ContractVerb::Update)?;
    if before.staff_member_id != to.staff_member_id {
        return Err(Refusal::at(Code::ImmutableField, "/staff_member_id", Fault::Immutable));
    }
    let terms = to.terms()?;
    change(tx, "updated", &before, |contract| {
        contract.kind = terms.kind;
        contract.starts_on = terms.starts_on;
        contract.ends_on = terms.ends_on;
        contract.hourly_rate_fen = terms.hourly_rate_fen;
        contract.benefits = terms.benefits;
    })
}

/// Enters that a drafted contract was signed.
///
/// # Errors
/// 404, 412, 409 when it was signed, for somebody who has left, or when another signed contract of the person runs on
/// one of its days; 422 for a day after today.
pub fn sign(
    tx: &mut Tx<'_>,
    by: &By<ManageStaff>,
    id: Id,
    seen: &IfMatchVersion,
    signing: &ContractSigningIn,
) -> Result<StaffContract, Refusal> {
    let before: StaffContract = by.find(tx, id)?;
    seen.expect(before.version)?;
    let state = before.led_by(ContractVerb::Sign)?;
    if signing.signed_on > tx.today {
        return Err(Refusal::field("/signed_on", Fault::OutOfRange).said("after-today"));
    }
    let member: StaffMember = known(tx, before.staff_member_id)?;
    let records = staff_members::claim(tx, &member)?;
    check_active(&known(tx, member.id)?)?;
    let after = change(tx, "signed", &before, |contract| {
        contract.state = state;
        contract.signed_on = Some(signing.signed_on);
    })?;
    let others = store::signed_of_members(tx, &records)?;
    if others.iter().any(|other| other.id != id && other.overlaps(&after)) {
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
    by: &By<ManageStaff>,
    id: Id,
    seen: &IfMatchVersion,
    end: &ContractEndIn,
) -> Result<StaffContract, Refusal> {
    let before: StaffContract = by.find(tx, id)?;
    seen.expect(before.version)?;
    let state = before.led_by(ContractVerb::End)?;
    if before.signed_on.is_some_and(|signed_on| end.ended_on < signed_on) {
        return Err(Refusal::field("/ended_on", Fault::EndsBeforeStart));
    }
    if end.ended_on > before.ends_on {
        return Err(Refusal::field("/ended_on", Fault::OutOfRange));
    }
    change(tx, "ended", &before, |contract| {
        contract.state = state;
        contract.ended_on = Some(end.ended_on);
        contract.end_reason = Some(end.reason.as_str().to_owned());
    })
}

/// Drafts the contract that follows, from the day after, with the same terms but for what is given.
///
/// # Errors
/// 404, 412, 409 for a draft, for one that is followed already, or for somebody who has left; 422 for a last day before
/// the first.
pub fn renew(
    tx: &mut Tx<'_>,
    by: &By<ManageStaff>,
    id: Id,
    seen: &IfMatchVersion,
    to: &ContractRenewalIn,
) -> Result<StaffContract, Refusal> {
    let before: StaffContract = by.find(tx, id)?;
    seen.expect(before.version)?;
    before.led_by(ContractVerb::Renew)?;
    let member = known(tx, before.staff_member_id)?;
    let next_day = before.last_day().next_day();
    let terms = Terms {
        kind: before.kind,
        starts_on: next_day.ok_or_else(|| Refusal::field("/ends_on", Fault::OutOfRange))?,
        ends_on: to.ends_on,
        hourly_rate_fen: to.hourly_rate_fen.map_or(before.hourly_rate_fen, Fen::get),
        benefits: before.benefits.clone(),
    };
    draft(tx, member, terms.checked()?, Some(before.id))
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
