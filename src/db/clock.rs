//! Two clocks: system time for tokens, leases and limits, and `Today`, the business date in Asia/Shanghai that rules
//! and rows use. Tests and a demonstration that is being filled move the first and set the second; nothing else asks
//! the machine for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicI64, Ordering};

use time::{Date, Duration, OffsetDateTime, Time, UtcOffset};

use super::Instant;

/// No business date is set: it follows system time.
const FOLLOWS: i32 = i32::MIN;

/// Local time of the service: Asia/Shanghai has had no other offset since 1991.
const SHANGHAI_HOURS: i8 = 8;

/// The time as the service sees it. Clones share one state.
#[derive(Debug, Clone)]
pub struct Clock {
    offset_micros: Arc<AtomicI64>,
    today_julian: Arc<AtomicI32>,
}

/// How a clock stands: what it is moved by, and the business date, if one is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockSetting {
    offset_micros: i64,
    today_julian: i32,
}

impl Clock {
    /// The machine's time, with a fixed business date if one is given.
    #[must_use]
    pub fn new(today: Option<Date>) -> Self {
        let julian = today.map_or(FOLLOWS, Date::to_julian_day);
        Self { offset_micros: Arc::new(AtomicI64::new(0)), today_julian: Arc::new(AtomicI32::new(julian)) }
    }

    /// System time.
    #[must_use]
    pub fn now(&self) -> Instant {
        let offset = Duration::microseconds(self.offset_micros.load(Ordering::Relaxed));
        Instant::new(OffsetDateTime::now_utc().saturating_add(offset))
    }

    /// The business date.
    #[must_use]
    pub fn today(&self) -> Date {
        match self.today_julian.load(Ordering::Relaxed) {
            FOLLOWS => local_date(self.now()),
            julian => Date::from_julian_day(julian).unwrap_or_else(|_| local_date(self.now())),
        }
    }

    /// Moves system time on, for every clone.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.whole_microseconds()).unwrap_or(i64::MAX);
        self.offset_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Moves system time to a moment and lets the business date follow it, for every clone.
    pub fn move_to(&self, moment: OffsetDateTime) {
        let offset = (moment - OffsetDateTime::now_utc()).whole_microseconds();
        self.offset_micros.store(i64::try_from(offset).unwrap_or(0), Ordering::Relaxed);
        self.today_julian.store(FOLLOWS, Ordering::Relaxed);
    }

    /// How it stands, to be put back.
    #[must_use]
    pub fn setting(&self) -> ClockSetting {
        let offset_micros = self.offset_micros.load(Ordering::Relaxed);
        ClockSetting { offset_micros, today_julian: self.today_julian.load(Ordering::Relaxed) }
    }

    /// Puts both clocks as they stood, for every clone.
    pub fn put_back(&self, setting: ClockSetting) {
        self.offset_micros.store(setting.offset_micros, Ordering::Relaxed);
        self.today_julian.store(setting.today_julian, Ordering::Relaxed);
    }

    /// Sets the business date, for every clone.
    pub fn set_today(&self, today: Date) {
        self.today_julian.store(today.to_julian_day(), Ordering::Relaxed);
    }
}

fn shanghai() -> UtcOffset {
    UtcOffset::from_hms(SHANGHAI_HOURS, 0, 0).unwrap_or(UtcOffset::UTC)
}

/// A moment as clocks in Asia/Shanghai show it.
#[must_use]
pub fn local_time(at: Instant) -> OffsetDateTime {
    at.at().to_offset(shanghai())
}

/// The calendar date of a moment in Asia/Shanghai.
#[must_use]
pub fn local_date(at: Instant) -> Date {
    local_time(at).date()
}

/// A time of day in Asia/Shanghai.
#[must_use]
pub fn local_moment(day: Date, at: Time) -> Instant {
    Instant::new(day.with_time(at).assume_offset(shanghai()))
}

#[cfg(test)]
mod tests {
    use time::macros::{date, time};

    use super::*;

    #[test]
    fn a_clock_is_put_back() {
        let clock = Clock::new(Some(date!(2024 - 09 - 10)));
        let (stood, before) = (clock.setting(), clock.now());
        clock.move_to(local_moment(date!(2024 - 02 - 26), time!(8:30)).at());
        assert_eq!((clock.today(), local_date(clock.now())), (date!(2024 - 02 - 26), date!(2024 - 02 - 26)));
        clock.put_back(stood);
        assert_eq!((clock.setting(), clock.today()), (stood, date!(2024 - 09 - 10)));
        assert!(clock.now() >= before, "the machine's time again");
    }

    #[test]
    fn a_day_begins_at_midnight_in_shanghai() {
        let midnight = local_moment(date!(2024 - 09 - 10), time!(0:00));
        assert_eq!(local_date(midnight), date!(2024 - 09 - 10));
        assert_eq!(local_date(midnight.plus(-Duration::seconds(1))), date!(2024 - 09 - 09));
    }
}
