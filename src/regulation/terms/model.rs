//! A term: its days, its winter timetable, and what must go together.

use serde::Serialize;
use time::Date;

use crate::auth::permission::ManageTerms;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant, Json};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::{Period, Season};

/// The row of a term.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::terms, check_for_backend(crate::db::MultiBackend))]
pub struct TermRow {
    pub id: Id,
    pub authority_id: Id,
    pub school_year: String,
    pub season: Season,
    pub opens_on: Date,
    pub ends_on: Date,
    #[serde(skip)]
    pub winter_periods: Json,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A term with the path of its authority.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Term {
    #[serde(flatten)]
    pub row: TermRow,
    pub winter_periods: Vec<Period>,
    pub path: String,
}

impl Term {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if Scope::of::<ManageTerms>(actor).holds_path(&self.path) { vec!["update"] } else { Vec::new() }
    }
}

/// What a term is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTerm {
    pub authority_id: Id,
    pub school_year: String,
    pub season: Season,
    pub opens_on: Date,
    pub ends_on: Date,
    pub winter_periods: Vec<Period>,
}

/// Both years of `2024-2025`; nothing for a text that is no school year.
fn years(school_year: &str) -> Option<(i32, i32)> {
    let year = |text: &str| text.parse::<i32>().ok().filter(|_| text.len() == 4 && !text.starts_with('+'));
    let (first, second) = school_year.split_once('-')?;
    let (first, second) = (year(first)?, year(second)?);
    (second == first + 1).then_some((first, second))
}

impl NewTerm {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut wrong = |pointer: String, fault| faults.push(FieldError::new(pointer, fault));
        match years(&self.school_year) {
            None => wrong("/school_year".to_owned(), Fault::Format),
            Some((first, second)) => {
                let opens_in = if self.season == Season::Autumn { first } else { second };
                if self.opens_on.year() != opens_in {
                    wrong("/opens_on".to_owned(), Fault::OutOfRange);
                }
            }
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

    fn autumn() -> NewTerm {
        NewTerm {
            authority_id: Id::NIL,
            school_year: "2024-2025".to_owned(),
            season: Season::Autumn,
            opens_on: date!(2024 - 09 - 02),
            ends_on: date!(2025 - 01 - 17),
            winter_periods: vec![Period { from: date!(2024 - 10 - 08), to: date!(2025 - 01 - 17) }],
        }
    }

    fn faults(term: &NewTerm) -> Vec<(String, Fault)> {
        term.faults().into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn a_term_of_one_school_year_is_fine() {
        assert_eq!(faults(&autumn()), []);
        let spring = NewTerm {
            season: Season::Spring,
            opens_on: date!(2025 - 02 - 14),
            ends_on: date!(2025 - 07 - 04),
            winter_periods: Vec::new(),
            ..autumn()
        };
        assert_eq!(faults(&spring), []);
    }

    #[test]
    fn a_school_year_is_two_years_in_a_row() {
        for text in ["2024", "2024-2026", "2025-2024", "24-25", "+024-2025", "2024–2025"] {
            let term = NewTerm { school_year: text.to_owned(), ..autumn() };
            assert_eq!(faults(&term), [("/school_year".to_owned(), Fault::Format)], "{text}");
        }
    }

    #[test]
    fn days_lie_in_their_term_and_periods_apart() {
        let period = |from, to| Period { from, to };
        let (december, january) = (date!(2024 - 12 - 31), date!(2025 - 01 - 01));
        for (term, pointer, fault) in [
            (NewTerm { opens_on: date!(2025 - 01 - 02), ..autumn() }, "/opens_on", Fault::OutOfRange),
            (
                NewTerm { ends_on: date!(2024 - 09 - 02), winter_periods: vec![], ..autumn() },
                "/ends_on",
                Fault::EndsBeforeStart,
            ),
            (NewTerm { ends_on: date!(2025 - 09 - 02), ..autumn() }, "/ends_on", Fault::OutOfRange),
            (
                NewTerm { winter_periods: vec![period(date!(2024 - 08 - 31), december)], ..autumn() },
                "/winter_periods/0/from",
                Fault::OutOfRange,
            ),
            (
                NewTerm { winter_periods: vec![period(january, december)], ..autumn() },
                "/winter_periods/0/to",
                Fault::EndsBeforeStart,
            ),
            (
                NewTerm {
                    winter_periods: vec![period(date!(2024 - 10 - 08), january), period(january, january)],
                    ..autumn()
                },
                "/winter_periods/1/from",
                Fault::Overlapping,
            ),
        ] {
            let found = faults(&term);
            assert!(found.contains(&(pointer.to_owned(), fault)), "{pointer}: {found:?}");
        }
    }
}
