//! 精品课程 (五.5): projects that an authority holds up as examples, by a document, until it ends the mark.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{QualityCourse, QualityCourseState};
pub use self::store::QualityCourseFilter;

use self::model::QualityCourseRow;
use super::projects;
use crate::auth::permission::{MarkQualityCourses, Permission, ReadPlans};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};

impl Recorded for QualityCourse {
    const RESOURCE: &'static str = "quality-course";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Marks a project of a school in the caller's scope.
///
/// # Errors
/// 422 for a project out of scope, 409 when it is marked.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, project: Id, document: &str) -> Result<QualityCourse, Refusal> {
    let place = projects::place(tx, project).map_err(|refusal| refusal.named_at("/project_id"))?;
    if !Scope::of::<MarkQualityCourses>(actor).holds_path(&place.path) {
        return Err(Refusal::field("/project_id", Fault::NotFound));
    }
    let row = QualityCourseRow {
        id: Id::fresh(),
        project_id: place.id,
        school_id: place.school_id,
        state: QualityCourseState::Marked,
        document: document.to_owned(),
        marked_on: tx.today,
        ended_on: None,
        end_reason: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = QualityCourse { row, path: place.path };
    record(tx, "marked", None, Some(&made))?;
    Ok(made)
}

/// Ends a mark, and says why.
///
/// # Errors
/// 404, 412, 409 when it has ended.
pub fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    reason: &str,
) -> Result<QualityCourse, Refusal> {
    let before = find_for::<MarkQualityCourses>(tx, actor, id)?;
    seen.expect(before.row.version)?;
    if before.row.state != QualityCourseState::Marked {
        return Err(Refusal::state(before.row.state.as_str(), before.possible()));
    }
    let mut after = before.clone();
    after.row.state = QualityCourseState::Ended;
    after.row.ended_on = Some(tx.today);
    after.row.end_reason = Some(reason.to_owned());
    after.row.version += 1;
    after.row.updated_at = tx.now;
    if !store::update(tx, &after.row)? {
        return Err(Refusal::of(Code::VersionMismatch));
    }
    record(tx, "ended", Some(&before), Some(&after))?;
    Ok(after)
}

/// One mark that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<QualityCourse, Refusal> {
    find_for::<ReadPlans>(tx, actor, id)
}

fn find_for<P: Permission>(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<QualityCourse, Refusal> {
    store::find(tx, &Scope::of::<P>(actor), id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Marks that the caller may see, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &QualityCourseFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<QualityCourse>, Refusal> {
    store::list(tx, &Scope::of::<ReadPlans>(actor), filter, after, limit)
}
