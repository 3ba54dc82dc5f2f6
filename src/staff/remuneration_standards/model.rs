//! A standard.

use time::Date;

use crate::auth::Actor;
use crate::db::{Id, Instant, Placed};
use crate::rules::document::Fen;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, row};

row! {
    /// The row of a standard.
    pub struct RemunerationStandardRow of remuneration_standards, "remuneration-standard", "remuneration-standards" {
        id: Id,
        school_id: Id,
        item: String,
        amount_fen: i64,
        document: String,
        starts_on: Date,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A standard with the path of its school.
pub type RemunerationStandard = Placed<RemunerationStandardRow>;

impl RemunerationStandard {
    /// Nothing is called on it: it holds until the next one begins.
    #[must_use]
    pub fn can(&self, _: &Actor) -> Vec<&'static str> {
        Vec::new()
    }
}

body! {
    /// A standard, as it is entered.
    pub struct RemunerationStandardIn {
        /// Of which school.
        school_id: Id,
        /// What is paid, such as `作业辅导`.
        #[schema(inline)]
        item: Line<2, 60>,
        /// For an hour.
        #[schema(inline)]
        amount_fen: Fen,
        /// The document that sets it.
        #[schema(inline)]
        document: Line<2, 120>,
        /// First day; not before it, the standard before this one holds.
        #[serde(with = "iso_date")]
        starts_on: Date,
    }
}

filter! {
    /// Which standards a list holds.
    pub struct RemunerationStandardFilter {
        /// Only those of this school.
        school_id: Id,
    }
}
