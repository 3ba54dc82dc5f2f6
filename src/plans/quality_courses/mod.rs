//! 精品课程 (五.5): projects that an authority holds up as examples, by a document, until it ends the mark.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{QualityCourse, QualityCourseVerb};

use self::model::{QualityCourseEndIn, QualityCourseIn, QualityCourseRow, QualityCourseState};
use super::projects;
use crate::auth::By;
use crate::auth::permission::MarkQualityCourses;
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::refusal::{Fault, Refusal};

/// Marks a project of a school in the caller's scope.
///
/// # Errors
/// 422 for a project out of scope, 409 when it is marked.
pub fn create(tx: &mut Tx<'_>, by: &By<MarkQualityCourses>, new: &QualityCourseIn) -> Result<QualityCourse, Refusal> {
    let place = projects::place(tx, new.project_id).map_err(|refusal| refusal.named_at("/project_id"))?;
    if !by.holds(&place.path) {
        return Err(Refusal::field("/project_id", Fault::NotFound));
    }
    let row = QualityCourseRow {
        id: Id::fresh(),
        project_id: place.id,
        school_id: place.school_id,
        state: QualityCourseState::Marked,
        document: new.document.as_str().to_owned(),
        marked_on: tx.today,
        ended_on: None,
        end_reason: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "marked", row, place.path)
}

/// Ends a mark, and says why.
///
/// # Errors
/// 404, 412, 409 when it has ended.
pub fn end(
    tx: &mut Tx<'_>,
    by: &By<MarkQualityCourses>,
    id: Id,
    seen: &IfMatchVersion,
    why: &QualityCourseEndIn,
) -> Result<QualityCourse, Refusal> {
    let before: QualityCourse = by.find(tx, id)?;
    seen.expect(before.version)?;
    let state = QualityCourseVerb::End.from(before.state)?;
    let today = tx.today;
    change(tx, "ended", &before, |course| {
        course.state = state;
        course.ended_on = Some(today);
        course.end_reason = Some(why.reason.as_str().to_owned());
    })
}
