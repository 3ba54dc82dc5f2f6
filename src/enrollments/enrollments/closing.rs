//! What becomes of the pupils of a project that too few have joined: on the same day they are offered a seat elsewhere,
//! which their guardians accept or not.

use super::model::{Enrollment, EnrollmentEnd, EnrollmentRow, EnrollmentSource, EnrollmentState};
use super::{against_signing, row_of, seat_offers, seats, store};
use crate::auth::known;
use crate::db::{Id, Stored, Tx, run_again};
use crate::inbox::messages::{self, MessageKind};
use crate::journal::record;
use crate::notices::notices::Offered;
use crate::plans::projects;
use crate::refusal::Refusal;
use crate::rules::enrollment::meet_at_one_time;
use crate::students::persons;
use crate::students::students::Student;

/// A project that is to be closed.
pub struct Closing<'a> {
    pub project: Id,
    /// With which it is joined.
    pub into: Option<Id>,
    pub offered: &'a Offered,
    /// Who closes it.
    pub by: Id,
    /// Its pupils, who are held.
    pub pupils: &'a [Id],
    /// The minimum that is not reached.
    pub fewer_than: i64,
}

/// What has become of its pupils.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Closed {
    pub taken: i64,
    pub offered: i64,
    pub without: i64,
}

/// Holds the pupils of a project: whoever chooses for one, or lets it leave, waits until this transaction ends.
///
/// # Errors
/// When the database fails.
pub fn hold_pupils_of(tx: &mut Tx<'_>, project: Id) -> Result<Vec<Id>, Refusal> {
    let mut held: Vec<Id> = store::open::open_in(tx, project)?.iter().map(|open| open.row.person_id).collect();
    held.sort_unstable();
    held.dedup();
    for person in &held {
        persons::claim(tx, *person)?;
    }
    Ok(held)
}

/// Ends a project: nobody takes a seat in it any more, and its pupils are offered another one.
///
/// # Errors
/// When somebody has joined or left meanwhile, all is run again.
pub fn close(tx: &mut Tx<'_>, closing: &Closing<'_>) -> Result<Closed, Refusal> {
    let shut = store::open::shut(tx, closing.project, closing.offered.notice_id, closing.fewer_than)?;
    let taken = shut.ok_or_else(|| run_again("somebody has joined, or another notice was published meanwhile"))?;
    let mut open = store::open::open_in(tx, closing.project)?;
    if open.iter().any(|enrollment| !closing.pupils.contains(&enrollment.row.person_id)) {
        return Err(run_again("somebody has joined meanwhile"));
    }
    open.sort_by_key(|enrollment| (enrollment.row.created_at, enrollment.row.id));
    let (targets, mut closed) = (targets(closing), Closed { taken, ..Closed::default() });
    for enrollment in &open {
        seats::change_other(tx, "withdrawn", enrollment, |row| row.row.end(EnrollmentEnd::ProjectClosed))?;
        if enrollment.row.state.holds_seat() {
            store::free_seat(tx, closing.project)?;
        }
        let news = if let Some(made) = offer_elsewhere(tx, closing, enrollment, &targets)? {
            closed.offered += 1;
            made.news(MessageKind::ProjectClosed).project(closing.project).until(made.row.offer_ends_on)
        } else {
            closed.without += 1;
            enrollment.news(MessageKind::ProjectCancelled)
        };
        messages::tell_guardians(tx, enrollment.pupil(), None, &news)?;
    }
    Ok(closed)
}

/// Where its pupils may go: what it is joined with, then the open projects, those of its own hours first.
fn targets(closing: &Closing<'_>) -> Vec<Id> {
    let filed = &closing.offered.filed;
    let own = filed.offer(closing.project);
    let others = filed.projects.iter().zip(&filed.document.projects);
    let mut open: Vec<(bool, Id)> = others
        .filter(|(id, project)| **id != closing.project && project.is_open())
        .map(|(id, project)| (own.is_some_and(|own| meet_at_one_time(own, project)), *id))
        .collect();
    open.sort_by_key(|(meets, _)| !meets);
    closing.into.into_iter().chain(open.into_iter().map(|(_, id)| id)).collect()
}

/// Offers a pupil the first project that is for it and has a seat, unless it is there already.
fn offer_elsewhere(
    tx: &mut Tx<'_>,
    closing: &Closing<'_>,
    leaving: &Enrollment,
    targets: &[Id],
) -> Result<Option<Enrollment>, Refusal> {
    let (student, filed) = (known::<Student>(tx, leaving.row.student_id)?, &closing.offered.filed);
    let standing = store::standing(tx, leaving.row.person_id, &leaving.row.school_year, leaving.row.season)?;
    for target in targets {
        let Some(offer) = filed.offer(*target) else { continue };
        let stands = standing.iter().any(|(project, ..)| project == target);
        let is_for_it = against_signing(tx, &student, filed, offer).is_empty();
        if stands || !is_for_it || !store::take_seat(tx, *target, closing.offered.notice_id)? {
            continue;
        }
        let place = projects::place(tx, *target)?;
        let row = EnrollmentRow {
            state: EnrollmentState::Offered,
            source: EnrollmentSource::Transfer,
            entered_by_id: Some(closing.by),
            ..row_of(tx, &student, &place, closing.offered)
        };
        let mut made = Enrollment { row, agreement_id: None, path: place.path };
        made.row.offer_ends_on = Some(seat_offers::last_day_to_accept(tx, &made)?);
        made.row.insert(tx)?;
        record(tx, made.row.state.as_str(), None, Some(&made))?;
        return Ok(Some(made));
    }
    Ok(None)
}
