//! SQL of who was cut off.

use diesel::prelude::*;

use crate::db::schema::users;
use crate::db::{Id, Instant, Tx};
use crate::refusal::Refusal;

/// Accounts whose tokens were ended since a moment.
pub(super) fn cut_off_since(tx: &mut Tx<'_>, since: Instant) -> Result<Vec<(Id, Instant)>, Refusal> {
    let found =
        users::table
            .filter(users::cut_off_at.ge(since))
            .select((users::id, users::cut_off_at))
            .load::<(Id, Option<Instant>)>(tx.conn)?;
    Ok(found.into_iter().filter_map(|(id, at)| Some((id, at?))).collect())
}
