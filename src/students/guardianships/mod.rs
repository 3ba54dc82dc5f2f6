//! Guardianships: with rights and dates; ended or blocked, never revived. The choice is the guardian's (二.2), so every
//! query and every write of a guardian asks here whether it still holds.

mod api;
mod families;
mod invited;
mod merge;
mod model;
mod store;

pub use self::api::{GuardianshipOut, routes};
pub use self::families::of as families;
pub use self::invited::{hold, of_invitation, take, to_be_invited, to_invite};
pub use self::merge::{erased, given_back, moved};
pub use self::model::{
    GuardianKind, Guardianship, GuardianshipBlockIn, GuardianshipEndIn, GuardianshipFilter, GuardianshipIn,
    GuardianshipState, GuardianshipVerb, Relation, Right,
};

use std::collections::BTreeSet;

use time::Date;

use self::model::GuardianshipRow;
use crate::auth::permission::ManageGuardianships;
use crate::auth::users::{self, UserKind};
use crate::auth::{By, Scope};
use crate::db::{Id, Stored, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::students::{persons, students};
use crate::values::identifiers::Phone;
use crate::values::text::Line;

/// A seal opens in its own row alone.
fn place(column: &str, id: Id) -> String {
    format!("guardianships.{column}:{id}")
}

fn open_contact(tx: &Tx<'_>, row: &GuardianshipRow) -> Result<(String, Option<Phone>), Refusal> {
    let open = |column: &str, sealed: &str| -> Result<String, Refusal> {
        let bytes = tx.sealing.open(&place(column, row.id), sealed).map_err(Refusal::internal)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let name = open("contact_name", &row.contact_name_sealed)?;
    let phone = row.contact_phone_sealed.as_deref().map(|sealed| open("contact_phone", sealed)).transpose()?;
    let phone = phone.map(|text| Phone::new(&text)).transpose();
    Ok((name, phone.map_err(|_| Refusal::internal("a sealed telephone of the wrong form"))?))
}

/// Of the number as it is dialled, so that each spelling has one hash.
fn phone_hash(tx: &Tx<'_>, phone: &Phone) -> String {
    let dialled = phone.dialled().unwrap_or_else(|| phone.reveal().to_owned());
    tx.sealing.keyed_hash("guardianships.contact_phone", dialled.as_bytes())
}

/// Whether an account, or whoever has a telephone, was blocked as guardian of a person: by the account, by the
/// telephone in any spelling, or by one under which the account is known as a guardian.
fn is_blocked(tx: &mut Tx<'_>, person: Id, user: Option<Id>, phone: Option<&Phone>) -> Result<bool, Refusal> {
    let mut blocked = store::of_person(tx, person)?;
    blocked.retain(|held| held.state == GuardianshipState::Blocked);
    if blocked.is_empty() {
        return Ok(false);
    }
    let known = match user {
        Some(user) => store::of_user(tx, user)?,
        None => Vec::new(),
    };
    let phones: BTreeSet<String> =
        known.iter().filter_map(|held| held.contact_phone.as_ref()).chain(phone).filter_map(Phone::dialled).collect();
    let is_known = |held: &Guardianship| held.dialled().is_some_and(|dialled| phones.contains(&dialled));
    Ok(blocked.iter().any(|held| (held.user_id.is_some() && held.user_id == user) || is_known(held)))
}

/// Enters a guardianship of a child that attends in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the guardian was blocked and no document allows it, or has
/// a standing guardianship.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageGuardianships>, new: &GuardianshipIn) -> Result<Guardianship, Refusal> {
    let faults = new.faults();
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let child = students::attending(tx, &by.scope(), new.person_id)?;
    let child = child.ok_or_else(|| Refusal::field("/person_id", Fault::NotFound))?;
    if let Some(user) = new.user_id {
        check_account(tx, user)?;
    }
    persons::claim(tx, new.person_id)?;
    let hash = new.contact_phone.as_ref().map(|phone| phone_hash(tx, phone));
    let blocked = is_blocked(tx, new.person_id, new.user_id, new.contact_phone.as_ref())?;
    if blocked && new.restoring_document.is_none() {
        return Err(Refusal::of(Code::GuardianshipBlocked));
    }
    let row = row_of(tx, new, hash)?;
    row.insert(tx)?;
    let (contact_name, contact_phone) = (new.contact_name.as_str().to_owned(), new.contact_phone.clone());
    let school_id = Some(child.row.school_id);
    let made = Guardianship { row, contact_name, contact_phone, school_id, path: child.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

fn row_of(tx: &Tx<'_>, new: &GuardianshipIn, phone_hash: Option<String>) -> Result<GuardianshipRow, Refusal> {
    let id = Id::fresh();
    let seal = |column: &str, text: &str| tx.sealing.seal(&place(column, id), text.as_bytes());
    let phone = new.contact_phone.as_ref().map(|phone| seal("contact_phone", phone.reveal())).transpose();
    let name = seal("contact_name", new.contact_name.as_str());
    Ok(GuardianshipRow {
        id,
        person_id: new.person_id,
        user_id: new.user_id,
        kind: new.kind,
        organisation_name: new.organisation_name.as_ref().map(|name| name.as_str().to_owned()),
        relation: new.relation,
        contact_name_sealed: name.map_err(Refusal::internal)?,
        contact_phone_sealed: phone.map_err(Refusal::internal)?,
        contact_phone_hash: phone_hash,
        rights: new.rights_text(),
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        state: GuardianshipState::Active,
        closing_reason: None,
        closing_document: None,
        restoring_document: new.restoring_document.as_ref().map(owned),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    })
}

fn owned(document: &Line<2, 120>) -> String {
    document.as_str().to_owned()
}

/// A guardian's account is a person's, and belongs to no organisation.
fn check_account(tx: &mut Tx<'_>, user: Id) -> Result<(), Refusal> {
    let found = users::find(tx, &Scope::Everything, user).map_err(|refusal| refusal.named_at("/user_id"))?;
    let fits = found.row.kind == UserKind::Person && found.row.organisation_id.is_none();
    if fits { Ok(()) } else { Err(Refusal::field("/user_id", Fault::NotForThis)) }
}

/// Gives a guardianship the account that its guardian has now.
///
/// # Errors
/// 404, 412, 409 when it has one, is closed, or the account was blocked; 422 for an account that does not fit.
pub fn link(
    tx: &mut Tx<'_>,
    by: &By<ManageGuardianships>,
    id: Id,
    seen: &IfMatchVersion,
    user: Id,
) -> Result<Guardianship, Refusal> {
    let before = ready_for(tx, by, id, seen, GuardianshipVerb::Link)?;
    check_account(tx, user)?;
    persons::claim(tx, before.person_id)?;
    if before.restoring_document.is_none()
        && is_blocked(tx, before.person_id, Some(user), before.contact_phone.as_ref())?
    {
        return Err(Refusal::of(Code::GuardianshipBlocked));
    }
    change(tx, "linked", &before, |held| held.user_id = Some(user))
}

/// Ends a guardianship. From the commit on it reads, signs and receives nothing, whatever its last day.
///
/// # Errors
/// 404, 412, 409 when it is closed, 422 for a day before its first or after today.
pub fn end(
    tx: &mut Tx<'_>,
    by: &By<ManageGuardianships>,
    id: Id,
    seen: &IfMatchVersion,
    closing: &GuardianshipEndIn,
) -> Result<Guardianship, Refusal> {
    let before = ready_for(tx, by, id, seen, GuardianshipVerb::End)?;
    let last = closing.ends_on.unwrap_or_else(|| tx.today.max(before.starts_on));
    if last < before.starts_on {
        return Err(Refusal::field("/ends_on", Fault::EndsBeforeStart));
    }
    if closing.ends_on.is_some() && last > tx.today {
        return Err(Refusal::field("/ends_on", Fault::OutOfRange).said("after-today"));
    }
    change(tx, "ended", &before, |held| {
        held.state = GuardianshipState::Ended;
        held.ends_on = Some(held.ends_on.map_or(last, |planned| planned.min(last)));
        held.closing_reason = Some(owned(&closing.reason));
        held.closing_document = closing.document.as_ref().map(owned);
    })
}

/// Blocks a guardian: nothing brings it back but a new guardianship that names its document.
///
/// # Errors
/// 404, 412, 409 when it is blocked.
pub fn block(
    tx: &mut Tx<'_>,
    by: &By<ManageGuardianships>,
    id: Id,
    seen: &IfMatchVersion,
    closing: &GuardianshipBlockIn,
) -> Result<Guardianship, Refusal> {
    let before = ready_for(tx, by, id, seen, GuardianshipVerb::Block)?;
    persons::claim(tx, before.person_id)?;
    let after = change(tx, "blocked", &before, |held| {
        held.state = GuardianshipState::Blocked;
        held.closing_reason = Some(owned(&closing.reason));
        held.closing_document = Some(owned(&closing.document));
    })?;
    for other in store::of_person(tx, after.person_id)? {
        if other.state == GuardianshipState::Active && other.is_of_the_guardian_of(&after) {
            end_because(tx, &other, closing.reason.as_str())?;
        }
    }
    Ok(after)
}

/// Ends what cannot stand beside a block or a merge.
fn end_because(tx: &mut Tx<'_>, before: &Guardianship, reason: &str) -> Result<Guardianship, Refusal> {
    let last = tx.today.max(before.starts_on);
    change(tx, "ended", before, |held| {
        held.state = GuardianshipState::Ended;
        held.ends_on = Some(held.ends_on.map_or(last, |planned| planned.min(last)));
        held.closing_reason = Some(reason.to_owned());
    })
}

fn ready_for(
    tx: &mut Tx<'_>,
    by: &By<ManageGuardianships>,
    id: Id,
    seen: &IfMatchVersion,
    verb: GuardianshipVerb,
) -> Result<Guardianship, Refusal> {
    let found: Guardianship = by.find(tx, id)?;
    seen.expect(found.version)?;
    if found.allows(verb) {
        return Ok(found);
    }
    Err(verb.refused(found.state, &found.can(by)))
}

/// Persons, and what may be done for them.
pub type Rights = BTreeSet<(Id, Right)>;

/// What an account may do today for each of some persons, in one statement.
///
/// # Errors
/// When the database fails.
pub fn rights_of(tx: &mut Tx<'_>, user: Id, persons: &[Id]) -> Result<Rights, Refusal> {
    Ok(rights_in(&store::rights_of(tx, user, persons)?))
}

/// Who is guardian of persons today: a person, and what tells one guardian from another. A guardian is known by its
/// account, and by its telephone.
///
/// # Errors
/// When the database fails.
pub fn shared_by(tx: &mut Tx<'_>, persons: &[Id]) -> Result<Vec<(Id, String)>, Refusal> {
    let held = store::known_by(tx, persons)?;
    let of_account = held.iter().filter_map(|(person, user, _)| Some((*person, user.as_ref()?.to_string())));
    let by_phone = held.iter().filter_map(|(person, _, phone)| Some((*person, phone.clone()?)));
    Ok(of_account.chain(by_phone).collect())
}

fn rights_in(held: &[(Id, String)]) -> Rights {
    held.iter().flat_map(|(person, rights)| model::rights_in(rights).map(|right| (*person, right))).collect()
}

/// A row that another room has read, with its contact opened.
///
/// # Errors
/// A defect: it was sealed under another key.
pub fn of_row(tx: &Tx<'_>, row: GuardianshipRow, school_id: Id, path: String) -> Result<Guardianship, Refusal> {
    let (contact_name, contact_phone) = open_contact(tx, &row)?;
    Ok(Guardianship { row, contact_name, contact_phone, school_id: Some(school_id), path })
}

/// The accounts of guardians of some persons who are to receive notices today: person and account.
///
/// # Errors
/// When the database fails.
pub fn receivers(tx: &mut Tx<'_>, persons: &[Id]) -> Result<Vec<(Id, Id)>, Refusal> {
    store::receivers(tx, persons)
}

/// Who comes to fetch some persons on a day: guardians with the right to, and those who were blocked, who must not.
///
/// # Errors
/// When the database fails.
pub fn at_the_door(tx: &mut Tx<'_>, persons: &[Id], day: Date) -> Result<Vec<Guardianship>, Refusal> {
    store::at_the_door(tx, persons, day)
}

/// Whether an account has a right for a person today.
///
/// # Errors
/// When the database fails.
pub fn has_right(tx: &mut Tx<'_>, user: Id, person: Id, right: Right) -> Result<bool, Refusal> {
    Ok(rights_of(tx, user, &[person])?.contains(&(person, right)))
}

/// The same for a write that chooses, signs or pays: the guardianship cannot end before this transaction does.
///
/// # Errors
/// When the database fails.
pub fn claim_right(tx: &mut Tx<'_>, user: Id, person: Id, right: Right) -> Result<bool, Refusal> {
    Ok(claim_rights(tx, user, person)?.rights.contains(&(person, right)))
}

/// What an account holds for a person whom it has claimed.
#[derive(Debug, Clone, Default)]
pub struct Claimed {
    pub rights: Rights,
    /// Whether somebody else with an account is guardian of the person, too.
    pub is_shared: bool,
}

/// All that an account may do for a person today, for such a write.
///
/// # Errors
/// When the database fails.
pub fn claim_rights(tx: &mut Tx<'_>, user: Id, person: Id) -> Result<Claimed, Refusal> {
    let held = store::claim_rights(tx, user, person)?;
    let is_shared = held.iter().any(|(.., shared)| *shared);
    let held: Vec<(Id, String)> = held.into_iter().map(|(person, rights, _)| (person, rights)).collect();
    Ok(Claimed { rights: rights_in(&held), is_shared })
}

/// Whether a guardianship of a person holds today and on the day on which a paper was signed, with a right; its row is
/// held until the transaction ends.
///
/// # Errors
/// When the database fails.
pub fn claim_named(tx: &mut Tx<'_>, id: Id, person: Id, right: Right, signed_on: Date) -> Result<bool, Refusal> {
    let held = store::claim_named(tx, id, person, signed_on)?;
    Ok(held.is_some_and(|rights| model::rights_in(&rights).any(|held| held == right)))
}
