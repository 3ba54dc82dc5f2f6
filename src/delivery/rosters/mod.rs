//! Rosters (六.1, 六.3): who was at a session, and how each pupil left. A roster has one row, which counts its marks and
//! keeps a keyed hash over them: the journal tells of that row, and `kehou verify` counts and hashes again.

mod api;
mod departures;
mod marking;
mod model;
mod sent;
mod store;
mod verify;

pub use self::api::{AttendedOut, routes};
pub use self::departures::depart;
pub use self::marking::mark;
pub use self::model::{
    Attendance, AttendanceMark, Attended, DepartureKind, MarkOutcome, Marked, Roster, RosterEntry, RosterRow,
};
pub use self::verify::verify;

use std::collections::HashMap;

use self::model::{Fetcher, RowResult};
use super::groups::{self, Pupil};
use super::leave_requests;
use super::pickup_persons::{self, PickupKind};
use super::sessions::{Session, SessionState, SessionVerb};
use crate::auth::permission::{ReadRosters, RecordRosters};
use crate::auth::{By, Role};
use crate::db::{Id, Rung, Stored as _, Tx, run_again};
use crate::journal::{change, record};
use crate::refusal::{Fault, Refusal};
use crate::students::guardianships::{self, Right};
use crate::values::identifiers::Phone;

/// The roster of a session as the caller sees it: a guardian its own children alone.
///
/// # Errors
/// 404.
pub fn of_session(tx: &mut Tx<'_>, by: &By<ReadRosters>, id: Id) -> Result<Roster, Refusal> {
    let session: Session = by.find(tx, id)?;
    let row = match store::find(tx, id)? {
        Some(row) => row,
        None => empty_row(tx, &session),
    };
    let mut entries = entries(tx, &session)?;
    if by.role == Role::Guardian {
        let persons: Vec<Id> = entries.iter().map(|entry| entry.person_id).collect();
        let rights = guardianships::rights_of(tx, by.user_id, &persons)?;
        entries.retain(|entry| rights.contains(&(entry.person_id, Right::Read)));
    } else if by.role == Role::Teacher || by.role == Role::SchoolAdmin {
        add_fetchers(tx, &session, &mut entries)?;
    }
    let path = session.path.clone();
    Ok(Roster { row, session, entries, path })
}

fn empty_row(tx: &Tx<'_>, session: &Session) -> RosterRow {
    RosterRow {
        id: session.row.id,
        school_id: session.row.school_id,
        present: 0,
        late: 0,
        left_early: 0,
        on_leave: 0,
        absent: 0,
        departed: 0,
        marks_hash: String::new(),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    }
}

/// Who is expected at a session, and who is on record, in the order of names.
///
/// # Errors
/// When the database fails.
pub fn entries(tx: &mut Tx<'_>, session: &Session) -> Result<Vec<RosterEntry>, Refusal> {
    let marks: HashMap<Id, Attendance> =
        store::of_session(tx, session.row.id)?.into_iter().map(|one| (one.student_id, one)).collect();
    let expected = groups::pupils_on(tx, session.row.group_id, session.row.held_on)?;
    let mut ids: Vec<Id> = expected.iter().map(|pupil| pupil.student_id).collect();
    ids.extend(marks.keys().filter(|id| expected.iter().all(|pupil| pupil.student_id != **id)));
    let leave = leave_requests::on_leave(tx, &ids, session.row.held_on)?;
    let mut entries = Vec::with_capacity(ids.len());
    for (student_id, person_id, student_name, class_name) in store::named(tx, &ids)? {
        entries.push(RosterEntry {
            student_id,
            person_id,
            student_name,
            class_name,
            is_expected: expected.iter().any(|pupil| pupil.student_id == student_id),
            leave: leave.get(&student_id).copied(),
            attendance: marks.get(&student_id).cloned(),
            fetchers: Vec::new(),
            may_leave_alone: false,
        });
    }
    Ok(entries)
}

/// Who may fetch each pupil on the day, and who must not: guardians with the right and those who are blocked, and those
/// who are named and who are forbidden.
fn add_fetchers(tx: &mut Tx<'_>, session: &Session, entries: &mut [RosterEntry]) -> Result<(), Refusal> {
    let persons: Vec<Id> = entries.iter().map(|entry| entry.person_id).collect();
    let pupils: Vec<Id> = entries.iter().map(|entry| entry.student_id).collect();
    let guardians = guardianships::at_the_door(tx, &persons, session.row.held_on)?;
    let named = pickup_persons::standing_of(tx, &pupils)?;
    for entry in entries {
        for held in guardians.iter().filter(|held| held.row.person_id == entry.person_id) {
            entry.fetchers.push(Fetcher {
                pickup_person_id: None,
                guardianship_id: Some(held.row.id),
                name: held.contact_name.clone(),
                phone: held.contact_phone.as_ref().map(Phone::masked),
                relation: held.row.relation.as_str().to_owned(),
                is_forbidden: held.is_blocked(),
            });
        }
        for one in named.iter().filter(|one| one.row.student_id == entry.student_id) {
            if !one.holds_on(session.row.held_on) {
                continue;
            }
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

/// A session whose roster is held until the transaction ends, with what is on record.
struct HeldRoster {
    session: Session,
    /// None where nothing was on record yet.
    before: Option<RosterRow>,
    marks: Vec<Attendance>,
    expected: Vec<Pupil>,
}

/// Holds the roster of a session that the caller may record.
///
/// # Errors
/// 404, 409 for one that was cancelled, 422 before its day.
fn hold(tx: &mut Tx<'_>, by: &By<RecordRosters>, id: Id) -> Result<HeldRoster, Refusal> {
    let session: Session = by.find(tx, id)?;
    if session.row.state == SessionState::Cancelled {
        return Err(SessionVerb::refusal(session.row.state));
    }
    if session.row.held_on > tx.today {
        return Err(Refusal::field("", Fault::OutOfRange).said("after-today"));
    }
    tx.holds(Rung::Session, id);
    let before = store::hold(tx, id)?;
    let marks = store::of_session(tx, id)?;
    let expected = groups::pupils_on(tx, session.row.group_id, session.row.held_on)?;
    Ok(HeldRoster { session, before, marks, expected })
}

impl HeldRoster {
    fn person_of(&self, tx: &mut Tx<'_>, student: Id) -> Result<Option<Id>, Refusal> {
        if let Some(pupil) = self.expected.iter().find(|pupil| pupil.student_id == student) {
            return Ok(Some(pupil.person_id));
        }
        if self.marks.iter().any(|one| one.student_id == student) {
            return Ok(store::named(tx, &[student])?.first().map(|(_, person, ..)| *person));
        }
        Ok(None)
    }

    /// Whether what is on record is corrected only with a reason: by whom, of an earlier month.
    fn is_closed(&self) -> bool {
        self.session.row.state == SessionState::Closed
    }

    /// Writes the row of the roster over what was read, where anything has changed.
    fn settle(
        self,
        tx: &mut Tx<'_>,
        marks: &[Attendance],
        results: Vec<RowResult>,
        has_changed: bool,
    ) -> Result<Marked, Refusal> {
        let (path, request_id) = (self.session.path.clone(), tx.origin.request_id.clone());
        let before = match self.before {
            Some(row) => row,
            None if !has_changed => {
                return Ok(Marked { row: empty_row(tx, &self.session), results, request_id, path });
            }
            None => {
                let mut row = RosterRow { marks_hash: hash(tx, marks)?, ..empty_row(tx, &self.session) };
                row.count(marks);
                tx.savepoint(|tx| row.insert(tx)).map_err(|refusal| match refusal {
                    Refusal::Refused(_) => run_again("another roster of the session was begun meanwhile"),
                    other @ Refusal::Database(_) => other,
                })?;
                let made = Marked { row, results, request_id, path };
                record(tx, "begun", None, Some(&made))?;
                return Ok(made);
            }
        };
        let standing = Marked { row: before, results, request_id, path };
        if !has_changed {
            return Ok(standing);
        }
        let marks_hash = hash(tx, marks)?;
        change(tx, "marked", &standing, |roster| {
            roster.row.count(marks);
            roster.row.marks_hash = marks_hash;
        })
    }
}

/// Keyed hash over what is on record, in the order of pupils.
fn hash(tx: &Tx<'_>, marks: &[Attendance]) -> Result<String, Refusal> {
    let mut sorted: Vec<&Attendance> = marks.iter().collect();
    sorted.sort_by_key(|one| one.student_id);
    let bytes = serde_json_canonicalizer::to_vec(&sorted).map_err(Refusal::internal)?;
    Ok(tx.sealing.keyed_hash("session_rosters.marks", &bytes))
}

/// What is on record of a session.
///
/// # Errors
/// When the database fails.
pub fn marks_of(tx: &mut Tx<'_>, session: Id) -> Result<Vec<Attendance>, Refusal> {
    store::of_session(tx, session)
}

/// What is on record of some pupils.
///
/// # Errors
/// When the database fails.
pub fn of_pupils(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<Attendance>, Refusal> {
    store::of_pupils(tx, pupils)
}

/// What is on record of some pupils, with when and of what it is.
///
/// # Errors
/// When the database fails.
pub fn attended(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<Attended>, Refusal> {
    store::attended(tx, pupils)
}

/// Holds the roster of a session until the transaction ends.
///
/// # Errors
/// When the database fails.
pub fn hold_row(tx: &mut Tx<'_>, session: Id) -> Result<(), Refusal> {
    store::hold(tx, session)?;
    Ok(())
}
