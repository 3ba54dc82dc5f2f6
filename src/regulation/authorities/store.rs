//! SQL of authorities, with their nodes of the tree.

use diesel::prelude::*;

use super::model::{Authority, AuthorityLevel, AuthorityRow};
use crate::db::schema::{authorities, organisations};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal};

type Loaded = (AuthorityRow, String, String, Option<Id>, String);

fn authority((row, code, name, parent_id, path): Loaded) -> Authority {
    Authority { row, code, name, parent_id, path }
}

/// What a list of authorities may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct AuthorityFilter {
    pub level: Option<AuthorityLevel>,
    pub parent_id: Option<Id>,
    pub code: Option<String>,
}

macro_rules! with_nodes {
    () => {
        authorities::table.inner_join(organisations::table).select((
            AuthorityRow::as_select(),
            organisations::code,
            organisations::name,
            organisations::parent_id,
            organisations::path,
        ))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, id: Id) -> Result<Option<Authority>, Refusal> {
    Ok(with_nodes!().filter(authorities::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(authority))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    filter: &AuthorityFilter,
    after: Option<String>,
    limit: PageLimit,
) -> Result<Vec<Authority>, Refusal> {
    let mut query = with_nodes!().order(organisations::code).limit(limit.rows()).into_boxed();
    if let Some(level) = filter.level {
        query = query.filter(authorities::level.eq(level));
    }
    if let Some(parent) = filter.parent_id {
        query = query.filter(organisations::parent_id.eq(parent));
    }
    if let Some(code) = &filter.code {
        query = query.filter(organisations::code.eq(code.clone()));
    }
    if let Some(after) = after {
        query = query.filter(organisations::code.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(authority).collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &AuthorityRow) -> Result<(), Refusal> {
    diesel::insert_into(authorities::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Waits for and holds the authority's row until the end of the transaction.
pub(super) fn claim(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    diesel::update(authorities::table.find(id))
        .set(authorities::updated_at.eq(authorities::updated_at))
        .execute(tx.conn)?;
    Ok(())
}

/// Moves the version on over the one that was read.
pub(super) fn touch(tx: &mut Tx<'_>, row: &AuthorityRow) -> Result<(), Refusal> {
    let changed = diesel::update(authorities::table.find(row.id).filter(authorities::version.eq(row.version - 1)))
        .set((authorities::version.eq(row.version), authorities::updated_at.eq(row.updated_at)))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
