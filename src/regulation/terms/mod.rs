//! Terms, set by an authority: the opening day from which the filing window counts (五.2), the last day, and the periods
//! of the winter timetable (三.2). Whoever is signed in may read them.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{NewTerm, Term};
pub use self::store::TermFilter;

use self::model::TermRow;
use crate::auth::organisations::ids_on;
use crate::auth::permission::ManageTerms;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Json, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::regulation::authorities;
use crate::rules::document::Season;

impl Recorded for Term {
    const RESOURCE: &'static str = "term";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Sets a term of an authority in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the authority has that term.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewTerm) -> Result<Term, Refusal> {
    let mut faults = new.faults();
    let scope = Scope::of::<ManageTerms>(actor);
    let path = match authorities::named_in_body(tx, &scope, new.authority_id)? {
        Ok(authority) => authority.path,
        Err(fault) => {
            faults.push(fault);
            String::new()
        }
    };
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let row = TermRow {
        id: Id::fresh(),
        authority_id: new.authority_id,
        school_year: new.school_year.clone(),
        season: new.season,
        opens_on: new.opens_on,
        ends_on: new.ends_on,
        winter_periods: periods(new)?,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = Term { row, winter_periods: new.winter_periods.clone(), path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

fn periods(new: &NewTerm) -> Result<Json, Refusal> {
    serde_json::to_value(&new.winter_periods).map(Json).map_err(Refusal::internal)
}

/// Replaces a term's days; authority, school year and season stay.
///
/// # Errors
/// 404 outside the caller's scope, 412, 409 for a field that stays, 422 with everything that does not go together.
pub fn update(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion, to: &NewTerm) -> Result<Term, Refusal> {
    let before = find(tx, id)?;
    if !Scope::of::<ManageTerms>(actor).holds_path(&before.path) {
        return Err(Refusal::of(Code::NotFound));
    }
    seen.expect(before.row.version)?;
    for (field, kept) in [
        ("/authority_id", before.row.authority_id == to.authority_id),
        ("/school_year", before.row.school_year == to.school_year),
        ("/season", before.row.season == to.season),
    ] {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable));
        }
    }
    let faults = to.faults();
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let mut after = Term { winter_periods: to.winter_periods.clone(), ..before.clone() };
    after.row.opens_on = to.opens_on;
    after.row.ends_on = to.ends_on;
    after.row.winter_periods = periods(to)?;
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::update(tx, &after.row)?;
    record(tx, "updated", Some(&before), Some(&after))?;
    Ok(after)
}

/// One term.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, id: Id) -> Result<Term, Refusal> {
    store::find(tx, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// The term of a season for whatever stands at an organisation path: of the nearest authority that has set one, a
/// district before its city, a city before its province.
///
/// # Errors
/// When the database fails.
pub fn of_season(tx: &mut Tx<'_>, path: &str, school_year: &str, season: Season) -> Result<Option<Term>, Refusal> {
    let set = store::of_season(tx, ids_on(path), school_year, season)?;
    Ok(set.into_iter().max_by_key(|term| term.path.len()))
}

/// Terms in the order in which they were set.
///
/// # Errors
/// When the database fails.
pub fn list(tx: &mut Tx<'_>, filter: &TermFilter, after: Option<Id>, limit: PageLimit) -> Result<Vec<Term>, Refusal> {
    store::list(tx, filter, after, limit)
}
