//! A duty, and what must go together.

use time::Date;

use crate::auth::{Actor, Standing};
use crate::db::{Id, Instant, Placed};
use crate::refusal::{Fault, Refusal};
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, row};

life! {
    /// What is called on a duty.
    pub SafetyDutyVerb of Standing, "safety-duties" {
        Delete = "delete" by ManageStaff { Standing => same }
    }
}

row! {
    /// The row of a duty.
    pub struct SafetyDutyRow of safety_duties, "safety-duty", "safety-duties" {
        id: Id,
        school_id: Id,
        staff_member_id: Id,
        duty: String,
        from_on: Date,
        to_on: Option<Date>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A duty with the path of its school.
pub type SafetyDuty = Placed<SafetyDutyRow>;

impl SafetyDuty {
    /// The verbs that `by` may call now.
    #[must_use]
    pub fn can(&self, by: &Actor) -> Vec<&'static str> {
        SafetyDutyVerb::can(by, Standing::Standing, &self.path)
    }
}

body! {
    /// A duty, as it is entered.
    pub struct SafetyDutyIn {
        /// Of which member of staff.
        staff_member_id: Id,
        /// What the member of staff answers for.
        #[schema(inline)]
        duty: Line<2, 200>,
        /// First day.
        #[serde(with = "iso_date")]
        from_on: Date,
        /// Last day; null until somebody else answers for it.
        #[serde(default, with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        to_on: Option<Date>,
    }
}

impl SafetyDutyIn {
    /// Whether its days go together.
    ///
    /// # Errors
    /// 422 for a last day before the first.
    pub fn check(&self) -> Result<(), Refusal> {
        match self.to_on {
            Some(last) if last < self.from_on => Err(Refusal::field("/to_on", Fault::EndsBeforeStart)),
            _ => Ok(()),
        }
    }
}

filter! {
    /// Which duties a list holds.
    pub struct SafetyDutyFilter {
        /// Only those of this school.
        school_id: Id,
        /// Only those of this member of staff.
        staff_member_id: Id,
    }
}
