//! Guardianships: with rights and dates; ended or blocked, never revived. The choice is the guardian's (二.2), so every
//! query and every write of a guardian asks here whether it still holds.

mod api;
mod merge;
mod model;
mod store;

pub use self::api::routes;
pub use self::merge::moved;
pub use self::model::{
    Closing, GuardianKind, Guardianship, GuardianshipState, GuardianshipVerb, NewGuardianship, Relation, Right,
};
pub use self::store::GuardianshipFilter;

use std::collections::BTreeSet;

use self::model::GuardianshipRow;
use crate::auth::permission::{ManageGuardianships, ReadGuardianships};
use crate::auth::users::{self, UserKind};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::students::{persons, students};
use crate::values::identifiers::Phone;

impl Recorded for Guardianship {
    const RESOURCE: &'static str = "guardianship";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

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

fn phone_hash(tx: &Tx<'_>, phone: &Phone) -> String {
    tx.sealing.keyed_hash("guardianships.contact_phone", phone.reveal().as_bytes())
}

/// Enters a guardianship of a child that attends in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the guardian was blocked and no document allows it, or has
/// a standing guardianship.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewGuardianship) -> Result<Guardianship, Refusal> {
    let faults = new.faults();
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let child = students::attending(tx, &Scope::of::<ManageGuardianships>(actor), new.person_id)?;
    let child = child.ok_or_else(|| Refusal::field("/person_id", Fault::NotFound))?;
    if let Some(user) = new.user_id {
        check_account(tx, user)?;
    }
    persons::claim(tx, new.person_id)?;
    let hash = new.contact_phone.as_ref().map(|phone| phone_hash(tx, phone));
    let blocked = store::is_blocked(tx, new.person_id, new.user_id, hash.as_deref())?;
    if blocked && new.restoring_document.is_none() {
        return Err(Refusal::of(Code::GuardianshipBlocked));
    }
    let row = row_of(tx, new, hash)?;
    store::insert(tx, &row)?;
    let (contact_name, contact_phone) = (new.contact_name.clone(), new.contact_phone.clone());
    let school_id = Some(child.row.school_id);
    let made = Guardianship { row, contact_name, contact_phone, school_id, path: child.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

fn row_of(tx: &Tx<'_>, new: &NewGuardianship, phone_hash: Option<String>) -> Result<GuardianshipRow, Refusal> {
    let id = Id::fresh();
    let seal = |column: &str, text: &str| tx.sealing.seal(&place(column, id), text.as_bytes());
    let phone = new.contact_phone.as_ref().map(|phone| seal("contact_phone", phone.reveal())).transpose();
    Ok(GuardianshipRow {
        id,
        person_id: new.person_id,
        user_id: new.user_id,
        kind: new.kind,
        organisation_name: new.organisation_name.clone(),
        relation: new.relation,
        contact_name_sealed: seal("contact_name", &new.contact_name).map_err(Refusal::internal)?,
        contact_phone_sealed: phone.map_err(Refusal::internal)?,
        contact_phone_hash: phone_hash,
        rights: new.rights_text(),
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        state: GuardianshipState::Active,
        closing_reason: None,
        closing_document: None,
        restoring_document: new.restoring_document.clone(),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    })
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
pub fn link(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion, user: Id) -> Result<Guardianship, Refusal> {
    let before = ready_for(tx, actor, id, seen, GuardianshipVerb::Link)?;
    check_account(tx, user)?;
    persons::claim(tx, before.row.person_id)?;
    if before.row.restoring_document.is_none() && store::is_blocked(tx, before.row.person_id, Some(user), None)? {
        return Err(Refusal::of(Code::GuardianshipBlocked));
    }
    change(tx, "linked", &before, |row| row.user_id = Some(user))
}

/// Ends a guardianship. From the commit on it reads, signs and receives nothing, whatever its last day.
///
/// # Errors
/// 404, 412, 409 when it is closed, 422 for a day before its first or after today.
pub fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    closing: &Closing,
) -> Result<Guardianship, Refusal> {
    let before = ready_for(tx, actor, id, seen, GuardianshipVerb::End)?;
    let last = closing.ends_on.unwrap_or_else(|| tx.today.max(before.row.starts_on));
    if last < before.row.starts_on {
        return Err(Refusal::field("/ends_on", Fault::EndsBeforeStart));
    }
    if closing.ends_on.is_some() && last > tx.today {
        return Err(Refusal::field("/ends_on", Fault::OutOfRange));
    }
    change(tx, "ended", &before, |row| {
        row.state = GuardianshipState::Ended;
        row.ends_on = Some(row.ends_on.map_or(last, |planned| planned.min(last)));
        row.closing_reason = Some(closing.reason.clone());
        row.closing_document = closing.document.clone();
    })
}

/// Blocks a guardian: nothing brings it back but a new guardianship that names its document.
///
/// # Errors
/// 404, 412, 409 when it is blocked.
pub fn block(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    closing: &Closing,
) -> Result<Guardianship, Refusal> {
    let before = ready_for(tx, actor, id, seen, GuardianshipVerb::Block)?;
    persons::claim(tx, before.row.person_id)?;
    let after = change(tx, "blocked", &before, |row| {
        row.state = GuardianshipState::Blocked;
        row.closing_reason = Some(closing.reason.clone());
        row.closing_document = closing.document.clone();
    })?;
    for other in store::of_person(tx, after.row.person_id)? {
        if other.row.state == GuardianshipState::Active && other.is_of_the_guardian_of(&after) {
            end_because(tx, &other, &closing.reason)?;
        }
    }
    Ok(after)
}

/// Ends what cannot stand beside a block or a merge.
fn end_because(tx: &mut Tx<'_>, held: &Guardianship, reason: &str) -> Result<Guardianship, Refusal> {
    let last = tx.today.max(held.row.starts_on);
    change(tx, "ended", held, |row| {
        row.state = GuardianshipState::Ended;
        row.ends_on = Some(row.ends_on.map_or(last, |planned| planned.min(last)));
        row.closing_reason = Some(reason.to_owned());
    })
}

fn ready_for(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    verb: GuardianshipVerb,
) -> Result<Guardianship, Refusal> {
    let found = find(tx, &Scope::of::<ManageGuardianships>(actor), id)?;
    seen.expect(found.row.version)?;
    if found.allows(verb) {
        return Ok(found);
    }
    Err(Refusal::state(found.row.state.as_str(), &found.can(actor)))
}

fn change(
    tx: &mut Tx<'_>,
    action: &str,
    before: &Guardianship,
    edit: impl FnOnce(&mut GuardianshipRow),
) -> Result<Guardianship, Refusal> {
    let mut after = before.clone();
    edit(&mut after.row);
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::update(tx, &after.row)?;
    record(tx, action, Some(before), Some(&after))?;
    Ok(after)
}

/// One guardianship within a scope.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Guardianship, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Guardianships that the caller may see, in the order in which they were entered.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &GuardianshipFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Guardianship>, Refusal> {
    store::list(tx, &Scope::of::<ReadGuardianships>(actor), filter, after, limit)
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

fn rights_in(held: &[(Id, String)]) -> Rights {
    held.iter().flat_map(|(person, rights)| model::rights_in(rights).map(|right| (*person, right))).collect()
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
    Ok(claim_rights(tx, user, person)?.contains(&(person, right)))
}

/// All that an account may do for a person today, for such a write.
///
/// # Errors
/// When the database fails.
pub fn claim_rights(tx: &mut Tx<'_>, user: Id, person: Id) -> Result<Rights, Refusal> {
    Ok(rights_in(&store::claim_rights(tx, user, person)?))
}
