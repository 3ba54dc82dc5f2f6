//! Projects 服务项目 of a plan: offered services with their grades, slots, seats, provider and fee. They are written with
//! the plan document by `plans`, or one by one by `project_changes`; either way the plan is claimed first, so that a
//! submission sees all or nothing.

mod api;
mod model;
mod store;

pub use self::api::{ProjectOut, routes};
pub use self::model::{Place, Project, ProjectIn, ProjectRow, ProjectVerb};

use crate::auth::permission::WritePlans;
use crate::auth::{By, known};
use crate::db::{Id, Json, Stored, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{self, record};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::rules::document::{PROJECTS_MAX, PlanProject, Season};
use crate::rules::same_projects;

/// Makes a claimed plan's projects those of a document: the same name is the same project, and so is a new name of one
/// whose name is gone.
///
/// # Errors
/// When the database fails.
pub fn replace_all(tx: &mut Tx<'_>, plan: Id, school: Id, offers: &[PlanProject]) -> Result<(), Refusal> {
    let standing = store::of_plan(tx, plan)?;
    let before: Vec<PlanProject> = standing.iter().map(|project| project.offer.0.clone()).collect();
    let same = same_projects(&before, offers);
    for (place, project) in standing.iter().enumerate() {
        if !same.contains(&Some(place)) {
            remove(tx, project)?;
        }
    }
    for (position, (offer, known)) in offers.iter().zip(same).enumerate() {
        let position = i32::try_from(position).map_err(Refusal::internal)?;
        match known.and_then(|place| standing.get(place)) {
            None => _ = enter(tx, &row_of(tx, plan, school, position, offer))?,
            Some(project) if project.position == position && project.offer.0 == *offer => {}
            Some(project) => {
                journal::change(tx, "updated", project, |project| {
                    project.position = position;
                    project.offers(offer);
                })?;
            }
        }
    }
    Ok(())
}

/// Writes a new project and records it.
fn enter(tx: &mut Tx<'_>, row: &ProjectRow) -> Result<Project, Refusal> {
    row.insert(tx)?;
    let made = known(tx, row.id)?;
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// Whether a school's plan of a term, as long as it is not withdrawn, has a project of this name.
///
/// # Errors
/// When the database fails.
pub fn is_planned(tx: &mut Tx<'_>, school: Id, school_year: &str, season: Season, name: &str) -> Result<bool, Refusal> {
    store::is_planned(tx, school, school_year, season, name)
}

fn row_of(tx: &Tx<'_>, plan_id: Id, school_id: Id, position: i32, offer: &PlanProject) -> ProjectRow {
    ProjectRow {
        id: Id::fresh(),
        plan_id,
        school_id,
        position,
        name: offer.name.as_str().to_owned(),
        category: offer.category,
        offer: Json(offer.clone()),
        removed_at: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    }
}

/// What a plan's projects offer, in the order of its document.
///
/// # Errors
/// When the database fails.
pub fn offers(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<PlanProject>, Refusal> {
    Ok(store::of_plan(tx, plan)?.into_iter().map(|project| project.row.offer.0).collect())
}

/// Ids of a plan's projects, in the order of its document.
///
/// # Errors
/// When the database fails.
pub fn ids(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Id>, Refusal> {
    Ok(store::of_plan(tx, plan)?.into_iter().map(|project| project.row.id).collect())
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
    let position = standing.last().map_or(0, |project| project.position + 1);
    let row = row_of(tx, plan, school, position, offer);
    tx.savepoint(|tx| enter(tx, &row))
}

/// Replaces what a project of a claimed plan offers.
///
/// # Errors
/// 409 for a name that is taken, 412 when another request was faster.
pub fn change(tx: &mut Tx<'_>, before: &Project, offer: &PlanProject) -> Result<Project, Refusal> {
    tx.savepoint(|tx| journal::change(tx, "updated", before, |project| project.offers(offer)))
}

/// Takes a project out of a claimed plan. What was filed or chosen of it stays.
///
/// # Errors
/// 412 when another request was faster.
pub fn remove(tx: &mut Tx<'_>, before: &Project) -> Result<Project, Refusal> {
    let at = tx.now;
    journal::change(tx, "removed", before, |project| project.removed_at = Some(at))
}

/// A project that the caller may write, as far as it and not its plan decides.
///
/// # Errors
/// 404, 412.
pub fn writable(tx: &mut Tx<'_>, by: &By<WritePlans>, id: Id, seen: &IfMatchVersion) -> Result<Project, Refusal> {
    let found = by.find::<Project>(tx, id)?;
    if found.removed_at.is_some() {
        return Err(Refusal::of(Code::NotFound));
    }
    seen.expect(found.version)?;
    Ok(found)
}

/// Where a project of any scope belongs, for rooms whose own rows the caller may see.
///
/// # Errors
/// 404.
pub fn place(tx: &mut Tx<'_>, id: Id) -> Result<Place, Refusal> {
    store::place(tx, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}
