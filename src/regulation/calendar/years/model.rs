//! A year of the calendar, as the State Council announces it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use time::{Date, Weekday};
use utoipa::ToSchema;

use crate::auth::Standing;
use crate::db::{Id, Instant, Json, Placed};
use crate::refusal::{Fault, FieldError};
use crate::rules::calendar::{DayKind, SpecialDay};
use crate::rules::document::{Whole, at_most};
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, row, text_enum};

/// Years that can be announced.
pub type Year = Whole<2019, 2099>;

text_enum! {
    /// What makes a day special. Other kinds may come.
    pub enum SpecialDayKind {
        /// 放假
        Holiday = "holiday",
        /// 调休上班
        MakeUpWorkday = "make_up_workday",
    }
}

life! {
    /// What is called on a year.
    pub CalendarYearVerb of Standing, "calendar/years" for CalendarYear {
        Update = "update" by ManageCalendar { Standing => same }
    }
}

row! {
    /// The row of a year.
    pub struct CalendarYearRow of calendar_years, "calendar-year", "calendar/years" {
        id: Id,
        year: i32,
        document: String,
        days: Json<Vec<CalendarYearDay>>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A year; it belongs to no organisation.
pub type CalendarYear = Placed<CalendarYearRow>;

filter! {
    /// Which years a list holds.
    pub struct CalendarYearFilter {
        /// Only this year.
        year: Year,
    }
}

/// A day that is not what its weekday says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarYearDay {
    #[serde(with = "iso_date")]
    pub date: Date,
    pub kind: SpecialDayKind,
    /// The festival, in Chinese: `春节`.
    #[schema(inline)]
    pub name: Line<1, 40>,
    /// The same in English; the Chinese name where it is null.
    #[serde(default)]
    #[schema(inline)]
    pub name_en: Option<Line<1, 60>>,
}

body! {
    /// A year of the calendar, as it is entered or replaced: all its special days.
    pub struct CalendarYearIn {
        /// Stays as it was created.
        #[schema(inline)]
        year: Year,
        /// Number or name of the State Council's notice.
        #[schema(inline)]
        document: Line<2, 200>,
        /// Each date once.
        #[schema(min_items = 1, max_items = 120)]
        #[serde(deserialize_with = "at_most::<_, _, 120>")]
        days: Vec<CalendarYearDay>,
    }
}

impl CalendarYearIn {
    /// The number of the year.
    #[must_use]
    pub fn number(&self) -> i32 {
        i32::try_from(self.year.get()).unwrap_or_default()
    }

    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut seen = HashSet::new();
        let mut faults = Vec::new();
        if self.days.is_empty() {
            faults.push(FieldError::new("/days", Fault::Required));
        }
        for (index, day) in self.days.iter().enumerate() {
            let is_weekend = matches!(day.date.weekday(), Weekday::Saturday | Weekday::Sunday);
            let mut wrong = |field: &str, fault| faults.push(FieldError::new(format!("/days/{index}/{field}"), fault));
            if day.date.year() != self.number() {
                wrong("date", Fault::OutOfRange);
            }
            if !seen.insert(day.date) {
                wrong("date", Fault::Duplicate);
            }
            // From Monday to Friday people work anyway.
            if day.kind == SpecialDayKind::MakeUpWorkday && !is_weekend {
                wrong("kind", Fault::Mismatch);
            }
        }
        faults
    }
}

impl CalendarYearDay {
    /// As the rules take it.
    #[must_use]
    pub fn special(&self) -> SpecialDay {
        let kind = match self.kind {
            SpecialDayKind::Holiday => DayKind::Holiday,
            SpecialDayKind::MakeUpWorkday => DayKind::MakeUpWorkday,
        };
        let en = self.name_en.as_ref().map_or(self.name.as_str(), Line::as_str);
        SpecialDay { date: self.date, kind, zh: self.name.as_str().to_owned(), en: en.to_owned() }
    }
}
