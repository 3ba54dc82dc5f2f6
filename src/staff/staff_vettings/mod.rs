//! Vettings 审查 of staff, for character and health, and of records where the authority asks for it (六.3). They are
//! added, never changed: the last one of a kind decides.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{NewStaffVetting, StaffVetting, StaffVettingRow, VettingOutcome};
pub use self::store::StaffVettingFilter;

use super::staff_members;
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Refusal};

impl Recorded for StaffVetting {
    const RESOURCE: &'static str = "staff-vetting";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Adds a vetting of a member of staff in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together.
pub fn add(tx: &mut Tx<'_>, actor: &Actor, new: &NewStaffVetting) -> Result<StaffVetting, Refusal> {
    let faults = new.faults(tx.today);
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let member = staff_members::named_in_body(tx, &Scope::of::<ManageStaff>(actor), new.staff_member_id)?;
    let row = StaffVettingRow {
        id: Id::fresh(),
        school_id: member.row.school_id,
        staff_member_id: new.staff_member_id,
        kind: new.kind,
        checked_on: new.checked_on,
        valid_until: new.valid_until,
        outcome: new.outcome,
        document: new.document.clone(),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = StaffVetting { row, path: member.path };
    record(tx, "added", None, Some(&made))?;
    Ok(made)
}

/// One vetting that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<StaffVetting, Refusal> {
    store::find(tx, &Scope::of::<ReadStaff>(actor), id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Vettings that the caller may see, in the order in which they were entered.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &StaffVettingFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<StaffVetting>, Refusal> {
    store::list(tx, &Scope::of::<ReadStaff>(actor), filter, after, limit)
}

/// The vettings of these members of staff, for who judges them.
///
/// # Errors
/// When the database fails.
pub fn of_members(tx: &mut Tx<'_>, members: &[Id]) -> Result<Vec<StaffVettingRow>, Refusal> {
    store::of_members(tx, members)
}
