//! What becomes of guardianships when two records of one child are joined: a block wins, and nobody is guardian twice.

use std::collections::HashSet;

use super::model::{Guardianship, GuardianshipState};
use super::{end_because, store};
use crate::db::{Id, Tx};
use crate::journal::change;
use crate::refusal::Refusal;

/// Why a guardianship was ended by a merge.
const MERGED: &str = "merged";

/// Moves the guardianships of a person that was merged.
///
/// # Errors
/// When the database fails.
pub fn moved(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<(), Refusal> {
    let (leaving, staying) = (store::of_person(tx, from)?, store::of_person(tx, into)?);
    let blocked: Vec<&Guardianship> =
        leaving.iter().chain(&staying).filter(|held| held.row.state == GuardianshipState::Blocked).collect();
    // What a document restored stands against the block of its own record, not against that of the other.
    let overrules = |block: &Guardianship, held: &Guardianship| {
        let restored = held.row.restoring_document.is_some() && held.row.person_id == block.row.person_id;
        block.is_of_the_guardian_of(held) && !restored
    };
    let is_blocked = |held: &Guardianship| blocked.iter().any(|block| overrules(block, held));
    let standing = |held: &&Guardianship| held.row.state == GuardianshipState::Active;
    let mut guardians: HashSet<Id> = HashSet::new();
    for held in staying.iter().filter(standing) {
        if is_blocked(held) {
            end_because(tx, held, MERGED)?;
        } else {
            guardians.extend(held.row.user_id);
        }
    }
    for held in &leaving {
        let twice = held.row.user_id.is_some_and(|user| guardians.contains(&user));
        let closes = standing(&held) && (twice || is_blocked(held));
        let held = if closes { end_because(tx, held, MERGED)? } else { held.clone() };
        change(tx, "moved", &held, |row| row.person_id = into)?;
    }
    Ok(())
}
