//! The resource ledger 工作台帐 (五.1): rooms, equipment, venues, bookshops, off-campus sites and what the staff can teach.
//! Projects are drawn from it, so a plan needs one.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Facility, FacilityIn, FacilityKind, FacilityRow, FacilityVerb};
pub use self::store::{hold, of_school};

use self::model::{FacilityRetireIn, FacilityState};
use crate::auth::By;
use crate::auth::permission::ManageFacilities;
use crate::db::{Id, Json, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::refusal::{Code, Fault, Refusal};
use crate::schools::schools;

/// Most rows of one school that are looked at together.
const LEDGER_MAX: i64 = 1_000;

/// Adds a row to the ledger of a school in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the school has one of that kind and name in use.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageFacilities>, new: &FacilityIn) -> Result<Facility, Refusal> {
    let school = schools::seen(tx, &by.scope(), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    let row = row_of(tx, new)?;
    enter(tx, "created", row, school.path)
}

/// A row as it is new.
fn row_of(tx: &Tx<'_>, new: &FacilityIn) -> Result<FacilityRow, Refusal> {
    let faults = new.faults(tx.today);
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    Ok(FacilityRow {
        id: Id::fresh(),
        school_id: new.school_id,
        kind: new.kind,
        name: new.name.as_str().to_owned(),
        capacity: new.capacity,
        quantity: new.quantity,
        place: new.place.as_ref().map(|place| place.as_str().to_owned()),
        manager_name: new.manager_name.as_str().to_owned(),
        usable_weekdays: Json(new.usable_weekdays.clone()),
        usable_note: new.usable_note.as_ref().map(|note| note.as_str().to_owned()),
        state: FacilityState::InUse,
        in_use_on: new.in_use_on,
        retired_on: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    })
}

/// Replaces a row that is in use; its school stays.
///
/// # Errors
/// 404, 412, 409 when it is retired, for another school or a name that is taken, 422 with everything that does not go
/// together.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageFacilities>,
    id: Id,
    seen: &IfMatchVersion,
    to: &FacilityIn,
) -> Result<Facility, Refusal> {
    let before: Facility = by.find(tx, id)?;
    seen.expect(before.version)?;
    FacilityVerb::Update.from(before.state)?;
    if before.school_id != to.school_id {
        return Err(Refusal::at(Code::ImmutableField, "/school_id", Fault::Immutable));
    }
    let row = row_of(tx, to)?;
    change(tx, "updated", &before, |facility| {
        facility.row = FacilityRow { id, version: facility.version, created_at: facility.created_at, ..row };
    })
}

/// Retires a row: it stays in the ledger, and counts for no plan any more.
///
/// # Errors
/// 404, 412, 409 when it is retired, 422 for a day before it came into use or after today.
pub fn retire(
    tx: &mut Tx<'_>,
    by: &By<ManageFacilities>,
    id: Id,
    seen: &IfMatchVersion,
    when: &FacilityRetireIn,
) -> Result<Facility, Refusal> {
    let before: Facility = by.find(tx, id)?;
    seen.expect(before.version)?;
    let state = FacilityVerb::Retire.from(before.state)?;
    if when.retired_on < before.in_use_on {
        return Err(Refusal::field("/retired_on", Fault::EndsBeforeStart));
    }
    if when.retired_on > tx.today {
        return Err(Refusal::field("/retired_on", Fault::OutOfRange).said("after-today"));
    }
    change(tx, "retired", &before, |facility| {
        facility.state = state;
        facility.retired_on = Some(when.retired_on);
    })
}

/// How many rows of a school's ledger are in use.
///
/// # Errors
/// When the database fails.
pub fn in_use_count(tx: &mut Tx<'_>, school: Id) -> Result<i64, Refusal> {
    store::in_use_count(tx, school)
}

/// Rows of a school's ledger that are in use, the largest first; a thousand at most.
///
/// # Errors
/// When the database fails.
pub fn in_use(tx: &mut Tx<'_>, school: Id) -> Result<Vec<FacilityRow>, Refusal> {
    store::in_use(tx, school, LEDGER_MAX)
}
