//! Later practice beside the first policy: opposite rules coexist, each plan under its own.

use kehou::rules::profile::Profile;
use serde_json::{Value, json};

use crate::support::{Case, numbers, slot};

/// The compliant plan, whose homework project meets on these days, from 16:30 to `ends_at`.
fn homework(weekdays: &[i64], ends_at: &str) -> Case {
    let slots: Vec<Value> = weekdays.iter().map(|weekday| slot(*weekday, "16:30", ends_at, "all")).collect();
    Case::compliant()
        .set("/projects/0/slots", json!(slots))
        .set("/projects/1/slots", json!([slot(2, "16:30", "17:30", "all")]))
}

fn later(case: &Case) -> Case {
    case.clone().under(|profile| *profile = Profile::later_practice())
}

#[test]
fn service_end_time_of_the_first_policy_and_of_later_practice_are_opposite() {
    let (long, short) = (homework(&[1, 2, 3, 4, 5], "18:30"), homework(&[1, 2, 3, 4, 5], "17:30"));
    assert_eq!(long.says("service-end-time").len(), 5, "later than 17:30 on every day of the week, in one finding");
    assert_eq!(numbers(&long.only("service-end-time"), ["weekday"]), ["1, 2, 3, 4, 5"]);
    assert_eq!(later(&long).says("service-end-time"), [] as [&str; 0]);
    assert_eq!(short.says("service-end-time"), [] as [&str; 0]);
    let says = later(&short).says("service-end-time");
    // Two grades, each both too early and too short on five days under two timetables.
    assert_eq!(says.len(), 4, "{says:?}");
    let document = |case: &Case| {
        let findings = case.report().findings;
        findings.into_iter().find(|finding| finding.rule == "service-end-time").unwrap().document
    };
    assert_eq!(
        (document(&long), document(&later(&short))),
        ("岳教体发〔2019〕11号".to_owned(), "中办发〔2021〕40号".to_owned())
    );
}

#[test]
fn service_end_time_asks_for_so_many_minutes_where_a_profile_does() {
    for (least, says) in [(119, 0), (120, 0), (121, 2)] {
        let case = homework(&[1, 2, 3, 4, 5], "18:30").under(|profile| {
            *profile = Profile { service_minutes_a_day_min: Some(least), ..Profile::later_practice() };
        });
        assert_eq!(case.says("service-end-time").len(), says, "{least}");
        if says > 0 {
            assert_eq!(case.says("service-end-time")[0], "error/short /school/grades/0");
        }
    }
}

#[test]
fn service_days_asks_for_so_many_days_where_a_profile_does() {
    for (weekdays, says) in [(&[1, 2, 3, 4, 5][..], 0), (&[1, 2, 3, 4], 2)] {
        let case = later(&homework(weekdays, "18:30"));
        let found = case.says("service-days");
        assert_eq!(found.len(), says, "two grades, in one finding for both timetables: {found:?}");
    }
    let case = later(&homework(&[1, 2, 3, 4], "18:30"));
    let finding = case.report().findings.into_iter().find(|finding| finding.rule == "service-days").unwrap();
    assert_eq!(numbers(&finding, ["grade", "days", "least"]), ["3, 4", "4", "5"]);
}

#[test]
fn fee_within_standard_has_caps_by_stage_and_area_in_later_practice() {
    let priced = |area: &str, fen: i64| {
        let case = homework(&[1, 2, 3, 4, 5], "18:30").set("/school/area", json!(area));
        later(&case.set("/projects/1/fee/amount_fen", json!(fen)))
    };
    for (area, fen, says) in [("town", 220, 0), ("town", 221, 1), ("urban", 250, 0), ("urban", 251, 1)] {
        assert_eq!(priced(area, fen).says("fee-within-standard").len(), says, "{area} {fen}");
    }
}
