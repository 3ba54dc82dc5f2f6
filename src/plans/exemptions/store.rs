//! SQL of exemptions; the scope comes first.

use diesel::prelude::*;

use super::model::{Exemption, ExemptionRow, ExemptionState};
use crate::auth::Scope;
use crate::db::schema::{exemptions, organisations};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::Refusal;
use crate::rules::document::Season;

type Loaded = (ExemptionRow, String);

fn exemption((row, path): Loaded) -> Exemption {
    Exemption { row, path }
}

/// What a list of exemptions may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct ExemptionFilter {
    pub school_id: Option<Id>,
    pub rule: Option<String>,
    pub state: Option<ExemptionState>,
}

/// Exemptions within a scope's bounds, with the paths of their schools.
macro_rules! seen {
    ($bounds:expr) => {
        exemptions::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from).and(organisations::path.lt($bounds.to)))
            .select((ExemptionRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Exemption>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(exemptions::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(exemption))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &ExemptionFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Exemption>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(exemptions::id).limit(limit.rows()).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(exemptions::school_id.eq(school));
    }
    if let Some(rule) = &filter.rule {
        query = query.filter(exemptions::rule.eq(rule.clone()));
    }
    if let Some(state) = filter.state {
        query = query.filter(exemptions::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(exemptions::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(exemption).collect())
}

/// What holds for a school's term, oldest first.
pub(super) fn granted(
    tx: &mut Tx<'_>,
    school: Id,
    school_year: &str,
    season: Season,
) -> Result<Vec<Exemption>, Refusal> {
    let bounds = Scope::Everything.bounds();
    let query = seen!(bounds)
        .filter(exemptions::school_id.eq(school))
        .filter(exemptions::school_year.eq(school_year).and(exemptions::season.eq(season)))
        .filter(exemptions::state.eq(ExemptionState::Granted))
        .order(exemptions::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(exemption).collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &ExemptionRow) -> Result<(), Refusal> {
    diesel::insert_into(exemptions::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Writes the row's decision over the version that was read; whether it was still that version.
pub(super) fn update(tx: &mut Tx<'_>, row: &ExemptionRow) -> Result<bool, Refusal> {
    let changed = diesel::update(exemptions::table.find(row.id).filter(exemptions::version.eq(row.version - 1)))
        .set((
            exemptions::state.eq(row.state),
            exemptions::first_on.eq(row.first_on),
            exemptions::last_on.eq(row.last_on),
            exemptions::decided_by_id.eq(row.decided_by_id),
            exemptions::decided_on.eq(row.decided_on),
            exemptions::document.eq(&row.document),
            exemptions::remark.eq(&row.remark),
            exemptions::version.eq(row.version),
            exemptions::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    Ok(changed == 1)
}
