//! Schools: identification code, stages, ownership, area, filing authority, and when each grade is dismissed. The
//! authority keeps these facts, because the rules judge a school's plan by them (三.2, 六.2, 六.5).

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{NewSchool, School};
pub use self::store::SchoolFilter;

use self::model::SchoolRow;
use crate::auth::organisations::{self, NewOrganisation, OrganisationKind};
use crate::auth::permission::{ManageSchools, ReadSchools};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Json, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, FieldError, Refusal};

impl Recorded for School {
    const RESOURCE: &'static str = "school";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Adds a school below its filing authority, which lies in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the code is taken.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewSchool) -> Result<School, Refusal> {
    let mut faults = new.faults();
    if let Err(fault) = check_authority(tx, actor, new.authority_id)? {
        faults.push(fault);
    }
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let node = NewOrganisation {
        kind: OrganisationKind::School,
        code: new.code.as_str().to_owned(),
        name: new.name.clone(),
        parent_id: Some(new.authority_id),
    };
    let node = organisations::register(tx, &node)?;
    let made = School {
        row: SchoolRow { id: node.id, version: 1, created_at: tx.now, updated_at: tx.now, ..row_of(new, tx)? },
        stages: new.stages.clone(),
        dismissals: new.dismissals.clone(),
        code: node.code,
        name: node.name,
        authority_id: node.parent_id,
        path: node.path,
    };
    store::insert(tx, &made.row)?;
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// The authority must exist for the caller, and be one.
fn check_authority(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<Result<(), FieldError>, Refusal> {
    let scope = Scope::of::<ManageSchools>(actor);
    let found = organisations::find(tx, id)?.filter(|found| scope.holds_path(&found.path));
    let wrong = |fault| Ok(Err(FieldError::new("/authority_id", fault)));
    match found {
        None => wrong(Fault::NotFound),
        Some(found) if found.kind != OrganisationKind::Authority => wrong(Fault::NotForThis),
        Some(_) => Ok(Ok(())),
    }
}

fn row_of(new: &NewSchool, tx: &Tx<'_>) -> Result<SchoolRow, Refusal> {
    let json = |value: Result<serde_json::Value, serde_json::Error>| value.map(Json).map_err(Refusal::internal);
    Ok(SchoolRow {
        id: Id::NIL,
        ownership: new.ownership,
        area: new.area,
        stages: json(serde_json::to_value(&new.stages))?,
        grade_first: i32::from(new.grade_first),
        grade_last: i32::from(new.grade_last),
        boarding: new.boarding,
        dismissals: json(serde_json::to_value(&new.dismissals))?,
        version: 0,
        created_at: tx.now,
        updated_at: tx.now,
    })
}

/// Replaces a school's facts; its code and filing authority stay.
///
/// # Errors
/// 404, 412, 409 for a field that stays as it was created, 422 with everything that does not go together.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    to: &NewSchool,
) -> Result<School, Refusal> {
    let before = find_in(tx, &Scope::of::<ManageSchools>(actor), id)?;
    seen.expect(before.row.version)?;
    for (field, kept) in
        [("/code", before.code == to.code.as_str()), ("/authority_id", before.authority_id == Some(to.authority_id))]
    {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable));
        }
    }
    let faults = to.faults();
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let row = SchoolRow { id, version: before.row.version + 1, created_at: before.row.created_at, ..row_of(to, tx)? };
    let (stages, dismissals, name) = (to.stages.clone(), to.dismissals.clone(), to.name.clone());
    let after = School { row, stages, dismissals, name, ..before.clone() };
    store::update(tx, &after.row)?;
    if after.name != before.name {
        organisations::rename(tx, id, &after.name)?;
    }
    record(tx, "updated", Some(&before), Some(&after))?;
    Ok(after)
}

/// One school that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<School, Refusal> {
    find_in(tx, &Scope::of::<ReadSchools>(actor), id)
}

fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<School, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// A school within a scope, for slices that hang on it; nothing where there is none.
///
/// # Errors
/// When the database fails.
pub fn seen(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<School>, Refusal> {
    store::find(tx, scope, id)
}

/// Schools that the caller may see, by code.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &SchoolFilter,
    after: Option<String>,
    limit: PageLimit,
) -> Result<Vec<School>, Refusal> {
    store::list(tx, &Scope::of::<ReadSchools>(actor), filter, after, limit)
}

/// A school of any scope, for rooms whose own rows the caller may see.
///
/// # Errors
/// 404.
pub fn known(tx: &mut Tx<'_>, id: Id) -> Result<School, Refusal> {
    find_in(tx, &Scope::Everything, id)
}

/// The school of a code, of any scope; whoever asks for a caller compares its path with the caller's scope.
///
/// # Errors
/// When the database fails.
pub fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<School>, Refusal> {
    let filter = SchoolFilter { code: Some(code.to_owned()), ..SchoolFilter::default() };
    Ok(store::list(tx, &Scope::Everything, &filter, None, PageLimit::default())?.into_iter().next())
}
