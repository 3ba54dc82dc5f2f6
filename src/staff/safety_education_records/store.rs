//! SQL of records; the scope comes first.

use diesel::prelude::*;

use super::model::{SafetyEducationRecord, SafetyEducationRecordRow};
use crate::auth::Scope;
use crate::db::schema::{organisations, safety_education_records};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::Refusal;

type Loaded = (SafetyEducationRecordRow, String);

fn loaded((row, path): Loaded) -> SafetyEducationRecord {
    SafetyEducationRecord { row, path }
}

/// What a list of records may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct SafetyEducationRecordFilter {
    pub school_id: Option<Id>,
}

/// Rows within a scope's bounds, with the paths of their schools.
macro_rules! seen {
    ($bounds:expr) => {
        safety_education_records::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((SafetyEducationRecordRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<SafetyEducationRecord>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(safety_education_records::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(loaded))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &SafetyEducationRecordFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<SafetyEducationRecord>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(safety_education_records::id).limit(limit.rows()).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(safety_education_records::school_id.eq(school));
    }
    if let Some(after) = after {
        query = query.filter(safety_education_records::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(loaded).collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &SafetyEducationRecordRow) -> Result<(), Refusal> {
    diesel::insert_into(safety_education_records::table).values(row).execute(tx.conn)?;
    Ok(())
}
