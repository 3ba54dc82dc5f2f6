//! 六.2, 六.5: what a pupil is charged, to the fen.

use kehou::rules::bill::{Joined, most_for, shared};
use kehou::rules::document::PlanDocument;
use kehou::rules::profile::{FeeStandard, Profile};
use kehou::rules::schedule::ServiceDays;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use crate::support::{Case, project, slot};

const FIRST: Date = date!(2024 - 09 - 02);

/// Two projects one after the other on every weekday, at 3.44 a lesson each; 87 service days.
fn plan(fee: &Value) -> (PlanDocument, ServiceDays) {
    let mut first = project("作业辅导", "homework", &[1, 2, 3, 4, 5], &json!(344));
    let mut second = project("武术", "sports", &[1, 2, 3, 4, 5], &json!(344));
    second["slots"] = (1..=5).map(|weekday| slot(weekday, "17:00", "17:30", "all")).collect();
    if !fee.is_null() {
        (first["fee"], second["fee"]) = (fee.clone(), fee.clone());
    }
    let case = Case::compliant().set("/projects", json!([first, second]));
    let document: PlanDocument = serde_json::from_value(case.plan.clone()).unwrap();
    let days = ServiceDays::of(&document.term, &case.profile, &case.calendar, &[]);
    (document, days)
}

fn standard(limit: impl Fn(&mut FeeStandard)) -> Profile {
    let mut standard: FeeStandard =
        serde_json::from_value(json!({"document": "价1号", "stage": null, "area": null})).unwrap();
    limit(&mut standard);
    Profile { fee_standards: vec![standard], ..Profile::yueyang_2019() }
}

/// What a pupil of grade 3 owes at most who joined each project on a day.
fn most(profile: &Profile, fee: &Value, joined: [Date; 2]) -> i64 {
    let (document, days) = plan(fee);
    let joined: Vec<Joined<'_>> =
        document.projects.iter().zip(joined).map(|(project, joins_on)| Joined { project, joins_on }).collect();
    most_for(profile, &document, 3, &days, &joined)
}

#[test]
fn fee_within_standard_bills_no_more_than_the_check_passed() {
    let (_, days) = plan(&Value::Null);
    let lessons = i64::try_from(days.days().len()).unwrap();
    let unlimited = standard(|standard| standard.per_lesson_max_fen = Some(400));
    assert_eq!(most(&unlimited, &Value::Null, [FIRST, FIRST]), 2 * 344 * lessons);
    let one_a_day = standard(|standard| standard.lessons_billed_a_day = Some(1));
    assert_eq!(most(&one_a_day, &Value::Null, [FIRST, FIRST]), 344 * lessons);
    let by_term = standard(|standard| standard.per_term_max_fen = Some(30_000));
    assert_eq!(most(&by_term, &Value::Null, [FIRST, FIRST]), 30_000);
    let by_day = standard(|standard| standard.per_day_max_fen = Some(500));
    assert_eq!(most(&by_day, &Value::Null, [FIRST, FIRST]), 500 * lessons);
    let by_lesson = standard(|standard| standard.per_lesson_max_fen = Some(300));
    assert_eq!(most(&by_lesson, &Value::Null, [FIRST, FIRST]), 2 * 300 * lessons);
    let by_month = standard(|standard| standard.per_month_max_fen = Some(5_000));
    assert_eq!(most(&by_month, &Value::Null, [FIRST, FIRST]), 4 * 5_000 + 7 * 2 * 344, "January has seven days");
}

#[test]
fn fee_within_standard_spreads_a_fee_for_the_term_over_the_lessons_that_are_left() {
    let by_term = json!({"kind": "per_term", "amount_fen": 20_000, "price_document": "价1号"});
    let one_a_day = standard(|standard| standard.lessons_billed_a_day = Some(1));
    assert_eq!(most(&one_a_day, &by_term, [FIRST, FIRST]), 20_000, "one of two");
    let unlimited = standard(|standard| standard.per_lesson_max_fen = None);
    let late = date!(2025 - 01 - 06);
    assert_eq!(most(&unlimited, &by_term, [late, late]), 40_000, "whole, whenever it was joined");
}

#[test]
fn fee_within_standard_counts_from_the_day_of_joining() {
    let unlimited = standard(|standard| standard.per_lesson_max_fen = Some(400));
    let last_week = date!(2025 - 01 - 06);
    assert_eq!(most(&unlimited, &Value::Null, [last_week, date!(2025 - 01 - 10)]), 344 * 5 + 344);
    assert_eq!(most(&unlimited, &Value::Null, [date!(2025 - 01 - 11); 2]), 0);
}

#[test]
fn lines_add_up_to_the_total_whatever_is_shared() {
    for (amounts, total, expected) in [
        (vec![34_800, 34_800], 69_600, vec![34_800, 34_800]),
        (vec![100, 100, 100], 100, vec![34, 33, 33]),
        (vec![29_928], 7_500, vec![7_500]),
        (vec![1, 2], 0, vec![0, 0]),
        (vec![], 0, vec![]),
        (vec![0, 0], 0, vec![0, 0]),
    ] {
        assert_eq!(shared(&amounts, total), expected, "{amounts:?} {total}");
    }
}
