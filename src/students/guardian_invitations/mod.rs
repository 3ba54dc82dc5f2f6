//! How guardians get accounts: the school gives each a code, one by one or for a class on paper, and whoever brings it
//! with the last digits of the telephone on record makes an account, or takes on a further child.
//!
//! No second person is asked. A guardian's role reaches nothing but the child of its guardianship, which its school
//! has entered and sees anyway (`Role::needs_second`); the journal names who gave the code, and whatever is signed
//! names the guardianship. Who was blocked stays blocked: the telephone on record decides, however it is written.

mod api;
mod page;

pub use self::api::{class_routes, open_routes, own_routes, routes};

use std::collections::HashMap;

use crate::auth::access_log::{self, SeenPerson};
use crate::auth::grants::RoleGrant;
use crate::auth::invitations::{self, Invitation, Invited, Issued, Newcomer, RegistrationIn};
use crate::auth::permission::{ClaimGuardianships, ManageGuardianships};
use crate::auth::tries::Try;
use crate::auth::users::User;
use crate::auth::{By, Role};
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::record;
use crate::refusal::{Code, Refusal};
use crate::schools::classes::Class;
use crate::schools::schools;
use crate::students::guardianships::{self, Guardianship};
use crate::students::students;
use crate::values::text::Line;

/// Guardians who are invited at once: more than a class has.
const CLASS_MAX: i64 = 400;

/// Why the access log says that a class's pupils were shown.
const INVITING: &str = "invitation";

fn invited(held: &Guardianship) -> Invited {
    Invited {
        organisation_id: held.school_id,
        path: held.path.clone(),
        role: Role::Guardian,
        guardianship_id: Some(held.id),
    }
}

/// Invites a guardian; a code of before ends.
///
/// # Errors
/// 404, 412, 409 when the guardianship has an account or no telephone, or is closed.
pub fn invite(tx: &mut Tx<'_>, by: &By<ManageGuardianships>, id: Id, seen: &IfMatchVersion) -> Result<Issued, Refusal> {
    let held = guardianships::to_invite(tx, by, id, seen)?;
    let issued = invitations::invite_guardians(tx, by.user_id, &[invited(&held)])?;
    issued.into_iter().next().ok_or_else(|| Refusal::internal("nobody was invited"))
}

/// A code for one guardian, as it is printed.
#[derive(Debug, Clone)]
pub struct Letter {
    pub issued: Issued,
    pub child: String,
    pub held: Guardianship,
}

/// The codes for a class.
#[derive(Debug, Clone)]
pub struct Letters {
    pub school: String,
    pub class: String,
    pub letters: Vec<Letter>,
}

/// Invites every guardian of a class who has no account; codes of before end. Each child that stands on the paper has
/// its line in the access log.
///
/// # Errors
/// 404, 412.
pub fn invite_class(
    tx: &mut Tx<'_>,
    by: &By<ManageGuardianships>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<Letters, Refusal> {
    let class: Class = by.find(tx, id)?;
    seen.expect(class.version)?;
    let school = schools::known(tx, class.school_id)?;
    let held = guardianships::to_be_invited(tx, id, CLASS_MAX)?;
    let pupils = students::of_class(tx, id, CLASS_MAX)?;
    let names: HashMap<Id, &str> = pupils.iter().map(|pupil| (pupil.person_id, pupil.name.as_str())).collect();
    let issued = invitations::invite_guardians(tx, by.user_id, &held.iter().map(invited).collect::<Vec<_>>())?;
    let persons: Vec<SeenPerson> = held.iter().map(Guardianship::seen_at).collect();
    if !persons.is_empty() {
        let request_id = tx.origin.request_id.clone();
        let line = access_log::line(tx, (by.user_id, by.role), &request_id, "invite_class", INVITING, persons);
        access_log::write(tx, line)?;
    }
    record(tx, "invited", Some(&class), Some(&class))?;
    let child = |held: &Guardianship| names.get(&held.person_id).map(|name| (*name).to_owned()).unwrap_or_default();
    let letter = |(issued, held)| Letter { issued, child: child(&held), held };
    let letters = issued.into_iter().zip(held).map(letter).collect();
    Ok(Letters { school: school.name, class: class.row.name, letters })
}

/// Makes a guardian's account by a code, gives it the role, and links the guardianship to it; nothing where the code is
/// good for nothing.
///
/// # Errors
/// 409 when the name is taken, 429 for an address that has tried too often.
pub fn register(
    tx: &mut Tx<'_>,
    new: &RegistrationIn,
    hash: &str,
    from: &Try,
) -> Result<Option<(User, RoleGrant)>, Refusal> {
    let brought = Brought { code: new.code.as_str(), digits: new.phone_last_four.as_str(), from };
    let Some((invitation, held)) = hold(tx, &brought, None)? else { return Ok(None) };
    let display_name = Line::kept(&held.contact_name).map_err(|_| Refusal::internal("a guardian without a name"))?;
    let (username, phone) = (&new.username, held.contact_phone.as_ref());
    let newcomer = Newcomer { username, display_name, hash, phone, organisation_id: None, path: String::new() };
    let (user, grant) = invitations::welcome(tx, &invitation, newcomer)?;
    guardianships::take(tx, &held, user.id)?;
    Ok(Some((user, grant)))
}

/// Links a further child to the caller's account by a code; nothing where the code is good for nothing.
///
/// # Errors
/// 409 when the caller is guardian of the child already, 429 for an address that has tried too often.
pub fn take_on(
    tx: &mut Tx<'_>,
    by: &By<ClaimGuardianships>,
    brought: &Brought<'_>,
) -> Result<Option<Guardianship>, Refusal> {
    let Some((invitation, held)) = hold(tx, brought, Some(by.user_id))? else { return Ok(None) };
    let taken = guardianships::take(tx, &held, by.user_id).map_err(already)?;
    invitations::used(tx, &invitation, by.user_id)?;
    Ok(Some(taken))
}

/// Who is guardian of a child already is told so: it is the caller's own child.
fn already(refusal: Refusal) -> Refusal {
    if refusal.code() == Some(Code::Overlap) { Refusal::of(Code::AlreadyExists).with("field", "code") } else { refusal }
}

/// What a guardian brings.
pub struct Brought<'a> {
    pub code: &'a str,
    /// The last four digits of the telephone on record.
    pub digits: &'a str,
    /// Where it comes from.
    pub from: &'a Try,
}

/// Invitation and guardianship of a code, both held, if everything fits: the code is open, the child still attends the
/// school that gave it, the guardian has no account and was not blocked, and the digits are right.
fn hold(
    tx: &mut Tx<'_>,
    brought: &Brought<'_>,
    user: Option<Id>,
) -> Result<Option<(Invitation, Guardianship)>, Refusal> {
    let Some(found) = invitations::of_code(tx, brought.code, brought.from)? else { return Ok(None) };
    let Some(guardianship_id) = found.guardianship_id else { return Ok(None) };
    let Some(of) = guardianships::of_invitation(tx, guardianship_id)? else { return Ok(None) };
    let Some(held) = guardianships::hold(tx, &of, user)? else { return Ok(None) };
    let Some(invitation) = invitations::hold(tx, &found)? else { return Ok(None) };
    let is_of_school = held.school_id.is_some() && held.school_id == invitation.organisation_id;
    if !is_of_school || !invitations::knows(tx, &invitation, held.contact_phone.as_ref(), brought.digits)? {
        return Ok(None);
    }
    Ok(Some((invitation, held)))
}
