//! Closing paragraph: each term is judged by the profile in force when it opens; and never without a calendar.

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
fn calendar_missing_when_service_lasts_beyond_the_data() {
    for (last, missing) in [("2026-12-31", false), ("2027-01-01", true)] {
        let case = term("2026-09-01", last).accepted_on(date!(2026 - 09 - 08));
        let expected: &[&str] = if missing { &["error /term/ends_on"] } else { &[] };
        assert_eq!(case.says("calendar-missing"), expected, "{last}");
        assert_eq!(case.is_judged("no-refusal"), !missing, "{last}: its days cannot be counted");
    }
    let finding = term("2026-09-01", "2027-01-15").accepted_on(date!(2026 - 09 - 08)).only("calendar-missing");
    assert_eq!((finding.clause.as_ref(), numbers(&finding, ["date"])), ("三.2", ["2027-01-01".to_owned()]));
}

#[test]
fn calendar_missing_is_never_a_guess_about_the_filing_window() {
    let both = term("2026-12-28", "2027-01-15").accepted_on(date!(2027 - 03 - 01));
    assert_eq!(both.says("calendar-missing"), ["error /term/opens_on", "error /term/ends_on"]);
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
