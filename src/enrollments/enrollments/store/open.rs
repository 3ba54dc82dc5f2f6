//! SQL of enrollments that can still be withdrawn, and of closing a project with them.

use diesel::prelude::*;

use super::{Enrollment, EnrollmentRow, EnrollmentState, Loaded, enrollment};
use crate::auth::Scope;
use crate::auth::scope::{at_school, children_of, pupils_taught};
use crate::db::schema::{agreements, enrollments, organisations, project_seats};
use crate::db::{Id, Rung, Tx};
use crate::refusal::Refusal;

/// The states of an enrollment that can still be withdrawn.
pub(in super::super) fn open() -> Vec<EnrollmentState> {
    EnrollmentState::ALL.iter().copied().filter(|state| state.is_open()).collect()
}

/// The enrollments of a pupil of a school that can still be withdrawn.
pub(in super::super) fn open_of_student(tx: &mut Tx<'_>, student: Id) -> Result<Vec<Enrollment>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(enrollments::student_id.eq(student).and(enrollments::state.eq_any(open())))
        .order(enrollments::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(enrollment).collect())
}

/// The enrollments at a school, for a school year or a later one, that can still be withdrawn.
pub(in super::super) fn open_from_year(
    tx: &mut Tx<'_>,
    school: Id,
    school_year: &str,
) -> Result<Vec<Enrollment>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(enrollments::school_id.eq(school).and(enrollments::school_year.ge(school_year.to_owned())))
        .filter(enrollments::state.eq_any(open()))
        .order(enrollments::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(enrollment).collect())
}

/// Some of the enrollments in a plan that can still be withdrawn, in other projects than some, after one of them.
pub(in super::super) fn open_outside(
    tx: &mut Tx<'_>,
    plan: Id,
    offered: &[Id],
    after: Id,
    count: i64,
) -> Result<Vec<Enrollment>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(enrollments::plan_id.eq(plan).and(enrollments::project_id.ne_all(offered)))
        .filter(enrollments::state.eq_any(open()))
        .filter(enrollments::id.gt(after))
        .order(enrollments::id)
        .limit(count);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(enrollment).collect())
}

/// Enrollments in a project that can still be withdrawn.
pub(in super::super) fn open_in(tx: &mut Tx<'_>, project: Id) -> Result<Vec<Enrollment>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(enrollments::project_id.eq(project).and(enrollments::state.eq_any(open())))
        .order(enrollments::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(enrollment).collect())
}

/// Closes the seats of a project that fewer have taken, and that a notice gives; how many have.
pub(in super::super) fn shut(
    tx: &mut Tx<'_>,
    project: Id,
    notice: Id,
    fewer_than: i64,
) -> Result<Option<i64>, Refusal> {
    tx.holds(Rung::Seats, project);
    let held = project_seats::table
        .find(project)
        .filter(project_seats::notice_id.eq(notice).and(project_seats::seats_taken.lt(fewer_than)))
        .filter(project_seats::held_for_draw.eq(false).and(project_seats::closed_on.is_null()));
    let shut = diesel::update(held).set(project_seats::closed_on.eq(tx.today)).execute(tx.conn)?;
    let taken = project_seats::table.find(project).select(project_seats::seats_taken).first(tx.conn).optional()?;
    Ok(taken.filter(|_| shut == 1))
}
