//! Vettings 审查 of staff, for character and health, and of records where the authority asks for it (六.3). They are
//! added, never changed: the last one of a kind decides.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{StaffVetting, StaffVettingIn, StaffVettingRow, VettingOutcome};
pub use self::store::of_members;

use super::staff_members::StaffMember;
use crate::auth::By;
use crate::auth::permission::ManageStaff;
use crate::db::{Id, Tx};
use crate::journal::enter;
use crate::refusal::Refusal;

/// Adds a vetting of a member of staff in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together.
pub fn add(tx: &mut Tx<'_>, by: &By<ManageStaff>, new: &StaffVettingIn) -> Result<StaffVetting, Refusal> {
    let faults = new.faults(tx.today);
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let member: StaffMember = by.named(tx, new.staff_member_id, "/staff_member_id")?;
    let row = StaffVettingRow {
        id: Id::fresh(),
        school_id: member.school_id,
        staff_member_id: new.staff_member_id,
        kind: new.kind,
        checked_on: new.checked_on,
        valid_until: new.valid_until,
        outcome: new.outcome,
        document: new.document.as_str().to_owned(),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "added", row, member.path)
}
