//! Working days by the State Council's calendar: statutory holidays and make-up working days, 2019 to 2026.
//!
//! Deadlines follow it alone (五.2); what a city or a school closes never moves them. Beyond the data there is no answer,
//! never a guess.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;
use time::macros::format_description;
use time::{Date, Weekday};

/// What the calendar says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Monday to Friday, nothing special.
    Workday,
    /// 调休上班: a Saturday or Sunday on which people work.
    MakeUpWorkday,
    Weekend,
    /// 法定节假日, and the days swapped for them.
    Holiday,
}

impl DayKind {
    /// Whether the day counts for a deadline.
    #[must_use]
    pub const fn is_working(self) -> bool {
        matches!(self, Self::Workday | Self::MakeUpWorkday)
    }
}

/// A day and why it is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    pub date: Date,
    pub kind: DayKind,
    /// Of the holiday it belongs to, in Chinese and in English.
    pub name: Option<(&'static str, &'static str)>,
}

/// A count of working days: the days that counted, and the ones that did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingDays {
    /// The last day that counted.
    pub last: Date,
    pub counted: Vec<Day>,
    pub skipped: Vec<Day>,
}

/// The calendar ends before this day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarMissing {
    pub date: Date,
}

/// Working days and holidays of some years.
#[derive(Debug)]
pub struct Calendar {
    marked: BTreeMap<Date, (DayKind, &'static str, &'static str)>,
}

const BUILT_IN: &str = include_str!("../../data/calendar/china-2019-2026.csv");

impl Calendar {
    /// The State Council's calendar as far as it is known.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::read(BUILT_IN));
        &CALENDAR
    }

    /// Lines `date,kind,name_zh,name_en` with a heading; a test holds that every line of the built-in data is read.
    fn read(lines: &'static str) -> Self {
        let format = format_description!("[year]-[month]-[day]");
        let marked = lines.lines().skip(1).filter_map(|line| {
            let mut fields = line.split(',');
            let date = Date::parse(fields.next()?, format).ok()?;
            let kind = match fields.next()? {
                "holiday" => DayKind::Holiday,
                "workday" => DayKind::MakeUpWorkday,
                _ => return None,
            };
            Some((date, (kind, fields.next()?, fields.next()?)))
        });
        Self { marked: marked.collect() }
    }

    /// What a day is.
    ///
    /// # Errors
    /// For a day of a year that the calendar does not hold.
    pub fn day(&self, date: Date) -> Result<Day, CalendarMissing> {
        let years =
            self.marked.keys().next().map(|day| day.year()).zip(self.marked.keys().last().map(|day| day.year()));
        if !years.is_some_and(|(first, last)| (first..=last).contains(&date.year())) {
            return Err(CalendarMissing { date });
        }
        let day = match self.marked.get(&date) {
            Some((kind, zh, en)) => Day { date, kind: *kind, name: Some((zh, en)) },
            None if matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) => {
                Day { date, kind: DayKind::Weekend, name: None }
            }
            None => Day { date, kind: DayKind::Workday, name: None },
        };
        Ok(day)
    }

    /// Counts `count` working days after `from`, which itself never counts (五.2: 开学后 10 个工作日内).
    ///
    /// # Errors
    /// When a day is needed that the calendar does not hold.
    pub fn working_days_after(&self, from: Date, count: usize) -> Result<WorkingDays, CalendarMissing> {
        let (mut counted, mut skipped, mut last) = (Vec::new(), Vec::new(), from);
        self.day(from)?;
        while counted.len() < count {
            last = last.next_day().ok_or(CalendarMissing { date: last })?;
            let day = self.day(last)?;
            if day.kind.is_working() { counted.push(day) } else { skipped.push(day) }
        }
        Ok(WorkingDays { last, counted, skipped })
    }
}
