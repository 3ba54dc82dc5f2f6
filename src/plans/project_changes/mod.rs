//! Changes of single projects of a plan that is being written: the plan is claimed first, so that a submission sees
//! all or nothing, and what a project says must go together with the rest of its plan.

mod api;

pub use self::api::routes;

use super::plans::{self, Plan};
use super::projects::{self, Project, ProjectIn};
use crate::auth::By;
use crate::auth::permission::WritePlans;
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::staff;

/// Adds a project at the end of a draft or returned plan.
///
/// # Errors
/// 404 for a plan that the caller may not write, 409 in another state or for a name that is taken, 422.
pub fn create(tx: &mut Tx<'_>, by: &By<WritePlans>, new: &ProjectIn) -> Result<Project, Refusal> {
    let plan = by.named::<Plan>(tx, new.plan_id, "/plan_id")?;
    let plan = plans::claim_for_writing(tx, &plan)?;
    let made = projects::add(tx, plan.id, plan.school_id, &new.offer)?;
    check_together(tx, &plan, made.id)?;
    Ok(made)
}

/// Replaces what a project of a draft or returned plan offers.
///
/// # Errors
/// 404, 412, 409 in another state, for another plan or for a name that is taken, 422.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<WritePlans>,
    id: Id,
    seen: &IfMatchVersion,
    new: &ProjectIn,
) -> Result<Project, Refusal> {
    let before = projects::writable(tx, by, id, seen)?;
    if before.plan_id != new.plan_id {
        return Err(Refusal::at(Code::ImmutableField, "/plan_id", Fault::Immutable));
    }
    let plan = by.find::<Plan>(tx, before.plan_id)?;
    let claimed = plans::claim_for_writing(tx, &plan)?;
    let after = projects::change(tx, &before, &new.offer)?;
    check_together(tx, &claimed, id)?;
    Ok(after)
}

/// Takes a project out of a draft or returned plan. What was filed or chosen of it stays.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn delete(tx: &mut Tx<'_>, by: &By<WritePlans>, id: Id, seen: &IfMatchVersion) -> Result<Project, Refusal> {
    let before = projects::writable(tx, by, id, seen)?;
    let plan = by.find::<Plan>(tx, before.plan_id)?;
    plans::claim_for_writing(tx, &plan)?;
    projects::remove(tx, &before)
}

/// What the types of one project cannot say: that it goes together with its plan.
fn check_together(tx: &mut Tx<'_>, plan: &Plan, project: Id) -> Result<(), Refusal> {
    let place = projects::ids(tx, plan.id)?.iter().position(|id| *id == project).unwrap_or_default();
    let own = format!("/projects/{place}/");
    let document = plans::document(tx, plan)?;
    let mut faults = document.faults();
    faults.extend(staff::leader_faults(tx, plan.school_id, &document.projects)?);
    let of_project = |fault: FieldError| {
        let below = fault.pointer.strip_prefix(&own).map(|field| format!("/offer/{field}"))?;
        Some(FieldError { pointer: below, ..fault })
    };
    let faults: Vec<FieldError> = faults.into_iter().filter_map(of_project).collect();
    if faults.is_empty() { Ok(()) } else { Err(Refusal::invalid(faults)) }
}
