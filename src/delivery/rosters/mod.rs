//! Rosters (六.1, 六.3): who was at a session, and how each pupil left. A roster has one row, which counts its marks and
//! keeps a keyed hash over them: the journal tells of that row, and `kehou verify` counts and hashes again.

mod api;
mod departures;
mod marking;
mod model;
mod reading;
mod sent;
mod store;
mod verify;

pub use self::api::{AttendanceOut, AttendedOut, routes};
pub use self::departures::depart;
pub use self::marking::mark;
pub use self::model::{
    Attendance, AttendanceMark, Attended, DepartureKind, Fetcher, MarkOutcome, Marked, Roster, RosterEntry, RosterRow,
};
pub use self::reading::{add_fetchers, entries, entries_of};
pub use self::verify::verify;

use self::model::RowResult;
use super::groups::{self, Pupil};
use super::sessions::{Session, SessionFilter, SessionState, SessionVerb};
use crate::auth::By;
use crate::auth::permission::{ReadRosters, RecordRosters};
use crate::db::{Id, Rung, Stored as _, Tx, run_again};
use crate::http::Listing;
use crate::journal::{change, record};
use crate::refusal::{Fault, Refusal};
use crate::values::iso_date::Day;

/// The roster of a session as the caller sees it: a guardian its own children alone.
///
/// # Errors
/// 404.
pub fn of_session(tx: &mut Tx<'_>, by: &By<ReadRosters>, id: Id) -> Result<Roster, Refusal> {
    let session: Session = by.find(tx, id)?;
    let day = session.row.held_on;
    reading::rosters(tx, by, vec![session], day)?.pop().ok_or_else(|| Refusal::internal("a session without a roster"))
}

/// The rosters of one day, today where none is named.
///
/// # Errors
/// When the database fails.
pub fn of_day(tx: &mut Tx<'_>, by: &By<ReadRosters>, at: &Listing<SessionFilter>) -> Result<Vec<Roster>, Refusal> {
    let mut at = at.clone();
    let day = at.filter.held_on.map_or(tx.today, |day| day.0);
    at.filter.held_on = Some(Day(day));
    let sessions = by.list::<Session>(tx, &at)?;
    reading::rosters(tx, by, sessions, day)
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

/// What is on record of some sessions.
///
/// # Errors
/// When the database fails.
pub fn of_sessions(tx: &mut Tx<'_>, sessions: &[Id]) -> Result<Vec<Attendance>, Refusal> {
    store::of_sessions(tx, sessions)
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
