//! Who was there: sent whole or in parts, again and again, from devices that were offline. Of two marks the later one
//! counts, the other stays in the history; nothing is overwritten unseen.

use std::collections::BTreeSet;

use super::model::RowResult;
use super::sent::{AttendanceIn, MarkIn};
use super::{Attendance, AttendanceMark, HeldRoster, MarkOutcome, Marked, hold, store};
use crate::auth::By;
use crate::auth::permission::RecordRosters;
use crate::db::{Id, Tx};
use crate::delivery::sessions;
use crate::inbox::messages::{self, MessageKind, News, Pupil};
use crate::refusal::{Code, Fault, FieldError, Refusal, Refused};
use crate::values::text::Line;

/// Records who was at a session.
///
/// # Errors
/// 404, 409 for a session that was cancelled, 422 before its day, for a pupil who is named twice, and for a record of
/// an earlier month that is not the administrator's to correct. A pupil who is not on the roster is refused in its row.
pub fn mark(tx: &mut Tx<'_>, by: &By<RecordRosters>, id: Id, sent: &AttendanceIn) -> Result<Marked, Refusal> {
    named_once(sent.marks.iter().map(|mark| mark.student_id), "/marks")?;
    let held = hold(tx, by, id)?;
    may_correct(tx, by, &held, sent.reason.is_some())?;
    let device = sent.device.as_ref().map_or("", |device| device.as_str());
    let mut marks = held.marks.clone();
    let (mut results, mut entered, mut changed, mut kept) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (index, one) in sent.marks.iter().enumerate() {
        let Some(person_id) = held.person_of(tx, one.student_id)? else {
            results.push(not_here(one.student_id, &format!("/marks/{index}/student_id")));
            continue;
        };
        let new = attendance(tx, by, &held, one, device);
        let standing = marks.iter_mut().find(|known| known.student_id == one.student_id);
        let outcome = match &standing {
            None => MarkOutcome::Entered,
            Some(known) => known.against(new.mark, device, new.sequence, new.made_at),
        };
        let outcome = match outcome {
            MarkOutcome::Corrected | MarkOutcome::Entered if held.is_closed() && sent.reason.is_none() => {
                MarkOutcome::AfterClose
            }
            // What is corrected with a reason is meant, whatever a clock says.
            MarkOutcome::Older if held.is_closed() && sent.reason.is_some() => MarkOutcome::Corrected,
            outcome => outcome,
        };
        let reason = sent.reason.as_ref().map(Line::as_str);
        match (outcome, standing) {
            (MarkOutcome::Entered, _) => {
                marks.push(new.clone());
                entered.push(new);
            }
            (MarkOutcome::Corrected, Some(known)) => {
                kept.push(known.kept(MarkOutcome::Corrected, reason, tx.now));
                let after = over(known, &new);
                *known = after.clone();
                changed.push(after);
            }
            // Said again later, it stands against what somebody else said in between.
            (MarkOutcome::Same, Some(known))
                if !held.is_closed() && known.is_before(device, new.sequence, new.made_at) =>
            {
                let after = over(known, &new);
                *known = after.clone();
                changed.push(after);
            }
            (MarkOutcome::Older | MarkOutcome::AfterClose, _) => kept.push(new.kept(outcome, None, tx.now)),
            _ => {}
        }
        let standing = marks.iter().find(|known| known.student_id == one.student_id).cloned();
        results.push(RowResult {
            student_id: one.student_id,
            person_id: Some(person_id),
            outcome,
            standing,
            refused: None,
        });
    }
    store::insert_marks(tx, &entered)?;
    for one in &changed {
        store::update_mark(tx, one)?;
    }
    store::keep(tx, id, kept)?;
    let is_new = |result: &&RowResult| matches!(result.outcome, MarkOutcome::Entered | MarkOutcome::Corrected);
    let is_absent =
        |result: &&RowResult| result.standing.as_ref().is_some_and(|standing| standing.mark == AttendanceMark::Absent);
    let absent: Vec<Id> = results.iter().filter(is_new).filter(is_absent).map(|result| result.student_id).collect();
    tell_absent(tx, &held, &absent)?;
    let has_changed = !entered.is_empty() || !changed.is_empty();
    held.settle(tx, &marks, results, has_changed)
}

/// A pupil is named once.
pub(super) fn named_once(pupils: impl Iterator<Item = Id>, list: &str) -> Result<(), Refusal> {
    let mut known = BTreeSet::new();
    let again = pupils.enumerate().filter(|(_, pupil)| !known.insert(*pupil));
    let fault = |(index, _)| FieldError::new(format!("{list}/{index}/student_id"), Fault::Duplicate);
    Refusal::unless_none(again.map(fault).collect())
}

/// The result of a row about somebody who is not on the roster.
pub(super) fn not_here(student_id: Id, at: &str) -> RowResult {
    let refused = Refused { errors: vec![FieldError::new(at, Fault::NotFound)], ..Refused::of(Code::Invalid) };
    RowResult { student_id, person_id: None, outcome: MarkOutcome::Refused, standing: None, refused: Some(refused) }
}

/// What is closed is corrected by whom the record of its month is open to.
pub(super) fn may_correct(
    tx: &mut Tx<'_>,
    by: &By<RecordRosters>,
    held: &HeldRoster,
    has_reason: bool,
) -> Result<(), Refusal> {
    if held.is_closed() && has_reason { sessions::correctable(tx, by.role, &held.session) } else { Ok(()) }
}

fn attendance(tx: &Tx<'_>, by: &By<RecordRosters>, held: &HeldRoster, one: &MarkIn, device: &str) -> Attendance {
    Attendance {
        session_id: held.session.row.id,
        student_id: one.student_id,
        school_id: held.session.row.school_id,
        mark: one.mark,
        // A clock that is ahead does not win over everybody.
        made_at: one.made_at.map_or(tx.now, |made_at| made_at.min(tx.now)),
        device: device.to_owned(),
        sequence: one.sequence,
        marked_by_id: by.user_id,
        marked_at: tx.now,
        departure: None,
        departed_at: None,
        pickup_person_id: None,
        guardianship_id: None,
        departure_note: None,
        departure_late: false,
        departure_by_id: None,
    }
}

/// A new mark in the place of another one: how the pupil left stays, as long as it was there.
fn over(standing: &Attendance, new: &Attendance) -> Attendance {
    if !new.mark.attended() {
        return new.clone();
    }
    Attendance {
        mark: new.mark,
        made_at: new.made_at,
        device: new.device.clone(),
        sequence: new.sequence,
        marked_by_id: new.marked_by_id,
        marked_at: new.marked_at,
        ..standing.clone()
    }
}

/// Guardians are told, while the session lasts, that their child has not come.
fn tell_absent(tx: &mut Tx<'_>, held: &HeldRoster, absent: &[Id]) -> Result<(), Refusal> {
    if held.session.row.held_on != tx.today {
        return Ok(());
    }
    for pupil in held.expected.iter().filter(|pupil| absent.contains(&pupil.student_id)) {
        let about =
            Pupil { student_id: pupil.student_id, person_id: pupil.person_id, school_id: held.session.row.school_id };
        let news = News::new(MessageKind::ChildAbsent, "sessions", held.session.row.id);
        messages::tell_guardians(tx, about, None, &news.project(held.session.row.project_id))?;
    }
    Ok(())
}
