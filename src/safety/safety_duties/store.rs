//! SQL of duties.

use diesel::prelude::*;
use time::Date;

use super::model::{SafetyDutyFilter, SafetyDutyRow};
use crate::auth::scope::staff_of;
use crate::db::schema::safety_duties;
use crate::db::{Id, Tx};
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(once safety_duties, SafetyDutyRow);

seen!(safety_duties, SafetyDutyRow, SafetyDutyFilter { school_id, staff_member_id });

/// Whether who works under an account has a duty at a school on a day.
pub(super) fn on_duty(tx: &mut Tx<'_>, user: Id, school: Id, day: Date) -> Result<bool, Refusal> {
    let query = safety_duties::table
        .filter(safety_duties::school_id.eq(school).and(safety_duties::from_on.le(day)))
        .filter(safety_duties::to_on.is_null().or(safety_duties::to_on.ge(day)))
        .filter(safety_duties::staff_member_id.eq_any(staff_of!(user)));
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(tx.conn)?)
}

/// Deletes the row of the version that was read.
pub(super) fn delete(tx: &mut Tx<'_>, row: &SafetyDutyRow) -> Result<(), Refusal> {
    let standing = safety_duties::table.find(row.id).filter(safety_duties::version.eq(row.version));
    let gone = diesel::delete(standing).execute(tx.conn)?;
    if gone == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
