//! SQL of rosters.

use std::collections::HashSet;

use diesel::prelude::*;

use super::model::{Attendance, AttendanceChange, Attended, RosterRow};
use crate::db::schema::{
    attendance_changes, attendances, classes, projects, service_sessions, session_rosters, students,
};
use crate::db::{Id, Tx, run_again};
use crate::refusal::Refusal;
use crate::{insert_many, stored};

stored!(session_rosters, RosterRow, taken => run_again("another roster of the session was begun meanwhile"));

pub(super) fn find(tx: &mut Tx<'_>, id: Id) -> Result<Option<RosterRow>, Refusal> {
    Ok(session_rosters::table.find(id).select(RosterRow::as_select()).first(tx.conn).optional()?)
}

/// The rosters of some sessions, of those that have one.
pub(super) fn rows_of(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<RosterRow>, Refusal> {
    let query = session_rosters::table.filter(session_rosters::id.eq_any(ids));
    Ok(query.select(RosterRow::as_select()).load(tx.conn)?)
}

/// Holds a roster until the transaction ends; none where there is none yet.
pub(super) fn hold(tx: &mut Tx<'_>, id: Id) -> Result<Option<RosterRow>, Refusal> {
    diesel::update(session_rosters::table.find(id))
        .set(session_rosters::updated_at.eq(session_rosters::updated_at))
        .execute(tx.conn)?;
    find(tx, id)
}

/// What is on record of a session, in the order of pupils.
pub(super) fn of_session(tx: &mut Tx<'_>, session: Id) -> Result<Vec<Attendance>, Refusal> {
    let query = attendances::table.filter(attendances::session_id.eq(session)).order(attendances::student_id);
    Ok(query.select(Attendance::as_select()).load(tx.conn)?)
}

/// What is on record of some pupils, in the order of sessions.
pub(super) fn of_pupils(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<Attendance>, Refusal> {
    let query = attendances::table.filter(attendances::student_id.eq_any(pupils)).order(attendances::session_id);
    Ok(query.select(Attendance::as_select()).load(tx.conn)?)
}

/// The same with when and of what it is.
pub(super) fn attended(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<Attended>, Refusal> {
    let query = attendances::table
        .inner_join(service_sessions::table.on(service_sessions::id.eq(attendances::session_id)))
        .inner_join(projects::table.on(projects::id.eq(service_sessions::project_id)))
        .filter(attendances::student_id.eq_any(pupils))
        .order((service_sessions::held_on, service_sessions::starts_at))
        .select((Attendance::as_select(), service_sessions::held_on, projects::id, projects::name));
    Ok(query.load(tx.conn)?)
}

pub(super) fn insert_marks(tx: &mut Tx<'_>, marks: &[Attendance]) -> Result<(), Refusal> {
    insert_many!(tx, attendances, marks)
}

/// Writes what is on record of one pupil.
pub(super) fn update_mark(tx: &mut Tx<'_>, one: &Attendance) -> Result<(), Refusal> {
    diesel::update(attendances::table.find((one.session_id, one.student_id)))
        .set((
            attendances::mark.eq(one.mark),
            attendances::made_at.eq(one.made_at),
            attendances::device.eq(&one.device),
            attendances::sequence.eq(one.sequence),
            attendances::marked_by_id.eq(one.marked_by_id),
            attendances::marked_at.eq(one.marked_at),
            attendances::departure.eq(one.departure),
            attendances::departed_at.eq(one.departed_at),
            attendances::pickup_person_id.eq(one.pickup_person_id),
            attendances::guardianship_id.eq(one.guardianship_id),
            attendances::departure_note.eq(&one.departure_note),
            attendances::departure_late.eq(one.departure_late),
            attendances::departure_by_id.eq(one.departure_by_id),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Keeps what was otherwise before, or came too late; what is kept already is passed over.
pub(super) fn keep(tx: &mut Tx<'_>, session: Id, mut kept: Vec<AttendanceChange>) -> Result<(), Refusal> {
    if kept.is_empty() {
        return Ok(());
    }
    let key =
        |one: &AttendanceChange| (one.student_id, one.device.clone(), one.sequence, one.made_at, one.mark, one.outcome);
    let known: HashSet<_> = changes_of(tx, session)?.iter().map(key).collect();
    kept.retain(|one| !known.contains(&key(one)));
    insert_many!(tx, attendance_changes, kept)
}

/// What was ever otherwise at a session.
pub(super) fn changes_of(tx: &mut Tx<'_>, session: Id) -> Result<Vec<AttendanceChange>, Refusal> {
    let query = attendance_changes::table
        .filter(attendance_changes::session_id.eq(session))
        .order((attendance_changes::kept_at, attendance_changes::id))
        .select(AttendanceChange::as_select());
    Ok(query.load(tx.conn)?)
}

/// A pupil, its person, its name, and the name of its class.
type Named = (Id, Id, String, Option<String>);

/// Pupils with their names and classes, in the order of names.
pub(super) fn named(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<Named>, Refusal> {
    let query = students::table
        .left_join(classes::table.on(students::class_id.eq(classes::id.nullable())))
        .filter(students::id.eq_any(ids))
        .order((students::name_key, students::id))
        .select((students::id, students::person_id, students::name, classes::name.nullable()));
    Ok(query.load(tx.conn)?)
}

/// The next rosters.
pub(super) fn rosters_after(tx: &mut Tx<'_>, after: Id, limit: i64) -> Result<Vec<RosterRow>, Refusal> {
    let query = session_rosters::table.filter(session_rosters::id.gt(after)).order(session_rosters::id).limit(limit);
    Ok(query.select(RosterRow::as_select()).load(tx.conn)?)
}

/// What is on record of some sessions.
pub(super) fn of_sessions(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<Attendance>, Refusal> {
    let query = attendances::table.filter(attendances::session_id.eq_any(ids));
    Ok(query.order((attendances::session_id, attendances::student_id)).select(Attendance::as_select()).load(tx.conn)?)
}
