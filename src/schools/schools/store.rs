//! SQL of schools, with their nodes of the tree; the scope comes first.

use diesel::prelude::*;

use super::model::{School, SchoolRow};
use crate::auth::Scope;
use crate::db::schema::{organisations, schools};
use crate::db::{Id, Json, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal};

type Loaded = (SchoolRow, String, String, Option<Id>, String);

fn school((row, code, name, authority_id, path): Loaded) -> Result<School, Refusal> {
    let read = |json: &Json| json.0.clone();
    let stages = serde_json::from_value(read(&row.stages)).map_err(Refusal::internal)?;
    let dismissals = serde_json::from_value(read(&row.dismissals)).map_err(Refusal::internal)?;
    Ok(School { row, stages, dismissals, code, name, authority_id, path })
}

/// What a list of schools may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct SchoolFilter {
    pub authority_id: Option<Id>,
    pub code: Option<String>,
}

/// Schools within a scope's bounds, with their nodes.
macro_rules! seen_with_nodes {
    ($bounds:expr) => {
        schools::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((
                SchoolRow::as_select(),
                organisations::code,
                organisations::name,
                organisations::parent_id,
                organisations::path,
            ))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<School>, Refusal> {
    let bounds = scope.bounds();
    let found = seen_with_nodes!(bounds).filter(schools::id.eq(id)).first::<Loaded>(tx.conn).optional()?;
    found.map(school).transpose()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &SchoolFilter,
    after: Option<String>,
    limit: PageLimit,
) -> Result<Vec<School>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen_with_nodes!(bounds).order(organisations::code).limit(limit.rows()).into_boxed();
    if let Some(authority) = filter.authority_id {
        query = query.filter(organisations::parent_id.eq(authority));
    }
    if let Some(code) = &filter.code {
        query = query.filter(organisations::code.eq(code.clone()));
    }
    if let Some(after) = after {
        query = query.filter(organisations::code.gt(after));
    }
    query.load::<Loaded>(tx.conn)?.into_iter().map(school).collect()
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &SchoolRow) -> Result<(), Refusal> {
    diesel::insert_into(schools::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Writes the row's new state over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &SchoolRow) -> Result<(), Refusal> {
    let changed = diesel::update(schools::table.find(row.id).filter(schools::version.eq(row.version - 1)))
        .set((
            schools::ownership.eq(row.ownership),
            schools::area.eq(row.area),
            schools::stages.eq(&row.stages),
            schools::grade_first.eq(row.grade_first),
            schools::grade_last.eq(row.grade_last),
            schools::boarding.eq(row.boarding),
            schools::dismissals.eq(&row.dismissals),
            schools::version.eq(row.version),
            schools::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
