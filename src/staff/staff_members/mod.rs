//! Members of staff 服务人员 of a school: its own, external ones and volunteers (四.1, 四.2). Nobody is deleted: who leaves
//! stays on record with its last day.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{NewStaffMember, StaffMember, StaffMemberRow, StaffState};
pub use self::store::{StaffMemberFilter, claim, of_school};

use time::Date;

use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::schools::schools;
use crate::values::identifiers::{IdNumber, Phone};

impl Recorded for StaffMember {
    const RESOURCE: &'static str = "staff-member";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// A seal opens in its own row alone.
fn place(column: &str, id: Id) -> String {
    format!("staff_members.{column}:{id}")
}

/// Puts numbers into a member and its row: sealed, with the hash to find the person by. What is not given stays.
fn put_numbers(tx: &Tx<'_>, member: &mut StaffMember, given: &NewStaffMember) -> Result<(), Refusal> {
    let id = member.row.id;
    let seal = |column: &str, text: &str| {
        tx.sealing.seal(&place(column, id), text.as_bytes()).map(Some).map_err(Refusal::internal)
    };
    if let Some(number) = &given.id_number {
        member.row.id_number_sealed = seal("id_number", number.reveal())?;
        let hash = tx.sealing.keyed_hash("staff_members.id_number", number.reveal().as_bytes());
        member.row.id_number_hash = Some(hash);
        member.id_number = Some(number.clone());
    }
    if let Some(phone) = &given.phone {
        member.row.phone_sealed = seal("phone", phone.reveal())?;
        member.phone = Some(phone.clone());
    }
    Ok(())
}

/// Opens the numbers of a row.
fn opened(tx: &Tx<'_>, row: StaffMemberRow, path: String) -> Result<StaffMember, Refusal> {
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
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewStaffMember) -> Result<StaffMember, Refusal> {
    let school = schools::seen(tx, &Scope::of::<ManageStaff>(actor), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    let row = StaffMemberRow {
        id: Id::fresh(),
        school_id: new.school_id,
        kind: new.kind,
        name: new.name.clone(),
        id_number_sealed: None,
        id_number_hash: None,
        phone_sealed: None,
        subject: new.subject.clone(),
        state: StaffState::Active,
        entered_on: new.entered_on,
        left_on: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let mut made = StaffMember { row, id_number: None, phone: None, path: school.path };
    put_numbers(tx, &mut made, new)?;
    store::insert(tx, &made.row)?;
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// Replaces what is known of an active member of staff; the school stays, and so do numbers that are not given.
///
/// # Errors
/// 404, 412, 409 for who has left, another school, or the number of somebody who is active there.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    to: &NewStaffMember,
) -> Result<StaffMember, Refusal> {
    let before = changeable(tx, actor, id, seen, "update")?;
    if before.row.school_id != to.school_id {
        return Err(Refusal::at(Code::ImmutableField, "/school_id", Fault::Immutable));
    }
    let mut after = before.clone();
    put_numbers(tx, &mut after, to)?;
    after.row.kind = to.kind;
    after.row.name.clone_from(&to.name);
    after.row.subject.clone_from(&to.subject);
    after.row.entered_on = to.entered_on;
    save(tx, "updated", &before, after)
}

/// Lets a member of staff leave; its contracts are ended with a verb of their own.
///
/// # Errors
/// 404, 412, 409 for who has left, 422 for a day before the first or after today.
pub fn leave(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    left_on: Date,
) -> Result<StaffMember, Refusal> {
    let before = changeable(tx, actor, id, seen, "leave")?;
    if left_on < before.row.entered_on {
        return Err(Refusal::field("/left_on", Fault::EndsBeforeStart));
    }
    if left_on > tx.today {
        return Err(Refusal::field("/left_on", Fault::OutOfRange));
    }
    let mut after = before.clone();
    after.row.state = StaffState::Left;
    after.row.left_on = Some(left_on);
    save(tx, "left", &before, after)
}

fn changeable(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    verb: &str,
) -> Result<StaffMember, Refusal> {
    let found = find_in(tx, &Scope::of::<ManageStaff>(actor), id)?;
    seen.expect(found.row.version)?;
    if found.possible().contains(&verb) {
        Ok(found)
    } else {
        Err(Refusal::state(found.row.state.as_str(), found.possible()))
    }
}

fn save(tx: &mut Tx<'_>, action: &str, before: &StaffMember, mut after: StaffMember) -> Result<StaffMember, Refusal> {
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::update(tx, &after.row)?;
    record(tx, action, Some(before), Some(&after))?;
    Ok(after)
}

/// One member of staff that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<StaffMember, Refusal> {
    find_in(tx, &Scope::of::<ReadStaff>(actor), id)
}

fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<StaffMember, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// The member of staff that a body names at `/staff_member_id`.
///
/// # Errors
/// 422 where the scope has none.
pub fn named_in_body(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<StaffMember, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::field("/staff_member_id", Fault::NotFound))
}

/// A member of staff of any scope, for slices whose own rows the caller may see.
///
/// # Errors
/// 404.
pub fn known(tx: &mut Tx<'_>, id: Id) -> Result<StaffMember, Refusal> {
    find_in(tx, &Scope::Everything, id)
}

/// Members of staff that the caller may see, in the order in which they were entered.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &StaffMemberFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<StaffMember>, Refusal> {
    store::list(tx, &Scope::of::<ReadStaff>(actor), filter, after, limit)
}
