//! A vetting, and what must go together.

use time::Date;

use crate::auth::Actor;
use crate::db::{Id, Instant, Placed};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::VettingKind;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, row, text_enum};

text_enum! {
    /// What vetting found 审查结论. Others may come.
    pub enum VettingOutcome {
        /// 通过
        Passed = "passed",
        /// 未通过
        Failed = "failed",
    }
}

row! {
    /// The row of a vetting.
    pub struct StaffVettingRow of staff_vettings, "staff-vetting", "staff-vettings" {
        id: Id,
        school_id: Id,
        staff_member_id: Id,
        kind: VettingKind,
        checked_on: Date,
        #[diesel(column_name = valid_until_on)]
        valid_until: Date,
        outcome: VettingOutcome,
        document: String,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A vetting with the path of its school.
pub type StaffVetting = Placed<StaffVettingRow>;

impl StaffVetting {
    /// Nothing is called on it: the next one of its kind decides.
    #[must_use]
    pub fn can(&self, _: &Actor) -> Vec<&'static str> {
        Vec::new()
    }
}

body! {
    /// A vetting of a member of staff, as it is entered.
    pub struct StaffVettingIn {
        /// Of which member of staff.
        staff_member_id: Id,
        kind: VettingKind,
        /// When it was made; not after today.
        #[serde(with = "iso_date")]
        checked_on: Date,
        /// The last day on which it holds.
        #[serde(with = "iso_date")]
        valid_until: Date,
        outcome: VettingOutcome,
        /// What shows it.
        #[schema(inline)]
        document: Line<2, 120>,
    }
}

impl StaffVettingIn {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self, today: Date) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.valid_until < self.checked_on {
            faults.push(FieldError::new("/valid_until", Fault::EndsBeforeStart));
        }
        if self.checked_on > today {
            faults.push(FieldError::new("/checked_on", Fault::OutOfRange).said("after-today"));
        }
        faults
    }
}

filter! {
    /// Which vettings a list holds.
    pub struct StaffVettingFilter {
        /// Only those of this school.
        school_id: Id,
        /// Only those of this member of staff.
        staff_member_id: Id,
    }
}
