//! A total.

use time::Date;

use crate::auth::Actor;
use crate::db::{Id, Instant, Placed};
use crate::rules::document::Fen;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, row};

row! {
    /// The row of a total.
    pub struct PerformancePayTotalRow of performance_pay_totals, "performance-pay-total", "performance-pay-totals" {
        id: Id,
        school_id: Id,
        from_on: Date,
        to_on: Date,
        amount_fen: i64,
        document: String,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A total with the path of its school.
pub type PerformancePayTotal = Placed<PerformancePayTotalRow>;

impl PerformancePayTotal {
    /// Nothing is called on it: another one for the same days takes its place.
    #[must_use]
    pub fn can(&self, _: &Actor) -> Vec<&'static str> {
        Vec::new()
    }
}

body! {
    /// A total, as it is given.
    pub struct PerformancePayTotalIn {
        /// To which school.
        school_id: Id,
        /// First day of the service that it pays.
        #[serde(with = "iso_date")]
        from_on: Date,
        /// Last day of the service that it pays.
        #[serde(with = "iso_date")]
        to_on: Date,
        /// For all own staff together.
        #[schema(inline)]
        amount_fen: Fen,
        /// The document that gives it.
        #[schema(inline)]
        document: Line<2, 120>,
    }
}

filter! {
    /// Which totals a list holds.
    pub struct PerformancePayTotalFilter {
        /// Only those of this school.
        school_id: Id,
    }
}
