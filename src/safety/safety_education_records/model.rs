//! A record.

use time::Date;

use crate::auth::Actor;
use crate::db::{Id, Instant, Placed};
use crate::rules::document::Whole;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, row};

row! {
    /// The row of a record.
    pub struct SafetyEducationRecordRow of safety_education_records,
        "safety-education-record", "safety-education-records"
    {
        id: Id,
        school_id: Id,
        held_on: Date,
        topic: String,
        headcount: i64,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A record with the path of its school.
pub type SafetyEducationRecord = Placed<SafetyEducationRecordRow>;

impl SafetyEducationRecord {
    /// Nothing is called on it.
    #[must_use]
    pub fn can(&self, _: &Actor) -> Vec<&'static str> {
        Vec::new()
    }
}

body! {
    /// A record, as it is entered.
    pub struct SafetyEducationRecordIn {
        /// Of which school.
        school_id: Id,
        /// Not after today.
        #[serde(with = "iso_date")]
        held_on: Date,
        #[schema(inline)]
        topic: Line<2, 120>,
        /// How many took part.
        #[schema(inline)]
        headcount: Whole<1, 100_000>,
    }
}

filter! {
    /// Which records a list holds.
    pub struct SafetyEducationRecordFilter {
        /// Only those of this school.
        school_id: Id,
    }
}
