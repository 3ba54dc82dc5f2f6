//! 五.2: one filing each term, within ten working days after the opening.

use kehou::rules::calendar::Calendar;
use kehou::rules::facts::Exemption;
use kehou::rules::profile::Profile;
use kehou::rules::{Severity, filing_deadline};
use serde_json::json;
use time::Date;
use time::macros::date;

use crate::support::{Case, exemption, numbers};

/// Opening and last day to file: the real cases, an opening on a Sunday and one on a make-up Saturday.
const DEADLINES: [(Date, Date); 8] = [
    (date!(2022 - 09 - 01), date!(2022 - 09 - 16)),
    (date!(2024 - 02 - 26), date!(2024 - 03 - 11)),
    (date!(2024 - 09 - 02), date!(2024 - 09 - 14)),
    (date!(2025 - 02 - 14), date!(2025 - 02 - 28)),
    (date!(2025 - 09 - 01), date!(2025 - 09 - 15)),
    (date!(2026 - 03 - 02), date!(2026 - 03 - 16)),
    (date!(2024 - 09 - 01), date!(2024 - 09 - 13)),
    (date!(2025 - 02 - 08), date!(2025 - 02 - 21)),
];

fn opening(opens_on: Date) -> Case {
    let last = opens_on + time::Duration::days(100);
    Case::compliant()
        .set("/term/opens_on", json!(opens_on.to_string()))
        .set("/term/service_to", json!(last.to_string()))
        .set("/term/ends_on", json!(last.to_string()))
}

#[test]
fn filing_window_is_judged_at_before_and_after_each_deadline() {
    for (opens_on, deadline) in DEADLINES {
        let next = deadline + time::Duration::DAY;
        for (accepted_on, late) in
            [(opens_on, false), (deadline - time::Duration::DAY, false), (deadline, false), (next, true)]
        {
            let case = opening(opens_on).accepted_on(accepted_on);
            let expected: &[&str] = if late { &["error /term/opens_on"] } else { &[] };
            assert_eq!(case.says("filing-window"), expected, "opening {opens_on}, accepted {accepted_on}");
        }
        let finding = opening(opens_on).accepted_on(next).only("filing-window");
        assert_eq!(
            numbers(&finding, ["opens_on", "deadline", "accepted_on", "working_days"]),
            [opens_on.to_string(), deadline.to_string(), next.to_string(), "10".to_owned()]
        );
        assert_eq!((finding.clause.as_ref(), finding.document.as_str()), ("五.2", "岳教体发〔2019〕11号"));
    }
}

#[test]
fn filing_window_says_by_which_days_it_was_counted() {
    let (profile, calendar) = (Profile::yueyang_2019(), Calendar::built_in());
    for (opens_on, deadline) in DEADLINES {
        let counted = filing_deadline(opens_on, &profile, &calendar).unwrap();
        assert_eq!((counted.deadline, counted.counted.len()), (deadline, 10), "{opens_on}");
        assert!(!counted.counted.contains(&opens_on), "the opening never counts");
    }
}

#[test]
fn filing_window_is_open_before_the_opening() {
    for accepted_on in [date!(2024 - 09 - 01), date!(2024 - 06 - 01), date!(2018 - 01 - 01)] {
        assert_eq!(Case::compliant().accepted_on(accepted_on).errors(), [] as [&str; 0], "{accepted_on}");
    }
}

#[test]
fn filing_window_is_not_judged_without_a_date_of_filing() {
    let mut case = Case::compliant();
    assert!(case.is_judged("filing-window"));
    case.facts.accepted_on = None;
    assert!(!case.is_judged("filing-window"));
    assert_eq!(case.says("filing-window"), [] as [&str; 0]);
}

#[test]
fn filing_window_is_never_moved_by_a_closure() {
    let mut case = Case::compliant().accepted_on(date!(2024 - 09 - 15));
    case.calendar = case.calendar.with_closures(
        (3..=13).map(|day| (Date::from_calendar_date(2024, time::Month::September, day).unwrap(), "台风".to_owned())),
    );
    assert_eq!(numbers(&case.only("filing-window"), ["deadline"]), ["2024-09-14"]);
}

#[test]
fn filing_window_length_is_the_profiles() {
    for (days, last) in [(1, date!(2024 - 09 - 03)), (5, date!(2024 - 09 - 09)), (15, date!(2024 - 09 - 24))] {
        let case = |accepted_on| {
            Case::compliant().under(|profile| profile.filing_window_working_days = days).accepted_on(accepted_on)
        };
        assert_eq!(case(last).says("filing-window"), [] as [&str; 0], "{days}");
        assert_eq!(case(last + time::Duration::DAY).says("filing-window").len(), 1, "{days}");
    }
}

#[test]
fn filing_window_lateness_becomes_a_warning_that_cites_its_exemption() {
    let late = Case::compliant().accepted_on(date!(2024 - 09 - 20));
    let finding = late.clone().exempted("filing-window").only("filing-window");
    assert_eq!((finding.severity, finding.exemption.as_deref()), (Severity::Warning, Some("TX-1")));
    for (last_on, severity) in [(date!(2024 - 09 - 20), Severity::Warning), (date!(2024 - 09 - 19), Severity::Error)] {
        let given = Exemption { last_on, ..exemption("filing-window") };
        assert_eq!(late.clone().exempted_by(given).only("filing-window").severity, severity, "{last_on}");
    }
    let finding = late.exempted("service-end-time").only("filing-window");
    assert_eq!((finding.severity, finding.exemption), (Severity::Error, None), "an exemption lifts its own rule only");
}

#[test]
fn filing_window_keeps_the_deadline_and_the_answer_of_the_first_submission() {
    let mut case = opening(date!(2024 - 09 - 02)).accepted_on(date!(2024 - 09 - 14));
    (case.facts.deadline, case.facts.is_accepted) = (Some(date!(2024 - 09 - 14)), true);
    let moved = case.clone().set("/term/opens_on", json!("2024-08-30"));
    assert_eq!(moved.says("filing-window"), [] as [&str; 0], "an opening that is moved makes no plan late");
    let late = case.accepted_on(date!(2024 - 09 - 20));
    assert_eq!(late.says("filing-window"), ["warning/settled /term/opens_on"], "what was accepted stays");
    let mut anew = late;
    anew.facts.is_accepted = false;
    assert_eq!(anew.says("filing-window"), ["error /term/opens_on"], "what was withdrawn is judged anew");
}

#[test]
fn one_filing_per_term_refuses_a_second_plan_and_needs_to_know() {
    let mut case = Case::compliant();
    for (has_other, says, judged) in
        [(Some(false), vec![], true), (Some(true), vec!["error /term"], true), (None, vec![], false)]
    {
        case.facts.has_other_plan = has_other;
        assert_eq!(case.says("one-filing-per-term"), says, "{has_other:?}");
        assert_eq!(case.is_judged("one-filing-per-term"), judged, "{has_other:?}");
    }
    case.facts.has_other_plan = Some(true);
    assert_eq!(
        numbers(&case.only("one-filing-per-term"), ["school_year", "season", "season_zh"]),
        ["2024-2025", "autumn", "秋季学期"]
    );
}

#[test]
fn one_filing_per_term_is_not_lifted_by_an_exemption() {
    let mut case = Case::compliant().exempted("one-filing-per-term");
    case.facts.has_other_plan = Some(true);
    assert_eq!(case.says("one-filing-per-term"), ["error /term"]);
}
