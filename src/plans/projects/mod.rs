//! Projects 服务项目 of a plan: offered services with their grades, slots, seats, provider and fee. They are written with
//! the plan document by `plans`, or one by one by `project_changes`; either way the plan is claimed first, so that a
//! submission sees all or nothing.

mod api;
mod model;
mod store;

pub use self::api::{ProjectOut, routes};
pub use self::model::{Place, Project, ProjectRow, ProjectVerb};
pub use self::store::ProjectFilter;

use crate::auth::permission::{ReadPlans, WritePlans};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Json, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::rules::document::{PROJECTS_MAX, PlanProject};

impl Recorded for Project {
    const RESOURCE: &'static str = "project";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Makes a claimed plan's projects those of a document: the same name is the same project.
///
/// # Errors
/// When the database fails.
pub fn replace_all(tx: &mut Tx<'_>, plan: Id, school: Id, offers: &[PlanProject]) -> Result<(), Refusal> {
    let standing = store::of_plan(tx, plan)?;
    let gone = |row: &&ProjectRow| !offers.iter().any(|offer| offer.name.as_str() == row.name);
    let gone: Vec<Id> = standing.iter().filter(gone).map(|row| row.id).collect();
    if !gone.is_empty() {
        store::remove(tx, &gone, tx.now)?;
    }
    for (position, offer) in offers.iter().enumerate() {
        let position = i32::try_from(position).map_err(Refusal::internal)?;
        match standing.iter().find(|row| row.name == offer.name.as_str()) {
            None => store::insert(tx, &row_of(tx, (plan, school), position, offer)?)?,
            Some(row) => {
                let changed = ProjectRow { position, offer: Json::of(offer)?, category: offer.category, ..row.clone() };
                if changed != *row {
                    let changed = ProjectRow { version: row.version + 1, updated_at: tx.now, ..changed };
                    store::update(tx, &changed)?;
                }
            }
        }
    }
    Ok(())
}

fn row_of(
    tx: &Tx<'_>,
    (plan_id, school_id): (Id, Id),
    position: i32,
    offer: &PlanProject,
) -> Result<ProjectRow, Refusal> {
    Ok(ProjectRow {
        id: Id::fresh(),
        plan_id,
        school_id,
        position,
        name: offer.name.as_str().to_owned(),
        category: offer.category,
        offer: Json::of(offer)?,
        removed_at: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    })
}

/// What a plan's projects offer, in the order of its document.
///
/// # Errors
/// When the database fails.
pub fn offers(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<PlanProject>, Refusal> {
    let rows = store::of_plan(tx, plan)?.into_iter();
    rows.map(|row| serde_json::from_value(row.offer.0).map_err(Refusal::internal)).collect()
}

/// Ids of a plan's projects, in the order of its document.
///
/// # Errors
/// When the database fails.
pub fn ids(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Id>, Refusal> {
    Ok(store::of_plan(tx, plan)?.into_iter().map(|row| row.id).collect())
}

/// Adds a project at the end of a claimed plan of a school.
///
/// # Errors
/// 409 for a name that is taken, 422 for one too many.
pub fn add(tx: &mut Tx<'_>, plan: Id, school: Id, offer: &PlanProject) -> Result<Project, Refusal> {
    let standing = store::of_plan(tx, plan)?;
    if standing.len() >= PROJECTS_MAX {
        return Err(Refusal::invalid(vec![FieldError::new("/plan_id", Fault::TooLong).with("max", PROJECTS_MAX)]));
    }
    let position = standing.last().map_or(0, |row| row.position + 1);
    let row = row_of(tx, (plan, school), position, offer)?;
    tx.savepoint(|tx| store::insert(tx, &row))?;
    let made = known(tx, row.id)?;
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// Replaces what a project of a claimed plan offers.
///
/// # Errors
/// 409 for a name that is taken, 412 when another request was faster.
pub fn change(tx: &mut Tx<'_>, before: &Project, offer: &PlanProject) -> Result<Project, Refusal> {
    let mut after = Project { offer: offer.clone(), ..before.clone() };
    after.row.name = offer.name.as_str().to_owned();
    after.row.category = offer.category;
    after.row.offer = Json::of(offer)?;
    after.row.version += 1;
    after.row.updated_at = tx.now;
    tx.savepoint(|tx| store::update(tx, &after.row))?;
    record(tx, "updated", Some(before), Some(&after))?;
    Ok(after)
}

/// Takes a project out of a claimed plan. What was filed or chosen of it stays.
///
/// # Errors
/// 412 when another request was faster.
pub fn remove(tx: &mut Tx<'_>, before: &Project) -> Result<Project, Refusal> {
    let mut after = before.clone();
    after.row.removed_at = Some(tx.now);
    after.row.updated_at = tx.now;
    after.row.version += 1;
    store::update(tx, &after.row)?;
    record(tx, "removed", Some(before), Some(&after))?;
    Ok(after)
}

/// A project that the caller may write, as far as it and not its plan decides.
///
/// # Errors
/// 404, 412.
pub fn writable(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<Project, Refusal> {
    let found = store::find(tx, &Scope::of::<WritePlans>(actor), id)?;
    let found = found.filter(|project| project.row.removed_at.is_none());
    let found = found.ok_or_else(|| Refusal::of(Code::NotFound))?;
    seen.expect(found.row.version)?;
    Ok(found)
}

/// One project that the caller may see, also one that was taken out.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<Project, Refusal> {
    store::find(tx, &Scope::of::<ReadPlans>(actor), id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// A project of any scope, for rooms whose own rows the caller may see.
///
/// # Errors
/// 404.
pub fn known(tx: &mut Tx<'_>, id: Id) -> Result<Project, Refusal> {
    store::find(tx, &Scope::Everything, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Where a project of any scope belongs, for rooms whose own rows the caller may see.
///
/// # Errors
/// 404.
pub fn place(tx: &mut Tx<'_>, id: Id) -> Result<Place, Refusal> {
    store::place(tx, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Projects that the caller may see.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &ProjectFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Project>, Refusal> {
    store::list(tx, &Scope::of::<ReadPlans>(actor), filter, after, limit)
}
