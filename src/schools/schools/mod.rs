//! Schools: identification code, stages, ownership, area, filing authority, and when each grade is dismissed. The
//! authority keeps these facts, because the rules judge a school's plan by them (三.2, 六.2, 六.5).

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{School, SchoolIn, SchoolRow, SchoolVerb};

use self::model::SchoolFilter;
use crate::auth::organisations::{self, NewOrganisation, OrganisationKind};
use crate::auth::permission::{ManageSchools, ReadSchools};
use crate::auth::{By, Found, Scope};
use crate::db::{Id, Json, Stored, Tx};
use crate::http::{IfMatchVersion, Key, Listing};
use crate::journal::{change, record};
use crate::refusal::{Fault, FieldError, Refusal};

/// Adds a school below its filing authority, which lies in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the code is taken.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageSchools>, new: &SchoolIn) -> Result<School, Refusal> {
    let mut faults = new.faults();
    faults.extend(authority_fault(tx, by, new.authority_id)?);
    Refusal::unless_none(faults)?;
    let node = NewOrganisation {
        kind: OrganisationKind::School,
        code: new.code.as_str().to_owned(),
        name: new.name.as_str().to_owned(),
        parent_id: Some(new.authority_id),
    };
    let node = organisations::register(tx, &node)?;
    let row = SchoolRow {
        id: node.id,
        ownership: new.ownership,
        area: new.area,
        stages: Json(new.stages.clone()),
        grade_first: i32::from(new.grade_first),
        grade_last: i32::from(new.grade_last),
        boarding: new.boarding,
        dismissals: Json(new.dismissals.clone()),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let made = School { row, code: node.code, name: node.name, authority_id: node.parent_id, path: node.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// The authority must exist for the caller, and be one.
fn authority_fault(tx: &mut Tx<'_>, by: &By<ManageSchools>, id: Id) -> Result<Option<FieldError>, Refusal> {
    let found = organisations::find(tx, id)?.filter(|found| by.holds(&found.path));
    let fault = match found {
        None => Some(Fault::NotFound),
        Some(found) if found.kind != OrganisationKind::Authority => Some(Fault::NotForThis),
        Some(_) => None,
    };
    Ok(fault.map(|fault| FieldError::new("/authority_id", fault)))
}

/// Replaces a school's facts; its code and filing authority stay.
///
/// # Errors
/// 404, 412, 409 for a field that stays as it was created, 422 with everything that does not go together.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageSchools>,
    id: Id,
    seen: &IfMatchVersion,
    to: &SchoolIn,
) -> Result<School, Refusal> {
    let before: School = by.find(tx, id)?;
    seen.expect(before.version)?;
    Refusal::unless_kept([
        ("/code", before.code == to.code.as_str()),
        ("/authority_id", before.authority_id == Some(to.authority_id)),
    ])?;
    Refusal::unless_none(to.faults())?;
    let after = change(tx, "updated", &before, |school| {
        school.name = to.name.as_str().to_owned();
        school.ownership = to.ownership;
        school.area = to.area;
        school.stages = Json(to.stages.clone());
        school.grade_first = i32::from(to.grade_first);
        school.grade_last = i32::from(to.grade_last);
        school.boarding = to.boarding;
        school.dismissals = Json(to.dismissals.clone());
    })?;
    if after.name != before.name {
        organisations::rename(tx, id, &after.name)?;
    }
    Ok(after)
}

/// A school within a scope, for slices that hang on it; nothing where there is none.
///
/// # Errors
/// When the database fails.
pub fn seen(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<School>, Refusal> {
    School::find_in(tx, scope, id)
}

/// Schools that the caller may see, by code.
///
/// # Errors
/// When the database fails.
pub fn list(tx: &mut Tx<'_>, by: &By<ReadSchools>, at: &Listing<SchoolFilter, Key>) -> Result<Vec<School>, Refusal> {
    store::list(tx, &by.scope(), at)
}

/// A school of any scope, for rooms whose own rows the caller may see.
///
/// # Errors
/// 404.
pub fn known(tx: &mut Tx<'_>, id: Id) -> Result<School, Refusal> {
    crate::auth::known(tx, id)
}

/// The school of a code, of any scope; whoever asks for a caller compares its path with the caller's scope.
///
/// # Errors
/// When the database fails.
pub fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<School>, Refusal> {
    store::by_code(tx, code)
}
