//! SQL of materials, with their schools' nodes of the tree; the scope comes first.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

use super::model::{Material, MaterialFilter, MaterialRow, NewMaterial};
use crate::auth::scope::{plans_being_amended, plans_being_written};
use crate::auth::{Scope, Seen};
use crate::db::schema::{materials, organisations};
use crate::db::{Id, Tx, run_again};
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::rules::document::MaterialKind;
use crate::{page, stored};

type Loaded = (MaterialRow, String, Option<bool>);

fn material((row, path, written): Loaded) -> Material {
    Material { row, path, open: written.unwrap_or(true) }
}

// Two uploads of one kind and name at once: a fresh look gives the second one the next edition.
stored!(materials, MaterialRow, taken => run_again("two editions at once"));

/// Materials within a scope's bounds, with their schools' paths, and whether their plans, or amendments of
/// them, are being written.
macro_rules! seen_with_nodes {
    ($bounds:expr) => {
        materials::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((
                MaterialRow::as_select(),
                organisations::path,
                materials::plan_id.eq_any(plans_being_written!()).or(materials::plan_id.eq_any(plans_being_amended!())),
            ))
    };
}

impl Seen for Material {
    type Filter = MaterialFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let bounds = scope.bounds();
        Ok(seen_with_nodes!(bounds).filter(materials::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(material))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<MaterialFilter>) -> Result<Vec<Self>, Refusal> {
        let bounds = scope.bounds();
        let standing = seen_with_nodes!(bounds).filter(materials::removed_at.is_null()).into_boxed();
        let found = page!(standing, materials, at, { plan_id, school_id, kind }).load::<Loaded>(tx.conn)?;
        Ok(found.into_iter().map(material).collect())
    }
}

/// A plan's materials that count, the editions of a kind and name one after the other.
pub(super) fn of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<(Id, MaterialKind, String)>, Refusal> {
    let own = materials::table.filter(materials::plan_id.eq(plan)).filter(materials::removed_at.is_null());
    let ordered = own.order((materials::kind, materials::name, materials::edition));
    Ok(ordered.select((materials::id, materials::kind, materials::name)).load(tx.conn)?)
}

/// These materials by kind and name.
pub(super) fn known(tx: &mut Tx<'_>, ids: Vec<Id>) -> Result<Vec<Material>, Refusal> {
    let bounds = Scope::Everything.bounds();
    let found = seen_with_nodes!(bounds)
        .filter(materials::id.eq_any(ids))
        .order((materials::kind, materials::name))
        .load::<Loaded>(tx.conn)?;
    Ok(found.into_iter().map(material).collect())
}

/// The last edition of a kind and name, also one that was taken back.
pub(super) fn last_edition(tx: &mut Tx<'_>, new: &NewMaterial) -> Result<Option<i32>, Refusal> {
    let same = materials::table
        .filter(materials::school_id.eq(new.school_id))
        .filter(materials::kind.eq(new.kind))
        .filter(materials::name.eq(new.name.clone()))
        .order(materials::edition.desc())
        .select(materials::edition);
    let last = match new.plan_id {
        Some(plan) => same.filter(materials::plan_id.eq(plan)).first(tx.conn),
        None => same.filter(materials::plan_id.is_null()).first(tx.conn),
    };
    Ok(last.optional()?)
}

/// The file of a school's bytes, held until the end of the transaction, so that nobody takes its last row away
/// meanwhile.
pub(super) fn hold_file_of(tx: &mut Tx<'_>, school: Id, sha256: &str) -> Result<Option<String>, Refusal> {
    let same = materials::table.filter(materials::school_id.eq(school)).filter(materials::sha256.eq(sha256.to_owned()));
    let found: Option<(Id, String)> =
        same.order(materials::id).select((materials::id, materials::object)).first(tx.conn).optional()?;
    let Some((id, object)) = found else { return Ok(None) };
    let held =
        diesel::update(materials::table.find(id)).set(materials::object.eq(materials::object)).execute(tx.conn)?;
    Ok((held == 1).then_some(object)) // none: it was taken away in between
}

/// Holds every row of a file until the end of the transaction.
pub(super) fn hold_file(tx: &mut Tx<'_>, object: &str) -> Result<(), Refusal> {
    let rows = materials::table.filter(materials::object.eq(object.to_owned()));
    diesel::update(rows).set(materials::object.eq(materials::object)).execute(tx.conn)?;
    Ok(())
}

/// The names of all files in the store, each once.
pub(super) fn objects(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    Ok(materials::table.select(materials::object).distinct().order(materials::object).load(tx.conn)?)
}

pub(super) fn rows_of_file(tx: &mut Tx<'_>, object: &str) -> Result<i64, Refusal> {
    Ok(materials::table.filter(materials::object.eq(object.to_owned())).count().get_result(tx.conn)?)
}

/// Deletes the row of the version that was read.
pub(super) fn delete(tx: &mut Tx<'_>, row: &MaterialRow) -> Result<(), Refusal> {
    let standing = materials::table.find(row.id).filter(materials::version.eq(row.version));
    let gone = diesel::delete(standing).execute(tx.conn)?;
    if gone == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}

/// Whether a filing, or anything else, refers to the row that was to be deleted.
pub(super) fn is_referred_to(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Database(Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)))
}
