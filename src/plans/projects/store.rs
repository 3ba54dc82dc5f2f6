//! SQL of projects, with their plans and the nodes of their schools; the scope comes first.

use diesel::prelude::*;

use super::model::{Place, Project, ProjectRow};
use crate::auth::Scope;
use crate::db::schema::{organisations, plans, projects};
use crate::db::{Id, Instant, Tx};
use crate::http::PageLimit;
use crate::plans::life::PlanState;
use crate::refusal::{Code, Refusal, on_unique};
use crate::rules::document::ProjectCategory;

type Loaded = (ProjectRow, PlanState, String);

fn project((row, plan_state, path): Loaded) -> Result<Project, Refusal> {
    let offer = serde_json::from_value(row.offer.0.clone()).map_err(Refusal::internal)?;
    Ok(Project { row, offer, plan_state, path })
}

/// What a list of projects may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct ProjectFilter {
    pub plan_id: Option<Id>,
    pub school_id: Option<Id>,
    pub category: Option<ProjectCategory>,
}

/// Projects within a scope's bounds.
macro_rules! seen {
    ($bounds:expr) => {
        projects::table
            .inner_join(organisations::table)
            .inner_join(plans::table.on(plans::id.eq(projects::plan_id)))
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((ProjectRow::as_select(), plans::state, organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Project>, Refusal> {
    let bounds = scope.bounds();
    seen!(bounds).filter(projects::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(project).transpose()
}

/// Where a project belongs, whoever asks.
pub(super) fn place(tx: &mut Tx<'_>, id: Id) -> Result<Option<Place>, Refusal> {
    let query = projects::table.inner_join(organisations::table).filter(projects::id.eq(id));
    let found: Option<(Id, Id, String)> =
        query.select((projects::plan_id, projects::school_id, organisations::path)).first(tx.conn).optional()?;
    Ok(found.map(|(plan_id, school_id, path)| Place { id, plan_id, school_id, path }))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &ProjectFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Project>, Refusal> {
    let bounds = scope.bounds();
    let standing = seen!(bounds).filter(projects::removed_at.is_null());
    let mut query = standing.order(projects::id).limit(limit.rows()).into_boxed();
    if let Some(plan) = filter.plan_id {
        query = query.filter(projects::plan_id.eq(plan));
    }
    if let Some(school) = filter.school_id {
        query = query.filter(projects::school_id.eq(school));
    }
    if let Some(category) = filter.category {
        query = query.filter(projects::category.eq(category));
    }
    if let Some(after) = after {
        query = query.filter(projects::id.gt(after));
    }
    query.load::<Loaded>(tx.conn)?.into_iter().map(project).collect()
}

/// The projects of a plan in the order of its document.
pub(super) fn of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<ProjectRow>, Refusal> {
    let standing = projects::table.filter(projects::plan_id.eq(plan)).filter(projects::removed_at.is_null());
    Ok(standing.order((projects::position, projects::id)).select(ProjectRow::as_select()).load(tx.conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &ProjectRow) -> Result<(), Refusal> {
    diesel::insert_into(projects::table).values(row).execute(tx.conn).map_err(on_unique(taken))?;
    Ok(())
}

fn taken() -> Refusal {
    Refusal::of(Code::AlreadyExists).with("field", "plan_id, offer.name")
}

/// Writes the row's new state over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &ProjectRow) -> Result<(), Refusal> {
    let changed = diesel::update(projects::table.find(row.id).filter(projects::version.eq(row.version - 1)))
        .set((
            projects::position.eq(row.position),
            projects::name.eq(&row.name),
            projects::category.eq(row.category),
            projects::offer.eq(&row.offer),
            projects::removed_at.eq(row.removed_at),
            projects::version.eq(row.version),
            projects::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)
        .map_err(on_unique(taken))?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}

/// Takes projects out of their plan.
pub(super) fn remove(tx: &mut Tx<'_>, ids: &[Id], at: Instant) -> Result<(), Refusal> {
    diesel::update(projects::table.filter(projects::id.eq_any(ids)))
        .set((
            projects::removed_at.eq(Some(at)),
            projects::version.eq(projects::version + 1),
            projects::updated_at.eq(at),
        ))
        .execute(tx.conn)?;
    Ok(())
}
