//! SQL of invitations; the scope comes first. The platform's own have no organisation.

use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::model::{Invitation, InvitationFilter, InvitationRow, InvitationState};
use crate::auth::scope::organisations_in;
use crate::auth::{Scope, Seen};
use crate::db::schema::{invitations, organisations};
use crate::db::{Id, Tx, run_again};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::{page, stored};

// Whoever invites the same guardian at the same time looks again, and ends the other's.
stored!(invitations, InvitationRow, taken => run_again("the guardian was invited meanwhile"));

type Loaded = (InvitationRow, Option<String>);

fn invitation((row, path): Loaded) -> Invitation {
    Invitation { row, path: path.unwrap_or_default() }
}

/// Invitations with the paths of their organisations.
macro_rules! with_paths {
    () => {
        invitations::table.select((
            InvitationRow::as_select(),
            organisations::table
                .filter(organisations::id.nullable().eq(invitations::organisation_id))
                .select(organisations::path)
                .single_value(),
        ))
    };
}

/// The same, of organisations within a scope.
macro_rules! seen_with_paths {
    ($scope:expr) => {{
        let bounds = $scope.bounds();
        with_paths!().filter(
            invitations::organisation_id
                .eq_any(organisations_in!(bounds))
                .or(invitations::organisation_id.is_null().and(bounds.placeless.into_sql::<Bool>()).nullable()),
        )
    }};
}

impl Seen for Invitation {
    type Filter = InvitationFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let seen = seen_with_paths!(scope).filter(invitations::id.eq(id));
        Ok(seen.first::<Loaded>(tx.conn).optional()?.map(invitation))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<InvitationFilter>) -> Result<Vec<Self>, Refusal> {
        let seen = seen_with_paths!(scope).into_boxed();
        let query = page!(seen, invitations, at, { organisation_id, role, guardianship_id, [state] });
        Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(invitation).collect())
    }
}

/// The invitation of a code, whatever became of it.
pub(super) fn by_code(tx: &mut Tx<'_>, code_hash: &str) -> Result<Option<Invitation>, Refusal> {
    let query = with_paths!().filter(invitations::code_hash.eq(code_hash));
    Ok(query.first::<Loaded>(tx.conn).optional()?.map(invitation))
}

/// Holds the row until the transaction ends, so that one of several who use a code wins.
pub(super) fn claim(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    diesel::update(invitations::table.find(id))
        .set(invitations::updated_at.eq(invitations::updated_at))
        .execute(tx.conn)?;
    Ok(())
}

/// Those of some guardianships that are open.
pub(super) fn open_of(tx: &mut Tx<'_>, guardianships: &[Id]) -> Result<Vec<Invitation>, Refusal> {
    let query = with_paths!()
        .filter(invitations::guardianship_id.eq_any(guardianships.to_vec()))
        .filter(invitations::state.eq(InvitationState::Open))
        .order(invitations::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(invitation).collect())
}

/// Open ones whose time is over.
pub(super) fn over(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Invitation>, Refusal> {
    let query = with_paths!()
        .filter(invitations::state.eq(InvitationState::Open).and(invitations::expires_at.le(tx.now)))
        .order(invitations::id)
        .limit(limit);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(invitation).collect())
}
