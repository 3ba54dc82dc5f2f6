//! SQL of duties.

use diesel::prelude::*;

use super::model::{SafetyDutyFilter, SafetyDutyRow};
use crate::db::Tx;
use crate::db::schema::safety_duties;
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(once safety_duties, SafetyDutyRow);

seen!(safety_duties, SafetyDutyRow, SafetyDutyFilter { school_id, staff_member_id });

/// Deletes the row of the version that was read.
pub(super) fn delete(tx: &mut Tx<'_>, row: &SafetyDutyRow) -> Result<(), Refusal> {
    let standing = safety_duties::table.find(row.id).filter(safety_duties::version.eq(row.version));
    let gone = diesel::delete(standing).execute(tx.conn)?;
    if gone == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
