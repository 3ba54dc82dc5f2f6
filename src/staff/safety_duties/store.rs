//! SQL of duties; the scope comes first.

use diesel::prelude::*;

use super::model::{SafetyDuty, SafetyDutyRow};
use crate::auth::Scope;
use crate::db::schema::{organisations, safety_duties};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal};

type Loaded = (SafetyDutyRow, String);

fn loaded((row, path): Loaded) -> SafetyDuty {
    SafetyDuty { row, path }
}

/// What a list of duties may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct SafetyDutyFilter {
    pub school_id: Option<Id>,
    pub staff_member_id: Option<Id>,
}

/// Rows within a scope's bounds, with the paths of their schools.
macro_rules! seen {
    ($bounds:expr) => {
        safety_duties::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((SafetyDutyRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<SafetyDuty>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(safety_duties::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(loaded))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &SafetyDutyFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<SafetyDuty>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(safety_duties::id).limit(limit.rows()).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(safety_duties::school_id.eq(school));
    }
    if let Some(member) = filter.staff_member_id {
        query = query.filter(safety_duties::staff_member_id.eq(member));
    }
    if let Some(after) = after {
        query = query.filter(safety_duties::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(loaded).collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &SafetyDutyRow) -> Result<(), Refusal> {
    diesel::insert_into(safety_duties::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Deletes the row of the version that was read.
pub(super) fn delete(tx: &mut Tx<'_>, row: &SafetyDutyRow) -> Result<(), Refusal> {
    let standing = safety_duties::table.find(row.id).filter(safety_duties::version.eq(row.version));
    let gone = diesel::delete(standing).execute(tx.conn)?;
    if gone == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
