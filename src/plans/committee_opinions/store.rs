//! SQL of opinions; the scope comes first.

use diesel::prelude::*;

use super::model::{CommitteeOpinion, CommitteeOpinionRow};
use crate::auth::Scope;
use crate::db::schema::{committee_opinions, organisations};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::Refusal;

type Loaded = (CommitteeOpinionRow, String);

fn opinion((row, path): Loaded) -> CommitteeOpinion {
    CommitteeOpinion { row, path }
}

/// What a list of opinions may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct CommitteeOpinionFilter {
    pub plan_id: Option<Id>,
    pub school_id: Option<Id>,
}

/// Opinions within a scope's bounds.
macro_rules! seen {
    ($bounds:expr) => {
        committee_opinions::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from).and(organisations::path.lt($bounds.to)))
            .select((CommitteeOpinionRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<CommitteeOpinion>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(committee_opinions::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(opinion))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &CommitteeOpinionFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<CommitteeOpinion>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(committee_opinions::id).limit(limit.rows()).into_boxed();
    if let Some(plan) = filter.plan_id {
        query = query.filter(committee_opinions::plan_id.eq(plan));
    }
    if let Some(school) = filter.school_id {
        query = query.filter(committee_opinions::school_id.eq(school));
    }
    if let Some(after) = after {
        query = query.filter(committee_opinions::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(opinion).collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &CommitteeOpinionRow) -> Result<(), Refusal> {
    diesel::insert_into(committee_opinions::table).values(row).execute(tx.conn)?;
    Ok(())
}
