//! SQL of choice windows; the scope comes first. A guardian sees those of its children's schools.

use diesel::prelude::*;

use super::model::{ChoiceWindow, ChoiceWindowFilter, ChoiceWindowRow, ChoiceWindowState};
use crate::auth::scope::schools_of_children;
use crate::auth::{Scope, Seen};
use crate::db::schema::{choice_windows, organisations};
use crate::db::{Id, Rung, Tx};
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::{on_backend, page, stored};

stored!(choice_windows, ChoiceWindowRow, taken => Refusal::of(Code::AlreadyExists).with("field", "plan_id"));

/// Windows with the paths of their schools.
macro_rules! with_paths {
    () => {
        choice_windows::table
            .inner_join(organisations::table)
            .select((ChoiceWindowRow::as_select(), organisations::path))
    };
}

/// Windows within a scope.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {{
        let query = with_paths!().into_boxed();
        match $scope {
            Scope::OwnChildren(user) => query
                .filter(choice_windows::state.ne(ChoiceWindowState::Cancelled))
                .filter(choice_windows::school_id.eq_any(schools_of_children!(*user, $tx.today))),
            scope => {
                let bounds = scope.bounds();
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

impl Seen for ChoiceWindow {
    type Filter = ChoiceWindowFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(seen!(tx, scope).filter(choice_windows::id.eq(id)).first(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<ChoiceWindowFilter>) -> Result<Vec<Self>, Refusal> {
        Ok(page!(seen!(tx, scope), choice_windows, at, { plan_id, school_id, [state] }).load(tx.conn)?)
    }
}

/// The window of a plan that is not cancelled.
pub(super) fn of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Option<ChoiceWindow>, Refusal> {
    let standing = choice_windows::plan_id.eq(plan).and(choice_windows::state.ne(ChoiceWindowState::Cancelled));
    Ok(with_paths!().filter(standing).first(tx.conn).optional()?)
}

/// Plans that have an announced window, each with the window.
pub(super) fn announced_of(tx: &mut Tx<'_>, plans: &[Id]) -> Result<Vec<(Id, Id)>, Refusal> {
    let announced = choice_windows::table.filter(choice_windows::state.eq(ChoiceWindowState::Announced));
    let query = announced.filter(choice_windows::plan_id.eq_any(plans));
    Ok(query.select((choice_windows::plan_id, choice_windows::id)).load(tx.conn)?)
}

/// Holds a window that is to be drawn, together with others; whether it is. On SQLite there is one writer at a time
/// anyway.
pub(super) fn hold_announced(tx: &mut Tx<'_>, id: Id) -> Result<bool, Refusal> {
    let announced = choice_windows::table.find(id).filter(choice_windows::state.eq(ChoiceWindowState::Announced));
    let version = announced.select(choice_windows::version);
    let held: Option<i64> = on_backend!(tx.conn,
        postgres: |pg| version.for_share().first(pg).optional(),
        sqlite: |lite| version.first(lite).optional(),
    )?;
    Ok(held.is_some())
}

/// Holds a window alone.
pub(super) fn claim(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    tx.holds(Rung::Plan, id);
    diesel::update(choice_windows::table.find(id))
        .set(choice_windows::version.eq(choice_windows::version))
        .execute(tx.conn)?;
    Ok(())
}

/// A drawn window, whoever asks.
pub(super) fn shown_drawn(tx: &mut Tx<'_>, id: Id) -> Result<ChoiceWindow, Refusal> {
    let drawn = choice_windows::id.eq(id).and(choice_windows::state.eq(ChoiceWindowState::Drawn));
    let found = with_paths!().filter(drawn).first(tx.conn).optional()?;
    found.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Drawn windows in the order of their ids.
pub(super) fn drawn_after(tx: &mut Tx<'_>, after: Id, count: i64) -> Result<Vec<ChoiceWindow>, Refusal> {
    let drawn = choice_windows::state.eq(ChoiceWindowState::Drawn).and(choice_windows::id.gt(after));
    Ok(with_paths!().filter(drawn).order(choice_windows::id).limit(count).load(tx.conn)?)
}
