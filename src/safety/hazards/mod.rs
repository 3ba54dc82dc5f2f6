//! Hazards 安全隐患 (六.3): found, and cleared. A serious one closes its venue to the service until it is cleared.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Hazard, HazardClearanceIn, HazardIn, HazardRow, HazardState, HazardVerb};
pub use self::store::serious_at;

use crate::auth::By;
use crate::auth::permission::ManageSafety;
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::refusal::{Fault, Refusal};
use crate::resources::facilities::Facility;

/// Enters a hazard that was found in a venue of the caller's scope.
///
/// # Errors
/// 422 for a day after today, or a facility out of scope.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageSafety>, new: &HazardIn) -> Result<Hazard, Refusal> {
    if new.found_on > tx.today {
        return Err(Refusal::field("/found_on", Fault::OutOfRange).said("after-today"));
    }
    let venue: Facility = by.named(tx, new.facility_id, "/facility_id")?;
    let row = HazardRow {
        id: Id::fresh(),
        school_id: venue.school_id,
        facility_id: new.facility_id,
        aspect: new.aspect,
        is_serious: new.is_serious,
        description: new.description.as_str().to_owned(),
        found_on: new.found_on,
        state: HazardState::Open,
        cleared_on: None,
        clearance: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "found", row, venue.path)
}

/// Says that a hazard is cleared, and how.
///
/// # Errors
/// 404, 412, 409 when it is cleared, 422 for a day before it was found or after today.
pub fn clear(
    tx: &mut Tx<'_>,
    by: &By<ManageSafety>,
    id: Id,
    seen: &IfMatchVersion,
    clearance: &HazardClearanceIn,
) -> Result<Hazard, Refusal> {
    let before: Hazard = by.find(tx, id)?;
    seen.expect(before.version)?;
    let state = HazardVerb::Clear.from(before.state)?;
    if clearance.cleared_on < before.found_on {
        return Err(Refusal::field("/cleared_on", Fault::EndsBeforeStart));
    }
    if clearance.cleared_on > tx.today {
        return Err(Refusal::field("/cleared_on", Fault::OutOfRange).said("after-today"));
    }
    change(tx, "cleared", &before, |hazard| {
        hazard.row.state = state;
        hazard.row.cleared_on = Some(clearance.cleared_on);
        hazard.row.clearance = Some(clearance.clearance.as_str().to_owned());
    })
}
