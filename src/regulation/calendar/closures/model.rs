//! A day on which an authority closes its schools.

use time::Date;

use crate::auth::Standing;
use crate::db::{Id, Instant, Placed};
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, row};

life! {
    /// What is called on a closure.
    pub ClosureVerb of Standing, "calendar/closures" for Closure {
        Delete = "delete" by ManageClosures { Standing => same }
    }
}

row! {
    /// The row of a closure.
    pub struct ClosureRow of calendar_closures, "calendar-closure", "calendar/closures" {
        id: Id,
        authority_id: Id,
        closed_on: Date,
        reason: String,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A closure with the path of its authority.
pub type Closure = Placed<ClosureRow>;

filter! {
    /// Which closures a list holds.
    pub struct ClosureFilter {
        /// Only closures of this authority itself.
        authority_id: Id,
    }
}

body! {
    /// A closure, as it is set.
    pub struct ClosureIn {
        /// The authority that closes its schools and all below it.
        authority_id: Id,
        /// The day without service.
        #[serde(with = "iso_date")]
        closed_on: Date,
        /// Shown to schools and guardians.
        #[schema(inline)]
        reason: Line<1, 100>,
    }
}
