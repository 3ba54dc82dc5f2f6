//! SQL of notices, with the nodes of their schools and the states of their filings; the scope comes first.

use diesel::prelude::*;

use super::model::{Contact, Notice, NoticeFilter, NoticeRow, NoticeState, ShownNoticeFilter};
use crate::auth::{Scope, Seen};
use crate::db::schema::{filings, notices, organisations, plans};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::plans::plans::{FilingState, PlanState};
use crate::refusal::{Code, Refusal};
use crate::{page, stored};

// Of two that are published at once, one is.
stored!(notices, NoticeRow, taken => Refusal::of(Code::VersionMismatch));

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

impl Seen for Notice {
    type Filter = NoticeFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let bounds = scope.bounds();
        Ok(seen!(bounds).filter(notices::id.eq(id)).first(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<NoticeFilter>) -> Result<Vec<Self>, Refusal> {
        let bounds = scope.bounds();
        Ok(page!(seen!(bounds).into_boxed(), notices, at, { plan_id, school_id, [state] }).load(tx.conn)?)
    }
}

/// What everybody may see of a school.
pub(super) fn shown(tx: &mut Tx<'_>, at: &Listing<ShownNoticeFilter>) -> Result<Vec<Notice>, Refusal> {
    let ShownNoticeFilter { school_id, school_code, school_year, season } = at.filter.clone();
    let mut query = with_nodes!()
        .filter(notices::state.eq(NoticeState::Published))
        .filter(filings::state.ne(FilingState::Withdrawn))
        .into_boxed();
    if let Some(school) = school_id {
        query = query.filter(notices::school_id.eq(school));
    }
    if let Some(code) = school_code {
        query = query.filter(organisations::code.eq(code.as_str().to_owned()));
    }
    if let Some(school_year) = school_year {
        query = query.filter(plans::school_year.eq(school_year));
    }
    if let Some(season) = season {
        query = query.filter(plans::season.eq(season));
    }
    Ok(page!(query, notices, at, {}).load(tx.conn)?)
}

/// Whom the last notice of a school names that names anybody.
pub(super) fn last_contact(tx: &mut Tx<'_>, school: Id) -> Result<Option<Contact>, Refusal> {
    let named = notices::contact_name.is_not_null().or(notices::contact_phone.is_not_null());
    let query = notices::table.filter(notices::school_id.eq(school)).filter(named).order(notices::id.desc());
    let last: Option<(Option<String>, Option<String>)> =
        query.select((notices::contact_name, notices::contact_phone)).first(tx.conn).optional()?;
    Ok(last.map(|(name, phone)| Contact { name, phone }))
}

/// The published notice of a plan.
pub(super) fn published(tx: &mut Tx<'_>, plan: Id) -> Result<Option<Notice>, Refusal> {
    let query = with_nodes!().filter(notices::plan_id.eq(plan)).filter(notices::state.eq(NoticeState::Published));
    Ok(query.first(tx.conn).optional()?)
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

/// The same of a school's plans that are not closed, the latest first.
pub(super) fn shown_ids_of_school(tx: &mut Tx<'_>, school: Id, count: i64) -> Result<Vec<(Id, Id, Id)>, Refusal> {
    let query = notices::table
        .inner_join(filings::table.on(filings::id.nullable().eq(notices::filing_id)))
        .inner_join(plans::table.on(plans::id.eq(notices::plan_id)))
        .filter(notices::school_id.eq(school).and(notices::state.eq(NoticeState::Published)))
        .filter(filings::state.ne(FilingState::Withdrawn).and(plans::state.ne(PlanState::Closed)))
        .order(notices::id.desc())
        .limit(count)
        .select((notices::plan_id, notices::id, filings::id));
    Ok(query.load(tx.conn)?)
}

/// The next notices that are published.
pub(super) fn published_after(tx: &mut Tx<'_>, after: Id, limit: i64) -> Result<Vec<NoticeRow>, Refusal> {
    let next = notices::table.filter(notices::state.eq(NoticeState::Published)).filter(notices::id.gt(after));
    Ok(next.order(notices::id).limit(limit).select(NoticeRow::as_select()).load(tx.conn)?)
}
