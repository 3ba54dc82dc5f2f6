//! SQL of filings and of the series of their case numbers; the scope comes first.

use diesel::prelude::*;
use time::Date;

use super::model::{Filing, FilingRow};
use crate::auth::Scope;
use crate::db::schema::{filing_materials, filing_projects, filing_series, filings, organisations};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::plans::plans::FilingState;
use crate::refusal::{Code, Refusal, on_unique};

type Loaded = (FilingRow, String, String, String);

fn filing((row, school_code, school_name, path): Loaded) -> Result<Filing, Refusal> {
    let findings = serde_json::from_value(row.findings.0.clone()).map_err(Refusal::internal)?;
    let not_judged = serde_json::from_value(row.not_judged.0.clone()).map_err(Refusal::internal)?;
    let steps = serde_json::from_value(row.steps.0.clone()).map_err(Refusal::internal)?;
    let review = row.review.clone().map(|review| serde_json::from_value(review.0));
    let review = review.transpose().map_err(Refusal::internal)?;
    Ok(Filing { row, findings, not_judged, review, steps, school_code, school_name, path })
}

/// What a list of filings may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct FilingFilter {
    pub plan_id: Option<Id>,
    pub school_id: Option<Id>,
    pub authority_id: Option<Id>,
    pub case_number: Option<String>,
    /// Only filings that are in each of these states: none if they differ.
    pub states: Vec<FilingState>,
    /// Only what was due before this day and still waits.
    pub due_before: Option<Date>,
    /// Only what the authority above was told of.
    pub escalated: bool,
}

/// Filings within a scope's bounds, with their nodes.
macro_rules! seen_with_nodes {
    ($bounds:expr) => {
        filings::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((FilingRow::as_select(), organisations::code, organisations::name, organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Filing>, Refusal> {
    let bounds = scope.bounds();
    seen_with_nodes!(bounds).filter(filings::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(filing).transpose()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &FilingFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Filing>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen_with_nodes!(bounds).order(filings::id).limit(limit.rows()).into_boxed();
    if let Some(plan) = filter.plan_id {
        query = query.filter(filings::plan_id.eq(plan));
    }
    if let Some(school) = filter.school_id {
        query = query.filter(filings::school_id.eq(school));
    }
    if let Some(authority) = filter.authority_id {
        query = query.filter(filings::authority_id.eq(authority));
    }
    if let Some(case_number) = &filter.case_number {
        query = query.filter(filings::case_number.eq(case_number.clone()));
    }
    for state in &filter.states {
        query = query.filter(filings::state.eq(*state));
    }
    if let Some(day) = filter.due_before {
        query = query
            .filter(filings::due_on.lt(day))
            .filter(filings::state.eq_any([FilingState::Submitted, FilingState::Returned]));
    }
    if filter.escalated {
        query = query.filter(filings::escalated_on.is_not_null());
    }
    if let Some(after) = after {
        query = query.filter(filings::id.gt(after));
    }
    query.load::<Loaded>(tx.conn)?.into_iter().map(filing).collect()
}

/// Filings after one of them that wait beyond their day, and of which the authority above was not told.
pub(super) fn late(tx: &mut Tx<'_>, after: Id, limit: i64) -> Result<Vec<Filing>, Refusal> {
    let bounds = Scope::Everything.bounds();
    let query = seen_with_nodes!(bounds)
        .filter(filings::state.eq_any([FilingState::Submitted, FilingState::Returned]))
        .filter(filings::due_on.lt(tx.today).and(filings::escalated_on.is_null()))
        .filter(filings::id.gt(after))
        .order(filings::id)
        .limit(limit);
    query.load::<Loaded>(tx.conn)?.into_iter().map(filing).collect()
}

/// Writes what was done about a filing that is late; whether it still waits.
pub(super) fn mark(tx: &mut Tx<'_>, row: &FilingRow) -> Result<bool, Refusal> {
    let waits = filings::table.find(row.id).filter(filings::version.eq(row.version));
    let changed = diesel::update(waits)
        .set((
            filings::reminded_on.eq(row.reminded_on),
            filings::escalated_on.eq(row.escalated_on),
            filings::escalated_to_id.eq(row.escalated_to_id),
        ))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

/// The how-many-eth submission of a plan.
pub(super) fn of_plan(tx: &mut Tx<'_>, plan: Id, ordinal: i32) -> Result<Option<Filing>, Refusal> {
    let bounds = Scope::Everything.bounds();
    let query = seen_with_nodes!(bounds).filter(filings::plan_id.eq(plan)).filter(filings::ordinal.eq(ordinal));
    query.first::<Loaded>(tx.conn).optional()?.map(filing).transpose()
}

/// The approved filing of a plan.
pub(super) fn in_force(tx: &mut Tx<'_>, plan: Id) -> Result<Option<Filing>, Refusal> {
    let bounds = Scope::Everything.bounds();
    let query =
        seen_with_nodes!(bounds).filter(filings::plan_id.eq(plan)).filter(filings::state.eq(FilingState::Approved));
    query.first::<Loaded>(tx.conn).optional()?.map(filing).transpose()
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &FilingRow) -> Result<(), Refusal> {
    diesel::insert_into(filings::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::VersionMismatch)))?;
    Ok(())
}

/// Names the projects of a filing's document, in its order; nothing of it ever changes.
pub(super) fn insert_projects(tx: &mut Tx<'_>, filing: Id, projects: &[Id]) -> Result<(), Refusal> {
    for (position, project) in projects.iter().enumerate() {
        let position = i32::try_from(position).map_err(Refusal::internal)?;
        diesel::insert_into(filing_projects::table)
            .values((
                filing_projects::filing_id.eq(filing),
                filing_projects::project_id.eq(*project),
                filing_projects::position.eq(position),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// What a filing is filed with; nothing of it ever changes.
pub(super) fn insert_materials(tx: &mut Tx<'_>, filing: Id, materials: &[Id]) -> Result<(), Refusal> {
    for material in materials {
        diesel::insert_into(filing_materials::table)
            .values((filing_materials::filing_id.eq(filing), filing_materials::material_id.eq(*material)))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// Ids of a filing's materials.
pub(super) fn materials_of(tx: &mut Tx<'_>, filing: Id) -> Result<Vec<Id>, Refusal> {
    let own = filing_materials::table.filter(filing_materials::filing_id.eq(filing));
    Ok(own.select(filing_materials::material_id).load(tx.conn)?)
}

/// Ids of a filing's projects, in the order of its document.
pub(super) fn projects_of(tx: &mut Tx<'_>, filing: Id) -> Result<Vec<Id>, Refusal> {
    let ids = filing_projects::table.filter(filing_projects::filing_id.eq(filing));
    Ok(ids.order(filing_projects::position).select(filing_projects::project_id).load(tx.conn)?)
}

/// Writes the row's state, due date, review and steps over the version that was read; nothing else of it ever changes.
pub(super) fn update(tx: &mut Tx<'_>, row: &FilingRow) -> Result<(), Refusal> {
    let changed = diesel::update(filings::table.find(row.id).filter(filings::version.eq(row.version - 1)))
        .set((
            filings::state.eq(row.state),
            filings::due_on.eq(row.due_on),
            filings::reminded_on.eq(row.reminded_on),
            filings::escalated_on.eq(row.escalated_on),
            filings::escalated_to_id.eq(row.escalated_to_id),
            filings::review.eq(&row.review),
            filings::steps.eq(&row.steps),
            filings::version.eq(row.version),
            filings::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}

/// Writes what judged a filing that kept nothing of it; nothing that is kept ever changes.
pub(super) fn keep_facts(tx: &mut Tx<'_>, row: &FilingRow) -> Result<(), Refusal> {
    let kept = diesel::update(filings::table.find(row.id).filter(filings::judged_by.is_null()))
        .set((filings::judged_by.eq(&row.judged_by), filings::judged_by_sha256.eq(&row.judged_by_sha256)))
        .execute(tx.conn)?;
    if kept == 1 { Ok(()) } else { Err(crate::db::run_again("another charge by the same filing")) }
}

/// Takes the next number of an authority and a year. The row is locked until the filing that takes it is committed,
/// and a filing that is not takes none.
pub(super) fn next_number(tx: &mut Tx<'_>, authority: Id, year: i32) -> Result<i32, Refusal> {
    let taken = diesel::update(filing_series::table.find((authority, year)))
        .set(filing_series::last_number.eq(filing_series::last_number + 1))
        .returning(filing_series::last_number)
        .get_result(tx.conn)
        .optional()?;
    if let Some(number) = taken {
        return Ok(number);
    }
    let first =
        (filing_series::authority_id.eq(authority), filing_series::year.eq(year), filing_series::last_number.eq(1));
    // Two first filings of a year at once: the other one's row decides, after a fresh look.
    diesel::insert_into(filing_series::table)
        .values(first)
        .execute(tx.conn)
        .map_err(on_unique(|| crate::db::run_again("the first case number of a year")))?;
    Ok(1)
}

/// What a check of all filings reads: bytes and hashes.
#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = filings, check_for_backend(crate::db::MultiBackend))]
pub(super) struct Filed {
    pub case_number: String,
    pub sha256: String,
    pub document: String,
    pub judged_by: Option<String>,
    pub judged_by_sha256: Option<String>,
}

/// A batch of filings by case number, for the check of the whole database.
pub(super) fn filed_after(tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<Filed>, Refusal> {
    let all = filings::table.filter(filings::case_number.gt(after)).order(filings::case_number).limit(limit);
    Ok(all.select(Filed::as_select()).load(tx.conn)?)
}

/// A series: authority, year, last number, and how many filings it has.
pub(super) type Series = (Id, i32, i32, i64);

/// Every series of case numbers.
pub(super) fn series(tx: &mut Tx<'_>) -> Result<Vec<Series>, Refusal> {
    let columns = (filing_series::authority_id, filing_series::year, filing_series::last_number);
    let all: Vec<(Id, i32, i32)> = filing_series::table.order(columns).select(columns).load(tx.conn)?;
    let count = |(authority, year, last)| {
        let own = filings::table.filter(filings::authority_id.eq(authority)).filter(filings::year.eq(year));
        Ok((authority, year, last, own.count().get_result(tx.conn)?))
    };
    all.into_iter().map(count).collect()
}
