//! Consents of guardians to the keeping of a child's data, asked for children under 14: by version of the text, and to
//! be withdrawn at any time.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Consent, NewConsent};

use self::model::ConsentRow;
use crate::auth::permission::{GiveConsents, ReadConsents};
use crate::auth::{Actor, Role, Scope};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::students::guardianships::{self, Guardianship, GuardianshipState, Right};
use crate::students::persons;

impl Recorded for Consent {
    const RESOURCE: &'static str = "consent";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Records a guardian's consent: given by the guardian itself, or entered by the school from a paper that it names.
///
/// # Errors
/// 422 when the guardianship is unknown, closed or may not sign, or the paper is missing; 409 when the consent stands.
pub fn give(tx: &mut Tx<'_>, actor: &Actor, new: &NewConsent) -> Result<Consent, Refusal> {
    let held = claimed(tx, actor, new.guardianship_id).map_err(|refusal| refusal.named_at("/guardianship_id"))?;
    if actor.role != Role::Guardian && new.document.is_none() {
        return Err(Refusal::field("/document", Fault::Required));
    }
    let signs = match (actor.role, held.row.user_id) {
        (Role::Guardian, Some(user)) => guardianships::claim_right(tx, user, held.row.person_id, Right::Sign)?,
        _ => held.row.state == GuardianshipState::Active && held.rights().contains(&Right::Sign),
    };
    if !signs {
        return Err(Refusal::field("/guardianship_id", Fault::NotForThis));
    }
    let row = ConsentRow {
        id: Id::fresh(),
        person_id: held.row.person_id,
        guardianship_id: new.guardianship_id,
        text_version: new.text_version.clone(),
        document: new.document.clone(),
        given_at: tx.now,
        withdrawn_at: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = Consent { row, school_id: held.school_id, path: held.path };
    record(tx, "given", None, Some(&made))?;
    Ok(made)
}

/// A guardianship with its child claimed: whoever joins the child with another record waits meanwhile, or has been
/// seen.
fn claimed(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<Guardianship, Refusal> {
    let scope = Scope::of::<GiveConsents>(actor);
    let found = guardianships::find(tx, &scope, id)?;
    persons::claim(tx, found.row.person_id)?;
    guardianships::find(tx, &scope, id)
}

/// Withdraws a consent.
///
/// # Errors
/// 404, 412, 409 when it was withdrawn.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<Consent, Refusal> {
    let before = find(tx, &Scope::of::<GiveConsents>(actor), id)?;
    seen.expect(before.row.version)?;
    if before.row.withdrawn_at.is_some() {
        return Err(Refusal::state("withdrawn", &before.can(actor)));
    }
    let now = tx.now;
    change(tx, "withdrawn", &before, |row| row.withdrawn_at = Some(now))
}

fn change(
    tx: &mut Tx<'_>,
    action: &str,
    before: &Consent,
    edit: impl FnOnce(&mut ConsentRow),
) -> Result<Consent, Refusal> {
    let mut after = before.clone();
    edit(&mut after.row);
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::update(tx, &after.row)?;
    record(tx, action, Some(before), Some(&after))?;
    Ok(after)
}

/// One consent within a scope.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Consent, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Consents for a pupil that the caller may see, in the order in which they were given.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    student: Id,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Consent>, Refusal> {
    store::list(tx, &Scope::of::<ReadConsents>(actor), student, after, limit)
}

/// Moves the consents for a person that was merged.
///
/// # Errors
/// When the database fails.
pub fn moved(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<(), Refusal> {
    for before in store::of_person(tx, from)? {
        change(tx, "moved", &before, |row| row.person_id = into)?;
    }
    Ok(())
}
