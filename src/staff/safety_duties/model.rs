//! A duty, and what must go together.

use serde::Serialize;
use time::Date;

use crate::auth::permission::ManageStaff;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::refusal::{Fault, FieldError};

/// The row of a duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::safety_duties, check_for_backend(crate::db::MultiBackend))]
pub struct SafetyDutyRow {
    pub id: Id,
    pub school_id: Id,
    pub staff_member_id: Id,
    pub duty: String,
    pub from_on: Date,
    pub to_on: Option<Date>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A duty with the path of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SafetyDuty {
    #[serde(flatten)]
    pub row: SafetyDutyRow,
    pub path: String,
}

impl SafetyDuty {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if Scope::of::<ManageStaff>(actor).holds_path(&self.path) { vec!["delete"] } else { Vec::new() }
    }
}

/// What a duty is made from.
#[derive(Debug, Clone)]
pub struct NewSafetyDuty {
    pub staff_member_id: Id,
    pub duty: String,
    pub from_on: Date,
    pub to_on: Option<Date>,
}

impl NewSafetyDuty {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.to_on.is_some_and(|last| last < self.from_on) {
            faults.push(FieldError::new("/to_on", Fault::EndsBeforeStart));
        }
        faults
    }
}
