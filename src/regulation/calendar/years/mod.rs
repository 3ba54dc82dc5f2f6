//! Years of the national calendar 节假日安排, by the State Council's notice: a year that is not built in, or one whose days
//! the State Council has changed since. Filings keep the days that judged them.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{CalendarYear, CalendarYearIn, CalendarYearVerb};

use self::model::{CalendarYearDay, CalendarYearRow};
use crate::auth::By;
use crate::auth::permission::ManageCalendar;
use crate::db::{Id, Json, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::refusal::Refusal;
use crate::rules::calendar::Calendar;

/// Enters a year.
///
/// # Errors
/// 422 with everything that does not go together, 409 when it has been entered.
pub fn create(tx: &mut Tx<'_>, _: &By<ManageCalendar>, new: &CalendarYearIn) -> Result<CalendarYear, Refusal> {
    Refusal::unless_none(new.faults())?;
    let row = CalendarYearRow {
        id: Id::fresh(),
        year: new.number(),
        document: new.document.as_str().to_owned(),
        days: Json(new.days.clone()),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "created", row, String::new())
}

/// Replaces what is known of a year, as after a change in the middle of it.
///
/// # Errors
/// 404, 412, 409 for another year, 422 with everything that does not go together.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageCalendar>,
    id: Id,
    seen: &IfMatchVersion,
    to: &CalendarYearIn,
) -> Result<CalendarYear, Refusal> {
    let before: CalendarYear = by.find(tx, id)?;
    seen.expect(before.version)?;
    Refusal::unless_kept([("/year", before.year == to.number())])?;
    Refusal::unless_none(to.faults())?;
    change(tx, "updated", &before, |year| {
        to.document.as_str().clone_into(&mut year.document);
        year.days = Json(to.days.clone());
    })
}

/// The country's calendar: what is built in, and over it the years that were entered.
///
/// # Errors
/// When the database fails.
pub fn country(tx: &mut Tx<'_>) -> Result<Calendar, Refusal> {
    let years = store::all(tx)?;
    Ok(years.into_iter().fold(Calendar::built_in(), |calendar, row| {
        calendar.with_year(row.year, row.days.0.iter().map(CalendarYearDay::special))
    }))
}
