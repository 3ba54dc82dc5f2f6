//! The State Council's calendar, and the deadlines that follow from it (五.2).

use kehou::rules::calendar::{Calendar, CalendarMissing, DayKind};
use proptest::prelude::*;
use time::macros::date;
use time::{Date, Duration};

/// The deadlines of the real cases: ten working days after the opening.
const DEADLINES: [(Date, Date); 9] = [
    (date!(2022 - 09 - 01), date!(2022 - 09 - 16)),
    (date!(2023 - 09 - 01), date!(2023 - 09 - 15)),
    (date!(2024 - 02 - 26), date!(2024 - 03 - 11)),
    (date!(2024 - 09 - 02), date!(2024 - 09 - 14)),
    (date!(2024 - 09 - 01), date!(2024 - 09 - 13)),
    (date!(2025 - 02 - 08), date!(2025 - 02 - 21)),
    (date!(2025 - 02 - 14), date!(2025 - 02 - 28)),
    (date!(2025 - 09 - 01), date!(2025 - 09 - 15)),
    (date!(2026 - 03 - 02), date!(2026 - 03 - 16)),
];

#[test]
fn filing_window_ends_on_the_tenth_working_day_after_the_opening() {
    for (opening, deadline) in DEADLINES {
        let calendar = Calendar::built_in();
        let counted = calendar.working_days_after(opening, 10);
        assert_eq!(counted.map(|days| days.deadline), Ok(deadline), "{opening}");
    }
}

#[test]
fn filing_window_says_which_days_it_counted_and_which_not() {
    let calendar = Calendar::built_in();
    let Ok(days) = calendar.working_days_after(date!(2024 - 09 - 02), 10) else { unreachable!() };
    assert_eq!(days.counted.len(), 10);
    let last = days.counted.last().and_then(|date| calendar.day(*date).ok());
    assert_eq!(
        last.map(|day| (day.date, day.kind, day.festival_zh)),
        Some((date!(2024 - 09 - 14), DayKind::MakeUpWorkday, Some("中秋节")))
    );
    let skipped: Vec<_> = days.skipped.iter().map(|day| (day.date, day.kind)).collect();
    assert_eq!(skipped, [(date!(2024 - 09 - 07), DayKind::Weekend), (date!(2024 - 09 - 08), DayKind::Weekend)]);
}

#[test]
fn calendar_missing_beyond_the_data_and_never_a_guess() {
    let calendar = Calendar::built_in();
    let missing = |date| Some(CalendarMissing { date });
    assert_eq!(calendar.day(date!(2018 - 12 - 31)).err(), missing(date!(2018 - 12 - 31)));
    assert!(calendar.day(date!(2019 - 01 - 01)).is_ok() && calendar.day(date!(2026 - 12 - 31)).is_ok());
    assert_eq!(calendar.working_days_after(date!(2026 - 12 - 25), 10).err(), missing(date!(2027 - 01 - 01)));
    assert_eq!(calendar.working_days_after(date!(2030 - 01 - 01), 1).err(), missing(date!(2030 - 01 - 02)));
}

#[test]
fn every_line_of_the_built_in_data_is_read() {
    let calendar = Calendar::built_in();
    let lines = include_str!("../../data/calendar/china-2019-2026.csv").lines().skip(1);
    for line in lines {
        let format = time::macros::format_description!("[year]-[month]-[day]");
        let date = Date::parse(line.split(',').next().unwrap_or_default(), format);
        let day = date.ok().and_then(|date| calendar.day(date).ok());
        let expected = if line.contains(",holiday,") { DayKind::Holiday } else { DayKind::MakeUpWorkday };
        assert_eq!(day.as_ref().map(|day| day.kind), Some(expected), "{line}");
        assert!(
            day.and_then(|day| day.festival_zh.zip(day.festival_en))
                .is_some_and(|(zh, en)| line.ends_with(&format!("{zh},{en}"))),
            "{line}"
        );
    }
}

#[test]
fn make_up_workdays_are_weekend_days() {
    let calendar = Calendar::built_in();
    let mut date = date!(2019 - 01 - 01);
    while date <= date!(2026 - 12 - 31) {
        if let Ok(day) = calendar.day(date)
            && day.kind == DayKind::MakeUpWorkday
        {
            assert!(date.weekday().number_from_monday() >= 6, "{date}");
        }
        date += Duration::DAY;
    }
}

proptest! {
    #[test]
    fn filing_window_grows_with_its_days_and_its_opening(offset in 0_i64..2_500, count in 1_u16..40) {
        let opening = date!(2019 - 01 - 02) + Duration::days(offset);
        let calendar = Calendar::built_in();
        if let (Ok(one), Ok(more), Ok(later)) = (
            calendar.working_days_after(opening, count),
            calendar.working_days_after(opening, count + 1),
            calendar.working_days_after(opening + Duration::DAY, count),
        ) {
            prop_assert!(one.deadline > opening && more.deadline > one.deadline && later.deadline >= one.deadline);
            prop_assert_eq!(one.counted.len(), usize::from(count));
            let span = (one.deadline - opening).whole_days();
            prop_assert_eq!(span, i64::try_from(one.counted.len() + one.skipped.len()).unwrap_or(-1));
            prop_assert!(one.skipped.iter().all(|day| !day.kind.is_working()));
        }
    }
}
