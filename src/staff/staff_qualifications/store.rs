//! SQL of qualifications.

use diesel::prelude::*;

use super::model::{StaffQualificationFilter, StaffQualificationRow};
use crate::db::schema::staff_qualifications;
use crate::db::{Id, Tx};
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(once staff_qualifications, StaffQualificationRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "staff_member_id, kind, number"));

seen!(staff_qualifications, StaffQualificationRow, StaffQualificationFilter { school_id, staff_member_id });

/// The qualifications of these members of staff in the order in which they were entered, for who judges them.
///
/// # Errors
/// When the database fails.
pub fn of_members(tx: &mut Tx<'_>, members: &[Id]) -> Result<Vec<StaffQualificationRow>, Refusal> {
    let query = staff_qualifications::table
        .filter(staff_qualifications::staff_member_id.eq_any(members))
        .order(staff_qualifications::id);
    Ok(query.select(StaffQualificationRow::as_select()).load(tx.conn)?)
}

/// Deletes the row of the version that was read.
pub(super) fn delete(tx: &mut Tx<'_>, row: &StaffQualificationRow) -> Result<(), Refusal> {
    let standing = staff_qualifications::table.find(row.id).filter(staff_qualifications::version.eq(row.version));
    let gone = diesel::delete(standing).execute(tx.conn)?;
    if gone == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
