//! Education authorities: a tree of province, city, districts and functional areas. Reference data: whoever is signed
//! in may read all of it; the platform's administrators keep it.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Authority, AuthorityIn, AuthorityLevel, AuthorityVerb, BUILT_IN};

use self::model::{AuthorityFilter, AuthorityRow, is_below, is_code_of};
use crate::auth::organisations::{self, NewOrganisation, OrganisationKind};
use crate::auth::permission::ManageAuthorities;
use crate::auth::{By, Found, Scope};
use crate::db::{Id, Stored, Tx};
use crate::http::{IfMatchVersion, Listing};
use crate::journal::{change, record};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::values::identifiers::AuthorityCode;
use crate::values::later::Later;
use crate::values::text::Line;

/// Adds an authority below its parent.
///
/// # Errors
/// 422 when code, level and parent do not go together, 409 when the code is taken.
pub fn create(tx: &mut Tx<'_>, new: &AuthorityIn) -> Result<Authority, Refusal> {
    check_place(tx, new)?;
    let node = NewOrganisation {
        kind: OrganisationKind::Authority,
        code: new.code.as_str().to_owned(),
        name: new.name.as_str().to_owned(),
        parent_id: new.parent_id,
    };
    let node = organisations::register(tx, &node)?;
    let mut row = AuthorityRow {
        id: node.id,
        level: new.level,
        complaint_office: None,
        complaint_phone: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.takes_complaints_as(new);
    row.insert(tx)?;
    let made = Authority { row, code: node.code, name: node.name, parent_id: node.parent_id, path: node.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

fn check_place(tx: &mut Tx<'_>, new: &AuthorityIn) -> Result<(), Refusal> {
    if !is_code_of(new.level, new.code.as_str()) {
        return Err(Refusal::field("/code", Fault::Format));
    }
    let wrong = |fault| Err(Refusal::field("/parent_id", fault));
    match (new.level.above(), new.parent_id) {
        (None, None) => Ok(()),
        (None, Some(_)) => wrong(Fault::NotForThis),
        (Some(_), None) => wrong(Fault::Required),
        (Some(above), Some(parent)) => match Authority::find_in(tx, &Scope::Everything, parent)? {
            None => wrong(Fault::NotFound),
            Some(found) if found.level != above => wrong(Fault::NotForThis),
            Some(found) if !is_below(new.code.as_str(), &found.code) => wrong(Fault::NotForThis),
            Some(_) => Ok(()),
        },
    }
}

/// Renames an authority, and says to whom guardians complain; its code, level and place stay.
///
/// # Errors
/// 404, 412, 409 for a field that stays as it was created.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageAuthorities>,
    id: Id,
    seen: &IfMatchVersion,
    to: &AuthorityIn,
) -> Result<Authority, Refusal> {
    let before: Authority = by.find(tx, id)?;
    seen.expect(before.version)?;
    Refusal::unless_kept([
        ("/code", before.code == to.code.as_str()),
        ("/level", before.level == to.level),
        ("/parent_id", before.parent_id == to.parent_id),
    ])?;
    let after = change(tx, "updated", &before, |authority| {
        authority.name = to.name.as_str().to_owned();
        authority.row.takes_complaints_as(to);
    })?;
    if after.name != before.name {
        organisations::rename(tx, id, &after.name)?;
    }
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
    if let Some(found) = Authority::find_in(tx, &Scope::Everything, id)? {
        return if scope.holds_path(&found.path) { Ok(Ok(found)) } else { wrong(Fault::NotFound) };
    }
    // A school that the caller sees is no secret, and no authority either.
    let node = organisations::find(tx, id)?.filter(|node| scope.holds_path(&node.path));
    wrong(if node.is_some() { Fault::NotForThis } else { Fault::NotFound })
}

/// The same beside other faults of the body, so that everything is said at once.
///
/// # Errors
/// 422 with all of them.
pub fn named_beside(tx: &mut Tx<'_>, scope: &Scope, id: Id, mut faults: Vec<FieldError>) -> Result<Authority, Refusal> {
    match named_in_body(tx, scope, id)? {
        Ok(authority) => Refusal::unless_none(faults).map(|()| authority),
        Err(fault) => {
            faults.push(fault);
            Err(Refusal::invalid(faults))
        }
    }
}

/// Authorities by code.
///
/// # Errors
/// When the database fails.
pub fn list(tx: &mut Tx<'_>, at: &Listing<AuthorityFilter, String>) -> Result<Vec<Authority>, Refusal> {
    store::list(tx, at)
}

/// The authority of a code.
///
/// # Errors
/// When the database fails.
pub fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<Authority>, Refusal> {
    store::by_code(tx, code)
}

/// The authority to which guardians complain of what stands at a place: the nearest one on its path that says who takes
/// complaints; nothing where none does.
///
/// # Errors
/// When the database fails.
pub fn takes_complaints_of(tx: &mut Tx<'_>, path: &str) -> Result<Option<Authority>, Refusal> {
    store::nearest_with_complaints(tx, &organisations::ids_on(path))
}

/// Brings in what is built in, unless there is any authority. Of two replicas that start at once, one does.
///
/// # Errors
/// When the database fails.
pub fn install_built_in(tx: &mut Tx<'_>) -> Result<(), Refusal> {
    if store::any(tx)? {
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
        let wrong = |fault| Refusal::invalid(vec![fault]);
        let (code, name) = (AuthorityCode::new(code).map_err(wrong)?, Line::new(name).map_err(wrong)?);
        let (complaint_office, complaint_phone) = (Later::NotSent, Later::NotSent);
        let made = create(tx, &AuthorityIn { code, name, level, parent_id, complaint_office, complaint_phone })?;
        above.push((level, made.row.id));
    }
    Ok(())
}
