//! `coercion-signal` (二.2): at, before and after each of its bounds.

use kehou::rules::coercion::{ClassChoices, coercion_from_address, coercion_of_class};
use kehou::rules::profile::Profile;
use kehou::rules::{Finding, Severity};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const OPENED: OffsetDateTime = datetime!(2024-09-05 00:00 +8);

fn profile() -> Profile {
    Profile::yueyang_2019()
}

/// So many at equal distances, the last `minutes` after the first.
fn over(many: i32, from: OffsetDateTime, minutes: i64) -> Vec<OffsetDateTime> {
    (0..many).map(|at| from + Duration::minutes(minutes) * at / (many - 1).max(1)).collect()
}

fn of_class(pupils: i64, on_paper: i64, said_no: bool, applied: &[OffsetDateTime]) -> Option<Finding> {
    coercion_of_class(ClassChoices { class: "三年级1班", pupils, on_paper, said_no, applied }, &[OPENED], &profile())
}

/// One finding of each sentence.
pub fn every_finding() -> Vec<Finding> {
    let late = over(40, OPENED + Duration::hours(9), 30);
    [of_class(40, 0, false, &late), coercion_from_address(&late, &profile())].into_iter().flatten().collect()
}

#[test]
fn coercion_signal_is_raised_where_nearly_all_of_a_class_apply_within_half_an_hour() {
    let late = OPENED + Duration::hours(9);
    let found = of_class(40, 0, false, &over(38, late, 30)).unwrap();
    assert_eq!((found.severity, found.clause.as_ref()), (Severity::Signal, "二.2"));
    let params = ["counted", "many", "percent", "from", "to", "on"].map(|name| found.params[name].clone());
    assert_eq!(params, ["40", "38", "95", "09:00", "09:30", "2024-09-05"]);
    assert!(of_class(40, 0, false, &over(37, late, 30)).is_none(), "92 %");
    assert!(of_class(20, 0, false, &over(19, late, 30)).is_some(), "a class of twenty");
    assert!(of_class(19, 0, false, &over(19, late, 30)).is_none(), "a smaller one");
    assert!(of_class(40, 0, true, &over(40, late, 30)).is_none(), "somebody said no");
    let mut slower = over(38, late, 30);
    *slower.last_mut().unwrap() += Duration::seconds(1);
    assert!(of_class(40, 0, false, &slower).is_none(), "thirty minutes and a second");
    slower.rotate_right(5);
    slower.push(late + Duration::minutes(20));
    assert!(of_class(40, 0, false, &slower).is_some(), "in any order, the others within");
}

#[test]
fn coercion_signal_leaves_out_the_first_hour_of_a_window() {
    let hour = OPENED + Duration::HOUR;
    assert!(of_class(40, 0, false, &over(40, OPENED, 30)).is_none(), "who is fast is not forced");
    assert!(of_class(40, 0, false, &over(40, hour, 0)).is_none(), "at its end");
    assert!(of_class(40, 0, false, &over(40, hour + Duration::seconds(1), 0)).is_some(), "after it");
    assert!(of_class(40, 0, false, &over(40, OPENED - Duration::seconds(1), 0)).is_some(), "before it");
}

#[test]
fn coercion_signal_leaves_out_paper_and_tells_its_share() {
    let late = OPENED + Duration::hours(9);
    let found = of_class(40, 20, false, &over(19, late, 30)).unwrap();
    let params = ["counted", "percent", "on_paper", "paper_percent"].map(|name| found.params[name].clone());
    assert_eq!(params, ["20", "95", "20", "50"]);
    assert!(of_class(40, 21, false, &over(19, late, 30)).is_none(), "nineteen are left");
    assert!(of_class(40, 40, false, &[]).is_none());
}

#[test]
fn coercion_signal_is_raised_where_twenty_guardians_choose_from_one_address_within_half_an_hour() {
    let found = coercion_from_address(&over(20, OPENED, 30), &profile()).unwrap();
    assert_eq!((found.variant.as_deref(), found.params["many"].as_str()), (Some("address"), "20"));
    assert!(coercion_from_address(&over(19, OPENED, 30), &profile()).is_none());
    let mut slower = over(20, OPENED, 30);
    slower[19] += Duration::seconds(1);
    assert!(coercion_from_address(&slower, &profile()).is_none());
    let fewer = Profile { coercion_pupils_min: 19, ..profile() };
    assert!(coercion_from_address(&slower, &fewer).is_some(), "the profile says from how many on");
}
