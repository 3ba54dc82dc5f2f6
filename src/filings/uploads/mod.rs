//! Bringing materials and taking them back. Those of a plan change only while it, or an amendment of it, is being
//! written: it is held first, so that no submission sees half of them.

mod api;

pub use self::api::routes;

use super::amendments;
use crate::auth::By;
use crate::auth::permission::ManageMaterials;
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::materials::{self, Material, NewMaterial, Removed};
use crate::refusal::Refusal;

/// Takes a document of a school in the caller's scope in.
///
/// # Errors
/// 422 when school or plan are not there, 409 when the plan is not being written.
pub fn upload(tx: &mut Tx<'_>, by: &By<ManageMaterials>, new: &NewMaterial) -> Result<Material, Refusal> {
    let school = materials::school_of(tx, by, new)?;
    if let Some(plan) = new.plan_id {
        amendments::hold_for_materials(tx, plan, new.school_id)?;
    }
    materials::create(tx, school, new)
}

/// Takes a material back while its plan is being written.
///
/// # Errors
/// 404, 412, 409 when the plan is not being written, or when it was taken back before.
pub fn take_back(tx: &mut Tx<'_>, by: &By<ManageMaterials>, id: Id, seen: &IfMatchVersion) -> Result<Removed, Refusal> {
    let material = materials::standing(tx, by, id, seen)?;
    if let Some(plan) = material.plan_id {
        amendments::hold_for_materials(tx, plan, material.school_id)?;
    }
    materials::delete(tx, material)
}
