//! SQL of terms.

use diesel::prelude::*;
use time::Date;

use super::model::{Term, TermFilter, TermRow};
use crate::auth::Scope;
use crate::auth::scope::placed;
use crate::db::schema::terms;
use crate::db::{Id, Tx};
use crate::refusal::{Code, Refusal};
use crate::rules::document::Season;
use crate::{seen, stored};

stored!(
    terms,
    TermRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "authority_id, school_year, season")
);

seen!(terms, TermRow, TermFilter { authority_id, school_year, season });

/// Terms of a season that these authorities have set.
pub(super) fn of_season(
    tx: &mut Tx<'_>,
    authorities: Vec<Id>,
    school_year: &str,
    season: Season,
) -> Result<Vec<Term>, Refusal> {
    Ok(placed!(terms, TermRow, Scope::Everything.bounds())
        .filter(terms::authority_id.eq_any(authorities))
        .filter(terms::school_year.eq(school_year).and(terms::season.eq(season)))
        .load(tx.conn)?)
}

/// Terms of these authorities that run on a day.
pub(super) fn on_day(tx: &mut Tx<'_>, authorities: Vec<Id>, day: Date) -> Result<Vec<Term>, Refusal> {
    Ok(placed!(terms, TermRow, Scope::Everything.bounds())
        .filter(terms::authority_id.eq_any(authorities))
        .filter(terms::opens_on.le(day).and(terms::ends_on.ge(day)))
        .load(tx.conn)?)
}
