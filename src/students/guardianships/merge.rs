//! What becomes of guardianships when two records of one child are joined: a block wins, and nobody is guardian twice.

use std::collections::HashSet;

use super::model::{Guardianship, GuardianshipState};
use super::{end_because, place, store};
use crate::db::{Id, Tx};
use crate::journal::change;
use crate::refusal::Refusal;
use crate::students::students::ERASED;

/// Why a guardianship was ended by a merge.
const MERGED: &str = "merged";

/// Moves the guardianships of a person that was merged.
///
/// # Errors
/// When the database fails.
pub fn moved(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<Vec<Id>, Refusal> {
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
    Ok(leaving.iter().map(|held| held.row.id).collect())
}

/// Gives guardianships back to a person who was joined with another by mistake. Those that the merge ended are entered
/// anew: none is ever revived.
///
/// # Errors
/// When somebody else changes one, all is run again.
pub fn given_back(tx: &mut Tx<'_>, ids: &[Id], from: Id, to: Id) -> Result<(), Refusal> {
    for before in store::of_person(tx, from)?.into_iter().filter(|row| ids.contains(&row.row.id)) {
        change(tx, "given-back", &before, |held| held.person_id = to)?;
    }
    Ok(())
}

/// Forgets who was guardian of a person; how many they were.
///
/// # Errors
/// When somebody else changes one, all is run again.
pub fn erased(tx: &mut Tx<'_>, person: Id) -> Result<usize, Refusal> {
    let held = store::of_person(tx, person)?;
    for before in &held {
        let name = tx.sealing.seal(&place("contact_name", before.row.id), ERASED.as_bytes());
        let name = name.map_err(Refusal::internal)?;
        let last = tx.today.max(before.starts_on);
        change(tx, "erased", before, |held| {
            ERASED.clone_into(&mut held.contact_name);
            held.contact_phone = None;
            held.row.contact_name_sealed = name;
            held.row.contact_phone_sealed = None;
            held.row.contact_phone_hash = None;
            held.row.user_id = None;
            held.row.organisation_name = None;
            held.row.closing_document = None;
            held.row.restoring_document = None;
            held.row.closing_reason = Some("erased".to_owned());
            held.row.ends_on = Some(held.row.ends_on.map_or(last, |planned| planned.min(last)));
            held.row.state = GuardianshipState::Ended;
        })?;
    }
    Ok(held.len())
}
