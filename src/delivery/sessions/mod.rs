//! Sessions 一次服务 (六.1): one meeting of a group on one date. They follow from the group's slots and the filing's service
//! days; they are moved, added and cancelled with a reason, and somebody steps in who may serve. `closings` closes them
//! with their record.

mod api;
mod bookings;
mod changes;
mod model;
mod sent;
mod store;
mod verify;

pub use self::api::{SessionOut, routes};
pub use self::bookings::{Meeting, Wanted, book, fitness, pupils_elsewhere};
pub use self::changes::{add, cancel, move_to, release_pay, substitute};
pub use self::model::{
    Headcount, ServingState, Session, SessionCorrection, SessionDuty, SessionFilter, SessionForm, SessionKind,
    SessionRow, SessionStaff, SessionStaffRow, SessionState, SessionVerb,
};
pub use self::sent::{ServedIn, SessionCorrectionIn, SessionIn, SessionRecordIn};
pub use self::verify::verify;

use std::collections::BTreeSet;

use time::Date;

use self::sent::SessionStartIn;
use crate::auth::permission::HoldSessions;
use crate::auth::{By, Role, Scope};
use crate::db::{Id, Json, Rung, Tx, local_time};
use crate::delivery::groups::{self, Group, Offer};
use crate::http::IfMatchVersion;
use crate::journal::{change, record_made};
use crate::refusal::Refusal;
use crate::rules::Finding;
use crate::rules::document::StaffKind;
use crate::rules::held::{month_is_over, not_today};
use crate::values::local_time::LocalTime;

/// The time of the day now.
#[must_use]
pub fn time_now(tx: &Tx<'_>) -> LocalTime {
    let now = local_time(tx.now);
    LocalTime::at(u16::from(now.hour()), u16::from(now.minute()))
}

/// When a group meets from a day on, up to another one, on the announced service days of its filing.
///
/// # Errors
/// 422 where what judged the filing was not kept.
pub fn meetings(group: &Group, offer: &Offer, from: Date, to: Date) -> Result<Vec<Meeting>, Refusal> {
    let (project, days) = (offer.project()?, &offer.judged_by()?.days);
    let mut found: Vec<Meeting> = Vec::new();
    for slot in &group.row.slots.0 {
        let on = days.days_of_slot(project, slot).filter(|day| !day.is_provisional);
        let within = on.filter(|day| (from..=to).contains(&day.date));
        found.extend(within.map(|day| (day.date, slot.starts_at, slot.ends_at)));
    }
    found.sort_unstable();
    Ok(found)
}

/// Makes the sessions of a group that is booked: its leader, its assistants and its venue.
///
/// # Errors
/// When the database fails.
pub fn plan(tx: &mut Tx<'_>, group: &Group, meetings: &[Meeting], lessons: i64) -> Result<usize, Refusal> {
    let (leader, venue) = led(group)?;
    let lessons = i32::try_from(lessons).unwrap_or(1);
    let (mut rows, mut staff) = (Vec::with_capacity(meetings.len()), Vec::new());
    for (held_on, starts_at, ends_at) in meetings {
        let row = SessionRow {
            kind: SessionKind::Regular,
            ..new_row(tx, group, (*held_on, *starts_at, *ends_at), lessons, (leader, venue))
        };
        staff.extend(serving(tx, &row, leader, &group.row.assistant_ids.0));
        rows.push(row);
    }
    store::insert_all(tx, &rows, &staff)?;
    let placed = |row| Session { row, headcount: Headcount::default(), path: group.path.clone() };
    let made: Vec<Session> = rows.into_iter().map(placed).collect();
    record_made(tx, "planned", &made)?;
    let placed = |row| SessionStaff { row, path: group.path.clone() };
    record_made(tx, "planned", &staff.into_iter().map(placed).collect::<Vec<_>>())?;
    Ok(made.len())
}

/// Who leads a group that is booked, and where.
fn led(group: &Group) -> Result<(Id, Id), Refusal> {
    let led = group.row.leader_id.zip(group.row.venue_id);
    led.ok_or_else(|| Refusal::internal("a group that nobody leads"))
}

fn new_row(tx: &Tx<'_>, group: &Group, meeting: Meeting, lessons: i32, (leader_id, venue_id): (Id, Id)) -> SessionRow {
    let (held_on, starts_at, ends_at) = meeting;
    SessionRow {
        id: Id::fresh(),
        school_id: group.row.school_id,
        plan_id: group.row.plan_id,
        project_id: group.row.project_id,
        group_id: group.row.id,
        held_on,
        starts_at,
        ends_at,
        lessons,
        leader_id,
        venue_id,
        kind: SessionKind::Added,
        state: SessionState::Planned,
        moved_from_on: None,
        reason: None,
        began_at: None,
        ended_at: None,
        form: None,
        content: None,
        findings: Json(Vec::new()),
        pay_held: false,
        pay_release_reason: None,
        corrections: Json(Vec::new()),
        closed_on: None,
        closed_by_id: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    }
}

fn serving(tx: &Tx<'_>, session: &SessionRow, leader: Id, assistants: &[Id]) -> Vec<SessionStaffRow> {
    let row = |(staff_member_id, duty)| SessionStaffRow {
        id: Id::fresh(),
        school_id: session.school_id,
        session_id: session.id,
        staff_member_id,
        held_on: session.held_on,
        duty,
        state: ServingState::Planned,
        minutes: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let beside = assistants.iter().map(|assistant| (*assistant, SessionDuty::Assistant));
    std::iter::once((leader, SessionDuty::Leader)).chain(beside).map(row).collect()
}

/// Who serves at a session, who leads first.
///
/// # Errors
/// When the database fails.
pub fn staff_of(tx: &mut Tx<'_>, session: &Session) -> Result<Vec<SessionStaff>, Refusal> {
    store::staff_of(tx, session)
}

/// When a group has, or had, sessions.
#[derive(Debug, Clone, Default)]
pub struct Met {
    /// Days and hours.
    pub at: BTreeSet<(Date, LocalTime)>,
    /// Days from which a session was moved.
    pub moved_from: BTreeSet<Date>,
}

/// When a group has, or had, sessions, whatever became of them.
///
/// # Errors
/// When the database fails.
pub fn met(tx: &mut Tx<'_>, group: Id) -> Result<Met, Refusal> {
    let mut met = Met::default();
    for (date, at, moved_from) in store::meetings_of(tx, group)? {
        met.at.insert((date, at));
        met.moved_from.extend(moved_from);
    }
    Ok(met)
}

/// Sessions of a school on a day within a scope that are not cancelled, those that end first coming first.
///
/// # Errors
/// When the database fails.
pub fn held_on(tx: &mut Tx<'_>, scope: &Scope, school: Id, day: Date) -> Result<Vec<Session>, Refusal> {
    store::held_on(tx, scope, school, day)
}

/// Sessions of a range of days within a scope that are not cancelled, in the order of time.
///
/// # Errors
/// When the database fails.
pub fn of_scope(tx: &mut Tx<'_>, scope: &Scope, from: Date, to: Date) -> Result<Vec<Session>, Refusal> {
    store::of_scope(tx, scope, from, to)
}

/// Sessions of a group in a range of days that are not cancelled, in the order of time.
///
/// # Errors
/// When the database fails.
pub fn of_group(tx: &mut Tx<'_>, group: Id, from: Date, to: Date) -> Result<Vec<Session>, Refusal> {
    store::of_group(tx, group, from, to)
}

/// Sessions of a range of days at which a pupil is expected, in the order of time.
///
/// # Errors
/// When the database fails.
pub fn of_pupil(tx: &mut Tx<'_>, student: Id, from: Date, to: Date) -> Result<Vec<Session>, Refusal> {
    store::of_pupil(tx, student, from, to)
}

/// On which days of a range a pupil is expected, and when first on each.
///
/// # Errors
/// When the database fails.
pub fn expected_on(tx: &mut Tx<'_>, student: Id, from: Date, to: Date) -> Result<Vec<(Date, LocalTime)>, Refusal> {
    store::expected_on(tx, student, from, to)
}

/// Which of some pupils are in another session later on the day of one.
///
/// # Errors
/// When the database fails.
pub fn later_on(tx: &mut Tx<'_>, session: &Session, pupils: &[Id]) -> Result<Vec<Id>, Refusal> {
    store::going_on(tx, pupils, session.row.held_on, session.row.ends_at)
}

/// Sessions of a group from a day on that are not held yet.
///
/// # Errors
/// When the database fails.
pub fn planned_of(tx: &mut Tx<'_>, group: Id, from: Date) -> Result<Vec<Session>, Refusal> {
    store::planned_of(tx, group, from)
}

/// The minutes of a plan's sessions that own staff lead, and all of them.
///
/// # Errors
/// When the database fails.
pub fn minutes_led(tx: &mut Tx<'_>, plan: Id) -> Result<(i64, i64), Refusal> {
    let (mut own, mut all) = (0, 0);
    for (kind, from, to) in store::led_in(tx, plan)? {
        let minutes = i64::from(to.minutes()) - i64::from(from.minutes());
        all += minutes;
        own += if kind == StaffKind::Own { minutes } else { 0 };
    }
    Ok((own, all))
}

/// Cancels sessions for one reason.
///
/// # Errors
/// 412 when another request was faster.
pub fn cancel_all(tx: &mut Tx<'_>, sessions: &[Session], reason: &str) -> Result<(), Refusal> {
    for session in sessions {
        let state = SessionVerb::Cancel.from(session.row.state)?;
        change(tx, "cancelled", session, |session| {
            session.row.state = state;
            session.row.reason = Some(reason.to_owned());
        })?;
    }
    Ok(())
}

/// Gives sessions another leader, other assistants or another place.
///
/// # Errors
/// 412 when another request was faster.
pub fn reassign(tx: &mut Tx<'_>, sessions: &[Session], group: &Group) -> Result<(), Refusal> {
    let (leader, venue) = led(group)?;
    let wanted = group.row.staff();
    for session in sessions {
        let standing = store::staff_of(tx, session)?;
        let after = change(tx, "reassigned", session, |session| {
            session.row.leader_id = leader;
            session.row.venue_id = venue;
        })?;
        for one in standing.iter().filter(|one| !wanted.contains(&one.row.staff_member_id)) {
            change(tx, "released", one, |one| one.row.state = ServingState::Released)?;
        }
        let rows = serving(tx, &after.row, leader, &group.row.assistant_ids.0);
        plan_serving(tx, &group.path, &standing, rows, "planned")?;
    }
    Ok(())
}

/// Says who serves at a session: who did before, and was released, serves again.
fn plan_serving(
    tx: &mut Tx<'_>,
    path: &str,
    standing: &[SessionStaff],
    rows: Vec<SessionStaffRow>,
    action: &str,
) -> Result<(), Refusal> {
    for row in rows {
        if let Some(known) = standing.iter().find(|one| one.row.staff_member_id == row.staff_member_id) {
            change(tx, action, known, |one| {
                (one.row.duty, one.row.state) = (row.duty, ServingState::Planned);
            })?;
        } else {
            store::insert_all(tx, &[], std::slice::from_ref(&row))?;
            record_made(tx, action, &[SessionStaff { row, path: path.to_owned() }])?;
        }
    }
    Ok(())
}

/// The record of an earlier month is corrected by the administrator of the school alone.
///
/// # Errors
/// 422 for anybody else.
pub fn correctable(tx: &mut Tx<'_>, role: Role, session: &Session) -> Result<(), Refusal> {
    let on = session.row.held_on;
    if role == Role::SchoolAdmin || (on.year(), on.month()) == (tx.today.year(), tx.today.month()) {
        return Ok(());
    }
    let group = groups::of_id(tx, session.row.group_id)?;
    let offer = groups::offer_for(tx, &group)?;
    Err(Refusal::by_rules(vec![month_is_over(on, &offer.judged_by()?.profile)]))
}

/// Starts a session: who serves, and the place, are asked for again by the facts of the day.
///
/// # Errors
/// 404, 412, 409 in another state, 422 on another day and by what stands against who serves and the place.
pub fn start(
    tx: &mut Tx<'_>,
    by: &By<HoldSessions>,
    id: Id,
    seen: &IfMatchVersion,
    said: &SessionStartIn,
) -> Result<Session, Refusal> {
    let before: Session = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    let state = SessionVerb::Start.from(before.row.state)?;
    let group = groups::of_id(tx, before.row.group_id)?;
    let offer = groups::offer_for(tx, &group)?;
    let profile = &offer.judged_by()?.profile;
    if before.row.held_on != tx.today {
        return Err(Refusal::by_rules(vec![not_today(before.row.held_on, tx.today, profile)]));
    }
    let mut findings = of_the_day(tx, &before, profile)?;
    findings.extend(changes::closed_day(tx, &before, &offer)?);
    tx.hears(findings)?;
    tx.holds(Rung::Session, id);
    let began_at = said.began_at.unwrap_or_else(|| time_now(tx));
    change(tx, "started", &before, |session| {
        session.row.state = state;
        session.row.began_at = Some(began_at);
    })
}

/// What stands against who serves at a session, and against its place, on its day.
///
/// # Errors
/// When the database fails.
pub fn of_the_day(
    tx: &mut Tx<'_>,
    session: &Session,
    profile: &crate::rules::profile::Profile,
) -> Result<Vec<Finding>, Refusal> {
    let standing = store::staff_of(tx, session)?;
    let serving = standing.iter().filter(|one| one.row.state != ServingState::Released);
    let meetings = [(session.row.held_on, session.row.starts_at, session.row.ends_at)];
    let wanted = Wanted {
        school_id: session.row.school_id,
        group_id: session.row.group_id,
        staff: serving.map(|one| (one.row.staff_member_id, String::new())).collect(),
        venue: Some((session.row.venue_id, "")),
        meetings: &meetings,
        pupils: 0,
    };
    fitness(tx, &wanted, profile)
}
