//! SQL of checks.

use diesel::prelude::*;

use super::model::{VenueCheckFilter, VenueCheckRow};
use crate::db::schema::venue_checks;
use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::{seen, stored};

stored!(once venue_checks, VenueCheckRow);

seen!(venue_checks, VenueCheckRow, VenueCheckFilter { facility_id, school_id });

/// Checks of some facilities, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub fn of_facilities(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<VenueCheckRow>, Refusal> {
    let query = venue_checks::table
        .filter(venue_checks::facility_id.eq_any(ids))
        .order((venue_checks::checked_on, venue_checks::id))
        .select(VenueCheckRow::as_select());
    Ok(query.load(tx.conn)?)
}
