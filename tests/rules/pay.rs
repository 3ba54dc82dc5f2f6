//! `pay-by-contract` (四.1): to the fen, by what was agreed, once.

use kehou::rules::document::{Period, ProjectCategory};
use kehou::rules::pay::{
    Due, Hold, Paid, Standard, amount_fen, due, has_changed, held_back, month_runs, standard_for, still_open,
    within_total,
};
use kehou::rules::profile::Profile;
use kehou::rules::{Finding, Severity};
use time::macros::date;

fn profile() -> Profile {
    Profile::yueyang_2019()
}

fn term() -> Period {
    Period { from: date!(2024 - 09 - 01), to: date!(2025 - 01 - 31) }
}

/// One finding of each sentence.
pub fn every_finding() -> Vec<Finding> {
    let of = |hold| held_back(hold, 2, 90, "王老师", &profile());
    let mut all: Vec<Finding> = [Hold::Teaching, Hold::NoContract, Hold::NoStandard].map(of).to_vec();
    all.extend(still_open(3, &profile()));
    all.extend(within_total(100_001, 100_000, term(), "核定表", &profile()));
    all.extend([month_runs(date!(2024 - 09 - 30), &profile()), has_changed(&profile())]);
    all
}

#[test]
fn pay_by_contract_time_is_paid_to_the_fen() {
    for (minutes, hourly_fen, fen) in [
        (60, 6_000, 6_000),
        (45, 5_000, 3_750),
        (100, 5_000, 8_333), // 83.33 and a third
        (50, 5_000, 4_167),  // 41.66 and two thirds
        (1, 30, 1),          // half a fen, up
        (1, 29, 0),
        (0, 6_000, 0),
        (90, 0, 0),
        (600, 100_000_000, 1_000_000_000),
    ] {
        assert_eq!(amount_fen(minutes, hourly_fen), fen, "{minutes} minutes at {hourly_fen}");
    }
}

#[test]
fn pay_by_contract_the_standard_of_the_project_comes_before_that_of_its_category_and_of_all() {
    let standard = |item, starts_on| Standard { item, starts_on };
    let standards = [
        standard("课后服务课时补助", date!(2024 - 09 - 01)),
        standard("完成作业", date!(2024 - 09 - 01)),
        standard("完成作业", date!(2024 - 11 - 01)),
        standard("三年级作业", date!(2024 - 10 - 01)),
    ];
    let homework = ProjectCategory::Homework;
    assert_eq!(homework.zh(), "完成作业", "the category's word in Chinese");
    for (project, category, on, place) in [
        ("三年级作业", homework, date!(2024 - 10 - 01), Some(3)),
        ("三年级作业", homework, date!(2024 - 09 - 30), Some(1)),
        ("一年级作业", homework, date!(2024 - 11 - 01), Some(2)),
        ("象棋", ProjectCategory::Clubs, date!(2024 - 09 - 01), Some(0)),
        ("象棋", ProjectCategory::Clubs, date!(2024 - 08 - 31), None),
    ] {
        assert_eq!(standard_for(&standards, project, category, on), place, "{project} on {on}");
    }
}

#[test]
fn pay_by_contract_what_was_paid_stays_and_the_difference_is_signed() {
    let now = |minutes, hourly_fen: i64, amount_fen, held| {
        Some(Due { minutes, hourly_fen: Some(hourly_fen), amount_fen, held })
    };
    let nothing = Paid::default();
    let paid = Paid { minutes: 60, amount_fen: 6_000, hourly_fen: Some(6_000) };
    assert_eq!(due(60, false, Ok(6_000), nothing), now(60, 6_000, 6_000, None));
    assert_eq!(due(60, false, Ok(6_000), paid), None, "once");
    assert_eq!(due(50, false, Ok(9_000), paid), now(-10, 6_000, -1_000, None), "at the rate at which it was paid");
    assert_eq!(
        due(0, false, Err(Hold::NoContract), paid),
        now(-60, 6_000, -6_000, None),
        "who was not there after all"
    );
    assert_eq!(due(60, true, Ok(6_000), paid), now(-60, 6_000, -6_000, Some((Hold::Teaching, 60))));
    assert_eq!(due(60, true, Ok(6_000), nothing), now(0, 6_000, 0, Some((Hold::Teaching, 60))));
    let unknown = Due { minutes: 0, hourly_fen: None, amount_fen: 0, held: Some((Hold::NoStandard, 60)) };
    assert_eq!(due(60, false, Err(Hold::NoStandard), nothing), Some(unknown), "held back, not guessed");
    assert_eq!(due(0, false, Err(Hold::NoStandard), nothing), None, "nobody served");
    // Parts of an hour that were paid one after the other come to what the whole comes to.
    let (mut sum, mut before) = (0, nothing);
    for minutes in [20, 40, 50] {
        let part = due(minutes, false, Ok(5_000), before).unwrap();
        sum += part.amount_fen;
        before = Paid { minutes, amount_fen: sum, hourly_fen: Some(5_000) };
    }
    assert_eq!(sum, amount_fen(50, 5_000));
}

#[test]
fn pay_by_contract_own_staff_stays_within_its_total() {
    assert_eq!(within_total(100_000, 100_000, term(), "核定表", &profile()), None, "up to it");
    let over = within_total(100_001, 100_000, term(), "核定表", &profile()).unwrap();
    assert_eq!((over.severity, over.params["paid_yuan"].as_str()), (Severity::Error, "1000.01"));
    assert_eq!(still_open(0, &profile()), None);
}
