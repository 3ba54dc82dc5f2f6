//! The resource ledger 工作台帐 (五.1): rooms, equipment, venues, bookshops, off-campus sites and what the staff can teach.
//! Projects are drawn from it, so a plan needs one.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Facility, FacilityKind, FacilityRow, FacilityState, NewFacility};
pub use self::store::FacilityFilter;

use time::Date;

use self::model::FacilityVerb;
use crate::auth::permission::{ManageFacilities, ReadFacilities};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Json, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::rules::document::Weekday;
use crate::schools::schools;

/// Most rows of one school that are looked at together.
const LEDGER_MAX: i64 = 1_000;

impl Recorded for Facility {
    const RESOURCE: &'static str = "facility";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Adds a row to the ledger of a school in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the school has one of that kind and name in use.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewFacility) -> Result<Facility, Refusal> {
    let school = schools::seen(tx, &Scope::of::<ManageFacilities>(actor), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    let row = FacilityRow { id: Id::fresh(), version: 1, created_at: tx.now, ..row_of(tx, new)? };
    store::insert(tx, &row)?;
    let made = Facility { row, usable_weekdays: new.usable_weekdays.clone(), path: school.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

fn row_of(tx: &Tx<'_>, new: &NewFacility) -> Result<FacilityRow, Refusal> {
    let faults = new.faults(tx.today);
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    Ok(FacilityRow {
        id: Id::NIL,
        school_id: new.school_id,
        kind: new.kind,
        name: new.name.clone(),
        capacity: new.capacity,
        quantity: new.quantity,
        place: new.place.clone(),
        manager_name: new.manager_name.clone(),
        usable_weekdays: Json::of(&new.usable_weekdays)?,
        usable_note: new.usable_note.clone(),
        state: FacilityState::InUse,
        in_use_on: new.in_use_on,
        retired_on: None,
        version: 0,
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
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    to: &NewFacility,
) -> Result<Facility, Refusal> {
    let before = ready_for(tx, actor, id, seen, FacilityVerb::Update)?;
    if before.row.school_id != to.school_id {
        return Err(Refusal::at(Code::ImmutableField, "/school_id", Fault::Immutable));
    }
    let row = FacilityRow { id, created_at: before.row.created_at, ..row_of(tx, to)? };
    write(tx, "updated", &before, row, to.usable_weekdays.clone())
}

/// Retires a row: it stays in the ledger, and counts for no plan any more.
///
/// # Errors
/// 404, 412, 409 when it is retired, 422 for a day before it came into use or after today.
pub fn retire(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    retired_on: Date,
) -> Result<Facility, Refusal> {
    let before = ready_for(tx, actor, id, seen, FacilityVerb::Retire)?;
    if retired_on < before.row.in_use_on {
        return Err(Refusal::field("/retired_on", Fault::EndsBeforeStart));
    }
    if retired_on > tx.today {
        return Err(Refusal::field("/retired_on", Fault::OutOfRange));
    }
    let row = FacilityRow { state: FacilityState::Retired, retired_on: Some(retired_on), ..before.row.clone() };
    write(tx, "retired", &before, row, before.usable_weekdays.clone())
}

fn ready_for(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    verb: FacilityVerb,
) -> Result<Facility, Refusal> {
    let found = find_in(tx, &Scope::of::<ManageFacilities>(actor), id)?;
    seen.expect(found.row.version)?;
    if found.row.state.verbs().contains(&verb) {
        return Ok(found);
    }
    Err(Refusal::state(found.row.state.as_str(), &found.can(actor)))
}

fn write(
    tx: &mut Tx<'_>,
    action: &str,
    before: &Facility,
    row: FacilityRow,
    usable_weekdays: Vec<Weekday>,
) -> Result<Facility, Refusal> {
    let row = FacilityRow { version: before.row.version + 1, updated_at: tx.now, ..row };
    let after = Facility { row, usable_weekdays, path: before.path.clone() };
    store::update(tx, &after.row)?;
    record(tx, action, Some(before), Some(&after))?;
    Ok(after)
}

/// One row that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<Facility, Refusal> {
    find_in(tx, &Scope::of::<ReadFacilities>(actor), id)
}

fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Facility, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// A row within a scope, for rooms above; nothing where there is none.
///
/// # Errors
/// When the database fails.
pub fn seen(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Facility>, Refusal> {
    store::find(tx, scope, id)
}

/// Rows that the caller may see, in the order in which they were added.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &FacilityFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Facility>, Refusal> {
    store::list(tx, &Scope::of::<ReadFacilities>(actor), filter, after, limit)
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
