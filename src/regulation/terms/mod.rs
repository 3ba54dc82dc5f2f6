//! Terms, set by an authority: the opening day from which the filing window counts (五.2), the last day, and the periods
//! of the winter timetable (三.2). Whoever is signed in may read them.

mod api;
mod model;
mod store;

pub use self::api::{TermOut, routes};
pub use self::model::{Term, TermIn, TermVerb};

use std::collections::BTreeSet;

use time::Date;

use self::model::TermRow;
use crate::auth::By;
use crate::auth::organisations::ids_on;
use crate::auth::permission::ManageTerms;
use crate::db::{Id, Json, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::refusal::Refusal;
use crate::regulation::authorities;
use crate::rules::document::Season;

/// Sets a term of an authority in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the authority has that term.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageTerms>, new: &TermIn) -> Result<Term, Refusal> {
    let authority = authorities::named_beside(tx, &by.scope(), new.authority_id, new.faults())?;
    let row = TermRow {
        id: Id::fresh(),
        authority_id: new.authority_id,
        school_year: new.school_year.as_str().to_owned(),
        season: new.season,
        opens_on: new.opens_on,
        ends_on: new.ends_on,
        winter_periods: Json(new.winter_periods.clone()),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "created", row, authority.path)
}

/// Replaces a term's days; authority, school year and season stay.
///
/// # Errors
/// 404 outside the caller's scope, 412, 409 for a field that stays, 422 with everything that does not go together.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageTerms>,
    id: Id,
    seen: &IfMatchVersion,
    to: &TermIn,
) -> Result<Term, Refusal> {
    let before: Term = by.find(tx, id)?;
    seen.expect(before.version)?;
    Refusal::unless_kept([
        ("/authority_id", before.authority_id == to.authority_id),
        ("/school_year", before.school_year == to.school_year.as_str()),
        ("/season", before.season == to.season),
    ])?;
    Refusal::unless_none(to.faults())?;
    change(tx, "updated", &before, |term| {
        term.opens_on = to.opens_on;
        term.ends_on = to.ends_on;
        term.winter_periods = Json(to.winter_periods.clone());
    })
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

/// The terms of a season that the authorities on some organisation paths have set, read at once.
///
/// # Errors
/// When the database fails.
pub fn on_paths<'a>(
    tx: &mut Tx<'_>,
    paths: impl Iterator<Item = &'a str>,
    school_year: &str,
    season: Season,
) -> Result<Vec<Term>, Refusal> {
    let ids: BTreeSet<Id> = paths.flat_map(ids_on).collect();
    store::of_season(tx, ids.into_iter().collect(), school_year, season)
}

/// The term that runs on a day for whatever stands at an organisation path: of the nearest authority that has set one.
///
/// # Errors
/// When the database fails.
pub fn on_day(tx: &mut Tx<'_>, path: &str, day: Date) -> Result<Option<Term>, Refusal> {
    let set = store::on_day(tx, ids_on(path), day)?;
    Ok(set.into_iter().max_by_key(|term| term.path.len()))
}
