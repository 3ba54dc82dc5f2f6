//! What a roster shows: who is expected and who is on record, and who may fetch each pupil. However many sessions are
//! asked for, the statements are as many.

use std::collections::{BTreeSet, HashMap, HashSet};

use time::Date;

use super::model::Fetcher;
use super::{Attendance, Roster, RosterEntry, RosterRow, empty_row, store};
use crate::auth::permission::ReadRosters;
use crate::auth::{By, Role};
use crate::db::{Id, Tx};
use crate::delivery::groups;
use crate::delivery::leave_requests;
use crate::delivery::pickup_persons::{self, PickupKind, PickupPerson};
use crate::delivery::sessions::Session;
use crate::refusal::Refusal;
use crate::students::guardianships::{self, Right};
use crate::values::identifiers::Phone;

/// The rosters of sessions of one day, as the caller sees them: a guardian its own children alone.
///
/// # Errors
/// When the database fails.
pub fn rosters(
    tx: &mut Tx<'_>,
    by: &By<ReadRosters>,
    sessions: Vec<Session>,
    day: Date,
) -> Result<Vec<Roster>, Refusal> {
    let ids: Vec<Id> = sessions.iter().map(|session| session.row.id).collect();
    let mut rows: HashMap<Id, RosterRow> = store::rows_of(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
    let mut entries = entries_of(tx, &sessions, day)?;
    if by.role == Role::Guardian {
        let persons: Vec<Id> = persons_of(&entries).into_iter().collect();
        let rights = guardianships::rights_of(tx, by.user_id, &persons)?;
        let reads = |entry: &RosterEntry| rights.contains(&(entry.person_id, Right::Read));
        for roster in &mut entries {
            roster.retain(reads);
        }
    } else if by.role == Role::Teacher || by.role == Role::SchoolAdmin {
        add_fetchers(tx, day, &mut entries)?;
    }
    let roster = |(session, entries): (Session, Vec<RosterEntry>)| {
        let row = rows.remove(&session.row.id).unwrap_or_else(|| empty_row(tx, &session));
        let path = session.path.clone();
        Roster { row, session, entries, path }
    };
    Ok(sessions.into_iter().zip(entries).map(roster).collect())
}

/// Who is expected at a session, and who is on record, in the order of names.
///
/// # Errors
/// When the database fails.
pub fn entries(tx: &mut Tx<'_>, session: &Session) -> Result<Vec<RosterEntry>, Refusal> {
    Ok(entries_of(tx, std::slice::from_ref(session), session.row.held_on)?.pop().unwrap_or_default())
}

/// The same of several sessions of one day, one after the other.
///
/// # Errors
/// When the database fails.
pub fn entries_of(tx: &mut Tx<'_>, sessions: &[Session], day: Date) -> Result<Vec<Vec<RosterEntry>>, Refusal> {
    let ids: Vec<Id> = sessions.iter().map(|session| session.row.id).collect();
    let groups: Vec<Id> = sessions.iter().map(|session| session.row.group_id).collect();
    let mut marks: HashMap<(Id, Id), Attendance> =
        store::of_sessions(tx, &ids)?.into_iter().map(|one| ((one.session_id, one.student_id), one)).collect();
    let expected: HashSet<(Id, Id)> =
        groups::pupils_of(tx, &groups, day)?.into_iter().map(|(group, pupil)| (group, pupil.student_id)).collect();
    let on_them = marks.keys().chain(&expected).map(|(_, pupil)| *pupil);
    let pupils: Vec<Id> = on_them.collect::<BTreeSet<Id>>().into_iter().collect();
    let leave = leave_requests::on_leave(tx, &pupils, day)?;
    let named = store::named(tx, &pupils)?;
    let mut rosters = Vec::with_capacity(sessions.len());
    for session in sessions {
        let mut entries = Vec::new();
        for (student_id, person_id, student_name, class_name) in &named {
            let is_expected = expected.contains(&(session.row.group_id, *student_id));
            let attendance = marks.remove(&(session.row.id, *student_id));
            if !is_expected && attendance.is_none() {
                continue;
            }
            entries.push(RosterEntry {
                student_id: *student_id,
                person_id: *person_id,
                student_name: student_name.clone(),
                class_name: class_name.clone(),
                is_expected,
                leave: leave.get(student_id).copied(),
                attendance,
                fetchers: Vec::new(),
                may_leave_alone: false,
            });
        }
        rosters.push(entries);
    }
    Ok(rosters)
}

fn persons_of(rosters: &[Vec<RosterEntry>]) -> BTreeSet<Id> {
    rosters.iter().flatten().map(|entry| entry.person_id).collect()
}

/// Who may fetch each pupil on a day, and who must not: guardians with the right and those who are blocked, and those
/// who are named and who are forbidden.
///
/// # Errors
/// When the database fails.
pub fn add_fetchers(tx: &mut Tx<'_>, day: Date, rosters: &mut [Vec<RosterEntry>]) -> Result<(), Refusal> {
    let persons: Vec<Id> = persons_of(rosters).into_iter().collect();
    let pupils: BTreeSet<Id> = rosters.iter().flatten().map(|entry| entry.student_id).collect();
    let pupils: Vec<Id> = pupils.into_iter().collect();
    let mut guardians: HashMap<Id, Vec<Fetcher>> = HashMap::new();
    for held in guardianships::at_the_door(tx, &persons, day)? {
        guardians.entry(held.row.person_id).or_default().push(Fetcher {
            pickup_person_id: None,
            guardianship_id: Some(held.row.id),
            name: held.contact_name.clone(),
            phone: held.contact_phone.as_ref().map(Phone::masked),
            relation: held.row.relation.as_str().to_owned(),
            is_forbidden: held.is_blocked(),
        });
    }
    let mut named: HashMap<Id, Vec<PickupPerson>> = HashMap::new();
    for one in pickup_persons::standing_of(tx, &pupils)?.into_iter().filter(|one| one.holds_on(day)) {
        named.entry(one.row.student_id).or_default().push(one);
    }
    for entry in rosters.iter_mut().flatten() {
        entry.fetchers = guardians.get(&entry.person_id).cloned().unwrap_or_default();
        for one in named.get(&entry.student_id).into_iter().flatten() {
            if one.row.kind == PickupKind::Alone {
                entry.may_leave_alone = true;
                continue;
            }
            entry.fetchers.push(Fetcher {
                pickup_person_id: Some(one.row.id),
                guardianship_id: None,
                name: one.name.clone(),
                phone: one.phone.as_ref().map(Phone::masked),
                relation: one.row.relation.clone(),
                is_forbidden: one.row.kind == PickupKind::Forbidden,
            });
        }
    }
    Ok(())
}
