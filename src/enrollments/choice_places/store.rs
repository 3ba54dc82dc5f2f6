//! SQL of the places from which guardians choose.

use diesel::prelude::*;

use crate::db::schema::choice_places;
use crate::db::{Id, Instant, Tx};
use crate::on_backend;
use crate::refusal::Refusal;

pub(super) fn note(tx: &mut Tx<'_>, plan: Id, user: Id, place: &str) -> Result<(), Refusal> {
    let new = diesel::insert_into(choice_places::table)
        .values((
            choice_places::plan_id.eq(plan),
            choice_places::user_id.eq(user),
            choice_places::place.eq(place),
            choice_places::chosen_at.eq(tx.now),
        ))
        .on_conflict_do_nothing();
    on_backend!(tx.conn, postgres: |pg| new.execute(pg), sqlite: |lite| new.execute(lite))?;
    Ok(())
}

pub(super) fn of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<(String, Instant)>, Refusal> {
    let query = choice_places::table.filter(choice_places::plan_id.eq(plan));
    let query = query.order((choice_places::place, choice_places::chosen_at));
    Ok(query.select((choice_places::place, choice_places::chosen_at)).load(tx.conn)?)
}

pub(super) fn forget(tx: &mut Tx<'_>, before: Instant) -> Result<usize, Refusal> {
    Ok(diesel::delete(choice_places::table.filter(choice_places::chosen_at.lt(before))).execute(tx.conn)?)
}
