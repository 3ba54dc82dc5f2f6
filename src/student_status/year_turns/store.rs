//! SQL of turns and of where pupils were before.

use diesel::prelude::*;

use super::model::{PupilMove, YearTurn, YearTurnFilter, YearTurnRow};
use crate::db::schema::{enrollments, pupil_moves, year_turns};
use crate::db::{Id, Tx};
use crate::refusal::{Code, Refusal};
use crate::{insert_many, seen, stored};

stored!(
    year_turns,
    YearTurnRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "school_id, school_year")
);

seen!(year_turns, YearTurnRow, YearTurnFilter { school_id, school_year });

pub(super) fn keep(tx: &mut Tx<'_>, moves: &[PupilMove]) -> Result<(), Refusal> {
    insert_many!(tx, pupil_moves, moves)
}

/// Where the pupils of a turn were, in the order of their ids.
pub(super) fn moves_of(tx: &mut Tx<'_>, turn: Id) -> Result<Vec<PupilMove>, Refusal> {
    Ok(pupil_moves::table.filter(pupil_moves::turn_id.eq(turn)).order(pupil_moves::student_id).load(tx.conn)?)
}

/// Whether something was chosen since for a pupil that was moved, in the new school year.
pub(super) fn is_chosen_since(tx: &mut Tx<'_>, turn: &YearTurn) -> Result<bool, Refusal> {
    let moved = pupil_moves::table.filter(pupil_moves::turn_id.eq(turn.row.id)).select(pupil_moves::student_id);
    let chosen = enrollments::table
        .filter(enrollments::school_id.eq(turn.row.school_id))
        .filter(enrollments::school_year.eq(turn.row.school_year.clone()))
        .filter(enrollments::created_at.gt(turn.row.created_at))
        .filter(enrollments::student_id.eq_any(moved))
        .select(enrollments::id);
    Ok(chosen.first::<Id>(tx.conn).optional()?.is_some())
}
