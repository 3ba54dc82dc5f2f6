//! Checks of venues 场地安全检查 (六.3): what was looked at, by whom, what it came to, and until when that holds.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{CheckOutcome, SafetyAspect, VenueCheck, VenueCheckIn, VenueCheckRow};
pub use self::store::of_facilities;

use crate::auth::By;
use crate::auth::permission::ManageSafety;
use crate::db::{Id, Json, Tx};
use crate::journal::enter;
use crate::refusal::{Fault, Refusal};
use crate::resources::facilities::Facility;
use crate::staff::staff_members::StaffMember;

/// Enters that a venue was checked, in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageSafety>, new: &VenueCheckIn) -> Result<VenueCheck, Refusal> {
    Refusal::unless_none(new.faults(tx.today))?;
    let venue: Facility = by.named(tx, new.facility_id, "/facility_id")?;
    let checker: StaffMember = by.named(tx, new.checked_by_id, "/checked_by_id")?;
    if checker.school_id != venue.school_id {
        return Err(Refusal::field("/checked_by_id", Fault::NotFound));
    }
    let row = VenueCheckRow {
        id: Id::fresh(),
        school_id: venue.school_id,
        facility_id: new.facility_id,
        checked_on: new.checked_on,
        valid_until_on: new.valid_until_on,
        aspects: Json(new.aspects.clone()),
        outcome: new.outcome,
        checked_by_id: new.checked_by_id,
        note: new.note.as_ref().map(|note| note.as_str().to_owned()),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "entered", row, venue.path)
}
