//! SQL of who may fetch children; the scope comes first.

use diesel::prelude::*;

use super::model::{PickupPerson, PickupPersonFilter, PickupPersonRow, PickupState};
use super::opened;
use crate::auth::scope::{children_of, pupils_served};
use crate::auth::{Scope, Seen};
use crate::db::schema::{organisations, pickup_persons, students};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::{page, stored};

stored!(pickup_persons, PickupPersonRow);

type Loaded = (PickupPersonRow, Id, String);

/// Within a scope: with the pupils, and the paths of their schools. A teacher sees those of the pupils of its sessions.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {{
        let query = pickup_persons::table
            .inner_join(organisations::table)
            .inner_join(students::table.on(students::id.eq(pickup_persons::student_id)))
            .select((PickupPersonRow::as_select(), students::person_id, organisations::path))
            .into_boxed();
        match $scope {
            Scope::OwnChildren(user) => query.filter(students::person_id.eq_any(children_of!(*user, $tx.today))),
            Scope::OwnGroups(user) => query.filter(pickup_persons::student_id.eq_any(pupils_served!(*user))),
            scope => {
                let bounds = scope.bounds();
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

impl Seen for PickupPerson {
    type Filter = PickupPersonFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let found = seen!(tx, scope).filter(pickup_persons::id.eq(id)).first::<Loaded>(tx.conn).optional()?;
        found.map(|loaded| opened(tx, loaded)).transpose()
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<PickupPersonFilter>) -> Result<Vec<Self>, Refusal> {
        let seen = seen!(tx, scope);
        let query = page!(seen, pickup_persons, at, { student_id, school_id, kind, [state] });
        query.load::<Loaded>(tx.conn)?.into_iter().map(|loaded| opened(tx, loaded)).collect()
    }
}

/// Everybody of some pupils who stands, in the order in which they were entered.
pub(super) fn standing_of(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<PickupPerson>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(pickup_persons::student_id.eq_any(pupils.to_vec()))
        .filter(pickup_persons::state.eq(PickupState::Standing))
        .order(pickup_persons::id);
    query.load::<Loaded>(tx.conn)?.into_iter().map(|loaded| opened(tx, loaded)).collect()
}

/// All that were ever entered of some pupils.
pub(super) fn all_of(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<PickupPerson>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(pickup_persons::student_id.eq_any(pupils.to_vec()))
        .order(pickup_persons::id);
    query.load::<Loaded>(tx.conn)?.into_iter().map(|loaded| opened(tx, loaded)).collect()
}
