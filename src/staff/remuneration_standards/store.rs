//! SQL of standards; the scope comes first.

use diesel::prelude::*;

use super::model::{RemunerationStandard, RemunerationStandardRow};
use crate::auth::Scope;
use crate::db::schema::{organisations, remuneration_standards};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};

type Loaded = (RemunerationStandardRow, String);

fn loaded((row, path): Loaded) -> RemunerationStandard {
    RemunerationStandard { row, path }
}

/// What a list of standards may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct RemunerationStandardFilter {
    pub school_id: Option<Id>,
}

/// Rows within a scope's bounds, with the paths of their schools.
macro_rules! seen {
    ($bounds:expr) => {
        remuneration_standards::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((RemunerationStandardRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<RemunerationStandard>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(remuneration_standards::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(loaded))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &RemunerationStandardFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<RemunerationStandard>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(remuneration_standards::id).limit(limit.rows()).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(remuneration_standards::school_id.eq(school));
    }
    if let Some(after) = after {
        query = query.filter(remuneration_standards::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(loaded).collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &RemunerationStandardRow) -> Result<(), Refusal> {
    diesel::insert_into(remuneration_standards::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::AlreadyExists).with("field", "school_id, item, starts_on")))?;
    Ok(())
}
