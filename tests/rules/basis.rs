//! Closing paragraph: each term is judged by the profile in force when it opens; and never without a calendar.

use kehou::rules::calendar::{DayKind, SpecialDay};
use kehou::rules::schedule::ServiceDays;
use kehou::rules::{RULES, Step, check_plan};
use serde_json::json;
use time::macros::date;

use crate::support::{Case, numbers};

fn term(opens_on: &str, ends_on: &str) -> Case {
    Case::compliant()
        .set("/term/opens_on", json!(opens_on))
        .set("/term/service_to", json!(ends_on))
        .set("/term/ends_on", json!(ends_on))
        .set("/term/winter_periods", json!([]))
}

#[test]
fn profile_missing_for_an_opening_before_the_policy_is_in_force() {
    for (opens_on, missing) in [("2019-08-31", true), ("2019-09-01", false), ("2019-09-02", false)] {
        let case = term(opens_on, "2020-01-10").accepted_on(date!(2019 - 08 - 30));
        let expected: &[&str] = if missing { &["error /term/opens_on"] } else { &[] };
        assert_eq!(case.says("profile-missing"), expected, "{opens_on}");
    }
}

#[test]
fn profile_missing_is_all_that_is_said_and_nothing_is_judged() {
    let report = term("2019-02-18", "2019-06-28").report();
    assert_eq!(report.findings.len(), 1);
    assert_eq!(numbers(&report.findings[0], ["opens_on", "in_force_from"]), ["2019-02-18", "2019-09-01"]);
    let judges = [Step::PlanSubmission, Step::PlanAmendment];
    let of_plans = RULES.iter().filter(|rule| judges.iter().any(|step| rule.steps.contains(step))).count();
    assert_eq!(report.not_judged.len(), of_plans - 1, "every rule of plans but this one");
}

#[test]
fn profile_missing_after_its_last_day() {
    for (last, missing) in [(date!(2024 - 09 - 01), true), (date!(2024 - 09 - 02), false)] {
        let case = Case::compliant().under(|profile| profile.in_force_to = Some(last));
        assert_eq!(!case.says("profile-missing").is_empty(), missing, "{last}");
    }
}

#[test]
fn calendar_missing_when_the_deadline_lies_beyond_the_data() {
    // The tenth working day after the 17th is the last day of the data.
    for (opens_on, beyond) in [("2026-12-16", false), ("2026-12-17", false), ("2026-12-18", true)] {
        let case = term(opens_on, "2026-12-31").accepted_on(date!(2026 - 12 - 31));
        let expected: &[&str] = if beyond { &["error /term/opens_on"] } else { &[] };
        assert_eq!(case.says("calendar-missing"), expected, "{opens_on}");
        assert_eq!(case.is_judged("filing-window"), !beyond, "{opens_on}");
    }
    let finding = term("2026-12-18", "2026-12-31").accepted_on(date!(2026 - 12 - 31)).only("calendar-missing");
    assert_eq!((finding.clause.as_ref(), finding.pointer.as_str()), ("五.2", "/term/opens_on"));
    assert_eq!(numbers(&finding, ["date"]), ["2027-01-01"]);
}

#[test]
fn calendar_missing_warns_of_the_days_of_service_beyond_the_announced_calendar() {
    for (last, says) in [
        ("2026-12-31", vec![]),
        ("2027-01-01", vec!["warning/provisional /term/service_to"]), // a Friday, as far as anybody knows
        ("2027-01-20", vec!["warning/provisional /term/service_to"]),
    ] {
        let case = term("2026-09-01", last).accepted_on(date!(2026 - 09 - 10));
        assert_eq!(case.says("calendar-missing"), says, "{last}");
        assert_eq!(case.errors(), [] as [&str; 0], "{last}: an autumn plan is filed in its own September");
        assert_eq!(case.report().not_judged, [] as [&str; 0], "{last}");
    }
    let case = term("2026-09-01", "2027-01-20").accepted_on(date!(2026 - 09 - 10));
    let finding = case.only("calendar-missing");
    assert_eq!(finding.clause, "三.2");
    assert_eq!(numbers(&finding, ["date", "last", "days"]), ["2027-01-01", "2027-01-20", "14"]);
    let open = case.set("/term/service_to", serde_json::Value::Null);
    assert_eq!(open.says("calendar-missing"), ["warning/provisional /term/ends_on"]);
}

#[test]
fn calendar_missing_says_nothing_of_days_without_service() {
    let mut case = term("2026-09-01", "2027-01-20").accepted_on(date!(2026 - 09 - 10));
    for project in 0..2 {
        case =
            case.set(&format!("/projects/{project}/slots"), json!([crate::support::slot(6, "16:10", "17:30", "all")]));
    }
    assert_eq!(case.says("calendar-missing"), [] as [&str; 0], "no slot meets on a Saturday");
}

#[test]
fn days_of_a_year_that_is_entered_later_are_no_longer_provisional() {
    let case = term("2026-09-01", "2027-01-20").accepted_on(date!(2026 - 09 - 10));
    let days = |case: &Case| ServiceDays::of(&case.document().term, &case.profile, &case.calendar, &[]);
    let before = days(&case);
    let holiday = SpecialDay {
        date: date!(2027 - 01 - 01),
        kind: DayKind::Holiday,
        zh: "元旦".to_owned(),
        en: "New Year's Day".to_owned(),
    };
    let known = Case { calendar: case.calendar.clone().with_year(2027, [holiday]), ..case.clone() };
    let after = days(&known);
    let count = |days: &ServiceDays| days.types().iter().map(|day| day.days).sum::<i64>();
    assert_eq!((count(&before), before.is_settled()), (count(&after) + 1, false));
    assert!(after.is_settled() && known.says("calendar-missing").is_empty());
    // What was kept and known stays; the days that were open are those of today.
    let closed = [(date!(2026 - 10 - 12), "停课".to_owned()), (date!(2027 - 01 - 04), "停课".to_owned())];
    let closed = Case { calendar: known.calendar.clone().with_closures(closed), ..known.clone() };
    let settled = before.settled_by(&days(&closed));
    assert_eq!((count(&settled), settled.is_settled()), (count(&after) - 1, true), "one of the two closures");
}

#[test]
fn calendar_missing_is_never_a_guess_about_the_filing_window() {
    let both = term("2026-12-28", "2027-01-15").accepted_on(date!(2027 - 03 - 01));
    assert_eq!(both.says("calendar-missing"), ["error /term/opens_on"]);
    // Nor of a term of which no day of service is announced up to its deadline, however early it is filed.
    let next = term("2027-02-22", "2027-06-30").accepted_on(date!(2026 - 12 - 20));
    assert_eq!(next.says("calendar-missing"), ["error /term/opens_on"]);
    assert_eq!(both.says("filing-window"), [] as [&str; 0]);
    // Filing before the opening is on time whatever the calendar says.
    let early = term("2026-12-28", "2026-12-31").accepted_on(date!(2026 - 12 - 20));
    assert_eq!(early.says("calendar-missing"), [] as [&str; 0]);
    assert!(early.is_judged("filing-window"));
}

#[test]
fn the_same_facts_give_the_same_report() {
    let case = Case::miaotian();
    let document = case.document();
    let again = || check_plan(&document, &case.facts, &case.profile, &case.calendar);
    assert_eq!(again(), again());
}
