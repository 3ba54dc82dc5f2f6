//! Consents of guardians to the keeping of a child's data, asked for children under 14: by version of the text, and to
//! be withdrawn at any time.

mod api;
mod model;
mod store;

pub use self::api::{ConsentOut, routes};
pub use self::model::{Consent, ConsentIn, ConsentVerb};

use self::model::ConsentRow;
use crate::auth::permission::GiveConsents;
use crate::auth::{By, Role};
use crate::db::{Id, Stored, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::refusal::{Fault, Refusal};
use crate::students::guardianships::{self, Guardianship, GuardianshipState, Right};
use crate::students::persons;

/// Records a guardian's consent: given by the guardian itself, or entered by the school from a paper that it names.
///
/// # Errors
/// 422 when the guardianship is unknown, closed or may not sign, or the paper is missing; 409 when the consent stands.
pub fn give(tx: &mut Tx<'_>, by: &By<GiveConsents>, new: &ConsentIn) -> Result<Consent, Refusal> {
    let held = claimed(tx, by, new.guardianship_id).map_err(|refusal| refusal.named_at("/guardianship_id"))?;
    if by.role != Role::Guardian && new.document.is_none() {
        return Err(Refusal::field("/document", Fault::Required));
    }
    let signs = match (by.role, held.user_id) {
        (Role::Guardian, Some(user)) => guardianships::claim_right(tx, user, held.person_id, Right::Sign)?,
        _ => held.state == GuardianshipState::Active && held.rights().contains(&Right::Sign),
    };
    if !signs {
        return Err(Refusal::field("/guardianship_id", Fault::NotForThis));
    }
    let row = ConsentRow {
        id: Id::fresh(),
        person_id: held.person_id,
        guardianship_id: new.guardianship_id,
        text_version: new.text_version.as_str().to_owned(),
        document: new.document.as_ref().map(|text| text.as_str().to_owned()),
        given_at: tx.now,
        withdrawn_at: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let made = Consent { row, school_id: held.school_id, path: held.path };
    record(tx, "given", None, Some(&made))?;
    Ok(made)
}

/// A guardianship with its child claimed: whoever joins the child with another record waits meanwhile, or has been
/// seen.
fn claimed(tx: &mut Tx<'_>, by: &By<GiveConsents>, id: Id) -> Result<Guardianship, Refusal> {
    let found: Guardianship = by.find(tx, id)?;
    persons::claim(tx, found.row.person_id)?;
    by.find(tx, id)
}

/// Withdraws a consent.
///
/// # Errors
/// 404, 412, 409 when it was withdrawn.
pub fn withdraw(tx: &mut Tx<'_>, by: &By<GiveConsents>, id: Id, seen: &IfMatchVersion) -> Result<Consent, Refusal> {
    let before: Consent = by.find(tx, id)?;
    seen.expect(before.version)?;
    ConsentVerb::Withdraw.from(before.state())?;
    let now = tx.now;
    change(tx, "withdrawn", &before, |consent| consent.withdrawn_at = Some(now))
}

/// Moves the consents for a person that was merged.
///
/// # Errors
/// When the database fails.
pub fn moved(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<Vec<Id>, Refusal> {
    let mut moved = Vec::new();
    for before in store::of_person(tx, from)? {
        change(tx, "moved", &before, |consent| consent.person_id = into)?;
        moved.push(before.row.id);
    }
    Ok(moved)
}

/// Gives consents back to a person who was joined with another by mistake.
///
/// # Errors
/// When somebody else changes one, all is run again.
pub fn given_back(tx: &mut Tx<'_>, ids: &[Id], from: Id, to: Id) -> Result<(), Refusal> {
    for before in store::of_person(tx, from)?.into_iter().filter(|row| ids.contains(&row.row.id)) {
        change(tx, "given-back", &before, |consent| consent.person_id = to)?;
    }
    Ok(())
}

/// All consents for a person, whoever asks.
///
/// # Errors
/// When the database fails.
pub fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Consent>, Refusal> {
    store::of_person(tx, person)
}

/// Deletes the consents for a person; how many they were.
///
/// # Errors
/// When the database fails.
pub fn erased(tx: &mut Tx<'_>, person: Id) -> Result<usize, Refusal> {
    let all = store::of_person(tx, person)?;
    for consent in &all {
        store::delete(tx, consent.row.id)?;
        record(tx, "erased", Some(consent), None)?;
    }
    Ok(all.len())
}
