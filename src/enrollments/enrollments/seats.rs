//! Seats, first come, first served: one update decides who takes the last one, and who leaves makes room for the first
//! who waits. Whoever starts to wait, or leaves, holds the seats of the project first, so that no seat stays free while
//! somebody waits.

use super::model::{Enrollment, EnrollmentState};
use super::{change, store};
use crate::db::{Id, Tx, run_again};
use crate::refusal::{Code, Refusal};

/// Whether a project seems to have a seat, before any row is locked. Its row is made when the first guardian comes.
pub(super) fn seems_free(tx: &mut Tx<'_>, project: Id, most: Option<i64>) -> Result<bool, Refusal> {
    if let Some((most, taken)) = store::seats(tx, project)? {
        return Ok(most.is_none_or(|most| taken < most));
    }
    match tx.savepoint(|tx| store::open_seats(tx, project, most)) {
        // Another guardian came first: the row is there.
        Err(refusal) if refusal.code() == Some(Code::AlreadyExists) => {}
        outcome => outcome?,
    }
    Ok(true)
}

/// Takes a seat, or a place on the waitlist of a project that is full.
pub(super) fn take_or_wait(tx: &mut Tx<'_>, project: Id) -> Result<EnrollmentState, Refusal> {
    if store::take_seat(tx, project)? {
        return Ok(EnrollmentState::Allocated);
    }
    if store::hold_full(tx, project)? {
        return Ok(EnrollmentState::Waitlisted);
    }
    Err(run_again("a seat was given back meanwhile"))
}

/// Withdraws an enrollment. Its seat, if it had one, goes to the first who waits.
pub(super) fn withdraw(tx: &mut Tx<'_>, before: &Enrollment) -> Result<Enrollment, Refusal> {
    let project = before.row.project_id;
    store::hold_seats(tx, project)?;
    let after = change(tx, "withdrawn", before, |row| row.state = EnrollmentState::Withdrawn)?;
    if !before.row.state.holds_seat() {
        return Ok(after);
    }
    match store::first_waiting(tx, project)? {
        Some(waiting) => match change(tx, "allocated", &waiting, |row| row.state = EnrollmentState::Allocated) {
            Err(refusal) if refusal.code() == Some(Code::VersionMismatch) => {
                return Err(run_again("who waits first has changed"));
            }
            outcome => drop(outcome?),
        },
        None => store::free_seat(tx, project)?,
    }
    Ok(after)
}
