//! SQL of leave; the scope comes first.

use diesel::dsl::min;
use diesel::prelude::*;
use time::Date;

use super::model::{LeaveRequest, LeaveRequestFilter, LeaveRequestRow, LeaveState};
use crate::auth::scope::{children_of, sessions_served};
use crate::auth::{Scope, Seen};
use crate::db::schema::{enrollments, group_members, leave_requests, organisations, service_sessions, students};
use crate::db::{Id, Tx};
use crate::delivery::sessions::SessionState;
use crate::enrollments::enrollments::EnrollmentState;
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::values::local_time::LocalTime;
use crate::{page, stored};

stored!(leave_requests, LeaveRequestRow);

type Loaded = (LeaveRequestRow, Id, String);

fn request((row, person_id, path): Loaded) -> LeaveRequest {
    LeaveRequest { row, person_id, path }
}

/// Requests within a scope, with their pupils and the paths of the schools.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {{
        let query = leave_requests::table
            .inner_join(organisations::table)
            .inner_join(students::table.on(students::id.eq(leave_requests::student_id)))
            .select((LeaveRequestRow::as_select(), students::person_id, organisations::path))
            .into_boxed();
        match $scope {
            Scope::OwnChildren(user) => query.filter(students::person_id.eq_any(children_of!(*user, $tx.today))),
            Scope::OwnGroups(user) => {
                let groups = service_sessions::table
                    .filter(service_sessions::id.eq_any(sessions_served!(*user)))
                    .select(service_sessions::group_id);
                let pupils = group_members::table
                    .filter(group_members::group_id.eq_any(groups).and(group_members::to_on.is_null()))
                    .select(group_members::student_id);
                query.filter(leave_requests::student_id.eq_any(pupils))
            }
            scope => {
                let bounds = scope.bounds();
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

impl Seen for LeaveRequest {
    type Filter = LeaveRequestFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(seen!(tx, scope).filter(leave_requests::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(request))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<LeaveRequestFilter>) -> Result<Vec<Self>, Refusal> {
        let seen = seen!(tx, scope);
        let query = page!(seen, leave_requests, at, { student_id, school_id, [state] });
        Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(request).collect())
    }
}

/// On which days of a range a pupil is expected, and when first on each.
pub(super) fn expected(tx: &mut Tx<'_>, student: Id, from: Date, to: Date) -> Result<Vec<(Date, LocalTime)>, Refusal> {
    let query = group_members::table
        .inner_join(enrollments::table.on(enrollments::id.eq(group_members::enrollment_id)))
        .inner_join(service_sessions::table.on(service_sessions::group_id.eq(group_members::group_id)))
        .filter(group_members::student_id.eq(student).and(enrollments::state.eq(EnrollmentState::Active)))
        .filter(group_members::from_on.le(service_sessions::held_on))
        .filter(group_members::to_on.is_null().or(group_members::to_on.ge(service_sessions::held_on.nullable())))
        .filter(service_sessions::held_on.ge(from).and(service_sessions::held_on.le(to)))
        .filter(service_sessions::state.ne(SessionState::Cancelled))
        .group_by(service_sessions::held_on)
        .order(service_sessions::held_on)
        .select((service_sessions::held_on, min(service_sessions::starts_at)));
    let found: Vec<(Date, Option<i32>)> = query.load(tx.conn)?;
    let meeting = |(day, at): (Date, Option<i32>)| Some((day, LocalTime::of_minutes(at?)?));
    Ok(found.into_iter().filter_map(meeting).collect())
}

/// What stands for some pupils on a day.
pub(super) fn standing_on(tx: &mut Tx<'_>, pupils: &[Id], day: Date) -> Result<Vec<LeaveRequest>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(leave_requests::student_id.eq_any(pupils.to_vec()).and(leave_requests::state.eq(LeaveState::Standing)))
        .filter(leave_requests::from_on.le(day).and(leave_requests::to_on.ge(day)))
        .order(leave_requests::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(request).collect())
}

/// What was ever asked for some pupils.
pub(super) fn all_of(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<LeaveRequest>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(leave_requests::student_id.eq_any(pupils.to_vec()))
        .order(leave_requests::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(request).collect())
}
