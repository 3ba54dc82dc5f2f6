//! SQL of leave; the scope comes first.

use diesel::prelude::*;
use time::Date;

use super::model::{LeaveRequest, LeaveRequestFilter, LeaveRequestRow, LeaveState};
use crate::auth::scope::{children_of, pupils_served};
use crate::auth::{Scope, Seen};
use crate::db::schema::{leave_requests, organisations, students};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::{page, stored};

stored!(leave_requests, LeaveRequestRow);

type Loaded = (LeaveRequestRow, Id, String);

fn request((row, person_id, path): Loaded) -> LeaveRequest {
    LeaveRequest { row, person_id, path }
}

/// Requests within a scope, with their pupils and the paths of the schools.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {{
        let query = leave_requests::table
            .inner_join(organisations::table)
            .inner_join(students::table.on(students::id.eq(leave_requests::student_id)))
            .select((LeaveRequestRow::as_select(), students::person_id, organisations::path))
            .into_boxed();
        match $scope {
            Scope::OwnChildren(user) => query.filter(students::person_id.eq_any(children_of!(*user, $tx.today))),
            Scope::OwnGroups(user) => query.filter(leave_requests::student_id.eq_any(pupils_served!(*user))),
            scope => {
                let bounds = scope.bounds();
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

impl Seen for LeaveRequest {
    type Filter = LeaveRequestFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(seen!(tx, scope).filter(leave_requests::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(request))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<LeaveRequestFilter>) -> Result<Vec<Self>, Refusal> {
        let seen = seen!(tx, scope);
        let query = page!(seen, leave_requests, at, { student_id, school_id, [state] });
        Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(request).collect())
    }
}

/// What stands for some pupils on a day.
pub(super) fn standing_on(tx: &mut Tx<'_>, pupils: &[Id], day: Date) -> Result<Vec<LeaveRequest>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(leave_requests::student_id.eq_any(pupils.to_vec()).and(leave_requests::state.eq(LeaveState::Standing)))
        .filter(leave_requests::from_on.le(day).and(leave_requests::to_on.ge(day)))
        .order(leave_requests::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(request).collect())
}

/// What was ever asked for some pupils.
pub(super) fn all_of(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<LeaveRequest>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(leave_requests::student_id.eq_any(pupils.to_vec()))
        .order(leave_requests::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(request).collect())
}
