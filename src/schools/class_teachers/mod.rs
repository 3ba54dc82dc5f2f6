//! Teachers of classes 任课: a teacher sees the pupils of the classes that it teaches, from day to day.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{ClassTeacher, ClassTeacherIn, ClassTeacherKind, ClassTeacherState, ClassTeacherVerb};

use time::Date;

use self::model::ClassTeacherRow;
use crate::auth::permission::ManageClasses;
use crate::auth::users::{self, UserKind};
use crate::auth::{By, Scope};
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::refusal::{Fault, Refusal};
use crate::schools::classes::Class;

/// Says that an account of the school teaches a class.
///
/// # Errors
/// 422 for a class or an account that the caller may not name, or days that do not go together; 409 when it teaches
/// the class already.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageClasses>, new: &ClassTeacherIn) -> Result<ClassTeacher, Refusal> {
    let class: Class = by.named(tx, new.class_id, "/class_id")?;
    let user = users::find(tx, &Scope::Everything, new.user_id).map_err(|refusal| refusal.named_at("/user_id"))?;
    if user.row.organisation_id != Some(class.school_id) {
        return Err(Refusal::field("/user_id", Fault::NotFound));
    }
    if user.row.kind != UserKind::Person {
        return Err(Refusal::field("/user_id", Fault::NotForThis));
    }
    if new.ends_on.is_some_and(|last| last < new.starts_on) {
        return Err(Refusal::field("/ends_on", Fault::EndsBeforeStart));
    }
    let row = ClassTeacherRow {
        id: Id::fresh(),
        school_id: class.school_id,
        class_id: class.id,
        user_id: new.user_id,
        kind: new.kind,
        subject: new.subject.as_ref().map(|subject| subject.as_str().to_owned()),
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        state: ClassTeacherState::Standing,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "created", row, class.path)
}

/// Whether an account teaches a class today.
///
/// # Errors
/// When the database fails.
pub fn teaches(tx: &mut Tx<'_>, user: Id, class: Id) -> Result<bool, Refusal> {
    store::teaches(tx, user, class)
}

/// Ends it: from the commit on the teacher sees nobody by it.
///
/// # Errors
/// 404, 412, 409 when it has ended, 422 for a day before its first or after today.
pub fn end(
    tx: &mut Tx<'_>,
    by: &By<ManageClasses>,
    id: Id,
    seen: &IfMatchVersion,
    ends_on: Option<Date>,
) -> Result<ClassTeacher, Refusal> {
    let before: ClassTeacher = by.find(tx, id)?;
    seen.expect(before.version)?;
    let state = ClassTeacherVerb::End.from(before.state)?;
    let last = ends_on.unwrap_or_else(|| tx.today.max(before.starts_on));
    if last < before.starts_on {
        return Err(Refusal::field("/ends_on", Fault::EndsBeforeStart));
    }
    if ends_on.is_some() && last > tx.today {
        return Err(Refusal::field("/ends_on", Fault::OutOfRange).said("after-today"));
    }
    change(tx, "ended", &before, |taught| {
        taught.ends_on = Some(taught.ends_on.map_or(last, |planned| planned.min(last)));
        taught.state = state;
    })
}

/// Names of the classes that an account teaches a subject on a day.
///
/// # Errors
/// When the database fails.
pub fn taught_on(tx: &mut Tx<'_>, user: Id, day: Date) -> Result<Vec<String>, Refusal> {
    store::taught_on(tx, user, day)
}
