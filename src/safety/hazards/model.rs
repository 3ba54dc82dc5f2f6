//! A hazard of a venue.

use time::Date;

use crate::db::{Id, Instant, Placed};
use crate::http::AnyOf;
use crate::safety::venue_checks::SafetyAspect;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, row, text_enum};

text_enum! {
    /// Whether a hazard stands 隐患状态. Other states may come.
    pub enum HazardState {
        /// 未排除
        Open = "open",
        /// 已排除
        Cleared = "cleared",
    }
}

life! {
    /// What is called on a hazard.
    pub HazardVerb of HazardState, "hazards" for Hazard {
        Clear = "clear" by ManageSafety { Open => Cleared }
    }
}

row! {
    /// The row of a hazard.
    pub struct HazardRow of hazards, "hazard", "hazards" {
        id: Id,
        school_id: Id,
        facility_id: Id,
        aspect: SafetyAspect,
        is_serious: bool,
        description: String,
        found_on: Date,
        state: HazardState,
        cleared_on: Option<Date>,
        clearance: Option<String>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A hazard with the path of its school.
pub type Hazard = Placed<HazardRow>;

filter! {
    /// Which hazards a list holds.
    pub struct HazardFilter {
        /// Only of this facility.
        facility_id: Id,
        /// Only of this school.
        school_id: Id,
        /// Only those that are in one of these states.
        state: AnyOf<HazardState>,
    }
}

body! {
    /// A hazard, as it is entered.
    pub struct HazardIn {
        /// A facility of the school's resource ledger.
        facility_id: Id,
        aspect: SafetyAspect,
        /// Whether no service is held there until it is cleared.
        is_serious: bool,
        #[schema(inline)]
        description: Line<2, 200>,
        /// Not after today.
        #[serde(with = "iso_date")]
        found_on: Date,
    }
}

body! {
    /// How a hazard was cleared.
    pub struct HazardClearanceIn {
        /// Not before it was found, not after today.
        #[serde(with = "iso_date")]
        cleared_on: Date,
        /// What was done.
        #[schema(inline)]
        clearance: Line<2, 200>,
    }
}
