//! Seats, first come, first served: one update decides who takes the last one, and the seat of who leaves is offered to
//! the first who waits. Whoever starts to wait, or leaves, holds the seats of the project first, so that no seat stays
//! free while somebody waits. Seats are given by the published notice: who chose by another one is told to look again.

use std::collections::HashMap;

use time::Date;

use super::model::{Enrollment, EnrollmentEnd, EnrollmentState};
use super::{seat_offers, store};
use crate::db::{Id, Tx, run_again};
use crate::journal::change;
use crate::notices::notices::Published;
use crate::refusal::{Code, Refusal};
use crate::rules::document::{PlanProject, Whole};

/// The seats of a project before any row is locked; where none are counted, one is free.
pub(super) fn look(tx: &mut Tx<'_>, project: Id) -> Result<Seats, Refusal> {
    let none = Seats { most: None, taken: 0, waiting: 0, held_for_draw: false, closed_on: None };
    Ok(store::seats(tx, project)?.unwrap_or(none))
}

/// The seats of a project, and who waits for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    /// None for no limit.
    pub most: Option<i64>,
    pub taken: i64,
    pub waiting: i64,
    /// Whether they are to be drawn.
    pub held_for_draw: bool,
    /// Since when nobody takes one, because too few had joined.
    pub closed_on: Option<Date>,
}

impl Seats {
    /// Of a project for which none are counted yet.
    #[must_use]
    pub fn untold(project: &PlanProject) -> Self {
        Self { most: project.seats_max.map(Whole::get), taken: 0, waiting: 0, held_for_draw: false, closed_on: None }
    }

    /// How many are left; none for no limit.
    #[must_use]
    pub fn left(&self) -> Option<i64> {
        self.most.map(|most| (most - self.taken).max(0))
    }

    /// Whether there is a seat to be had.
    #[must_use]
    pub fn has_free(&self) -> bool {
        self.left() != Some(0)
    }
}

/// The seats of some projects as they stand now, before any row is locked; those of which nothing is told are left out.
///
/// # Errors
/// When the database fails.
pub fn seats_of(tx: &mut Tx<'_>, projects: &[Id]) -> Result<HashMap<Id, Seats>, Refusal> {
    Ok(store::seats_of(tx, projects)?.into_iter().collect())
}

/// Takes a seat, or a place on the waitlist of a project that is full.
pub(super) fn take_or_wait(tx: &mut Tx<'_>, project: Id, notice: Id) -> Result<EnrollmentState, Refusal> {
    if store::take_seat(tx, project, notice)? {
        return Ok(EnrollmentState::Allocated);
    }
    if store::hold_full(tx, project, notice)? {
        return Ok(EnrollmentState::Waitlisted);
    }
    Err(run_again("a seat was given back, or another notice was published meanwhile"))
}

/// Keeps the terms of a project as a notice tells them until this transaction ends.
pub(super) fn hold_terms(tx: &mut Tx<'_>, project: Id, notice: Id) -> Result<(), Refusal> {
    if store::hold_given(tx, project, notice)? {
        Ok(())
    } else {
        Err(run_again("another notice was published meanwhile"))
    }
}

/// Withdraws an enrollment. Its seat, if it had one and the project still has it, is offered to the first who waits.
pub(super) fn withdraw(tx: &mut Tx<'_>, before: &Enrollment, why: EnrollmentEnd) -> Result<Enrollment, Refusal> {
    let project = before.row.project_id;
    store::hold_seats(tx, project)?;
    let after = change(tx, "withdrawn", before, |row| row.end(why))?;
    if !before.row.state.holds_seat() || store::give_up_seat(tx, project)? {
        return Ok(after);
    }
    match store::first_waiting(tx, project)? {
        Some(waiting) => seat_offers::offer(tx, &waiting)?,
        None => store::free_seat(tx, project)?,
    }
    Ok(after)
}

/// The same of an enrollment that the caller did not name.
pub(super) fn withdraw_other(tx: &mut Tx<'_>, before: &Enrollment, why: EnrollmentEnd) -> Result<(), Refusal> {
    unless_changed(withdraw(tx, before, why)).map(drop)
}

/// When somebody else changed it too, all is run again.
fn unless_changed<T>(outcome: Result<T, Refusal>) -> Result<T, Refusal> {
    match outcome {
        Err(refusal) if refusal.code() == Some(Code::VersionMismatch) => Err(run_again("an enrollment has changed")),
        outcome => outcome,
    }
}

/// Changes an enrollment that the caller did not name: when somebody else changes it too, all is run again.
pub(super) fn change_other(
    tx: &mut Tx<'_>,
    action: &str,
    before: &Enrollment,
    alter: impl FnOnce(&mut Enrollment),
) -> Result<(), Refusal> {
    unless_changed(change(tx, action, before, alter)).map(drop)
}

/// Enrollments that are read at once when a new notice changes many.
const BATCH: i64 = 500;

/// Ends what stands in a plan, but for some projects: who takes part completes at the end of the term, and else
/// withdraws.
fn end_outside(tx: &mut Tx<'_>, plan: Id, kept: &[Id], why: EnrollmentEnd) -> Result<(), Refusal> {
    let mut after = Id::NIL;
    loop {
        let batch = store::open::open_outside(tx, plan, kept, after, BATCH)?;
        let Some(last) = batch.last() else { return Ok(()) };
        after = last.row.id;
        for enrollment in &batch {
            let completes = why == EnrollmentEnd::TermOver && enrollment.row.state == EnrollmentState::Active;
            if completes {
                change_other(tx, "completed", enrollment, |row| row.state = EnrollmentState::Completed)?;
            } else {
                change_other(tx, "withdrawn", enrollment, |row| row.end(why))?;
            }
            if enrollment.row.state.holds_seat() {
                store::free_seat(tx, enrollment.row.project_id)?;
            }
        }
    }
}

/// Ends everything that stands in a plan that is withdrawn, or whose term is over. Its seats are closed first, so that
/// who chooses meanwhile finds none and looks again.
///
/// # Errors
/// When the database fails.
pub fn ended(tx: &mut Tx<'_>, plan: Id, why: EnrollmentEnd) -> Result<(), Refusal> {
    store::close_seats(tx, plan)?;
    end_outside(tx, plan, &[], why)
}

/// Makes the seats of a plan those that a new notice gives. Nobody loses a seat; what is not offered any more is
/// withdrawn, and new seats are offered to who waits.
///
/// # Errors
/// When the database fails.
pub fn retold(tx: &mut Tx<'_>, published: &Published) -> Result<(), Refusal> {
    let (plan, notice) = (published.notice.row.plan_id, published.notice.row.id);
    store::turn_seats(tx, plan, notice)?;
    for (project, offer) in published.projects.iter().zip(&published.document.projects) {
        let most = offer.seats_max.map(Whole::get);
        match store::seats(tx, *project)? {
            None => store::open_seats(tx, *project, notice, most)?,
            Some(now) => store::set_seats(tx, *project, most, most.map(|most| most.max(now.taken)))?,
        }
    }
    store::draws::hold_new_ones_too(tx, plan)?;
    end_outside(tx, plan, &published.projects, EnrollmentEnd::NotOffered)?;
    published.projects.iter().try_for_each(|project| offer_free(tx, *project, notice))
}

/// Offers the free seats of a project to who waits.
pub(super) fn offer_free(tx: &mut Tx<'_>, project: Id, notice: Id) -> Result<(), Refusal> {
    while let Some(waiting) = store::first_waiting(tx, project)? {
        if !store::take_seat(tx, project, notice)? {
            break;
        }
        seat_offers::offer(tx, &waiting)?;
    }
    Ok(())
}
