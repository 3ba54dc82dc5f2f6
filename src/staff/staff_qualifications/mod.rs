//! Qualifications 资质 of staff: what lets an external member of staff lead a project (四.1). One that was entered wrongly
//! is deleted and entered again.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{NewStaffQualification, QualificationKind, StaffQualification, StaffQualificationRow};
pub use self::store::StaffQualificationFilter;

use super::staff_members;
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Refusal};

impl Recorded for StaffQualification {
    const RESOURCE: &'static str = "staff-qualification";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Enters a qualification of a member of staff in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when it is there already.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewStaffQualification) -> Result<StaffQualification, Refusal> {
    let faults = new.faults();
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let member = staff_members::named_in_body(tx, &Scope::of::<ManageStaff>(actor), new.staff_member_id)?;
    let row = StaffQualificationRow {
        id: Id::fresh(),
        school_id: member.row.school_id,
        staff_member_id: new.staff_member_id,
        kind: new.kind,
        number: new.number.clone(),
        issuer: new.issuer.clone(),
        valid_from: new.valid_from,
        valid_until: new.valid_until,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = StaffQualification { row, path: member.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// Takes a qualification back, and says what it was.
///
/// # Errors
/// 404, 412.
pub fn delete(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<StaffQualification, Refusal> {
    let gone = find_in(tx, &Scope::of::<ManageStaff>(actor), id)?;
    seen.expect(gone.row.version)?;
    store::delete(tx, &gone.row)?;
    record(tx, "deleted", Some(&gone), None)?;
    Ok(gone)
}

/// One qualification that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<StaffQualification, Refusal> {
    find_in(tx, &Scope::of::<ReadStaff>(actor), id)
}

fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<StaffQualification, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Qualifications that the caller may see, in the order in which they were entered.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &StaffQualificationFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<StaffQualification>, Refusal> {
    store::list(tx, &Scope::of::<ReadStaff>(actor), filter, after, limit)
}

/// The qualifications of these members of staff, for who judges them.
///
/// # Errors
/// When the database fails.
pub fn of_members(tx: &mut Tx<'_>, members: &[Id]) -> Result<Vec<StaffQualificationRow>, Refusal> {
    store::of_members(tx, members)
}
