//! When groups meet: a group that is confirmed books its leader, its assistants, its venue and its days, and its
//! sessions follow from its slots and the announced service days of the filing. One slice without a table: groups and
//! sessions each keep their own.

mod api;
mod model;

pub use self::api::routes;

use time::Date;

use self::model::{GroupConfirmIn, GroupDissolveIn, GroupReassignIn};
use super::groups::{self, Group, GroupState, GroupVerb, Offer};
use super::sessions::{self, Meeting, Session, Wanted};
use crate::auth::By;
use crate::auth::permission::ManageGroups;
use crate::db::{Id, Json, Rung, Tx};
use crate::http::IfMatchVersion;
use crate::journal::change;
use crate::refusal::{Fault, FieldError, Refusal};
use crate::regulation::calendar;
use crate::rules::Finding;
use crate::rules::serving::own_staff_lead;

/// Confirms a group: the rules of grouping and of serving are asked, staff and venue are booked, and its sessions are
/// made.
///
/// # Errors
/// 404, 412, 409 once it is confirmed; 422 where leader, venue or members are missing, for a day outside of the
/// service, and by what stands against it.
pub fn confirm(
    tx: &mut Tx<'_>,
    by: &By<ManageGroups>,
    id: Id,
    seen: &IfMatchVersion,
    from: &GroupConfirmIn,
) -> Result<Group, Refusal> {
    let before: Group = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    let state = GroupVerb::Confirm.from(before.row.state)?;
    let offer = groups::offer_for(tx, &before)?;
    let from_on = first_day(tx, &offer, from.from_on)?;
    tx.holds(Rung::Group, before.row.project_id);
    groups::hold_beside(tx, &before)?;
    let pupils = groups::pupils_on(tx, id, from_on)?;
    lacking(&before, pupils.is_empty())?;
    let meetings = sessions::meetings(&before, &offer, from_on, offer.filed.document.term.last_service_date())?;
    let mut findings = groups::judged(tx, &before, &offer, from_on)?;
    let size = i64::try_from(pupils.len()).unwrap_or(i64::MAX);
    findings.extend(booked(tx, &before, &offer, &meetings, size)?);
    let profile = &offer.judged_by()?.profile;
    findings.extend(sessions::pupils_elsewhere(tx, id, &pupils, &meetings, profile)?);
    groups::settle(tx, &before, findings)?;
    let filing = offer.filed.id;
    let after = change(tx, "confirmed", &before, |group| {
        group.row.state = state;
        group.row.from_on = Some(from_on);
        group.row.filing_id = filing;
    })?;
    sessions::plan(tx, &after, &meetings, offer.project()?.lessons_per_day.get())?;
    say_who_leads(tx, &after, &offer)?;
    Ok(after)
}

/// `own-staff-first`, by the minutes that are planned.
fn say_who_leads(tx: &mut Tx<'_>, group: &Group, offer: &Offer) -> Result<(), Refusal> {
    let (own, all) = sessions::minutes_led(tx, group.row.plan_id)?;
    tx.findings.extend(own_staff_lead(own, all, &offer.judged_by()?.profile));
    Ok(())
}

fn first_day(tx: &Tx<'_>, offer: &Offer, asked: Option<Date>) -> Result<Date, Refusal> {
    let term = &offer.filed.document.term;
    let (first, last) = (term.first_service_date(), term.last_service_date());
    let day = asked.unwrap_or_else(|| tx.today.max(first));
    if (first..=last).contains(&day) {
        return Ok(day);
    }
    Err(Refusal::field("/from_on", Fault::OutOfRange).said("outside-term"))
}

/// What a group needs before it is confirmed.
fn lacking(group: &Group, is_empty: bool) -> Result<(), Refusal> {
    let required = |lacks: bool, at: &str| lacks.then(|| FieldError::new(at, Fault::Required));
    let lacks = [
        required(group.row.leader_id.is_none(), "/leader_id"),
        required(group.row.venue_id.is_none(), "/venue_id"),
        required(is_empty, "/enrollment_ids"),
    ];
    Refusal::unless_none(lacks.into_iter().flatten().collect())
}

fn booked(
    tx: &mut Tx<'_>,
    group: &Group,
    offer: &Offer,
    meetings: &[Meeting],
    pupils: i64,
) -> Result<Vec<Finding>, Refusal> {
    let leader = group.row.leader_id.map(|id| (id, "/leader_id".to_owned()));
    let beside = group.row.assistant_ids.0.iter().enumerate();
    let beside = beside.map(|(index, id)| (*id, format!("/assistant_ids/{index}")));
    let wanted = Wanted {
        school_id: group.row.school_id,
        group_id: group.row.id,
        staff: leader.into_iter().chain(beside).collect(),
        venue: group.row.venue_id.map(|venue| (venue, "/venue_id")),
        meetings,
        pupils,
    };
    sessions::book(tx, &wanted, &offer.judged_by()?.profile)
}

/// Gives a group another leader, other assistants or another venue from a day on.
///
/// # Errors
/// 404, 412, 409 in another state; 422 for a day before today, and by what stands against it.
pub fn reassign(
    tx: &mut Tx<'_>,
    by: &By<ManageGroups>,
    id: Id,
    seen: &IfMatchVersion,
    to: &GroupReassignIn,
) -> Result<Group, Refusal> {
    let before: Group = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    GroupVerb::Reassign.from(before.row.state)?;
    Refusal::unless_none(groups::staff_faults(Some(to.leader_id), &to.assistant_ids))?;
    let from_on = to.from_on.unwrap_or(tx.today);
    if from_on < tx.today {
        return Err(Refusal::field("/from_on", Fault::OutOfRange).said("before-today"));
    }
    groups::serving(tx, by, before.row.school_id, Some(to.leader_id), &to.assistant_ids, Some(to.venue_id))?;
    let offer = groups::offer_for(tx, &before)?;
    let mut wanted = before.clone();
    wanted.row.leader_id = Some(to.leader_id);
    wanted.row.assistant_ids = Json(to.assistant_ids.clone());
    wanted.row.venue_id = Some(to.venue_id);
    let planned = sessions::planned_of(tx, id, from_on)?;
    let meetings: Vec<Meeting> =
        planned.iter().map(|session| (session.row.held_on, session.row.starts_at, session.row.ends_at)).collect();
    let size = i64::try_from(groups::pupils_on(tx, id, from_on)?.len()).unwrap_or(i64::MAX);
    tx.holds(Rung::Group, before.row.project_id);
    let findings = booked(tx, &wanted, &offer, &meetings, size)?;
    groups::settle(tx, &before, findings)?;
    sessions::reassign(tx, &planned, &wanted)?;
    let after = change(tx, "reassigned", &before, |group| {
        let version = group.row.version;
        group.row = wanted.row.clone();
        group.row.version = version;
    })?;
    say_who_leads(tx, &after, &offer)?;
    Ok(after)
}

/// Makes a group's sessions follow the calendar: days that were announced since have their sessions, and sessions on
/// days that were closed are cancelled.
///
/// # Errors
/// 404, 412, 409 in another state; 422 by what stands against new sessions.
pub fn schedule(tx: &mut Tx<'_>, by: &By<ManageGroups>, id: Id, seen: &IfMatchVersion) -> Result<Group, Refusal> {
    let before: Group = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    GroupVerb::Schedule.from(before.row.state)?;
    tx.holds(Rung::Group, before.row.project_id);
    follow_calendar(tx, &before)?;
    change(tx, "scheduled", &before, |_| {})
}

fn follow_calendar(tx: &mut Tx<'_>, group: &Group) -> Result<(), Refusal> {
    let offer = groups::offer_for(tx, group)?;
    let calendar = calendar::calendar_at(tx, &group.path)?;
    for session in sessions::planned_of(tx, group.row.id, tx.today)? {
        if let Some(reason) = calendar.closure(session.row.held_on) {
            sessions::cancel_all(tx, &[session], reason)?;
        }
    }
    let first = group.row.from_on.unwrap_or(tx.today).max(tx.today);
    let met = sessions::met(tx, group.row.id)?;
    let mut meetings = sessions::meetings(group, &offer, first, offer.filed.document.term.last_service_date())?;
    meetings.retain(|(date, at, _)| {
        !met.at.contains(&(*date, *at)) && !met.moved_from.contains(date) && calendar.closure(*date).is_none()
    });
    if meetings.is_empty() {
        return Ok(());
    }
    let size = i64::try_from(groups::pupils_on(tx, group.row.id, first)?.len()).unwrap_or(i64::MAX);
    let findings = booked(tx, group, &offer, &meetings, size)?;
    groups::settle(tx, group, findings)?;
    sessions::plan(tx, group, &meetings, offer.project()?.lessons_per_day.get())?;
    Ok(())
}

/// Dissolves a group: what it held stays on record, what it has not held yet is cancelled.
///
/// # Errors
/// 404, 412, 409 once it is dissolved.
pub fn dissolve(
    tx: &mut Tx<'_>,
    by: &By<ManageGroups>,
    id: Id,
    seen: &IfMatchVersion,
    why: &GroupDissolveIn,
) -> Result<Group, Refusal> {
    let before: Group = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    let state = GroupVerb::Dissolve.from(before.row.state)?;
    tx.holds(Rung::Group, before.row.project_id);
    let today = tx.today;
    let planned: Vec<Session> = match before.row.state {
        GroupState::Confirmed => sessions::planned_of(tx, id, today)?,
        GroupState::Draft | GroupState::Dissolved => Vec::new(),
    };
    sessions::cancel_all(tx, &planned, why.reason.as_str())?;
    groups::end_members(tx, &before, today)?;
    change(tx, "dissolved", &before, |group| {
        group.row.state = state;
        group.row.dissolved_on = Some(today);
    })
}
