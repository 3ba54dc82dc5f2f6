//! Education authorities: a tree of province, city, districts and functional areas. Reference data: whoever is signed
//! in may read all of it; the platform's administrators keep it.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Authority, AuthorityLevel, BUILT_IN};
pub use self::store::AuthorityFilter;

use self::model::{AuthorityRow, is_below, is_code_of};
use crate::auth::Scope;
use crate::auth::organisations::{self, NewOrganisation, OrganisationKind};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, FieldError, Refusal};

/// What an authority is made from.
#[derive(Debug, Clone)]
pub struct NewAuthority {
    pub code: String,
    pub name: String,
    pub level: AuthorityLevel,
    pub parent_id: Option<Id>,
}

impl Recorded for Authority {
    const RESOURCE: &'static str = "authority";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Adds an authority below its parent.
///
/// # Errors
/// 422 when code, level and parent do not go together, 409 when the code is taken.
pub fn create(tx: &mut Tx<'_>, new: &NewAuthority) -> Result<Authority, Refusal> {
    check_place(tx, new)?;
    let node = NewOrganisation {
        kind: OrganisationKind::Authority,
        code: new.code.clone(),
        name: new.name.clone(),
        parent_id: new.parent_id,
    };
    let node = organisations::register(tx, &node)?;
    let row = AuthorityRow { id: node.id, level: new.level, version: 1, created_at: tx.now, updated_at: tx.now };
    store::insert(tx, &row)?;
    let made = Authority { row, code: node.code, name: node.name, parent_id: node.parent_id, path: node.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

fn check_place(tx: &mut Tx<'_>, new: &NewAuthority) -> Result<(), Refusal> {
    if !is_code_of(new.level, &new.code) {
        return Err(Refusal::field("/code", Fault::Format));
    }
    let wrong = |fault| Err(Refusal::field("/parent_id", fault));
    match (new.level.above(), new.parent_id) {
        (None, None) => Ok(()),
        (None, Some(_)) => wrong(Fault::NotForThis),
        (Some(_), None) => wrong(Fault::Required),
        (Some(above), Some(parent)) => match store::find(tx, parent)? {
            None => wrong(Fault::NotFound),
            Some(found) if found.row.level != above || !is_below(&new.code, &found.code) => wrong(Fault::NotForThis),
            Some(_) => Ok(()),
        },
    }
}

/// Renames an authority; its code, level and place stay.
///
/// # Errors
/// 404, 412, 409 for a field that stays as it was created.
pub fn update(tx: &mut Tx<'_>, id: Id, seen: &IfMatchVersion, to: &NewAuthority) -> Result<Authority, Refusal> {
    let before = find(tx, id)?;
    seen.expect(before.row.version)?;
    for (field, kept) in [
        ("/code", before.code == to.code),
        ("/level", before.row.level == to.level),
        ("/parent_id", before.parent_id == to.parent_id),
    ] {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable));
        }
    }
    let mut after = Authority { name: to.name.clone(), ..before.clone() };
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::touch(tx, &after.row)?;
    organisations::rename(tx, id, &after.name)?;
    record(tx, "updated", Some(&before), Some(&after))?;
    Ok(after)
}

/// Holds an authority until the end of the transaction, so that two writers of its dated rows come one after the other.
///
/// # Errors
/// When the database fails.
pub fn claim(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    store::claim(tx, id)
}

/// One authority in the caller's scope, for something of it that a body names.
///
/// # Errors
/// The fault of `/authority_id`, or the database's.
pub fn named_in_body(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Result<Authority, FieldError>, Refusal> {
    let wrong = |fault| Ok(Err(FieldError::new("/authority_id", fault)));
    if let Some(found) = store::find(tx, id)? {
        return if scope.holds_path(&found.path) { Ok(Ok(found)) } else { wrong(Fault::NotFound) };
    }
    // A school that the caller sees is no secret, and no authority either.
    let node = organisations::find(tx, id)?.filter(|node| scope.holds_path(&node.path));
    wrong(if node.is_some() { Fault::NotForThis } else { Fault::NotFound })
}

/// One authority.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, id: Id) -> Result<Authority, Refusal> {
    store::find(tx, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Authorities by code.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &AuthorityFilter,
    after: Option<String>,
    limit: PageLimit,
) -> Result<Vec<Authority>, Refusal> {
    store::list(tx, filter, after, limit)
}

/// The authority of a code.
///
/// # Errors
/// When the database fails.
pub fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<Authority>, Refusal> {
    let filter = AuthorityFilter { code: Some(code.to_owned()), ..AuthorityFilter::default() };
    Ok(list(tx, &filter, None, PageLimit::default())?.into_iter().next())
}

/// Brings in what is built in, unless there is any authority. Of two replicas that start at once, one does.
///
/// # Errors
/// When the database fails.
pub fn install_built_in(tx: &mut Tx<'_>) -> Result<(), Refusal> {
    if !list(tx, &AuthorityFilter::default(), None, PageLimit::default())?.is_empty() {
        return Ok(());
    }
    tx.savepoint(install).or_else(|refusal| match refusal.code() {
        Some(Code::AlreadyExists) => Ok(()),
        _ => Err(refusal),
    })
}

fn install(tx: &mut Tx<'_>) -> Result<(), Refusal> {
    let mut above: Vec<(AuthorityLevel, Id)> = Vec::new();
    for (code, name, level) in BUILT_IN {
        let parent = level.above().and_then(|wanted| above.iter().find(|(level, _)| *level == wanted));
        let parent_id = parent.map(|(_, id)| *id);
        let made = create(tx, &NewAuthority { code: code.to_owned(), name: name.to_owned(), level, parent_id })?;
        above.push((level, made.row.id));
    }
    Ok(())
}
