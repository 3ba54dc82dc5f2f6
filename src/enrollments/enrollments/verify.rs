//! What must hold over all enrollments, for `kehou verify`.

use std::collections::HashMap;

use super::store;
use crate::db::{Id, Tx};
use crate::refusal::Refusal;

/// Sentences about seats that are not held by as many enrollments, and about enrollments that are active without an
/// agreement.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    let mut held: HashMap<Id, i64> = store::seats_held(tx)?.into_iter().collect();
    let mut wrong = Vec::new();
    for (project, taken) in store::seats_taken(tx)? {
        let holders = held.remove(&project).unwrap_or_default();
        if holders != taken {
            wrong.push(format!("project {project} counts {taken} seats, which {holders} enrollments hold"));
        }
    }
    wrong.extend(held.keys().map(|project| format!("project {project} counts no seats, which enrollments hold")));
    let unsigned = store::active_unsigned(tx)?;
    wrong.extend(unsigned.into_iter().map(|id| format!("enrollment {id} is active without an agreement")));
    Ok(wrong)
}
