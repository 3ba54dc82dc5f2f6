//! SQL of the resource ledger.

use diesel::prelude::*;

use super::model::{FacilityFilter, FacilityRow, FacilityState};
use crate::db::schema::facilities;
use crate::db::{Id, Tx};
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(facilities, FacilityRow, taken => Refusal::of(Code::AlreadyExists).with("field", "school_id, kind, name"));

seen!(facilities, FacilityRow, FacilityFilter { school_id, kind, [state] });

/// How many rows of a school are in use.
pub(super) fn in_use_count(tx: &mut Tx<'_>, school: Id) -> Result<i64, Refusal> {
    let query = facilities::table
        .filter(facilities::school_id.eq(school).and(facilities::state.eq(FacilityState::InUse)))
        .count();
    Ok(query.get_result(tx.conn)?)
}

/// Rows of a school that are in use, the largest first.
pub(super) fn in_use(tx: &mut Tx<'_>, school: Id, most: i64) -> Result<Vec<FacilityRow>, Refusal> {
    let query = facilities::table
        .filter(facilities::school_id.eq(school).and(facilities::state.eq(FacilityState::InUse)))
        .order((facilities::capacity.is_null(), facilities::capacity.desc(), facilities::id))
        .limit(most)
        .select(FacilityRow::as_select());
    Ok(query.load(tx.conn)?)
}

/// Some rows of a school, in use or not.
///
/// # Errors
/// When the database fails.
pub fn of_school(tx: &mut Tx<'_>, school: Id, ids: &[Id]) -> Result<Vec<FacilityRow>, Refusal> {
    let own = facilities::table.filter(facilities::school_id.eq(school).and(facilities::id.eq_any(ids)));
    Ok(own.select(FacilityRow::as_select()).load(tx.conn)?)
}

/// Holds these places until the transaction ends, one after the other, so that nobody else books them meanwhile.
///
/// # Errors
/// When the database fails.
pub fn hold(tx: &mut Tx<'_>, ids: &[Id]) -> Result<(), Refusal> {
    for id in ids {
        diesel::update(facilities::table.find(*id))
            .set(facilities::updated_at.eq(facilities::updated_at))
            .execute(tx.conn)?;
    }
    Ok(())
}
