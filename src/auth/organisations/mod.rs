//! The tree that access hangs on. Authorities, schools and partners each have a node here; what they are beyond that
//! belongs to their own rooms on higher floors.

mod model;
mod store;

pub use self::model::{NewOrganisation, Organisation, OrganisationKind, ids_on};
pub use self::store::key_names;

use crate::db::{Id, Tx};
use crate::journal::{Recorded, record};
use crate::refusal::Refusal;

impl Recorded for Organisation {
    const RESOURCE: &'static str = "organisation";
    type Row = Self;

    fn recorded(&self) -> &Self {
        self
    }

    fn id(&self) -> Id {
        self.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Adds a node below its parent.
///
/// # Errors
/// 409 when the code is taken, 422 when the parent does not exist.
pub fn register(tx: &mut Tx<'_>, new: &NewOrganisation) -> Result<Organisation, Refusal> {
    let parent_path = match new.parent_id {
        None => "/".to_owned(),
        Some(parent) => {
            let parent = store::find(tx, parent)?;
            parent.ok_or_else(|| Refusal::field("/parent_id", crate::refusal::Fault::NotFound))?.path
        }
    };
    let id = Id::fresh();
    let organisation = Organisation {
        id,
        kind: new.kind,
        code: new.code.clone(),
        name: new.name.clone(),
        parent_id: new.parent_id,
        path: format!("{parent_path}{id}/"),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &organisation)?;
    record(tx, "created", None, Some(&organisation))?;
    Ok(organisation)
}

/// Gives a node another name; the verb that asks records why.
///
/// # Errors
/// When the database fails.
pub fn rename(tx: &mut Tx<'_>, id: Id, name: &str) -> Result<(), Refusal> {
    let Some(before) = store::find(tx, id)? else { return Ok(()) };
    let after =
        Organisation { name: name.to_owned(), version: before.version + 1, updated_at: tx.now, ..before.clone() };
    store::rename(tx, &after)?;
    record(tx, "renamed", Some(&before), Some(&after))
}

/// A node of any scope; whoever asks for a caller compares its path with the caller's scope.
///
/// # Errors
/// When the database fails.
pub fn find(tx: &mut Tx<'_>, id: Id) -> Result<Option<Organisation>, Refusal> {
    store::find(tx, id)
}
