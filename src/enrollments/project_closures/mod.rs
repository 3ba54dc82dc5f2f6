//! Closing a project that too few have joined 停开与合并: a school does so under the minimum that guardians were told,
//! once the last day to apply is over. Nobody is left without an offer where the plan has one: on the same day its
//! pupils are offered a seat in the project with which it is joined, else in the open one, and accept it or not.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{ProjectClosure, ProjectClosureIn};

use self::model::ProjectClosureRow;
use super::choice_windows;
use super::enrollments::{self, Closing};
use crate::auth::By;
use crate::auth::permission::CloseProjects;
use crate::db::{Id, Tx};
use crate::journal::enter;
use crate::notices::notices::{self, Offered};
use crate::plans::plans;
use crate::plans::projects::Project;
use crate::refusal::{Code, Fault, Refusal};
use crate::rules::document::{PlanProject, Whole};
use crate::rules::enrollment as rules;

/// Closes a project.
///
/// # Errors
/// 422 for what the caller does not see or the plan does not offer, by the rules of enrolling while its seats are
/// drawn, guardians may still apply, or enough have joined; 409 when it is closed.
pub fn create(tx: &mut Tx<'_>, by: &By<CloseProjects>, new: &ProjectClosureIn) -> Result<ProjectClosure, Refusal> {
    let project = by.named::<Project>(tx, new.project_id, "/project_id")?;
    let pupils = enrollments::hold_pupils_of(tx, project.row.id)?;
    plans::hold(tx, project.row.plan_id)?;
    let (at, plan) = ("/project_id", project.row.plan_id);
    let offered = notices::told_of_plan(tx, plan, &project.path, at)?;
    let document = offered.filed.profile_document.as_str();
    let Some(offer) = offered.filed.offer(project.row.id) else {
        return Err(notices::untold(tx, &project.path)?.findings_at(at));
    };
    if let Some(into) = new.into_project_id
        && (into == project.row.id || offered.filed.offer(into).is_none())
    {
        return Err(Refusal::field("/into_project_id", Fault::NotFound));
    }
    let (least, taken) = (offer.seats_min.map(Whole::get), taken_of(tx, &project, offer, &offered)?);
    if let Some(finding) = rules::may_close(offer, &offered.filed.document.term, taken, tx.today, document) {
        return Err(Refusal::by_rules(vec![finding]));
    }
    let fewer_than = least.unwrap_or_default();
    let closing = Closing {
        project: project.row.id,
        into: new.into_project_id,
        offered: &offered,
        by: by.user_id,
        pupils: &pupils,
        fewer_than,
    };
    let closed = enrollments::close(tx, &closing)?;
    let row = ProjectClosureRow {
        id: Id::fresh(),
        project_id: project.row.id,
        plan_id: project.row.plan_id,
        school_id: project.row.school_id,
        into_project_id: new.into_project_id,
        reason: new.reason.as_str().to_owned(),
        seats_min: fewer_than,
        seats_taken: closed.taken,
        pupils_offered: closed.offered,
        pupils_without: closed.without,
        closed_on: tx.today,
        closed_by_id: by.user_id,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "made", row, project.path)
}

/// How many seats are taken of a project that can be closed as far as its seats say it.
fn taken_of(tx: &mut Tx<'_>, project: &Project, offer: &PlanProject, offered: &Offered) -> Result<i64, Refusal> {
    let seats = enrollments::seats_of(tx, &[project.row.id])?.remove(&project.row.id);
    let Some(seats) = seats else { return Ok(0) };
    if seats.closed_on.is_some() {
        return Err(Refusal::of(Code::AlreadyExists).with("field", "project_id"));
    }
    if seats.held_for_draw {
        let window = choice_windows::of_plan(tx, project.row.plan_id)?;
        let days = window.map_or((tx.today, tx.today), |window| window.days());
        return Err(Refusal::by_rules(vec![rules::given_by_draw(offer, days, &offered.filed.profile_document)]));
    }
    Ok(seats.taken)
}
