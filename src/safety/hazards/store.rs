//! SQL of hazards.

use diesel::prelude::*;
use time::Date;

use super::model::{HazardFilter, HazardRow};
use crate::db::schema::hazards;
use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::{seen, stored};

stored!(hazards, HazardRow);

seen!(hazards, HazardRow, HazardFilter { facility_id, school_id, [state] });

/// Serious hazards of some facilities that stood open on a day, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn serious_at(tx: &mut Tx<'_>, ids: &[Id], on: Date) -> Result<Vec<HazardRow>, Refusal> {
    let query = hazards::table
        .filter(hazards::facility_id.eq_any(ids).and(hazards::is_serious.eq(true)).and(hazards::found_on.le(on)))
        .filter(hazards::cleared_on.is_null().or(hazards::cleared_on.gt(on)))
        .order((hazards::found_on, hazards::id))
        .select(HazardRow::as_select());
    Ok(query.load(tx.conn)?)
}
