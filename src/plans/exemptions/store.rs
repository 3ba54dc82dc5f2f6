//! SQL of exemptions; the scope comes first.

use diesel::prelude::*;

use super::model::{Exemption, ExemptionFilter, ExemptionIn, ExemptionRow, ExemptionState};
use crate::auth::scope::placed;
use crate::auth::{Scope, Seen};
use crate::db::schema::exemptions;
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::rules::document::Season;
use crate::{page, stored};

stored!(exemptions, ExemptionRow);

impl Seen for Exemption {
    type Filter = ExemptionFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let found = placed!(exemptions, ExemptionRow, scope.bounds()).filter(exemptions::id.eq(id));
        Ok(found.first(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<ExemptionFilter>) -> Result<Vec<Self>, Refusal> {
        let mut found = placed!(exemptions, ExemptionRow, scope.bounds()).into_boxed();
        if let Some(rule) = &at.filter.rule {
            found = found.filter(exemptions::rule.eq(rule.as_str()));
        }
        Ok(page!(found, exemptions, at, { school_id, [state] }).load(tx.conn)?)
    }
}

/// What holds for a school's term, oldest first.
pub(super) fn granted(
    tx: &mut Tx<'_>,
    school: Id,
    school_year: &str,
    season: Season,
) -> Result<Vec<ExemptionRow>, Refusal> {
    let query = exemptions::table
        .filter(exemptions::school_id.eq(school))
        .filter(exemptions::school_year.eq(school_year).and(exemptions::season.eq(season)))
        .filter(exemptions::state.eq(ExemptionState::Granted))
        .order(exemptions::id)
        .select(ExemptionRow::as_select());
    Ok(query.load(tx.conn)?)
}

/// Whether an account has asked for an exemption from the same rule, for the same school and term.
pub(super) fn was_asked_by(tx: &mut Tx<'_>, user: Id, new: &ExemptionIn) -> Result<bool, Refusal> {
    let asked = exemptions::table
        .filter(exemptions::school_id.eq(new.school_id).and(exemptions::rule.eq(new.rule.as_str())))
        .filter(exemptions::school_year.eq(new.school_year.as_str()).and(exemptions::season.eq(new.season)))
        .filter(exemptions::requested_by_id.eq(user))
        .select(exemptions::id);
    Ok(asked.first::<Id>(tx.conn).optional()?.is_some())
}
