//! What must hold over all enrollments, for `kehou verify`.

use std::collections::HashMap;

use super::store;
use crate::db::{Id, Tx};
use crate::refusal::Refusal;

/// Projects whose seats are verified together.
const VERIFY_BATCH: i64 = 500;

/// Sentences about seats that are not held by as many enrollments or are free while somebody waits, and about
/// enrollments that are active without an agreement, or stand in a plan that was withdrawn or a project that was
/// closed.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    verify_by(tx, VERIFY_BATCH)
}

/// [`verify`], the seats of so many projects at a time.
///
/// # Errors
/// When the database fails.
pub fn verify_by(tx: &mut Tx<'_>, batch: i64) -> Result<Vec<String>, Refusal> {
    let (mut wrong, mut after) = (Vec::new(), Id::NIL);
    loop {
        let taken = store::seats_taken_after(tx, after, batch)?;
        let Some((last, _)) = taken.last() else { break };
        after = *last;
        let projects: Vec<Id> = taken.iter().map(|(project, _)| *project).collect();
        let held: HashMap<Id, i64> = store::seats_held(tx, &projects)?.into_iter().collect();
        for (project, taken) in taken {
            let holders = held.get(&project).copied().unwrap_or_default();
            if holders != taken {
                wrong.push(format!("project {project} counts {taken} seats, which {holders} enrollments hold"));
            }
        }
    }
    let uncounted = store::held_uncounted(tx)?;
    wrong.extend(uncounted.iter().map(|project| format!("project {project} counts no seats, which enrollments hold")));
    let unsigned = store::active_unsigned(tx)?;
    wrong.extend(unsigned.into_iter().map(|id| format!("enrollment {id} is active without an agreement")));
    let waiting = store::waiting_beside_free_seats(tx)?;
    wrong.extend(waiting.into_iter().map(|id| format!("enrollment {id} waits while seats of its project are free")));
    let withdrawn = store::active_in_withdrawn(tx)?;
    wrong.extend(withdrawn.into_iter().map(|id| format!("enrollment {id} is active in a plan that was withdrawn")));
    let closed = store::open_in_closed(tx)?;
    wrong.extend(closed.into_iter().map(|id| format!("enrollment {id} stands in a project that was closed")));
    Ok(wrong)
}
