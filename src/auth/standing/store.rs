//! SQL of what a session rests on.

use diesel::prelude::*;

use super::model::Standing;
use crate::db::schema::{role_grants, sessions, users};
use crate::db::{Id, Tx};
use crate::refusal::Refusal;

pub(super) fn of_session(tx: &mut Tx<'_>, session: Id) -> Result<Option<(Id, Standing)>, Refusal> {
    let query = sessions::table
        .inner_join(role_grants::table)
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::id.eq(session))
        .select((
            sessions::role_grant_id,
            (
                users::state,
                users::cut_off_at,
                sessions::opened_at,
                sessions::revoked_at,
                (role_grants::starts_on, role_grants::ends_on, role_grants::ended_at),
            ),
        ));
    Ok(query.first(tx.conn).optional()?)
}
