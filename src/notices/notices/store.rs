//! SQL of notices, with the nodes of their schools and the states of their filings; the scope comes first.

use diesel::prelude::*;

use super::model::{Notice, NoticeRow, NoticeState};
use crate::auth::Scope;
use crate::db::schema::{filings, notices, organisations, plans};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::plans::plans::FilingState;
use crate::refusal::{Code, Refusal, on_unique};
use crate::rules::document::Season;

type Loaded = (NoticeRow, Option<FilingState>, String);

fn notice((row, filing_state, path): Loaded) -> Result<Notice, Refusal> {
    let items = serde_json::from_value(row.items.0.clone()).map_err(Refusal::internal)?;
    Ok(Notice { row, items, filing_state, path })
}

/// What a list of notices may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct NoticeFilter {
    pub plan_id: Option<Id>,
    pub school_id: Option<Id>,
    pub state: Option<NoticeState>,
}

/// Which school's notices everybody may see.
#[derive(Debug, Clone)]
pub struct ShownFilter {
    pub school_code: String,
    pub school_year: Option<String>,
    pub season: Option<Season>,
}

macro_rules! with_nodes {
    () => {
        notices::table
            .inner_join(organisations::table)
            .inner_join(plans::table.on(plans::id.eq(notices::plan_id)))
            .left_join(filings::table.on(filings::id.nullable().eq(notices::filing_id)))
            .select((NoticeRow::as_select(), filings::state.nullable(), organisations::path))
    };
}

/// Notices within a scope's bounds.
macro_rules! seen {
    ($bounds:expr) => {
        with_nodes!()
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Notice>, Refusal> {
    let bounds = scope.bounds();
    seen!(bounds).filter(notices::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(notice).transpose()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &NoticeFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Notice>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(notices::id).limit(limit.rows()).into_boxed();
    if let Some(plan) = filter.plan_id {
        query = query.filter(notices::plan_id.eq(plan));
    }
    if let Some(school) = filter.school_id {
        query = query.filter(notices::school_id.eq(school));
    }
    if let Some(state) = filter.state {
        query = query.filter(notices::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(notices::id.gt(after));
    }
    query.load::<Loaded>(tx.conn)?.into_iter().map(notice).collect()
}

/// What everybody may see of a school.
pub(super) fn shown(
    tx: &mut Tx<'_>,
    filter: &ShownFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Notice>, Refusal> {
    let mut query = with_nodes!()
        .filter(notices::state.eq(NoticeState::Published))
        .filter(filings::state.ne(FilingState::Withdrawn))
        .filter(organisations::code.eq(filter.school_code.clone()))
        .order(notices::id)
        .limit(limit.rows())
        .into_boxed();
    if let Some(school_year) = &filter.school_year {
        query = query.filter(plans::school_year.eq(school_year.clone()));
    }
    if let Some(season) = filter.season {
        query = query.filter(plans::season.eq(season));
    }
    if let Some(after) = after {
        query = query.filter(notices::id.gt(after));
    }
    query.load::<Loaded>(tx.conn)?.into_iter().map(notice).collect()
}

/// The published notice of a plan.
pub(super) fn published(tx: &mut Tx<'_>, plan: Id) -> Result<Option<Notice>, Refusal> {
    let query = with_nodes!().filter(notices::plan_id.eq(plan)).filter(notices::state.eq(NoticeState::Published));
    query.first::<Loaded>(tx.conn).optional()?.map(notice).transpose()
}

/// The published notice of a plan and its filing, unless what was filed is withdrawn.
pub(super) fn shown_ids(tx: &mut Tx<'_>, plan: Id) -> Result<Option<(Id, Id)>, Refusal> {
    let query = notices::table
        .inner_join(filings::table.on(filings::id.nullable().eq(notices::filing_id)))
        .filter(notices::plan_id.eq(plan).and(notices::state.eq(NoticeState::Published)))
        .filter(filings::state.ne(FilingState::Withdrawn))
        .select((notices::id, filings::id));
    Ok(query.first(tx.conn).optional()?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &NoticeRow) -> Result<(), Refusal> {
    diesel::insert_into(notices::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Writes the row's new state over the version that was read. Of two that are published at once, one is.
pub(super) fn update(tx: &mut Tx<'_>, row: &NoticeRow) -> Result<(), Refusal> {
    let changed = diesel::update(notices::table.find(row.id).filter(notices::version.eq(row.version - 1)))
        .set((
            notices::filing_id.eq(row.filing_id),
            notices::state.eq(row.state),
            notices::items.eq(&row.items),
            notices::published_on.eq(row.published_on),
            notices::published_at.eq(row.published_at),
            notices::version.eq(row.version),
            notices::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::VersionMismatch)))?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
