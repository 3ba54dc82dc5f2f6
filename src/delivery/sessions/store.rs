//! SQL of sessions and of who serves at them; the scope comes first.

use diesel::dsl::min;
use diesel::prelude::*;
use time::Date;

use super::model::{
    Headcount, ServingState, Session, SessionFilter, SessionRow, SessionStaff, SessionStaffFilter, SessionStaffRow,
    SessionState,
};
use crate::auth::scope::{at_school, groups_of_children, placed, sessions_served};
use crate::auth::{Scope, Seen};
use crate::db::schema::{
    enrollments, group_members, organisations, service_groups, service_sessions, session_rosters, session_staff,
    staff_members,
};
use crate::db::{Id, Tx};
use crate::enrollments::enrollments::EnrollmentState;
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::rules::document::StaffKind;
use crate::rules::serving::Booking;
use crate::values::local_time::LocalTime;
use crate::{insert_many, page, stored};

stored!(
    service_sessions,
    SessionRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "group_id, held_on, starts_at")
);

stored!(
    session_staff,
    SessionStaffRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "session_id, staff_member_id")
);

type Loaded = (SessionRow, Option<Headcount>, String);

fn session((row, headcount, path): Loaded) -> Session {
    Session { row, headcount: headcount.unwrap_or_default(), path }
}

/// Sessions within a scope, with their headcounts and the paths of their schools.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {{
        let query = service_sessions::table
            .inner_join(organisations::table)
            .left_join(session_rosters::table.on(session_rosters::id.eq(service_sessions::id)))
            .select((
                SessionRow::as_select(),
                (
                    session_rosters::present,
                    session_rosters::late,
                    session_rosters::left_early,
                    session_rosters::on_leave,
                    session_rosters::absent,
                    session_rosters::departed,
                )
                    .nullable(),
                organisations::path,
            ))
            .into_boxed();
        match $scope {
            Scope::OwnGroups(user) => query.filter(service_sessions::id.eq_any(sessions_served!(*user))),
            Scope::OwnChildren(user) => {
                query.filter(service_sessions::group_id.eq_any(groups_of_children!(*user, $tx.today)))
            }
            scope => {
                let bounds = scope.bounds();
                let query = at_school!(query, service_sessions::school_id, bounds);
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

impl Seen for Session {
    type Filter = SessionFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(seen!(tx, scope).filter(service_sessions::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(session))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<SessionFilter>) -> Result<Vec<Self>, Refusal> {
        let seen = seen!(tx, scope);
        let mut query = page!(seen, service_sessions, at, { group_id, project_id, plan_id, school_id, [state] });
        if let Some(day) = at.filter.held_on {
            query = query.filter(service_sessions::held_on.eq(day.0));
        }
        if let Some(first) = at.filter.from_on {
            query = query.filter(service_sessions::held_on.ge(first.0));
        }
        if let Some(last) = at.filter.to_on {
            query = query.filter(service_sessions::held_on.le(last.0));
        }
        if let Some(member) = at.filter.staff_member_id {
            let served = session_staff::table
                .filter(session_staff::staff_member_id.eq(member).and(session_staff::state.ne(ServingState::Released)))
                .select(session_staff::session_id);
            query = query.filter(service_sessions::id.eq_any(served));
        }
        Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(session).collect())
    }
}

impl Seen for SessionStaff {
    type Filter = SessionStaffFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let found = placed!(session_staff, SessionStaffRow, scope.bounds()).filter(session_staff::id.eq(id));
        Ok(found.first::<Self>(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<SessionStaffFilter>) -> Result<Vec<Self>, Refusal> {
        let seen = placed!(session_staff, SessionStaffRow, scope.bounds()).into_boxed();
        let mut query = page!(seen, session_staff, at, { session_id, staff_member_id, school_id, [state] });
        if let Some(day) = at.filter.held_on {
            query = query.filter(session_staff::held_on.eq(day.0));
        }
        Ok(query.load::<Self>(tx.conn)?)
    }
}

/// Sessions of a school on a day within a scope that are not cancelled, those that end first coming first.
pub(super) fn held_on(tx: &mut Tx<'_>, scope: &Scope, school: Id, day: Date) -> Result<Vec<Session>, Refusal> {
    let query = seen!(tx, scope)
        .filter(service_sessions::school_id.eq(school).and(service_sessions::held_on.eq(day)))
        .filter(service_sessions::state.ne(SessionState::Cancelled))
        .order((service_sessions::ends_at, service_sessions::id));
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(session).collect())
}

/// Enters sessions with those who serve at them.
pub(super) fn insert_all(tx: &mut Tx<'_>, sessions: &[SessionRow], staff: &[SessionStaffRow]) -> Result<(), Refusal> {
    insert_many!(tx, service_sessions, sessions)?;
    insert_many!(tx, session_staff, staff)
}

/// Who serves at a session, who leads first.
pub(super) fn staff_of(tx: &mut Tx<'_>, session: &Session) -> Result<Vec<SessionStaff>, Refusal> {
    let query = session_staff::table
        .filter(session_staff::session_id.eq(session.row.id))
        .order((session_staff::duty.desc(), session_staff::id))
        .select(SessionStaffRow::as_select());
    let placed = |row| SessionStaff { row, path: session.path.clone() };
    Ok(query.load(tx.conn)?.into_iter().map(placed).collect())
}

/// Sessions of a group from a day on that are not held yet.
pub(super) fn planned_of(tx: &mut Tx<'_>, group: Id, from: Date) -> Result<Vec<Session>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(service_sessions::group_id.eq(group).and(service_sessions::held_on.ge(from)))
        .filter(service_sessions::state.eq(SessionState::Planned))
        .order((service_sessions::held_on, service_sessions::starts_at));
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(session).collect())
}

/// Days and hours at which a group has, or had, a session by the plan, whatever became of it.
pub(super) fn meetings_of(tx: &mut Tx<'_>, group: Id) -> Result<Vec<(Date, LocalTime, Option<Date>)>, Refusal> {
    let query = service_sessions::table.filter(service_sessions::group_id.eq(group)).select((
        service_sessions::held_on,
        service_sessions::starts_at,
        service_sessions::moved_from_on,
    ));
    Ok(query.load(tx.conn)?)
}

type LoadedBooking = (Id, Date, LocalTime, LocalTime, String);

fn booking((id, date, from, to, group): LoadedBooking) -> (Id, Booking) {
    (id, Booking { date, from, to, group })
}

/// When members of staff serve, on the days from one to another: not at a group's own sessions.
pub(super) fn of_staff(
    tx: &mut Tx<'_>,
    staff: &[Id],
    days: (Date, Date),
    but: Id,
) -> Result<Vec<(Id, Booking)>, Refusal> {
    let query = session_staff::table
        .inner_join(service_sessions::table.on(service_sessions::id.eq(session_staff::session_id)))
        .inner_join(service_groups::table.on(service_groups::id.eq(service_sessions::group_id)))
        .filter(session_staff::staff_member_id.eq_any(staff).and(session_staff::state.ne(ServingState::Released)))
        .filter(session_staff::held_on.ge(days.0).and(session_staff::held_on.le(days.1)))
        .filter(service_sessions::state.ne(SessionState::Cancelled).and(service_sessions::group_id.ne(but)))
        .select((
            session_staff::staff_member_id,
            service_sessions::held_on,
            service_sessions::starts_at,
            service_sessions::ends_at,
            service_groups::name,
        ));
    Ok(query.load::<LoadedBooking>(tx.conn)?.into_iter().map(booking).collect())
}

/// When a place holds sessions, on the days from one to another: not those of one group.
pub(super) fn of_venue(tx: &mut Tx<'_>, venue: Id, days: (Date, Date), but: Id) -> Result<Vec<(Id, Booking)>, Refusal> {
    let query = service_sessions::table
        .inner_join(service_groups::table.on(service_groups::id.eq(service_sessions::group_id)))
        .filter(service_sessions::venue_id.eq(venue).and(service_sessions::group_id.ne(but)))
        .filter(service_sessions::held_on.ge(days.0).and(service_sessions::held_on.le(days.1)))
        .filter(service_sessions::state.ne(SessionState::Cancelled))
        .select((
            service_sessions::venue_id,
            service_sessions::held_on,
            service_sessions::starts_at,
            service_sessions::ends_at,
            service_groups::name,
        ));
    Ok(query.load::<LoadedBooking>(tx.conn)?.into_iter().map(booking).collect())
}

/// Sessions at which some pupils are expected: those who take part, on days on which they are in the group.
macro_rules! expecting {
    ($pupils:expr) => {
        group_members::table
            .inner_join(enrollments::table.on(enrollments::id.eq(group_members::enrollment_id)))
            .inner_join(service_sessions::table.on(service_sessions::group_id.eq(group_members::group_id)))
            .inner_join(service_groups::table.on(service_groups::id.eq(service_sessions::group_id)))
            .filter(group_members::student_id.eq_any($pupils).and(enrollments::state.eq(EnrollmentState::Active)))
            .filter(group_members::from_on.le(service_sessions::held_on))
            .filter(group_members::to_on.is_null().or(group_members::to_on.ge(service_sessions::held_on.nullable())))
            .filter(service_sessions::state.ne(SessionState::Cancelled))
    };
}

/// When pupils are in sessions of other groups than one, on the days from one to another.
pub(super) fn of_pupils(
    tx: &mut Tx<'_>,
    pupils: &[Id],
    days: (Date, Date),
    but: Id,
) -> Result<Vec<(Id, Booking)>, Refusal> {
    let query = expecting!(pupils)
        .filter(group_members::group_id.ne(but))
        .filter(service_sessions::held_on.ge(days.0).and(service_sessions::held_on.le(days.1)))
        .select((
            group_members::student_id,
            service_sessions::held_on,
            service_sessions::starts_at,
            service_sessions::ends_at,
            service_groups::name,
        ));
    Ok(query.load::<LoadedBooking>(tx.conn)?.into_iter().map(booking).collect())
}

/// Which of some pupils are in another session that begins on a day at an hour or later.
pub(super) fn going_on(tx: &mut Tx<'_>, pupils: &[Id], day: Date, from: LocalTime) -> Result<Vec<Id>, Refusal> {
    let query = expecting!(pupils)
        .filter(service_sessions::held_on.eq(day).and(service_sessions::starts_at.ge(from)))
        .select(group_members::student_id)
        .distinct();
    Ok(query.load(tx.conn)?)
}

/// Sessions of a range of days that are not cancelled, in the order of time.
macro_rules! in_time {
    ($query:expr, $from:expr, $to:expr) => {
        $query
            .filter(service_sessions::held_on.ge($from).and(service_sessions::held_on.le($to)))
            .filter(service_sessions::state.ne(SessionState::Cancelled))
            .order((service_sessions::held_on, service_sessions::starts_at, service_sessions::id))
    };
}

/// Sessions of a range of days within a scope that are not cancelled, in the order of time.
pub(super) fn of_scope(tx: &mut Tx<'_>, scope: &Scope, from: Date, to: Date) -> Result<Vec<Session>, Refusal> {
    let query = in_time!(seen!(tx, scope), from, to);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(session).collect())
}

/// Sessions of a group in a range of days that are not cancelled, in the order of time.
pub(super) fn of_group(tx: &mut Tx<'_>, group: Id, from: Date, to: Date) -> Result<Vec<Session>, Refusal> {
    let query = seen!(tx, &Scope::Everything).filter(service_sessions::group_id.eq(group));
    Ok(in_time!(query, from, to).load::<Loaded>(tx.conn)?.into_iter().map(session).collect())
}

/// Sessions of a range of days at which a pupil is expected, in the order of time.
pub(super) fn of_pupil(tx: &mut Tx<'_>, student: Id, from: Date, to: Date) -> Result<Vec<Session>, Refusal> {
    let expected = expecting!([student]).select(service_sessions::id);
    let expected: Vec<Id> = in_time!(expected, from, to).load(tx.conn)?;
    let query = seen!(tx, &Scope::Everything).filter(service_sessions::id.eq_any(expected));
    Ok(in_time!(query, from, to).load::<Loaded>(tx.conn)?.into_iter().map(session).collect())
}

/// On which days of a range a pupil is expected, and when first on each.
pub(super) fn expected_on(
    tx: &mut Tx<'_>,
    student: Id,
    from: Date,
    to: Date,
) -> Result<Vec<(Date, LocalTime)>, Refusal> {
    let query = expecting!([student])
        .filter(service_sessions::held_on.ge(from).and(service_sessions::held_on.le(to)))
        .group_by(service_sessions::held_on)
        .order(service_sessions::held_on)
        .select((service_sessions::held_on, min(service_sessions::starts_at)));
    let found: Vec<(Date, Option<i32>)> = query.load(tx.conn)?;
    let meeting = |(day, at): (Date, Option<i32>)| Some((day, LocalTime::of_minutes(at?)?));
    Ok(found.into_iter().filter_map(meeting).collect())
}

/// Who leads planned sessions of a plan, and from when to when on each.
pub(super) fn led_in(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<(StaffKind, LocalTime, LocalTime)>, Refusal> {
    let query = service_sessions::table
        .inner_join(staff_members::table.on(staff_members::id.eq(service_sessions::leader_id)))
        .filter(service_sessions::plan_id.eq(plan).and(service_sessions::state.ne(SessionState::Cancelled)))
        .select((staff_members::kind, service_sessions::starts_at, service_sessions::ends_at));
    Ok(query.load(tx.conn)?)
}

/// Most pairs of sessions that are named.
const NAMED_MAX: i64 = 100;

/// Pairs of sessions that have the same member of staff at the same time.
pub(super) fn staff_twice(tx: &mut Tx<'_>) -> Result<Vec<(Id, Id)>, Refusal> {
    let (one, other) = diesel::alias!(session_staff as one_serving, session_staff as other_serving);
    let (first, second) = diesel::alias!(service_sessions as first_session, service_sessions as second_session);
    let query = one
        .inner_join(
            other.on(other
                .field(session_staff::staff_member_id)
                .eq(one.field(session_staff::staff_member_id))
                .and(other.field(session_staff::held_on).eq(one.field(session_staff::held_on)))
                .and(other.field(session_staff::session_id).gt(one.field(session_staff::session_id)))),
        )
        .inner_join(first.on(first.field(service_sessions::id).eq(one.field(session_staff::session_id))))
        .inner_join(second.on(second.field(service_sessions::id).eq(other.field(session_staff::session_id))))
        .filter(one.field(session_staff::state).ne(ServingState::Released))
        .filter(other.field(session_staff::state).ne(ServingState::Released))
        .filter(first.field(service_sessions::state).ne(SessionState::Cancelled))
        .filter(second.field(service_sessions::state).ne(SessionState::Cancelled))
        .filter(first.field(service_sessions::starts_at).lt(second.field(service_sessions::ends_at)))
        .filter(second.field(service_sessions::starts_at).lt(first.field(service_sessions::ends_at)))
        .select((one.field(session_staff::session_id), other.field(session_staff::session_id)))
        .limit(NAMED_MAX);
    Ok(query.load(tx.conn)?)
}

/// Pairs of sessions that are at the same place at the same time.
pub(super) fn venue_twice(tx: &mut Tx<'_>) -> Result<Vec<(Id, Id)>, Refusal> {
    let (first, second) = diesel::alias!(service_sessions as first_session, service_sessions as second_session);
    let query = first
        .inner_join(
            second.on(second
                .field(service_sessions::venue_id)
                .eq(first.field(service_sessions::venue_id))
                .and(second.field(service_sessions::held_on).eq(first.field(service_sessions::held_on)))
                .and(second.field(service_sessions::id).gt(first.field(service_sessions::id)))),
        )
        .filter(first.field(service_sessions::state).ne(SessionState::Cancelled))
        .filter(second.field(service_sessions::state).ne(SessionState::Cancelled))
        .filter(first.field(service_sessions::starts_at).lt(second.field(service_sessions::ends_at)))
        .filter(second.field(service_sessions::starts_at).lt(first.field(service_sessions::ends_at)))
        .select((first.field(service_sessions::id), second.field(service_sessions::id)))
        .limit(NAMED_MAX);
    Ok(query.load(tx.conn)?)
}

/// Sessions whose leader is not on record as serving.
pub(super) fn led_by_nobody(tx: &mut Tx<'_>) -> Result<Vec<Id>, Refusal> {
    let serves = session_staff::table
        .filter(session_staff::session_id.eq(service_sessions::id))
        .filter(session_staff::staff_member_id.eq(service_sessions::leader_id))
        .filter(session_staff::state.ne(ServingState::Released))
        .select(session_staff::id);
    let query = service_sessions::table
        .filter(service_sessions::state.ne(SessionState::Cancelled))
        .filter(diesel::dsl::not(diesel::dsl::exists(serves)))
        .select(service_sessions::id)
        .limit(NAMED_MAX);
    Ok(query.load(tx.conn)?)
}
