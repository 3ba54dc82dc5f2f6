//! Safety duties 安全职责 (六.3): who of the staff answers for what, and from when to when.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{SafetyDuty, SafetyDutyIn, SafetyDutyVerb};

use time::Date;

use self::model::SafetyDutyRow;
use crate::auth::By;
use crate::auth::permission::ManageStaff;
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{enter, record};
use crate::refusal::Refusal;
use crate::staff::staff_members::StaffMember;

/// Whether who works under an account has a duty at a school on a day.
///
/// # Errors
/// When the database fails.
pub fn on_duty(tx: &mut Tx<'_>, user: Id, school: Id, day: Date) -> Result<bool, Refusal> {
    store::on_duty(tx, user, school, day)
}

/// Gives a member of staff a safety duty in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageStaff>, new: &SafetyDutyIn) -> Result<SafetyDuty, Refusal> {
    new.check()?;
    let member: StaffMember = by.named(tx, new.staff_member_id, "/staff_member_id")?;
    let row = SafetyDutyRow {
        id: Id::fresh(),
        school_id: member.school_id,
        staff_member_id: new.staff_member_id,
        duty: new.duty.as_str().to_owned(),
        from_on: new.from_on,
        to_on: new.to_on,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "created", row, member.path)
}

/// Takes a duty back, and says what it was.
///
/// # Errors
/// 404, 412.
pub fn delete(tx: &mut Tx<'_>, by: &By<ManageStaff>, id: Id, seen: &IfMatchVersion) -> Result<SafetyDuty, Refusal> {
    let gone: SafetyDuty = by.find(tx, id)?;
    seen.expect(gone.version)?;
    store::delete(tx, &gone)?;
    record(tx, "deleted", Some(&gone), None)?;
    Ok(gone)
}
