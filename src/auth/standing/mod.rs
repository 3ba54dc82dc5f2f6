//! Whether who writes may still act: every write asks, inside its transaction, for account, role grant and session.

mod model;
mod store;

pub use self::model::{GrantDays, Standing, UserState};

use super::actor::Actor;
use crate::db::Tx;
use crate::refusal::{Code, Refusal};

/// Asks inside a write's transaction whether account, role and session still stand.
///
/// # Errors
/// 401 when one of them does not.
pub fn confirm(tx: &mut Tx<'_>, actor: &Actor) -> Result<(), Refusal> {
    let standing = store::of_session(tx, actor.session_id)?;
    let stands = standing.is_some_and(|(grant, standing)| {
        // A sign-in acts in one role at a time: it may have gone on to another since.
        grant == actor.role_grant_id && standing.bears(actor.issued_at, tx.today)
    });
    if stands { Ok(()) } else { Err(Refusal::of(Code::Unauthenticated)) }
}
