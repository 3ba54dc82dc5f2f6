//! Safety and hygiene education 安全卫生教育 (六.3): when, of what, and how many took part.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{SafetyEducationRecord, SafetyEducationRecordIn};

use self::model::SafetyEducationRecordRow;
use crate::auth::By;
use crate::auth::permission::ManageStaff;
use crate::db::{Id, Tx};
use crate::journal::enter;
use crate::refusal::{Fault, Refusal};
use crate::schools::schools;

/// Enters that safety education was held in the caller's scope.
///
/// # Errors
/// 422 for a day after today, or a school out of scope.
pub fn create(
    tx: &mut Tx<'_>,
    by: &By<ManageStaff>,
    new: &SafetyEducationRecordIn,
) -> Result<SafetyEducationRecord, Refusal> {
    if new.held_on > tx.today {
        return Err(Refusal::field("/held_on", Fault::OutOfRange).said("after-today"));
    }
    let school = schools::seen(tx, &by.scope(), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    let row = SafetyEducationRecordRow {
        id: Id::fresh(),
        school_id: new.school_id,
        held_on: new.held_on,
        topic: new.topic.as_str().to_owned(),
        headcount: new.headcount.get(),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "created", row, school.path)
}
