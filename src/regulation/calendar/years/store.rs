//! SQL of years. They belong to no organisation, and everybody who is signed in may read them.

use diesel::prelude::*;

use super::model::{CalendarYear, CalendarYearFilter, CalendarYearRow};
use crate::auth::{Scope, Seen};
use crate::db::schema::calendar_years;
use crate::db::{Id, Placed, Tx};
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::stored;

stored!(calendar_years, CalendarYearRow, taken => Refusal::of(Code::AlreadyExists).with("field", "year"));

fn year(row: CalendarYearRow) -> CalendarYear {
    Placed { row, path: String::new() }
}

impl Seen for CalendarYear {
    type Filter = CalendarYearFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, _: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let found = calendar_years::table.find(id).select(CalendarYearRow::as_select());
        Ok(found.first(tx.conn).optional()?.map(year))
    }

    fn list_in(tx: &mut Tx<'_>, _: &Scope, at: &Listing<CalendarYearFilter>) -> Result<Vec<Self>, Refusal> {
        let mut found = calendar_years::table
            .order(calendar_years::id)
            .limit(at.limit.rows())
            .select(CalendarYearRow::as_select())
            .into_boxed();
        if let Some(wanted) = at.filter.year.and_then(|year| i32::try_from(year.get()).ok()) {
            found = found.filter(calendar_years::year.eq(wanted));
        }
        if let Some(after) = at.after {
            found = found.filter(calendar_years::id.gt(after));
        }
        Ok(found.load(tx.conn)?.into_iter().map(year).collect())
    }
}

/// Every year that was entered.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<CalendarYearRow>, Refusal> {
    let rows = calendar_years::table.order(calendar_years::year).select(CalendarYearRow::as_select());
    Ok(rows.load(tx.conn)?)
}
