//! What is held otherwise than the plan has it: sessions moved, added, cancelled, and who steps in.

use super::bookings::Wanted;
use super::sent::{PayReleaseIn, SessionCancelIn, SessionIn, SessionMoveIn, SessionSubstituteIn};
use super::{
    Headcount, ServingState, Session, SessionKind, SessionRow, SessionStaff, SessionVerb, book, new_row, plan_serving,
    pupils_elsewhere, serving, store,
};
use crate::auth::By;
use crate::auth::permission::{ManageSessions, ReleasePay};
use crate::db::{Id, Rung, Stored as _, Tx};
use crate::delivery::groups::{self, Group, GroupState, GroupVerb, Offer};
use crate::http::IfMatchVersion;
use crate::journal::{change, record, record_made};
use crate::refusal::{Code, Fault, Refusal};
use crate::regulation::calendar;
use crate::resources::facilities::Facility;
use crate::rules::Finding;
use crate::rules::held::{self, check_wanted};
use crate::staff::staff_members::StaffMember;

/// What the calendar and the hours of the policy say of a meeting that the plan does not have.
fn of_the_hour(
    tx: &mut Tx<'_>,
    group: &Group,
    offer: &Offer,
    (held_on, starts_at, ends_at): super::Meeting,
) -> Result<Vec<Finding>, Refusal> {
    if ends_at <= starts_at {
        return Err(Refusal::field("/ends_at", Fault::EndsBeforeStart));
    }
    let calendar = calendar::calendar_at(tx, &group.path)?;
    let (document, project) = (&offer.filed.document, offer.project()?);
    let wanted = held::Wanted { document, project, date: held_on, starts_at, ends_at };
    let said = check_wanted(&wanted, &offer.judged_by()?.profile, &calendar);
    said.map_err(|missing| Refusal::of(Code::CalendarMissing).with("date", missing.date))
}

/// A day that was closed after the session was planned.
pub(super) fn closed_day(tx: &mut Tx<'_>, session: &Session, offer: &Offer) -> Result<Option<Finding>, Refusal> {
    let calendar = calendar::calendar_at(tx, &session.path)?;
    let profile = &offer.judged_by()?.profile;
    Ok(calendar.closure(session.row.held_on).map(|reason| held::closed(session.row.held_on, reason, profile)))
}

/// Adds a session to a group.
///
/// # Errors
/// 422 for a group out of scope or not confirmed, on a day without service, at an hour without it, or where staff,
/// place or pupils are elsewhere; 409 where the group meets then.
pub fn add(tx: &mut Tx<'_>, by: &By<ManageSessions>, new: &SessionIn) -> Result<Session, Refusal> {
    let group = groups::of_id(tx, new.group_id).map_err(|refusal| refusal.named_at("/group_id"))?;
    if !by.holds(&group.path) {
        return Err(Refusal::field("/group_id", Fault::NotFound));
    }
    let (GroupState::Confirmed, Some(leader), Some(venue)) = (group.row.state, group.row.leader_id, group.row.venue_id)
    else {
        return Err(GroupVerb::refusal(group.row.state));
    };
    let offer = groups::offer_for(tx, &group)?;
    let meeting = (new.held_on, new.starts_at, new.ends_at);
    let mut findings = of_the_hour(tx, &group, &offer, meeting)?;
    let profile = &offer.judged_by()?.profile;
    let wanted = Wanted {
        school_id: group.row.school_id,
        group_id: Id::NIL,
        staff: group.row.staff().into_iter().map(|id| (id, "/group_id".to_owned())).collect(),
        venue: Some((venue, "/group_id")),
        meetings: &[meeting],
        pupils: 0,
    };
    findings.extend(book(tx, &wanted, profile)?);
    let pupils = groups::pupils_on(tx, group.row.id, meeting.0)?;
    findings.extend(pupils_elsewhere(tx, group.row.id, &pupils, &[meeting], profile)?);
    tx.hears(findings)?;
    let row = SessionRow {
        reason: Some(new.reason.as_str().to_owned()),
        ..new_row(tx, &group, meeting, new.lessons, (leader, venue))
    };
    let staff = serving(tx, &row, leader, &group.row.assistant_ids.0);
    tx.savepoint(|tx| row.insert(tx))?;
    store::insert_all(tx, &[], &staff)?;
    let made = Session { row, headcount: Headcount::default(), path: group.path.clone() };
    record(tx, "added", None, Some(&made))?;
    let placed = |row| SessionStaff { row, path: group.path.clone() };
    record_made(tx, "planned", &staff.into_iter().map(placed).collect::<Vec<_>>())?;
    Ok(made)
}

/// Moves a session to another day, hour or place.
///
/// # Errors
/// 404, 412, 409 once it has begun; 422 as for one that is added.
pub fn move_to(
    tx: &mut Tx<'_>,
    by: &By<ManageSessions>,
    id: Id,
    seen: &IfMatchVersion,
    to: &SessionMoveIn,
) -> Result<Session, Refusal> {
    let before: Session = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    SessionVerb::Move.from(before.row.state)?;
    let venue_id = to.venue_id.unwrap_or(before.row.venue_id);
    let venue: Facility = by.named(tx, venue_id, "/venue_id")?;
    if venue.school_id != before.row.school_id {
        return Err(Refusal::field("/venue_id", Fault::NotFound));
    }
    let group = groups::of_id(tx, before.row.group_id)?;
    let offer = groups::offer_for(tx, &group)?;
    let meeting = (to.held_on, to.starts_at, to.ends_at);
    let mut findings = of_the_hour(tx, &group, &offer, meeting)?;
    let standing = store::staff_of(tx, &before)?;
    let staff = standing.iter().filter(|one| one.row.state != ServingState::Released);
    let profile = &offer.judged_by()?.profile;
    let wanted = Wanted {
        school_id: before.row.school_id,
        group_id: before.row.group_id,
        staff: staff.clone().map(|one| (one.row.staff_member_id, "/held_on".to_owned())).collect(),
        venue: Some((venue_id, "/venue_id")),
        meetings: &[meeting],
        pupils: 0,
    };
    findings.extend(book(tx, &wanted, profile)?);
    let pupils = groups::pupils_on(tx, group.row.id, meeting.0)?;
    findings.extend(pupils_elsewhere(tx, group.row.id, &pupils, &[meeting], profile)?);
    tx.hears(findings)?;
    for one in staff.filter(|one| one.row.held_on != to.held_on) {
        change(tx, "moved", one, |one| one.row.held_on = to.held_on)?;
    }
    tx.holds(Rung::Session, id);
    let left = before.row.moved_from_on.unwrap_or(before.row.held_on);
    tx.savepoint(|tx| {
        change(tx, "moved", &before, |session| {
            let row = &mut session.row;
            (row.held_on, row.starts_at, row.ends_at) = meeting;
            row.venue_id = venue_id;
            // A day is made up for once, however often it is moved.
            row.moved_from_on = (left != to.held_on).then_some(left);
            row.kind = if row.kind == SessionKind::Added { SessionKind::Added } else { SessionKind::Moved };
            row.reason = Some(to.reason.as_str().to_owned());
        })
    })
}

/// Cancels a session that has not begun.
///
/// # Errors
/// 404, 412, 409 once it has begun.
pub fn cancel(
    tx: &mut Tx<'_>,
    by: &By<ManageSessions>,
    id: Id,
    seen: &IfMatchVersion,
    why: &SessionCancelIn,
) -> Result<Session, Refusal> {
    let before: Session = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    let state = SessionVerb::Cancel.from(before.row.state)?;
    tx.holds(Rung::Session, id);
    change(tx, "cancelled", &before, |session| {
        session.row.state = state;
        session.row.reason = Some(why.reason.as_str().to_owned());
    })
}

/// Lets somebody step in for who does not come (四.1): no amendment is needed, and pay goes to who served.
///
/// # Errors
/// 404, 412, 409 once it is over; 422 for who does not serve at it, and by what stands against who steps in.
pub fn substitute(
    tx: &mut Tx<'_>,
    by: &By<ManageSessions>,
    id: Id,
    seen: &IfMatchVersion,
    who: &SessionSubstituteIn,
) -> Result<Session, Refusal> {
    let before: Session = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    SessionVerb::Substitute.from(before.row.state)?;
    let standing = store::staff_of(tx, &before)?;
    let serves = |one: &&SessionStaff| one.row.state != ServingState::Released;
    let replaced = standing.iter().filter(serves).find(|one| one.row.staff_member_id == who.staff_member_id);
    let replaced = replaced.ok_or_else(|| Refusal::field("/staff_member_id", Fault::NotFound))?;
    let member: StaffMember = by.named(tx, who.substitute_id, "/substitute_id")?;
    if member.school_id != before.row.school_id {
        return Err(Refusal::field("/substitute_id", Fault::NotFound));
    }
    if standing.iter().filter(serves).any(|one| one.row.staff_member_id == who.substitute_id) {
        return Err(Refusal::field("/substitute_id", Fault::Duplicate));
    }
    let group = groups::of_id(tx, before.row.group_id)?;
    let offer = groups::offer_for(tx, &group)?;
    let wanted = Wanted {
        school_id: before.row.school_id,
        group_id: Id::NIL,
        staff: vec![(who.substitute_id, "/substitute_id".to_owned())],
        venue: None,
        meetings: &[(before.row.held_on, before.row.starts_at, before.row.ends_at)],
        pupils: 0,
    };
    let findings = book(tx, &wanted, &offer.judged_by()?.profile)?;
    tx.hears(findings)?;
    let duty = replaced.row.duty;
    change(tx, "released", replaced, |one| one.row.state = ServingState::Released)?;
    let mut rows = serving(tx, &before.row, who.substitute_id, &[]);
    for row in &mut rows {
        row.duty = duty;
    }
    plan_serving(tx, &before.path, &standing, rows, "stepped-in")?;
    tx.holds(Rung::Session, id);
    change(tx, "substituted", &before, |session| {
        if session.row.leader_id == who.staff_member_id {
            session.row.leader_id = who.substitute_id;
        }
    })
}

/// Lets a session be paid that was held back; it is on the sheet that is computed next (六.5).
///
/// # Errors
/// 404, 412, 409 before it is closed, or where its pay is not held.
pub fn release_pay(
    tx: &mut Tx<'_>,
    by: &By<ReleasePay>,
    id: Id,
    seen: &IfMatchVersion,
    why: &PayReleaseIn,
) -> Result<Session, Refusal> {
    let before: Session = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    SessionVerb::ReleasePay.from(before.row.state)?;
    if !before.row.pay_held {
        return Err(SessionVerb::ReleasePay.refused(before.row.state, &[]));
    }
    tx.holds(Rung::Session, id);
    change(tx, "pay-released", &before, |session| {
        session.row.pay_held = false;
        session.row.pay_release_reason = Some(why.reason.as_str().to_owned());
    })
}
