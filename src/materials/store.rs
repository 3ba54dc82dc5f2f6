//! SQL of materials, with their schools' nodes of the tree; the scope comes first.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

use super::model::{Material, MaterialRow, NewMaterial};
use crate::auth::Scope;
use crate::auth::scope::plans_being_written;
use crate::db::schema::{materials, organisations};
use crate::db::{Id, Tx, run_again};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};
use crate::rules::document::MaterialKind;

type Loaded = (MaterialRow, String, Option<bool>);

fn material((row, path, written): Loaded) -> Material {
    Material { row, path, open: written.unwrap_or(true) }
}

/// What a list of materials may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct MaterialFilter {
    pub plan_id: Option<Id>,
    pub school_id: Option<Id>,
    pub kind: Option<MaterialKind>,
}

/// Materials within a scope's bounds, with their schools' paths, and whether their plans are being written.
macro_rules! seen_with_nodes {
    ($bounds:expr) => {
        materials::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((MaterialRow::as_select(), organisations::path, materials::plan_id.eq_any(plans_being_written!())))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Material>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen_with_nodes!(bounds).filter(materials::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(material))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &MaterialFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Material>, Refusal> {
    let bounds = scope.bounds();
    let standing = seen_with_nodes!(bounds).filter(materials::removed_at.is_null());
    let mut query = standing.order(materials::id).limit(limit.rows()).into_boxed();
    if let Some(plan) = filter.plan_id {
        query = query.filter(materials::plan_id.eq(plan));
    }
    if let Some(school) = filter.school_id {
        query = query.filter(materials::school_id.eq(school));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(materials::kind.eq(kind));
    }
    if let Some(after) = after {
        query = query.filter(materials::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(material).collect())
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

pub(super) fn rows_of_file(tx: &mut Tx<'_>, object: &str) -> Result<i64, Refusal> {
    Ok(materials::table.filter(materials::object.eq(object.to_owned())).count().get_result(tx.conn)?)
}

/// Two uploads of one kind and name at once: a fresh look gives the second one the next edition.
pub(super) fn insert(tx: &mut Tx<'_>, row: &MaterialRow) -> Result<(), Refusal> {
    diesel::insert_into(materials::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| run_again("two editions at once")))?;
    Ok(())
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

/// Marks the row of the version that was read.
pub(super) fn mark_removed(tx: &mut Tx<'_>, row: &MaterialRow) -> Result<(), Refusal> {
    let changed = diesel::update(materials::table.find(row.id).filter(materials::version.eq(row.version - 1)))
        .set((
            materials::removed_at.eq(row.removed_at),
            materials::version.eq(row.version),
            materials::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
