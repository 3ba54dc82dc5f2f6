//! SQL of policy profiles, with their authorities.

use diesel::prelude::*;

use super::model::{PolicyProfile, PolicyProfileFilter, PolicyProfileRow};
use crate::auth::{Scope, Seen};
use crate::db::schema::{authorities, organisations, policy_profiles};
use crate::db::{Id, MultiBackend, Tx};
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::{page, stored};

stored!(policy_profiles, PolicyProfileRow, taken => Refusal::of(Code::AlreadyExists).with("field", "code"));

/// Profiles within a scope's bounds, with their authorities.
macro_rules! with_authorities {
    ($scope:expr) => {{
        let bounds = $scope.bounds();
        policy_profiles::table
            .inner_join(authorities::table.inner_join(organisations::table))
            .filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            .select((
                PolicyProfileRow::as_select(),
                organisations::code,
                organisations::name,
                authorities::level,
                organisations::path,
            ))
    }};
}

impl Seen for PolicyProfile {
    type Filter = PolicyProfileFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(with_authorities!(scope).filter(policy_profiles::id.eq(id)).first(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<PolicyProfileFilter>) -> Result<Vec<Self>, Refusal> {
        let found = with_authorities!(scope).into_boxed();
        Ok(page!(found, policy_profiles, at, { authority_id, code }).load(tx.conn)?)
    }
}

/// Rows of these authorities, from the root down and then by date.
pub(super) fn of_authorities(tx: &mut Tx<'_>, ids: Vec<Id>) -> Result<Vec<PolicyProfile>, Refusal> {
    Ok(with_authorities!(Scope::Everything)
        .filter(policy_profiles::authority_id.eq_any(ids))
        .order((organisations::path, policy_profiles::starts_on))
        .load(tx.conn)?)
}

/// Whether there is any profile.
pub(super) fn any(tx: &mut Tx<'_>) -> Result<bool, Refusal> {
    let first = policy_profiles::table.select(policy_profiles::id).limit(1).first::<Id>(tx.conn).optional()?;
    Ok(first.is_some())
}

/// All rows, those of one authority by date, for `kehou verify`.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<PolicyProfileRow>, Refusal> {
    let row = <PolicyProfileRow as Selectable<MultiBackend>>::construct_selection();
    let order = (policy_profiles::authority_id, policy_profiles::starts_on);
    Ok(policy_profiles::table.order(order).select(row).load(tx.conn)?)
}
