//! SQL of filings and of the series of their case numbers; the scope comes first.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use time::Date;

use super::model::{Filing, FilingFilter, FilingRow, FilingStep};
use crate::auth::scope::at_school;
use crate::auth::{Scope, Seen};
use crate::db::schema::{filing_materials, filing_projects, filing_series, filings, organisations, plans};
use crate::db::{Changing, Id, Instant, Json, Tx};
use crate::http::{Key, Listing};
use crate::plans::plans::{FilingState, PlanState};
use crate::refusal::{Code, Refusal, on_unique};
use crate::{page, stored};

type Loaded = (FilingRow, String, String, String);

stored!(once filings, FilingRow, taken => Refusal::of(Code::VersionMismatch));

/// Of a filing its state changes, its due dates, its review and its steps; nothing else of it ever does. What judged it
/// is written without a version (`keep_facts`), so that no whole row may be written over it.
impl Changing for FilingRow {
    fn step(&mut self, now: Instant) {
        self.version += 1;
        self.updated_at = now;
    }

    fn update(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        let changed = diesel::update(filings::table.find(self.id).filter(filings::version.eq(self.version - 1)))
            .set((
                filings::state.eq(self.state),
                filings::due_on.eq(self.due_on),
                filings::reminded_on.eq(self.reminded_on),
                filings::escalated_on.eq(self.escalated_on),
                filings::escalated_to_id.eq(self.escalated_to_id),
                filings::review.eq(&self.review),
                filings::steps.eq(&self.steps),
                filings::version.eq(self.version),
                filings::updated_at.eq(self.updated_at),
            ))
            .execute(tx.conn)?;
        if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
    }
}

fn filing((row, school_code, school_name, path): Loaded, today: Date) -> Filing {
    let found = Filing { row, school_code, school_name, path, overdue: false };
    Filing { overdue: found.is_overdue(today), ..found }
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

impl Seen for Filing {
    type Filter = FilingFilter;
    type Key = Key;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let bounds = scope.bounds();
        let found = seen_with_nodes!(bounds).filter(filings::id.eq(id)).first::<Loaded>(tx.conn).optional()?;
        Ok(found.map(|found| filing(found, tx.today)))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<FilingFilter, Key>) -> Result<Vec<Self>, Refusal> {
        let bounds = scope.bounds();
        let mut query = at_school!(seen_with_nodes!(bounds).into_boxed(), filings::school_id, bounds);
        if let Some(need) = at.filter.needs {
            query = query.filter(filings::state.eq(need.state()));
        }
        if at.filter.overdue {
            query = query
                .filter(filings::due_on.lt(tx.today))
                .filter(filings::state.eq_any([FilingState::Submitted, FilingState::Returned]));
        }
        if at.filter.escalated {
            query = query.filter(filings::escalated_on.is_not_null());
        }
        if let Some(year) = &at.filter.school_year {
            let of_year = plans::table.filter(plans::school_year.eq(year.as_str().to_owned())).select(plans::id);
            query = query.filter(filings::plan_id.eq_any(of_year));
        }
        if let Some(season) = at.filter.season {
            let of_season = plans::table.filter(plans::season.eq(season)).select(plans::id);
            query = query.filter(filings::plan_id.eq_any(of_season));
        }
        let query = page!(query, filings, at, { plan_id, school_id, authority_id, case_number, [state] }, polled);
        let found = query.load::<Loaded>(tx.conn)?;
        Ok(found.into_iter().map(|found| filing(found, tx.today)).collect())
    }
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
    let found = query.load::<Loaded>(tx.conn)?;
    Ok(found.into_iter().map(|found| filing(found, tx.today)).collect())
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
    Ok(query.first::<Loaded>(tx.conn).optional()?.map(|found| filing(found, tx.today)))
}

/// The approved filing of a plan.
pub(super) fn in_force(tx: &mut Tx<'_>, plan: Id) -> Result<Option<Filing>, Refusal> {
    let bounds = Scope::Everything.bounds();
    let query =
        seen_with_nodes!(bounds).filter(filings::plan_id.eq(plan)).filter(filings::state.eq(FilingState::Approved));
    Ok(query.first::<Loaded>(tx.conn).optional()?.map(|found| filing(found, tx.today)))
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

/// Writes what judged a filing that kept nothing of it; nothing that is kept ever changes.
pub(super) fn keep_facts(tx: &mut Tx<'_>, row: &FilingRow) -> Result<(), Refusal> {
    let kept = diesel::update(filings::table.find(row.id).filter(filings::judged_by.is_null()))
        .set((filings::judged_by.eq(&row.judged_by), filings::judged_by_sha256.eq(&row.judged_by_sha256)))
        .execute(tx.conn)?;
    if kept == 1 { Ok(()) } else { Err(crate::db::run_again("another charge by the same filing")) }
}

/// Keeps what judged a filing once all its days are announced, in place of what was read.
pub(super) fn settle_facts(tx: &mut Tx<'_>, row: &FilingRow, seen: &str) -> Result<(), Refusal> {
    let kept = diesel::update(filings::table.find(row.id).filter(filings::judged_by_sha256.eq(seen)))
        .set((filings::judged_by.eq(&row.judged_by), filings::judged_by_sha256.eq(&row.judged_by_sha256)))
        .execute(tx.conn)?;
    if kept == 1 { Ok(()) } else { Err(crate::db::run_again("another charge by the same filing")) }
}

/// Filings after one of them that stand, and were judged by days that were not announced.
pub(super) fn provisional(tx: &mut Tx<'_>, after: Id, limit: i64) -> Result<Vec<Filing>, Refusal> {
    let bounds = Scope::Everything.bounds();
    let query = seen_with_nodes!(bounds)
        .filter(filings::state.eq_any([FilingState::Submitted, FilingState::Returned, FilingState::Approved]))
        .filter(filings::judged_by.like("%\"provisional\":true%"))
        .filter(filings::id.gt(after))
        .order(filings::id)
        .limit(limit);
    let found = query.load::<Loaded>(tx.conn)?;
    Ok(found.into_iter().map(|found| filing(found, tx.today)).collect())
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

/// The steps of every filing of a plan.
pub(super) fn steps_of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Json<Vec<FilingStep>>>, Refusal> {
    Ok(filings::table.filter(filings::plan_id.eq(plan)).select(filings::steps).load(tx.conn)?)
}

/// Plans whose state is that of a filing which is not there.
pub(super) fn plans_without_filing(tx: &mut Tx<'_>) -> Result<Vec<(Id, PlanState)>, Refusal> {
    let mut found = Vec::new();
    for (state, filed) in [
        (PlanState::Submitted, FilingState::Submitted),
        (PlanState::Returned, FilingState::Returned),
        (PlanState::Approved, FilingState::Approved),
        (PlanState::Closed, FilingState::Approved),
    ] {
        let standing = filings::table
            .filter(filings::plan_id.eq(plans::id).and(filings::ordinal.eq(plans::filing_ordinal)))
            .filter(filings::state.eq(filed))
            .select(filings::id);
        let without = plans::table.filter(plans::state.eq(state)).filter(not(exists(standing)));
        found.extend(without.order(plans::id).select((plans::id, plans::state)).load::<(Id, PlanState)>(tx.conn)?);
    }
    Ok(found)
}

/// Case numbers of filings that were decided and have no review.
pub(super) fn decided_without_review(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    let decided = [FilingState::Approved, FilingState::Returned, FilingState::Superseded];
    let without = filings::table.filter(filings::state.eq_any(decided)).filter(filings::review.is_null());
    Ok(without.order(filings::case_number).select(filings::case_number).load(tx.conn)?)
}
