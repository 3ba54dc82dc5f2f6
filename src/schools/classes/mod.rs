//! Administrative classes 行政班, kept by their school. Grouping is judged by them: a group is never one whole class
//! (二.3, 六.5).

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Class, ClassIn, ClassVerb};

use self::model::ClassRow;
use crate::auth::permission::ManageClasses;
use crate::auth::{By, Found, Scope, known};
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter, record};
use crate::refusal::{Fault, Refusal};
use crate::schools::schools::School;

/// Adds a class to a school in the caller's scope.
///
/// # Errors
/// 422 when school and grade do not go together, 409 when the school has that class.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageClasses>, new: &ClassIn) -> Result<Class, Refusal> {
    let school: School = by.named(tx, new.school_id, "/school_id")?;
    if !school.teaches(new.grade) {
        return Err(Refusal::field("/grade", Fault::OutOfRange).said("grade"));
    }
    make(tx, &school, new.school_year.as_str(), i32::from(new.grade), new.name.as_str())
}

/// Gives a class another name; school, school year and grade stay.
///
/// # Errors
/// 404, 412, 409 for a field that stays as it was created or a name that is taken.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageClasses>,
    id: Id,
    seen: &IfMatchVersion,
    to: &ClassIn,
) -> Result<Class, Refusal> {
    let before: Class = by.find(tx, id)?;
    seen.expect(before.version)?;
    Refusal::unless_kept([
        ("/school_id", before.school_id == to.school_id),
        ("/school_year", before.school_year == to.school_year.as_str()),
        ("/grade", before.grade == i32::from(to.grade)),
    ])?;
    change(tx, "updated", &before, |class| class.name = to.name.as_str().to_owned())
}

/// The class of a school year, grade and name; it is made where the school has none.
///
/// # Errors
/// When the database fails.
pub fn of_year(tx: &mut Tx<'_>, school: &School, school_year: &str, grade: i32, name: &str) -> Result<Class, Refusal> {
    if let Some(class) = store::of_year(tx, school.row.id, school_year, grade, name)? {
        return Ok(class);
    }
    make(tx, school, school_year, grade, name)
}

fn make(tx: &mut Tx<'_>, school: &School, school_year: &str, grade: i32, name: &str) -> Result<Class, Refusal> {
    let row = ClassRow {
        id: Id::fresh(),
        school_id: school.row.id,
        school_year: school_year.to_owned(),
        grade,
        name: name.to_owned(),
        roll_version: 1,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "created", row, school.path.clone())
}

/// A class within a scope, for slices above; nothing where there is none.
///
/// # Errors
/// When the database fails.
pub fn seen(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Class>, Refusal> {
    Class::find_in(tx, scope, id)
}

/// Counts a change of who is in a class; the verb that changes it records why.
///
/// # Errors
/// When the database fails.
pub fn roll_changed(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    store::count_roll(tx, id)?;
    let after: Class = known(tx, id)?;
    let mut before = after.clone();
    before.roll_version -= 1;
    record(tx, "roll-changed", Some(&before), Some(&after))
}
