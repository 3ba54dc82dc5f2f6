//! SQL of vettings.

use diesel::prelude::*;

use super::model::{StaffVettingFilter, StaffVettingRow};
use crate::db::schema::staff_vettings;
use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::{seen, stored};

stored!(once staff_vettings, StaffVettingRow);

seen!(staff_vettings, StaffVettingRow, StaffVettingFilter { school_id, staff_member_id });

/// The vettings of these members of staff in the order in which they were made, for who judges them.
///
/// # Errors
/// When the database fails.
pub fn of_members(tx: &mut Tx<'_>, members: &[Id]) -> Result<Vec<StaffVettingRow>, Refusal> {
    let query = staff_vettings::table
        .filter(staff_vettings::staff_member_id.eq_any(members))
        .order((staff_vettings::checked_on, staff_vettings::id));
    Ok(query.select(StaffVettingRow::as_select()).load(tx.conn)?)
}
