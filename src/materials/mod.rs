//! Materials 报备材料 (五.2): documents that a school uploads for a plan or for itself. A row never changes: the same kind
//! and name again is the next edition, and the older one stays readable. The bytes are in the file store; rows of one
//! school with the same bytes share one file.
//!
//! Plans stand on a floor above: `filings::uploads` holds a plan before its materials change.

mod api;
mod desk;
mod media;
mod model;
mod office;
mod removals;
mod store;
mod upload;

pub use self::api::{MaterialOut, routes};
pub use self::desk::{Desk, Named};
pub use self::media::MediaType;
pub use self::model::{FIELDS, Material, MaterialRow, MaterialVerb, NewMaterial, Stored, unpackable_name};
pub use self::removals::{Removing, plan_removal, removing};
pub use self::upload::{FormField, Upload, UploadLimits, id, read, word};

use crate::auth::By;
use crate::auth::permission::ManageMaterials;
use crate::db::{self, Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::refusal::{Fault, Refusal};
use crate::rules::document::MaterialKind;
use crate::schools::schools::{self, School};

/// The school in the caller's scope that an upload names.
///
/// # Errors
/// 422 when it is not there.
pub fn school_of(tx: &mut Tx<'_>, by: &By<ManageMaterials>, new: &NewMaterial) -> Result<School, Refusal> {
    let school = schools::seen(tx, &by.scope(), new.school_id)?;
    school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))
}

/// Takes a document of a school as the next edition of its kind and name; its plan, if it is for one, is held. Where
/// the school has these bytes already, the new row shares their file, and the one that was brought is not needed.
///
/// # Errors
/// When the database fails.
pub fn create(tx: &mut Tx<'_>, school: School, new: &NewMaterial) -> Result<Material, Refusal> {
    let shared = store::hold_file_of(tx, new.school_id, &new.stored.sha256)?;
    let row = MaterialRow {
        id: Id::fresh(),
        school_id: new.school_id,
        plan_id: new.plan_id,
        kind: new.kind,
        name: new.name.clone(),
        edition: store::last_edition(tx, new)?.map_or(1, |last| last + 1),
        media_type: new.stored.media_type,
        bytes: new.stored.bytes,
        sha256: new.stored.sha256.clone(),
        object: shared.unwrap_or_else(|| new.stored.object.clone()),
        removed_at: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    db::Stored::insert(&row, tx)?;
    let made = Material { row, path: school.path, open: true };
    record(tx, "uploaded", None, Some(&made))?;
    Ok(made)
}

/// What became of a material that was taken back.
#[derive(Debug, Clone)]
pub struct Removed {
    pub material: Material,
    /// The file that no row needs any more.
    pub spare: Option<String>,
}

/// A material that the caller may take back.
///
/// # Errors
/// 404, 412, 409 when it was taken back before.
pub fn standing(tx: &mut Tx<'_>, by: &By<ManageMaterials>, id: Id, seen: &IfMatchVersion) -> Result<Material, Refusal> {
    let found = by.find::<Material>(tx, id)?;
    seen.expect(found.version)?;
    if found.removed_at.is_some() {
        return Err(Refusal::state("removed", &[]));
    }
    Ok(found)
}

/// Takes a material back; its plan, if it is for one, is held. What a filing holds stays for that filing, and counts no
/// more.
///
/// # Errors
/// 412 when another request was faster.
pub fn delete(tx: &mut Tx<'_>, before: Material) -> Result<Removed, Refusal> {
    store::hold_file(tx, &before.object)?;
    let deleted = match tx.savepoint(|tx| store::delete(tx, &before.row)) {
        Err(refusal) if store::is_referred_to(&refusal) => false,
        deleted => deleted.map(|()| true)?,
    };
    if deleted {
        record(tx, "deleted", Some(&before), None)?;
        let object = before.object.clone();
        let spare = (store::rows_of_file(tx, &object)? == 0).then_some(object);
        return Ok(Removed { material: before, spare });
    }
    let now = tx.now;
    let after = change(tx, "removed", &before, |material| material.removed_at = Some(now))?;
    Ok(Removed { material: after, spare: None })
}

/// The kinds of a plan's materials, each once.
///
/// # Errors
/// When the database fails.
pub fn kinds_of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<MaterialKind>, Refusal> {
    let mut kinds: Vec<MaterialKind> = store::of_plan(tx, plan)?.into_iter().map(|(_, kind, _)| kind).collect();
    kinds.dedup();
    Ok(kinds)
}

/// The last edition of each kind and name of a plan: what it is filed with.
///
/// # Errors
/// When the database fails.
pub fn latest_of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Id>, Refusal> {
    let mut latest: Vec<(Id, MaterialKind, String)> = Vec::new();
    for (id, kind, name) in store::of_plan(tx, plan)? {
        match latest.last_mut() {
            Some(last) if (last.1, &last.2) == (kind, &name) => last.0 = id,
            _ => latest.push((id, kind, name)),
        }
    }
    Ok(latest.into_iter().map(|(id, ..)| id).collect())
}

/// These materials, of any scope, by kind and name; for rooms whose own rows the caller may see.
///
/// # Errors
/// When the database fails.
pub fn known(tx: &mut Tx<'_>, ids: Vec<Id>) -> Result<Vec<Material>, Refusal> {
    store::known(tx, ids)
}

/// The names of all files in the store, for whoever empties a database.
///
/// # Errors
/// When the database fails.
pub fn objects(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    store::objects(tx)
}
