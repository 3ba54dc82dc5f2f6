//! The yearly audit of minors' data 未成年人个人信息合规审计: in numbers, how it was processed, who has seen it, what
//! guardians have agreed to, what was erased, and what went wrong. It comes from the journal and the access log, and
//! names nobody.

mod api;
mod store;

pub use self::api::routes;

use time::{Date, Month, Time};

use crate::auth::By;
use crate::auth::permission::AuditMinorsData;
use crate::db::{Instant, Tx, local_moment};
use crate::refusal::{Code, Fault, Refusal};

/// What was done, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub action: String,
    pub count: i64,
}

/// Who has seen what, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenBy {
    pub role: String,
    /// `read`, `rehearsal`, or `reveal` for whole numbers.
    pub purpose: String,
    pub requests: i64,
    pub persons: i64,
}

/// A year in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    pub year: i32,
    pub first_on: Date,
    pub last_on: Date,
    /// Who attends now.
    pub pupils: i64,
    /// Of whom no consent stands now.
    pub without_consent: i64,
    pub processing: Vec<Done>,
    pub access: Vec<SeenBy>,
    pub incidents: Vec<Done>,
}

impl Audit {
    /// How often something was done.
    #[must_use]
    pub fn count(&self, action: &str) -> i64 {
        self.processing.iter().find(|done| done.action == action).map_or(0, |done| done.count)
    }
}

/// What is done with a child's data.
const PROCESSING: [&str; 10] = [
    "person",
    "student",
    "guardianship",
    "consent",
    "enrollment",
    "agreement",
    "charge",
    "paper-form",
    "survey-answer",
    "erasure",
];

/// What is a sign that something went wrong: an account was suspended or cut off, for instance since a token was used
/// twice.
const INCIDENTS: [&str; 2] = ["user.suspended", "user.cut-off"];

/// The audit of a year in the caller's scope.
///
/// # Errors
/// 400 for a year before the policy or after this one.
pub fn of_year(tx: &mut Tx<'_>, by: &By<AuditMinorsData>, year: i32) -> Result<Audit, Refusal> {
    let wrong = || Refusal::at(Code::ParameterInvalid, "year", Fault::OutOfRange);
    if !(2019..=tx.today.year()).contains(&year) {
        return Err(wrong());
    }
    let first = |year| Date::from_calendar_date(year, Month::January, 1).map_err(|_| wrong());
    let (first_on, next) = (first(year)?, first(year + 1)?);
    let moment = |day: Date| -> Instant { local_moment(day, Time::MIDNIGHT) };
    let (from, to) = (moment(first_on), moment(next));
    let scope = by.scope();
    let pupils = store::pupils(tx, &scope)?;
    Ok(Audit {
        year,
        first_on,
        last_on: next.previous_day().unwrap_or(first_on),
        pupils,
        without_consent: pupils - store::with_consent(tx, &scope)?,
        processing: store::processing(tx, &scope, (from, to), &PROCESSING)?,
        access: store::access(tx, &scope, (from, to))?,
        incidents: store::incidents(tx, &scope, (from, to), &INCIDENTS)?,
    })
}
