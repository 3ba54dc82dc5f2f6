//! SQL of what must hold of enrollments and seats.

use diesel::prelude::*;

use super::EnrollmentState;
use super::open::open;
use crate::db::schema::{agreements, enrollments, plans, project_seats};
use crate::db::{Id, Tx};
use crate::plans::plans::PlanState;
use crate::refusal::Refusal;

/// The states in which an enrollment holds a seat.
fn holding() -> Vec<EnrollmentState> {
    EnrollmentState::ALL.iter().copied().filter(|state| state.holds_seat()).collect()
}

/// Seats of these projects that enrollments hold.
pub(in super::super) fn seats_held(tx: &mut Tx<'_>, of: &[Id]) -> Result<Vec<(Id, i64)>, Refusal> {
    let query = enrollments::table
        .filter(enrollments::state.eq_any(holding()))
        .filter(enrollments::project_id.eq_any(of))
        .group_by(enrollments::project_id)
        .select((enrollments::project_id, diesel::dsl::count_star()));
    Ok(query.load(tx.conn)?)
}

/// Projects whose seats enrollments hold and nobody counts.
pub(in super::super) fn held_uncounted(tx: &mut Tx<'_>) -> Result<Vec<Id>, Refusal> {
    let counted = project_seats::table.filter(project_seats::project_id.eq(enrollments::project_id));
    let query = enrollments::table
        .filter(enrollments::state.eq_any(holding()))
        .filter(diesel::dsl::not(diesel::dsl::exists(counted.select(project_seats::project_id))))
        .select(enrollments::project_id)
        .distinct();
    Ok(query.load(tx.conn)?)
}

/// Seats that are counted as taken, by project.
pub(in super::super) fn seats_taken_after(tx: &mut Tx<'_>, after: Id, limit: i64) -> Result<Vec<(Id, i64)>, Refusal> {
    let query = project_seats::table.filter(project_seats::project_id.gt(after)).order(project_seats::project_id);
    Ok(query.limit(limit).select((project_seats::project_id, project_seats::seats_taken)).load(tx.conn)?)
}

/// Enrollments that are active or completed and have no agreement.
pub(in super::super) fn active_unsigned(tx: &mut Tx<'_>) -> Result<Vec<Id>, Refusal> {
    let query = enrollments::table
        .left_join(in_force!())
        .filter(enrollments::state.eq_any([EnrollmentState::Active, EnrollmentState::Completed]))
        .filter(agreements::id.nullable().is_null())
        .select(enrollments::id);
    Ok(query.load(tx.conn)?)
}

/// Enrollments that wait although their project has seats.
pub(in super::super) fn waiting_beside_free_seats(tx: &mut Tx<'_>) -> Result<Vec<Id>, Refusal> {
    let free = project_seats::seats_taken.nullable().lt(project_seats::seats_max);
    let query = enrollments::table
        .inner_join(project_seats::table.on(project_seats::project_id.eq(enrollments::project_id)))
        .filter(enrollments::state.eq(EnrollmentState::Waitlisted))
        .filter(project_seats::seats_max.is_null().or(free))
        .filter(project_seats::held_for_draw.eq(false))
        .order(enrollments::id)
        .select(enrollments::id);
    Ok(query.load(tx.conn)?)
}

/// Enrollments that are active in a plan that was withdrawn.
pub(in super::super) fn active_in_withdrawn(tx: &mut Tx<'_>) -> Result<Vec<Id>, Refusal> {
    let query = enrollments::table
        .inner_join(plans::table.on(plans::id.eq(enrollments::plan_id)))
        .filter(enrollments::state.eq(EnrollmentState::Active))
        .filter(plans::state.eq(PlanState::Withdrawn))
        .order(enrollments::id)
        .select(enrollments::id);
    Ok(query.load(tx.conn)?)
}

/// Enrollments that stand in a project that was closed.
pub(in super::super) fn open_in_closed(tx: &mut Tx<'_>) -> Result<Vec<Id>, Refusal> {
    let query = enrollments::table
        .inner_join(project_seats::table.on(project_seats::project_id.eq(enrollments::project_id)))
        .filter(project_seats::closed_on.is_not_null().and(enrollments::state.eq_any(open())))
        .order(enrollments::id)
        .select(enrollments::id);
    Ok(query.load(tx.conn)?)
}
