//! The State Council's calendar: statutory holidays and make-up working days, 2019 to 2026 built in.
//!
//! It answers only for years that its data holds; beyond them it says `CalendarMissing`, never a guess. Closures of an
//! authority or a school take service days away and never move a deadline (五.2: working days are the State Council's).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use time::{Date, Weekday};

use crate::values::iso_date;

const BUILT_IN: &str = include_str!("../../data/calendar/china-2019-2026.csv");

/// What kind of day a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayKind {
    /// Monday to Friday, and no holiday.
    Weekday,
    /// 调休: a Saturday or Sunday on which the country works.
    MakeUpWorkday,
    /// 双休日
    Weekend,
    /// 法定节假日, with the days that the State Council adds to it.
    Holiday,
}

impl DayKind {
    /// Whether the country works.
    #[must_use]
    pub const fn is_working(self) -> bool {
        matches!(self, Self::Weekday | Self::MakeUpWorkday)
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Weekday => "工作日",
            Self::MakeUpWorkday => "调休上班日",
            Self::Weekend => "双休日",
            Self::Holiday => "节假日",
        }
    }

    /// In English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Weekday => "working day",
            Self::MakeUpWorkday => "make-up working day",
            Self::Weekend => "weekend",
            Self::Holiday => "holiday",
        }
    }
}

/// A date with its kind, and the festival that makes it special.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day<'a> {
    pub date: Date,
    pub kind: DayKind,
    pub festival_zh: Option<&'a str>,
    pub festival_en: Option<&'a str>,
}

/// The data does not hold this date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no calendar for {date}")]
pub struct CalendarMissing {
    pub date: Date,
}

/// A line of calendar data that cannot be read, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("calendar line {line} cannot be read")]
pub struct CalendarFault {
    pub line: usize,
}

/// A deadline, and how it was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingDays<'a> {
    pub deadline: Date,
    /// The working days that count, the deadline last.
    pub counted: Vec<Date>,
    /// Days in between that do not.
    pub skipped: Vec<Day<'a>>,
}

/// A date that is not what its weekday says, with the festival that makes it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    pub date: Date,
    pub kind: DayKind,
    pub zh: String,
    pub en: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Country {
    special: BTreeMap<Date, SpecialDay>,
    years: BTreeSet<i32>,
}

/// Which days the country works, and which days are closed here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    country: Arc<Country>,
    closures: BTreeMap<Date, String>,
}

impl Calendar {
    /// The built-in calendar without closures. Broken data would leave it empty, so that nothing is guessed; a test
    /// reads it whole.
    #[must_use]
    pub fn built_in() -> Self {
        static PARSED: LazyLock<Calendar> = LazyLock::new(|| Calendar::parse(BUILT_IN).unwrap_or_default());
        PARSED.clone()
    }

    /// Reads `date,kind,name_zh,name_en` lines below a heading; a year is held when it has any line.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse(csv: &str) -> Result<Self, CalendarFault> {
        let mut country = Country::default();
        for (index, line) in csv.lines().enumerate().skip(1).filter(|(_, line)| !line.is_empty()) {
            let special = special(line).ok_or(CalendarFault { line: index + 1 })?;
            country.years.insert(special.date.year());
            country.special.insert(special.date, special);
        }
        Ok(Self { country: Arc::new(country), closures: BTreeMap::new() })
    }

    /// The same calendar with a year as it was announced, over what was known of it.
    #[must_use]
    pub fn with_year(mut self, year: i32, days: impl IntoIterator<Item = SpecialDay>) -> Self {
        let country = Arc::make_mut(&mut self.country);
        country.years.insert(year);
        country.special.retain(|date, _| date.year() != year);
        country.special.extend(days.into_iter().filter(|day| day.date.year() == year).map(|day| (day.date, day)));
        self
    }

    /// The same calendar with days on which there is no service here, each with its reason.
    #[must_use]
    pub fn with_closures(mut self, closures: impl IntoIterator<Item = (Date, String)>) -> Self {
        self.closures.extend(closures);
        self
    }

    /// What kind of day `date` is.
    ///
    /// # Errors
    /// The data does not hold its year.
    pub fn day(&self, date: Date) -> Result<Day<'_>, CalendarMissing> {
        if !self.country.years.contains(&date.year()) {
            return Err(CalendarMissing { date });
        }
        let special = self.country.special.get(&date);
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        let plain = if weekend { DayKind::Weekend } else { DayKind::Weekday };
        Ok(Day {
            date,
            kind: special.map_or(plain, |special| special.kind),
            festival_zh: special.map(|special| special.zh.as_str()),
            festival_en: special.map(|special| special.en.as_str()),
        })
    }

    /// The kind alone.
    ///
    /// # Errors
    /// The data does not hold its year.
    pub fn day_kind(&self, date: Date) -> Result<DayKind, CalendarMissing> {
        self.day(date).map(|day| day.kind)
    }

    /// Why there is no service here on `date`, if an authority or the school closed it.
    #[must_use]
    pub fn closure(&self, date: Date) -> Option<&str> {
        self.closures.get(&date).map(String::as_str)
    }

    /// The `n`th working day after `opening`, which itself never counts, whatever kind of day it is (五.2).
    ///
    /// # Errors
    /// The first day that would have to be looked at and is not in the data.
    pub fn working_days_after(&self, opening: Date, n: u16) -> Result<WorkingDays<'_>, CalendarMissing> {
        let mut result = WorkingDays { deadline: opening, counted: Vec::new(), skipped: Vec::new() };
        let mut date = opening;
        while result.counted.len() < usize::from(n) {
            date = date.next_day().ok_or(CalendarMissing { date })?;
            let day = self.day(date)?;
            if day.kind.is_working() {
                result.counted.push(date);
            } else {
                result.skipped.push(day);
            }
        }
        result.deadline = date;
        Ok(result)
    }
}

fn special(line: &str) -> Option<SpecialDay> {
    let mut cells = line.split(',');
    let date = iso_date::parse(cells.next()?).ok()?;
    let kind = match cells.next()? {
        "holiday" => DayKind::Holiday,
        "workday" => DayKind::MakeUpWorkday,
        _ => return None,
    };
    let (zh, en) = (cells.next()?.to_owned(), cells.next()?.to_owned());
    cells.next().is_none().then_some(SpecialDay { date, kind, zh, en })
}
