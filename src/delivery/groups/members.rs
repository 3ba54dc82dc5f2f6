//! Who is in a group, by the day: joiners and leavers move it, and what that comes to is looked at (五.4, 六.5).

use std::collections::{BTreeSet, HashMap};

use time::Date;

use super::model::{GroupMemberRow, GroupMembersIn};
use super::{Group, GroupMember, GroupState, GroupVerb, Offer, Pupil, judged, offer_for, settle, store};
use crate::auth::By;
use crate::auth::permission::ManageGroupMembers;
use crate::db::{Id, Rung, Stored as _, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::refusal::{Fault, FieldError, Refusal};
use crate::rules::Severity;

/// Says who is in a group from a day on.
///
/// # Errors
/// 404, 412, 409 once it is dissolved; 422 for a day before today, for enrollments that are not signed, are of another
/// project, or are in another group at the same time, and by the rules of grouping in a group that is confirmed.
pub fn set_members(
    tx: &mut Tx<'_>,
    by: &By<ManageGroupMembers>,
    id: Id,
    seen: &IfMatchVersion,
    to: &GroupMembersIn,
) -> Result<Group, Refusal> {
    let before: Group = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    GroupVerb::Members.from(before.row.state)?;
    let offer = offer_for(tx, &before)?;
    store::hold_project(tx, before.row.project_id)?;
    tx.holds(Rung::Group, before.row.project_id);
    put(tx, by, &before, &offer, to)?;
    change(tx, "members-set", &before, |_| {})
}

/// The same of a group whose project is held.
///
/// # Errors
/// As for [`set_members`].
pub(super) fn put(
    tx: &mut Tx<'_>,
    _: &By<ManageGroupMembers>,
    before: &Group,
    offer: &Offer,
    to: &GroupMembersIn,
) -> Result<(), Refusal> {
    let (id, from_on) = (before.row.id, first_day(tx, before, offer, to.from_on)?);
    let wanted = wanted(tx, before, to, from_on)?;
    let standing = store::members_since(tx, id, from_on)?;
    let stays = |member: &GroupMember| {
        member.row.to_on.is_none() && wanted.iter().any(|pupil| pupil.enrollment_id == member.row.enrollment_id)
    };
    for member in standing.iter().filter(|member| !stays(member)) {
        leave(tx, member, from_on)?;
    }
    for pupil in &wanted {
        let known = standing.iter().any(|m| stays(m) && m.row.enrollment_id == pupil.enrollment_id);
        if !known {
            join(tx, before, pupil, from_on.max(pupil.joins_on.unwrap_or(from_on)))?;
        }
    }
    if before.row.state == GroupState::Confirmed {
        // What was confirmed stands; a share that passes its bound later is looked at.
        let mut findings = judged(tx, before, offer, from_on)?;
        for finding in findings.iter_mut().filter(|finding| finding.rule != "age-appropriate") {
            if finding.severity == Severity::Error {
                finding.severity = Severity::Signal;
            }
        }
        settle(tx, before, findings)?;
    }
    Ok(())
}

/// Lets everybody go who is in a group on a day.
///
/// # Errors
/// When the database fails.
pub fn end_members(tx: &mut Tx<'_>, group: &Group, day: Date) -> Result<(), Refusal> {
    for member in store::members_since(tx, group.row.id, day)? {
        if member.row.to_on.is_none() {
            leave(tx, &member, day)?;
        }
    }
    Ok(())
}

/// From which day: not before today once it is confirmed, since who was in it stays on record.
fn first_day(tx: &Tx<'_>, group: &Group, offer: &Offer, asked: Option<Date>) -> Result<Date, Refusal> {
    let first = offer.filed.document.term.first_service_date();
    if group.row.state == GroupState::Draft {
        return Ok(asked.unwrap_or(first));
    }
    let day = asked.unwrap_or(tx.today);
    if day < tx.today {
        return Err(Refusal::field("/from_on", Fault::OutOfRange).said("before-today"));
    }
    Ok(day.max(group.row.from_on.unwrap_or(day)))
}

/// The pupils who are named.
fn wanted(tx: &mut Tx<'_>, group: &Group, to: &GroupMembersIn, day: Date) -> Result<Vec<Pupil>, Refusal> {
    let taking_part: HashMap<Id, Pupil> = store::taking_part_in(tx, group.row.project_id)?
        .into_iter()
        .map(|pupil| (pupil.enrollment_id, pupil))
        .collect();
    let elsewhere = in_groups_beside(tx, group, day)?;
    let (mut wanted, mut faults) = (Vec::with_capacity(to.enrollment_ids.len()), Vec::new());
    for (index, id) in to.enrollment_ids.iter().enumerate() {
        let at = format!("/enrollment_ids/{index}");
        if to.enrollment_ids.iter().take(index).any(|earlier| earlier == id) {
            faults.push(FieldError::new(at, Fault::Duplicate));
        } else if elsewhere.contains(id) {
            faults.push(FieldError::new(at, Fault::NotForThis).said("in-other-group"));
        } else if let Some(pupil) = taking_part.get(id) {
            wanted.push(pupil.clone());
        } else {
            faults.push(FieldError::new(at, Fault::NotFound));
        }
    }
    Refusal::unless_none(faults)?;
    Ok(wanted)
}

/// Who is in another group of the project that meets at the same time.
fn in_groups_beside(tx: &mut Tx<'_>, group: &Group, day: Date) -> Result<BTreeSet<Id>, Refusal> {
    let mut found = BTreeSet::new();
    for other in store::of_project(tx, group.row.project_id)? {
        if other.row.id != group.row.id && other.row.meets_with(&group.row) {
            found.extend(store::members_since(tx, other.row.id, day)?.into_iter().map(|m| m.row.enrollment_id));
        }
    }
    Ok(found)
}

/// A member is in its group up to the day before; who has not begun yet was never in it.
fn leave(tx: &mut Tx<'_>, member: &GroupMember, from_on: Date) -> Result<(), Refusal> {
    let last = from_on.previous_day().unwrap_or(from_on);
    if last < member.row.from_on {
        return forget(tx, member);
    }
    change(tx, "left", member, |member| member.row.to_on = Some(last))?;
    Ok(())
}

/// Takes a member out as if it had never been in it.
fn forget(tx: &mut Tx<'_>, member: &GroupMember) -> Result<(), Refusal> {
    store::delete_member(tx, member.row.id)?;
    record(tx, "removed", Some(member), None)
}

fn join(tx: &mut Tx<'_>, group: &Group, pupil: &Pupil, from_on: Date) -> Result<(), Refusal> {
    let row = GroupMemberRow {
        id: Id::fresh(),
        school_id: group.row.school_id,
        group_id: group.row.id,
        enrollment_id: pupil.enrollment_id,
        student_id: pupil.student_id,
        from_on,
        to_on: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let made = GroupMember { row, person_id: pupil.person_id, takes_part: true, path: group.path.clone() };
    record(tx, "joined", None, Some(&made))
}
