//! Safety duties 安全职责 (六.3): who of the staff answers for what, and from when to when.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{NewSafetyDuty, SafetyDuty};
pub use self::store::SafetyDutyFilter;

use self::model::SafetyDutyRow;
use super::staff_members;
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Refusal};

impl Recorded for SafetyDuty {
    const RESOURCE: &'static str = "safety-duty";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Gives a member of staff a safety duty in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewSafetyDuty) -> Result<SafetyDuty, Refusal> {
    let faults = new.faults();
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let member = staff_members::named_in_body(tx, &Scope::of::<ManageStaff>(actor), new.staff_member_id)?;
    let row = SafetyDutyRow {
        id: Id::fresh(),
        school_id: member.row.school_id,
        staff_member_id: new.staff_member_id,
        duty: new.duty.clone(),
        from_on: new.from_on,
        to_on: new.to_on,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = SafetyDuty { row, path: member.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// Takes a duty back, and says what it was.
///
/// # Errors
/// 404, 412.
pub fn delete(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<SafetyDuty, Refusal> {
    let gone = find_in(tx, &Scope::of::<ManageStaff>(actor), id)?;
    seen.expect(gone.row.version)?;
    store::delete(tx, &gone.row)?;
    record(tx, "deleted", Some(&gone), None)?;
    Ok(gone)
}

/// One duty that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<SafetyDuty, Refusal> {
    find_in(tx, &Scope::of::<ReadStaff>(actor), id)
}

fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<SafetyDuty, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Duties that the caller may see, in the order in which they were entered.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &SafetyDutyFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<SafetyDuty>, Refusal> {
    store::list(tx, &Scope::of::<ReadStaff>(actor), filter, after, limit)
}
