//! SQL of projects, with their plans and the nodes of their schools; the scope comes first.

use diesel::prelude::*;

use super::model::{Place, Project, ProjectFilter, ProjectRow};
use crate::auth::{Scope, Seen};
use crate::db::schema::{organisations, plans, projects};
use crate::db::{Id, NameOf, Tx};
use crate::http::Listing;
use crate::plans::life::PlanState;
use crate::refusal::{Code, Refusal};
use crate::rules::document::Season;
use crate::{page, stored};

stored!(projects, ProjectRow, taken => Refusal::of(Code::AlreadyExists).with("field", "plan_id, offer.name"));

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

impl Seen for Project {
    type Filter = ProjectFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let bounds = scope.bounds();
        Ok(seen!(bounds).filter(projects::id.eq(id)).first(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<ProjectFilter>) -> Result<Vec<Self>, Refusal> {
        let bounds = scope.bounds();
        let standing = seen!(bounds).filter(projects::removed_at.is_null()).into_boxed();
        Ok(page!(standing, projects, at, { plan_id, school_id, category }).load(tx.conn)?)
    }
}

/// Where a project belongs, whoever asks.
pub(super) fn place(tx: &mut Tx<'_>, id: Id) -> Result<Option<Place>, Refusal> {
    let query = projects::table.inner_join(organisations::table).filter(projects::id.eq(id));
    let place = (projects::plan_id, projects::school_id, organisations::path);
    let found: Option<((Id, Id, String), String, String)> =
        query.select((place, projects::name, organisations::name)).first(tx.conn).optional()?;
    let Some(((plan_id, school_id, path), name, school_name)) = found else { return Ok(None) };
    tx.names.know(NameOf::Project, id, name);
    tx.names.know(NameOf::Organisation, school_id, school_name);
    Ok(Some(Place { id, plan_id, school_id, path }))
}

/// Whether a plan that is not withdrawn has a project of this name.
pub(super) fn is_planned(
    tx: &mut Tx<'_>,
    school: Id,
    school_year: &str,
    season: Season,
    name: &str,
) -> Result<bool, Refusal> {
    let found = projects::table
        .inner_join(plans::table.on(plans::id.eq(projects::plan_id)))
        .filter(plans::school_id.eq(school).and(plans::school_year.eq(school_year)).and(plans::season.eq(season)))
        .filter(plans::state.ne(PlanState::Withdrawn))
        .filter(projects::name.eq(name).and(projects::removed_at.is_null()))
        .select(projects::id);
    Ok(found.first::<Id>(tx.conn).optional()?.is_some())
}

/// The projects of a plan in the order of its document.
pub(super) fn of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Project>, Refusal> {
    let bounds = Scope::Everything.bounds();
    let standing = seen!(bounds).filter(projects::plan_id.eq(plan)).filter(projects::removed_at.is_null());
    Ok(standing.order((projects::position, projects::id)).load(tx.conn)?)
}
