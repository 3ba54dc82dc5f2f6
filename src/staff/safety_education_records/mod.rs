//! Safety and hygiene education 安全卫生教育 (六.3): when, of what, and how many took part.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{NewSafetyEducationRecord, SafetyEducationRecord};
pub use self::store::SafetyEducationRecordFilter;

use self::model::SafetyEducationRecordRow;
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::schools::schools;

impl Recorded for SafetyEducationRecord {
    const RESOURCE: &'static str = "safety-education-record";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Enters that safety education was held in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together.
pub fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    new: &NewSafetyEducationRecord,
) -> Result<SafetyEducationRecord, Refusal> {
    if new.held_on > tx.today {
        return Err(Refusal::field("/held_on", Fault::OutOfRange));
    }
    let school = schools::seen(tx, &Scope::of::<ManageStaff>(actor), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    let row = SafetyEducationRecordRow {
        id: Id::fresh(),
        school_id: new.school_id,
        held_on: new.held_on,
        topic: new.topic.clone(),
        headcount: new.headcount,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = SafetyEducationRecord { row, path: school.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// One record that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<SafetyEducationRecord, Refusal> {
    store::find(tx, &Scope::of::<ReadStaff>(actor), id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Records that the caller may see, in the order in which they were entered.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &SafetyEducationRecordFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<SafetyEducationRecord>, Refusal> {
    store::list(tx, &Scope::of::<ReadStaff>(actor), filter, after, limit)
}
