//! What must hold of sessions over a whole database.

use super::store;
use crate::db::Tx;
use crate::refusal::Refusal;

/// Sentences about sessions that book somebody, or a place, twice, and about those that nobody leads.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    let mut wrong = Vec::new();
    for (one, other) in store::staff_twice(tx)? {
        wrong.push(format!("sessions {one} and {other} have the same member of staff at the same time"));
    }
    for (one, other) in store::venue_twice(tx)? {
        wrong.push(format!("sessions {one} and {other} are at the same place at the same time"));
    }
    for id in store::led_by_nobody(tx)? {
        wrong.push(format!("session {id} is led by somebody who does not serve at it"));
    }
    Ok(wrong)
}
