//! Members of staff 服务人员 of a school: its own, external ones and volunteers (四.1, 四.2). Nobody is deleted: who leaves
//! stays on record with its last day.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{StaffMember, StaffMemberIn, StaffMemberRow, StaffMemberVerb, StaffState};
pub use self::store::{account_of, active_with, claim, hold, key_names, of_school};

use self::model::StaffLeaveIn;
use crate::auth::permission::ManageStaff;
use crate::auth::{By, Scope, users};
use crate::db::{Id, Placed, Stored, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::schools::schools;
use crate::values::identifiers::{IdNumber, Phone};

/// A seal opens in its own row alone.
fn place(column: &str, id: Id) -> String {
    format!("staff_members.{column}:{id}")
}

/// The member with the numbers that are given: sealed, with the hash to find the person by. What is not given stays.
fn numbered(tx: &Tx<'_>, mut member: StaffMember, given: &StaffMemberIn) -> Result<StaffMember, Refusal> {
    let id = member.id;
    let seal = |column: &str, text: &str| {
        tx.sealing.seal(&place(column, id), text.as_bytes()).map(Some).map_err(Refusal::internal)
    };
    if let Some(number) = &given.id_number {
        member.id_number_sealed = seal("id_number", number.reveal())?;
        let hash = tx.sealing.keyed_hash("staff_members.id_number", number.reveal().as_bytes());
        member.id_number_hash = Some(hash);
        member.id_number = Some(number.clone());
    }
    if let Some(phone) = &given.phone {
        member.phone_sealed = seal("phone", phone.reveal())?;
        member.phone = Some(phone.clone());
    }
    Ok(member)
}

/// Opens the numbers of a row.
fn opened(tx: &Tx<'_>, Placed { row, path }: Placed<StaffMemberRow>) -> Result<StaffMember, Refusal> {
    let open = |column: &str, sealed: &str| -> Result<String, Refusal> {
        let bytes = tx.sealing.open(&place(column, row.id), sealed).map_err(Refusal::internal)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let defect = |_: FieldError| Refusal::internal("a sealed number of the wrong form");
    let id_number = row.id_number_sealed.as_deref().map(|sealed| open("id_number", sealed)).transpose()?;
    let phone = row.phone_sealed.as_deref().map(|sealed| open("phone", sealed)).transpose()?;
    let id_number = id_number.map(|text| IdNumber::new(&text)).transpose().map_err(defect)?;
    let phone = phone.map(|text| Phone::new(&text)).transpose().map_err(defect)?;
    Ok(StaffMember { row, id_number, phone, path })
}

/// Enters a member of staff of a school in the caller's scope.
///
/// # Errors
/// 422 for an unknown school, 409 when the person is active there already.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageStaff>, new: &StaffMemberIn) -> Result<StaffMember, Refusal> {
    let school = schools::seen(tx, &by.scope(), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    let row = StaffMemberRow {
        id: Id::fresh(),
        school_id: new.school_id,
        kind: new.kind,
        name: new.name.as_str().to_owned(),
        id_number_sealed: None,
        id_number_hash: None,
        phone_sealed: None,
        user_id: named_account(tx, new, None)?,
        subject: new.subject.as_ref().map(|text| text.as_str().to_owned()),
        state: StaffState::Active,
        entered_on: new.entered_on,
        left_on: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let made = numbered(tx, StaffMember { row, id_number: None, phone: None, path: school.path }, new)?;
    made.row.insert(tx)?;
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// The account that a body names: one of the school, that nobody else who works there has.
fn named_account(
    tx: &mut Tx<'_>,
    given: &StaffMemberIn,
    before: Option<&StaffMemberRow>,
) -> Result<Option<Id>, Refusal> {
    let known = before.and_then(|row| row.user_id);
    let Some(user) = given.user_id.over(known, |user| *user).filter(|user| Some(*user) != known) else {
        return Ok(given.user_id.over(known, |user| *user));
    };
    let found = users::find(tx, &Scope::Everything, user).map_err(|refusal| refusal.named_at("/user_id"))?;
    if found.row.organisation_id != Some(given.school_id) {
        return Err(Refusal::field("/user_id", Fault::NotFound));
    }
    match store::active_with(tx, user)? {
        Some(other) if Some(other) != before.map(|row| row.id) => Err(Refusal::field("/user_id", Fault::Duplicate)),
        _ => Ok(Some(user)),
    }
}

/// Replaces what is known of an active member of staff; the school stays, and so do numbers that are not given.
///
/// # Errors
/// 404, 412, 409 for who has left, another school, or the number of somebody who is active there.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageStaff>,
    id: Id,
    seen: &IfMatchVersion,
    to: &StaffMemberIn,
) -> Result<StaffMember, Refusal> {
    let before: StaffMember = by.find(tx, id)?;
    seen.expect(before.version)?;
    StaffMemberVerb::Update.from(before.state)?;
    if before.school_id != to.school_id {
        return Err(Refusal::at(Code::ImmutableField, "/school_id", Fault::Immutable));
    }
    let user_id = named_account(tx, to, Some(&before.row))?;
    let numbered = numbered(tx, before.clone(), to)?;
    change(tx, "updated", &before, |member| {
        *member = numbered;
        member.kind = to.kind;
        member.user_id = user_id;
        to.name.as_str().clone_into(&mut member.name);
        member.subject = to.subject.as_ref().map(|text| text.as_str().to_owned());
        member.entered_on = to.entered_on;
    })
}

/// Lets a member of staff leave; its contracts are ended with a verb of their own.
///
/// # Errors
/// 404, 412, 409 for who has left, 422 for a day before the first or after today.
pub fn leave(
    tx: &mut Tx<'_>,
    by: &By<ManageStaff>,
    id: Id,
    seen: &IfMatchVersion,
    leave: &StaffLeaveIn,
) -> Result<StaffMember, Refusal> {
    let before: StaffMember = by.find(tx, id)?;
    seen.expect(before.version)?;
    let state = StaffMemberVerb::Leave.from(before.state)?;
    if leave.left_on < before.entered_on {
        return Err(Refusal::field("/left_on", Fault::EndsBeforeStart));
    }
    if leave.left_on > tx.today {
        return Err(Refusal::field("/left_on", Fault::OutOfRange).said("after-today"));
    }
    change(tx, "left", &before, |member| {
        member.state = state;
        member.left_on = Some(leave.left_on);
    })
}
