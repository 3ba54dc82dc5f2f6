//! What must hold of draws, for `kehou verify`: the seed is the one that was told, and it gives what was drawn.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::{limited, numbered, result};
use crate::db::{Id, Tx};
use crate::enrollments::choice_windows::{self, ChoiceWindow};
use crate::enrollments::enrollments::{self, DrawOutcome, Enrollment};
use crate::filings::filings;
use crate::refusal::Refusal;
use crate::rules::document::PlanProject;
use crate::rules::draw::{Tier, Wish};
use crate::sealing::hex;

/// Windows that are verified together.
const BATCH: i64 = 50;

/// Sentences about draws that are not what their seeds give.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    let (mut wrong, mut after) = (Vec::new(), Id::NIL);
    loop {
        let windows = choice_windows::drawn_after(tx, after, BATCH)?;
        let Some(last) = windows.last() else { return Ok(wrong) };
        after = last.id;
        for window in &windows {
            wrong.extend(verified(tx, window)?);
        }
    }
}

fn verified(tx: &mut Tx<'_>, window: &ChoiceWindow) -> Result<Option<String>, Refusal> {
    let (Some(seed), Some(filing)) = (&window.seed, window.filing_id) else { return Ok(None) };
    if hex(&Sha256::digest(seed)) != window.seed_sha256 {
        return Ok(Some(format!("choice window {} was drawn with another seed than was told", window.id)));
    }
    let drawn = enrollments::drawn_of_plan(tx, window.plan_id)?;
    let filed = filings::filed(tx, filing)?;
    let limited: Vec<(Id, &PlanProject)> = limited(&filed).collect();
    let is_right = if window.siblings_together {
        numbers_run_through(&drawn) // who was whose guardian then is not kept with the draw
    } else {
        let places = numbered(limited.iter().map(|(id, _)| *id));
        let children = numbered(drawn.iter().map(|row| row.student_id));
        let wishes: Vec<Wish> = drawn.iter().filter_map(|row| wish_of(row, &places, &children)).collect();
        let again = result(window, seed, &limited, &window.seats.0, &wishes);
        wishes.len() == drawn.len()
            && drawn.iter().zip(&again).all(|(row, again)| {
                (row.draw_number, row.draw_outcome) == (Some(again.number), Some(DrawOutcome::from(again.outcome)))
            })
    };
    Ok((!is_right).then(|| format!("choice window {}: its seed gives something else than was drawn", window.id)))
}

/// A wish as it was drawn. Children are told apart by the pupil, which stays when two records become one person.
fn wish_of(row: &Enrollment, places: &HashMap<Id, usize>, children: &HashMap<Id, usize>) -> Option<Wish> {
    Some(Wish {
        id: row.id.to_string(),
        child: *children.get(&row.student_id)?,
        project: *places.get(&row.project_id)?,
        rank: row.wish?,
        tier: Tier::from(row.draw_tier?),
        family: None,
    })
}

/// Whether the numbers of each project run from 1 without gaps.
fn numbers_run_through(drawn: &[Enrollment]) -> bool {
    let mut next: BTreeMap<Id, i32> = BTreeMap::new();
    drawn.iter().all(|row| {
        let expected = next.entry(row.project_id).or_insert(0);
        *expected += 1;
        row.draw_number == Some(*expected)
    })
}
