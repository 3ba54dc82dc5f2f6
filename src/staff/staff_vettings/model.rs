//! A vetting, and what must go together.

use serde::Serialize;
use time::Date;

use crate::db::{Id, Instant};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::VettingKind;
use crate::text_enum;

text_enum! {
    /// 审查结论. Others may come.
    pub enum VettingOutcome {
        /// 通过
        Passed = "passed",
        /// 未通过
        Failed = "failed",
    }
}

/// The row of a vetting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::staff_vettings, check_for_backend(crate::db::MultiBackend))]
pub struct StaffVettingRow {
    pub id: Id,
    pub school_id: Id,
    pub staff_member_id: Id,
    pub kind: VettingKind,
    pub checked_on: Date,
    #[diesel(column_name = valid_until_on)]
    pub valid_until: Date,
    pub outcome: VettingOutcome,
    pub document: String,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A vetting with the path of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaffVetting {
    #[serde(flatten)]
    pub row: StaffVettingRow,
    pub path: String,
}

/// What a vetting is made from.
#[derive(Debug, Clone)]
pub struct NewStaffVetting {
    pub staff_member_id: Id,
    pub kind: VettingKind,
    pub checked_on: Date,
    pub valid_until: Date,
    pub outcome: VettingOutcome,
    pub document: String,
}

impl NewStaffVetting {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self, today: Date) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.valid_until < self.checked_on {
            faults.push(FieldError::new("/valid_until", Fault::EndsBeforeStart));
        }
        if self.checked_on > today {
            faults.push(FieldError::new("/checked_on", Fault::OutOfRange));
        }
        faults
    }
}
