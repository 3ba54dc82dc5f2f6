//! What sheets say beside what the rooms tell: names, in as many statements however many rows they have.

use diesel::prelude::*;
use time::Date;

use crate::db::schema::{
    classes, enrollments, facilities, group_members, organisations, projects, service_groups, service_sessions,
    session_staff, staff_members, students,
};
use crate::db::{Id, Tx};
use crate::delivery::sessions::{ServingState, SessionDuty, SessionState};
use crate::refusal::Refusal;
use crate::values::local_time::LocalTime;

/// A pupil of a group.
#[derive(Debug, Clone, diesel::Queryable)]
pub(super) struct Pupil {
    pub student_id: Id,
    pub person_id: Id,
    pub name: String,
    pub class_name: Option<String>,
}

/// Who was in a group on a day of a range, in the order of classes and names.
pub(super) fn pupils_between(tx: &mut Tx<'_>, group: Id, from: Date, to: Date) -> Result<Vec<Pupil>, Refusal> {
    let query = group_members::table
        .inner_join(enrollments::table.on(enrollments::id.eq(group_members::enrollment_id)))
        .inner_join(students::table.on(students::id.eq(enrollments::student_id)))
        .left_join(classes::table.on(students::class_id.eq(classes::id.nullable())))
        .filter(group_members::group_id.eq(group).and(group_members::from_on.le(to)))
        .filter(group_members::to_on.is_null().or(group_members::to_on.ge(from)))
        .order((classes::name, students::name_key, students::id))
        .select((students::id, students::person_id, students::name, classes::name.nullable()));
    let mut pupils: Vec<Pupil> = query.load(tx.conn)?;
    // Who left and came back is one row.
    pupils.dedup_by_key(|pupil| pupil.student_id);
    Ok(pupils)
}

/// What a group's sheet names.
#[derive(Debug, Clone, diesel::Queryable)]
pub(super) struct Named {
    pub school: String,
    pub project: String,
    pub leader: Option<String>,
    pub venue: Option<String>,
}

/// The names of a group's school, project, leader and venue.
pub(super) fn of_group(tx: &mut Tx<'_>, group: Id) -> Result<Named, Refusal> {
    let query = service_groups::table
        .inner_join(organisations::table.on(organisations::id.eq(service_groups::school_id)))
        .inner_join(projects::table.on(projects::id.eq(service_groups::project_id)))
        .left_join(staff_members::table.on(service_groups::leader_id.eq(staff_members::id.nullable())))
        .left_join(facilities::table.on(service_groups::venue_id.eq(facilities::id.nullable())))
        .filter(service_groups::id.eq(group))
        .select((organisations::name, projects::name, staff_members::name.nullable(), facilities::name.nullable()));
    Ok(query.first(tx.conn)?)
}

/// Somebody who serves at a session.
#[derive(Debug, Clone, diesel::Queryable)]
pub(super) struct Serving {
    pub starts_at: LocalTime,
    pub ends_at: LocalTime,
    pub project: String,
    pub group: String,
    pub venue: String,
    pub name: String,
    pub duty: SessionDuty,
    pub state: ServingState,
    pub minutes: Option<i32>,
}

/// Who serves at a school on a day, in the order of time and groups.
pub(super) fn serving_on(tx: &mut Tx<'_>, school: Id, day: Date) -> Result<Vec<Serving>, Refusal> {
    let query = session_staff::table
        .inner_join(service_sessions::table.on(service_sessions::id.eq(session_staff::session_id)))
        .inner_join(projects::table.on(projects::id.eq(service_sessions::project_id)))
        .inner_join(service_groups::table.on(service_groups::id.eq(service_sessions::group_id)))
        .inner_join(facilities::table.on(facilities::id.eq(service_sessions::venue_id)))
        .inner_join(staff_members::table.on(staff_members::id.eq(session_staff::staff_member_id)))
        .filter(service_sessions::school_id.eq(school).and(service_sessions::held_on.eq(day)))
        .filter(service_sessions::state.ne(SessionState::Cancelled))
        .filter(session_staff::state.ne(ServingState::Released))
        .order((service_sessions::starts_at, projects::name, service_groups::name, session_staff::duty.desc()))
        .select((
            service_sessions::starts_at,
            service_sessions::ends_at,
            projects::name,
            service_groups::name,
            facilities::name,
            staff_members::name,
            session_staff::duty,
            session_staff::state,
            session_staff::minutes,
        ));
    Ok(query.load(tx.conn)?)
}
