//! Closures: days on which an authority closes its schools, for weather or a local festival. They are no days of
//! service (三.2) and never move a deadline (五.2).

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Closure, ClosureIn, ClosureVerb};

use std::collections::BTreeSet;

use time::Date;

use self::model::{ClosureFilter, ClosureRow};
use crate::auth::By;
use crate::auth::organisations::ids_on;
use crate::auth::permission::ManageClosures;
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, Listing};
use crate::journal::{enter, record};
use crate::refusal::Refusal;
use crate::regulation::authorities;
use crate::regulation::calendar::years;
use crate::rules::calendar::Calendar;

/// Closes a day of an authority in the caller's scope.
///
/// # Errors
/// 422 when there is no such authority, 409 when it has closed that day.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageClosures>, new: &ClosureIn) -> Result<Closure, Refusal> {
    let authority = authorities::named_beside(tx, &by.scope(), new.authority_id, Vec::new())?;
    let row = ClosureRow {
        id: Id::fresh(),
        authority_id: new.authority_id,
        closed_on: new.closed_on,
        reason: new.reason.as_str().to_owned(),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "created", row, authority.path)
}

/// Takes a closure back, and says what it was.
///
/// # Errors
/// 404 outside the caller's scope, 412.
pub fn delete(tx: &mut Tx<'_>, by: &By<ManageClosures>, id: Id, seen: &IfMatchVersion) -> Result<Closure, Refusal> {
    let closure: Closure = by.find(tx, id)?;
    seen.expect(closure.version)?;
    store::delete(tx, &closure.row)?;
    record(tx, "deleted", Some(&closure), None)?;
    Ok(closure)
}

/// Closures by date, of one authority or of all.
///
/// # Errors
/// When the database fails.
pub fn list(tx: &mut Tx<'_>, at: &Listing<ClosureFilter, (Date, Id)>) -> Result<Vec<Closure>, Refusal> {
    store::list(tx, at)
}

/// The country's calendar and the closures of the authorities on some paths, read at once, for whoever judges many
/// schools.
#[derive(Debug, Clone)]
pub struct Closures {
    country: Calendar,
    closures: Vec<Closure>,
}

/// Reads the closures on some organisation paths.
///
/// # Errors
/// When the database fails.
pub fn closures_on<'a>(tx: &mut Tx<'_>, paths: impl Iterator<Item = &'a str>) -> Result<Closures, Refusal> {
    let ids: BTreeSet<Id> = paths.flat_map(ids_on).collect();
    Ok(Closures { country: years::country(tx)?, closures: store::of_authorities(tx, ids.into_iter().collect())? })
}

impl Closures {
    /// The calendar at one of the paths, as [`calendar_at`] has it.
    #[must_use]
    pub fn calendar_at(&self, path: &str) -> Calendar {
        let own = self.closures.iter().filter(|closure| path.starts_with(&closure.path));
        self.country.clone().with_closures(own.map(|closure| (closure.row.closed_on, closure.row.reason.clone())))
    }
}

/// The calendar at an organisation path, that of an authority or of a school below one: the country's with the
/// closures of every authority on it. Of two reasons for one day the lower authority's stands.
///
/// # Errors
/// When the database fails.
pub fn calendar_at(tx: &mut Tx<'_>, path: &str) -> Result<Calendar, Refusal> {
    Ok(closures_on(tx, std::iter::once(path))?.calendar_at(path))
}
