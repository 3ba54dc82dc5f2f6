//! Guardianships that their guardians take on by themselves, with a code that the school has given them.

use super::model::{Guardianship, GuardianshipVerb};
use super::{is_blocked, ready_for, store};
use crate::auth::permission::ManageGuardianships;
use crate::auth::{By, Found, Scope};
use crate::db::{Id, Tx, run_again};
use crate::http::IfMatchVersion;
use crate::journal::change;
use crate::refusal::Refusal;
use crate::students::persons;

/// The guardianship that is to be invited for.
///
/// # Errors
/// 404, 412, 409 when it has an account or no telephone, or is closed.
pub fn to_invite(
    tx: &mut Tx<'_>,
    by: &By<ManageGuardianships>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<Guardianship, Refusal> {
    ready_for(tx, by, id, seen, GuardianshipVerb::Invite)
}

/// The guardianships of a class that the caller sees for which nobody has an account yet, so many at most.
///
/// # Errors
/// When the database fails.
pub fn to_be_invited(tx: &mut Tx<'_>, class: Id, limit: i64) -> Result<Vec<Guardianship>, Refusal> {
    store::to_be_taken(tx, class, limit)
}

/// The guardianship of an invitation, while its child attends a school.
///
/// # Errors
/// When the database fails.
pub fn of_invitation(tx: &mut Tx<'_>, id: Id) -> Result<Option<Guardianship>, Refusal> {
    Guardianship::find_in(tx, &Scope::Everything, id)
}

/// The same with its child held until the transaction ends, so that a block or a merge waits for it, or has been seen
/// by it. Nothing where nobody may take it on: not a guardian who was blocked, whichever account comes.
///
/// # Errors
/// When the child was joined with another record meanwhile, all is run again.
pub fn hold(tx: &mut Tx<'_>, found: &Guardianship, user: Option<Id>) -> Result<Option<Guardianship>, Refusal> {
    persons::claim(tx, found.person_id)?;
    let Some(held) = of_invitation(tx, found.id)? else { return Ok(None) };
    if held.person_id != found.person_id {
        return Err(run_again("the child was joined with another record"));
    }
    let free = held.is_to_be_taken(tx.today);
    let blocked =
        held.restoring_document.is_none() && is_blocked(tx, held.person_id, user, held.contact_phone.as_ref())?;
    Ok(Some(held).filter(|_| free && !blocked))
}

/// Links a guardianship to the account of its guardian, who has shown to be it.
///
/// # Errors
/// 409 when the account is guardian of the child already.
pub fn take(tx: &mut Tx<'_>, held: &Guardianship, user: Id) -> Result<Guardianship, Refusal> {
    change(tx, "linked", held, |guardianship| guardianship.user_id = Some(user))
}
