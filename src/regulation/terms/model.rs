//! A term: its days, its winter timetable, and what must go together.

use time::Date;

use crate::auth::Standing;
use crate::db::{Id, Instant, Json, Placed};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::{Period, Season, at_most};
use crate::values::identifiers::SchoolYear;
use crate::values::iso_date;
use crate::{body, filter, life, row};

life! {
    /// What is called on a term.
    pub TermVerb of Standing, "terms" for Term {
        Update = "update" by ManageTerms { Standing => same }
    }
}

row! {
    /// The row of a term.
    pub struct TermRow of terms, "term", "terms" {
        id: Id,
        authority_id: Id,
        school_year: String,
        season: Season,
        opens_on: Date,
        ends_on: Date,
        winter_periods: Json<Vec<Period>>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A term with the path of its authority.
pub type Term = Placed<TermRow>;

filter! {
    /// Which terms a list holds.
    pub struct TermFilter {
        /// Only terms of this authority.
        authority_id: Id,
        /// Only terms of this school year.
        school_year: SchoolYear,
        /// Only terms of this season.
        season: Season,
    }
}

body! {
    /// A term, as it is set or replaced.
    pub struct TermIn {
        /// Whose term it is. Stays as it was created.
        authority_id: Id,
        /// Two years in a row, `2024-2025`. Stays as it was created.
        #[schema(inline)]
        school_year: SchoolYear,
        /// Stays as it was created.
        season: Season,
        /// First teaching day, from which the filing window counts (五.2).
        #[serde(with = "iso_date")]
        opens_on: Date,
        /// Last day; at most 250 days later.
        #[serde(with = "iso_date")]
        ends_on: Date,
        /// When the winter timetable runs, in order and apart; none if it does not.
        #[schema(max_items = 8)]
        #[serde(deserialize_with = "at_most::<_, _, 8>")]
        winter_periods: Vec<Period>,
    }
}

impl TermIn {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut wrong = |pointer: String, fault| faults.push(FieldError::new(pointer, fault));
        let (first, second) = self.school_year.as_str().split_once('-').unwrap_or_default();
        let opens_in = if self.season == Season::Autumn { first } else { second };
        if opens_in.parse() != Ok(self.opens_on.year()) {
            wrong("/opens_on".to_owned(), Fault::OutOfRange);
        }
        if self.ends_on <= self.opens_on {
            wrong("/ends_on".to_owned(), Fault::EndsBeforeStart);
        } else if (self.ends_on - self.opens_on).whole_days() > 250 {
            wrong("/ends_on".to_owned(), Fault::OutOfRange);
        }
        let mut last: Option<Date> = None;
        for (index, period) in self.winter_periods.iter().enumerate() {
            let at = |field: &str| format!("/winter_periods/{index}/{field}");
            if period.to < period.from {
                wrong(at("to"), Fault::EndsBeforeStart);
            }
            if period.from < self.opens_on || period.to > self.ends_on {
                wrong(at("from"), Fault::OutOfRange);
            }
            if last.is_some_and(|last| period.from <= last) {
                wrong(at("from"), Fault::Overlapping);
            }
            last = Some(period.to);
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn autumn() -> Result<TermIn, FieldError> {
        Ok(TermIn {
            authority_id: Id::NIL,
            school_year: SchoolYear::new("2024-2025")?,
            season: Season::Autumn,
            opens_on: date!(2024 - 09 - 02),
            ends_on: date!(2025 - 01 - 17),
            winter_periods: vec![Period { from: date!(2024 - 10 - 08), to: date!(2025 - 01 - 17) }],
        })
    }

    fn faults(term: &TermIn) -> Vec<(String, Fault)> {
        term.faults().into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn a_term_of_one_school_year_is_fine() -> Result<(), FieldError> {
        assert_eq!(faults(&autumn()?), []);
        let spring = TermIn {
            season: Season::Spring,
            opens_on: date!(2025 - 02 - 14),
            ends_on: date!(2025 - 07 - 04),
            winter_periods: Vec::new(),
            ..autumn()?
        };
        assert_eq!(faults(&spring), []);
        Ok(())
    }

    #[test]
    fn days_lie_in_their_term_and_periods_apart() -> Result<(), FieldError> {
        let period = |from, to| Period { from, to };
        let (december, january) = (date!(2024 - 12 - 31), date!(2025 - 01 - 01));
        for (term, pointer, fault) in [
            (TermIn { opens_on: date!(2025 - 01 - 02), ..autumn()? }, "/opens_on", Fault::OutOfRange),
            (
                TermIn { ends_on: date!(2024 - 09 - 02), winter_periods: vec![], ..autumn()? },
                "/ends_on",
                Fault::EndsBeforeStart,
            ),
            (TermIn { ends_on: date!(2025 - 09 - 02), ..autumn()? }, "/ends_on", Fault::OutOfRange),
            (
                TermIn { winter_periods: vec![period(date!(2024 - 08 - 31), december)], ..autumn()? },
                "/winter_periods/0/from",
                Fault::OutOfRange,
            ),
            (
                TermIn { winter_periods: vec![period(january, december)], ..autumn()? },
                "/winter_periods/0/to",
                Fault::EndsBeforeStart,
            ),
            (
                TermIn {
                    winter_periods: vec![period(date!(2024 - 10 - 08), january), period(january, january)],
                    ..autumn()?
                },
                "/winter_periods/1/from",
                Fault::Overlapping,
            ),
        ] {
            let found = faults(&term);
            assert!(found.contains(&(pointer.to_owned(), fault)), "{pointer}: {found:?}");
        }
        Ok(())
    }
}
