//! A check of a venue, and what must go together.

use std::collections::BTreeSet;

use time::Date;

use crate::auth::Actor;
use crate::db::{Id, Instant, Json, Placed};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::some;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, row, text_enum};

text_enum! {
    /// What of safety is looked at 安全方面 (六.3). Others may come.
    pub enum SafetyAspect {
        /// 场地
        Venue = "venue",
        /// 设施设备
        Equipment = "equipment",
        /// 消防
        Fire = "fire",
        /// 食品卫生
        Food = "food",
        /// 安全保卫
        Security = "security",
    }
}

text_enum! {
    /// What a check came to 检查结论. Others may come.
    pub enum CheckOutcome {
        /// 合格
        Passed = "passed",
        /// 不合格
        Failed = "failed",
    }
}

row! {
    /// The row of a check.
    pub struct VenueCheckRow of venue_checks, "venue-check", "venue-checks" {
        id: Id,
        school_id: Id,
        facility_id: Id,
        checked_on: Date,
        valid_until_on: Date,
        aspects: Json<Vec<SafetyAspect>>,
        outcome: CheckOutcome,
        checked_by_id: Id,
        note: Option<String>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A check with the path of its school.
pub type VenueCheck = Placed<VenueCheckRow>;

impl VenueCheck {
    /// Nothing is called on it: the next one decides.
    #[must_use]
    pub fn can(&self, _: &Actor) -> Vec<&'static str> {
        Vec::new()
    }
}

filter! {
    /// Which checks a list holds.
    pub struct VenueCheckFilter {
        /// Only checks of this facility.
        facility_id: Id,
        /// Only of this school.
        school_id: Id,
    }
}

body! {
    /// A check of a venue, as it is entered. The last one that has failed ends what was passed before.
    pub struct VenueCheckIn {
        /// A facility of the school's resource ledger.
        facility_id: Id,
        /// Not after today.
        #[serde(with = "iso_date")]
        checked_on: Date,
        /// The last day on which it holds.
        #[serde(with = "iso_date")]
        valid_until_on: Date,
        /// What was looked at, each once.
        #[schema(min_items = 1, max_items = 5)]
        #[serde(deserialize_with = "some::<_, _, 5>")]
        aspects: Vec<SafetyAspect>,
        outcome: CheckOutcome,
        /// The member of staff who made it.
        checked_by_id: Id,
        /// Null for none.
        #[schema(inline)]
        note: Option<Line<1, 500>>,
    }
}

impl VenueCheckIn {
    /// Everything that does not go together on `today`.
    #[must_use]
    pub fn faults(&self, today: Date) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.checked_on > today {
            faults.push(FieldError::new("/checked_on", Fault::OutOfRange).said("after-today"));
        }
        if self.valid_until_on < self.checked_on {
            faults.push(FieldError::new("/valid_until_on", Fault::EndsBeforeStart));
        }
        let distinct: BTreeSet<SafetyAspect> = self.aspects.iter().copied().collect();
        if distinct.len() != self.aspects.len() {
            faults.push(FieldError::new("/aspects", Fault::Duplicate));
        }
        faults
    }
}
