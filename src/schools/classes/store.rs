//! SQL of classes; the scope comes first.

use diesel::prelude::*;

use super::model::{Class, ClassRow};
use crate::auth::Scope;
use crate::db::schema::{classes, organisations};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};

type Loaded = (ClassRow, String);

fn class((row, path): Loaded) -> Class {
    Class { row, path }
}

/// What a list of classes may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct ClassFilter {
    pub school_id: Option<Id>,
    pub school_year: Option<String>,
    pub grade: Option<i32>,
}

/// Classes within a scope's bounds, with the paths of their schools.
macro_rules! seen_with_paths {
    ($bounds:expr) => {
        classes::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((ClassRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Class>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen_with_paths!(bounds).filter(classes::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(class))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &ClassFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Class>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen_with_paths!(bounds).order(classes::id).limit(limit.rows()).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(classes::school_id.eq(school));
    }
    if let Some(school_year) = &filter.school_year {
        query = query.filter(classes::school_year.eq(school_year.clone()));
    }
    if let Some(grade) = filter.grade {
        query = query.filter(classes::grade.eq(grade));
    }
    if let Some(after) = after {
        query = query.filter(classes::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(class).collect())
}

fn taken() -> Refusal {
    Refusal::of(Code::AlreadyExists).with("field", "school_id, school_year, grade, name")
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &ClassRow) -> Result<(), Refusal> {
    diesel::insert_into(classes::table).values(row).execute(tx.conn).map_err(on_unique(taken))?;
    Ok(())
}

/// Writes the row's new name over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &ClassRow) -> Result<(), Refusal> {
    let changed = diesel::update(classes::table.find(row.id).filter(classes::version.eq(row.version - 1)))
        .set((classes::name.eq(&row.name), classes::version.eq(row.version), classes::updated_at.eq(row.updated_at)))
        .execute(tx.conn)
        .map_err(on_unique(taken))?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}

pub(super) fn count_roll(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    diesel::update(classes::table.find(id))
        .set(classes::roll_version.eq(classes::roll_version + 1))
        .execute(tx.conn)?;
    Ok(())
}
