//! Qualifications 资质 of staff: what lets an external member of staff lead a project (四.1). One that was entered wrongly
//! is deleted and entered again.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{
    QualificationKind, StaffQualification, StaffQualificationIn, StaffQualificationRow, StaffQualificationVerb,
};
pub use self::store::of_members;

use super::staff_members::StaffMember;
use crate::auth::By;
use crate::auth::permission::ManageStaff;
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{enter, record};
use crate::refusal::Refusal;

/// Enters a qualification of a member of staff in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when it is there already.
pub fn create(
    tx: &mut Tx<'_>,
    by: &By<ManageStaff>,
    new: &StaffQualificationIn,
) -> Result<StaffQualification, Refusal> {
    new.check()?;
    let member: StaffMember = by.named(tx, new.staff_member_id, "/staff_member_id")?;
    let row = StaffQualificationRow {
        id: Id::fresh(),
        school_id: member.school_id,
        staff_member_id: new.staff_member_id,
        kind: new.kind,
        number: new.number.as_str().to_owned(),
        issuer: new.issuer.as_str().to_owned(),
        valid_from: new.valid_from,
        valid_until: new.valid_until,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "created", row, member.path)
}

/// Takes a qualification back, and says what it was.
///
/// # Errors
/// 404, 412.
pub fn delete(
    tx: &mut Tx<'_>,
    by: &By<ManageStaff>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<StaffQualification, Refusal> {
    let gone: StaffQualification = by.find(tx, id)?;
    seen.expect(gone.version)?;
    store::delete(tx, &gone)?;
    record(tx, "deleted", Some(&gone), None)?;
    Ok(gone)
}
