//! Administrative classes 行政班, kept by their school. Grouping is judged by them: a group is never one whole class
//! (二.3, 六.5).

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Class, NewClass};
pub use self::store::ClassFilter;

use self::model::ClassRow;
use crate::auth::permission::{ManageClasses, ReadClasses};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::schools::schools;

impl Recorded for Class {
    const RESOURCE: &'static str = "class";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Adds a class to a school in the caller's scope.
///
/// # Errors
/// 422 when school and grade do not go together, 409 when the school has that class.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewClass) -> Result<Class, Refusal> {
    let scope = Scope::of::<ManageClasses>(actor);
    let school = schools::seen(tx, &scope, new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    if !school.teaches(new.grade) {
        return Err(Refusal::field("/grade", Fault::OutOfRange));
    }
    let row = ClassRow {
        id: Id::fresh(),
        school_id: new.school_id,
        school_year: new.school_year.as_str().to_owned(),
        grade: i32::from(new.grade),
        name: new.name.clone(),
        roll_version: 1,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = Class { row, path: school.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// Gives a class another name; school, school year and grade stay.
///
/// # Errors
/// 404, 412, 409 for a field that stays as it was created or a name that is taken.
pub fn update(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion, to: &NewClass) -> Result<Class, Refusal> {
    let before = find_in(tx, &Scope::of::<ManageClasses>(actor), id)?;
    seen.expect(before.row.version)?;
    for (field, kept) in [
        ("/school_id", before.row.school_id == to.school_id),
        ("/school_year", before.row.school_year == to.school_year.as_str()),
        ("/grade", before.row.grade == i32::from(to.grade)),
    ] {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable));
        }
    }
    let mut after = before.clone();
    after.row.name = to.name.clone();
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::update(tx, &after.row)?;
    record(tx, "updated", Some(&before), Some(&after))?;
    Ok(after)
}

/// One class that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<Class, Refusal> {
    find_in(tx, &Scope::of::<ReadClasses>(actor), id)
}

fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Class, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// A class within a scope, for slices above; nothing where there is none.
///
/// # Errors
/// When the database fails.
pub fn seen(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Class>, Refusal> {
    store::find(tx, scope, id)
}

/// Classes that the caller may see, in the order in which they were added.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &ClassFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Class>, Refusal> {
    store::list(tx, &Scope::of::<ReadClasses>(actor), filter, after, limit)
}

/// Counts a change of who is in a class; the verb that changes it has recorded why.
///
/// # Errors
/// When the database fails.
pub fn roll_changed(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    store::count_roll(tx, id)
}
