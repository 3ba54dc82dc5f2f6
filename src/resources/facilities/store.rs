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
