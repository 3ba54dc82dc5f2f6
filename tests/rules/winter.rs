//! 三.2: by 18:00, by 17:30 while the winter timetable runs.

use kehou::rules::Severity;
use kehou::rules::facts::Exemption;
use kehou::values::local_time::LocalTime;
use serde_json::{Value, json};
use time::Duration;
use time::macros::date;

use crate::support::{Case, exemption, numbers, slot};

fn with(slots: Value) -> Case {
    Case::compliant().set("/projects/1/slots", slots)
}

#[test]
fn service_end_time_passes_at_its_bound_and_fails_a_minute_later() {
    for (timetable, ends_at, latest) in [
        ("standard", "17:59", None),
        ("standard", "18:00", None),
        ("standard", "18:01", Some("18:00")),
        ("winter", "17:29", None),
        ("winter", "17:30", None),
        ("winter", "17:31", Some("17:30")),
        ("all", "17:29", None),
        ("all", "17:30", None),
        ("all", "17:31", Some("17:30")),
        ("all", "18:00", Some("17:30")),
    ] {
        let case = with(json!([slot(2, "16:10", ends_at, timetable)]));
        let Some(latest) = latest else {
            assert_eq!(case.says("service-end-time"), [] as [&str; 0], "{timetable} {ends_at}");
            continue;
        };
        let finding = case.only("service-end-time");
        assert_eq!((finding.severity, finding.pointer.as_str()), (Severity::Error, "/projects/1/slots/0/ends_at"));
        assert_eq!(numbers(&finding, ["ends_at", "latest", "weekday"]), [ends_at, latest, "2"], "{timetable}");
        assert_eq!((finding.clause.as_ref(), finding.document.as_str()), ("三.2", "岳教体发〔2019〕11号"));
    }
}

/// The term's Tuesdays are 2024-09-03, …, 10-29, 11-05, …, 2025-01-07; 2024-10-01 is a holiday, 2024-09-17 too.
#[test]
fn service_end_time_holds_an_all_slot_to_winter_if_it_meets_on_any_winter_date() {
    for (from, to, fails) in [
        ("2024-11-05", "2024-11-05", true),  // first and last day are a Tuesday
        ("2024-10-30", "2024-11-05", true),  // the last day is one
        ("2024-11-05", "2024-11-11", true),  // the first day is one
        ("2024-11-06", "2024-11-11", false), // Wednesday to Monday
        ("2024-10-01", "2024-10-07", false), // a holiday
        ("2024-09-17", "2024-09-17", false), // a holiday
        ("2025-01-07", "2025-01-31", true),  // the last Tuesday of service
        ("2025-01-08", "2025-01-31", false), // after it
    ] {
        let case = with(json!([slot(2, "16:10", "18:00", "all")]))
            .set("/term/winter_periods", json!([{"from": from, "to": to}]));
        assert_eq!(!case.says("service-end-time").is_empty(), fails, "{from} to {to}");
    }
}

#[test]
fn service_end_time_reads_every_winter_period() {
    let periods = json!([{"from": "2024-10-01", "to": "2024-10-07"}, {"from": "2024-12-02", "to": "2024-12-06"}]);
    let case = with(json!([slot(2, "16:10", "18:00", "all")])).set("/term/winter_periods", periods);
    assert_eq!(case.says("service-end-time").len(), 1);
}

#[test]
fn service_end_time_of_a_slot_is_that_of_its_timetable_only() {
    // Meets on winter dates by the calendar, but is written for the standard timetable, during which it does not run.
    let pair = json!([slot(2, "16:10", "18:00", "standard"), slot(2, "16:10", "17:30", "winter")]);
    assert_eq!(with(pair.clone()).says("service-end-time"), [] as [&str; 0]);
    // A winter slot keeps to 17:30 also where no winter period has been set yet.
    let late = with(json!([slot(2, "16:10", "17:31", "winter")])).set("/term/winter_periods", json!([]));
    assert_eq!(late.says("service-end-time").len(), 1);
    let all = with(json!([slot(2, "16:10", "18:00", "all")])).set("/term/winter_periods", json!([]));
    assert_eq!(all.says("service-end-time"), [] as [&str; 0], "no winter date to meet on");
}

#[test]
fn service_end_time_is_judged_beyond_the_announced_calendar() {
    for (ends_at, says) in [("17:30", 0), ("17:31", 1), ("18:00", 1), ("18:01", 1)] {
        let case = with(json!([slot(2, "16:10", ends_at, "all")]))
            .set("/term/service_to", json!("2027-01-15"))
            .set("/term/ends_on", json!("2027-01-15"))
            .set("/term/winter_periods", json!([{"from": "2027-01-01", "to": "2027-01-31"}]));
        assert_eq!(case.says("service-end-time").len(), says, "{ends_at}");
        assert!(case.is_judged("service-end-time"), "{ends_at}");
    }
}

#[test]
fn service_end_time_of_a_slot_for_both_timetables_says_that_it_is_to_be_split() {
    for (ends_at, variant) in [("17:31", Some("split")), ("18:00", Some("split")), ("18:01", None)] {
        let finding = with(json!([slot(2, "16:10", ends_at, "all")])).only("service-end-time");
        assert_eq!((finding.variant.as_deref(), finding.severity), (variant, Severity::Error), "{ends_at}");
    }
    let winter = with(json!([slot(2, "16:10", "17:31", "winter")])).only("service-end-time");
    assert_eq!(winter.variant, None, "there is nothing to split");
}

#[test]
fn service_end_time_can_be_exempted_and_names_each_slot() {
    let slots = json!([slot(1, "16:10", "18:30", "all"), slot(2, "16:10", "18:30", "all")]);
    let case = with(slots).exempted("service-end-time");
    let expected = [0, 1].map(|n| format!("warning /projects/1/slots/{n}/ends_at"));
    assert_eq!(case.says("service-end-time"), expected);
    assert_eq!(case.exemptions_of("service-end-time"), ["TX-1"], "one fault, one finding with its places");
}

#[test]
fn service_end_time_is_exempted_for_the_named_slots_and_days_only() {
    let slots = json!([slot(1, "16:10", "18:30", "all"), slot(2, "16:10", "18:30", "all")]);
    let case = with(slots);
    let project = case.plan["projects"][1]["name"].as_str().unwrap().to_owned();
    let [first, second] = [0, 1].map(|n| format!("/projects/1/slots/{n}/ends_at"));
    let exempted = |change: &dyn Fn(&mut Exemption)| {
        let mut given = exemption("service-end-time");
        change(&mut given);
        case.clone().exempted_by(given).says("service-end-time")
    };
    let says = |one: &str, two: &str| vec![format!("{one} {first}"), format!("{two} {second}")];
    assert_eq!(exempted(&|given| given.weekday = Some(2)), says("error", "warning"));
    assert_eq!(exempted(&|given| given.project = Some(project.clone())), says("warning", "warning"));
    assert_eq!(exempted(&|given| given.project = Some("another".to_owned())), says("error", "error"));
    // It holds on every day on which the slot meets, or not at all: on Mondays until 6 January, on Tuesdays until 7.
    let (from, to) = (date!(2024 - 09 - 02), date!(2025 - 01 - 17));
    for (first_on, last_on, lifted) in [
        (from, to, ("warning", "warning")),
        (from + Duration::DAY, to, ("error", "warning")),
        (from, date!(2025 - 01 - 06), ("warning", "error")),
        (from, date!(2025 - 01 - 05), ("error", "error")),
    ] {
        let of_days = exempted(&|given| (given.first_on, given.last_on) = (first_on, last_on));
        assert_eq!(of_days, says(lifted.0, lifted.1), "{first_on} to {last_on}");
    }
}

#[test]
fn service_end_time_is_exempted_for_the_weeks_of_the_slots_own_timetable() {
    let case = with(json!([slot(2, "16:10", "18:20", "standard"), slot(2, "16:10", "17:30", "winter")]));
    let of = |first_on, last_on| Exemption { first_on, last_on, ..exemption("service-end-time") };
    let until = |last_on| case.clone().exempted_by(of(date!(2024 - 09 - 02), last_on)).only("service-end-time");
    let given = until(date!(2024 - 10 - 31));
    assert_eq!((given.severity, given.exemption.as_deref()), (Severity::Warning, Some("TX-1")));
    assert_eq!(numbers(&given, ["exempted_by"]), ["岳楼教函〔2024〕12号"]);
    let short = until(date!(2024 - 10 - 28));
    assert_eq!(short.severity, Severity::Error);
    let lacks = numbers(&short, ["exemption_lacks", "exemption_document", "exemption_uncovered"]);
    assert_eq!(lacks, ["days", "岳楼教函〔2024〕12号", "2024-10-29"]);
    // Two in a row do what each of them does.
    let second = Exemption { id: "TX-2".to_owned(), ..of(date!(2024 - 10 - 29), date!(2024 - 10 - 29)) };
    let both = case.clone().exempted_by(of(date!(2024 - 09 - 02), date!(2024 - 10 - 28))).exempted_by(second);
    assert_eq!(both.only("service-end-time").severity, Severity::Warning);
}

#[test]
fn service_end_time_says_why_an_exemption_does_not_help() {
    let case = with(json!([slot(2, "16:10", "18:20", "all")]));
    for (change, lacks) in [
        (Exemption { project: Some("作业辅导".to_owned()), ..exemption("service-end-time") }, "project"),
        (Exemption { weekday: Some(3), ..exemption("service-end-time") }, "weekday"),
        (Exemption { last_on: date!(2024 - 12 - 31), ..exemption("service-end-time") }, "days"),
    ] {
        let finding = case.clone().exempted_by(change).only("service-end-time");
        assert_eq!((finding.severity, numbers(&finding, ["exemption_lacks"])), (Severity::Error, [lacks.to_owned()]));
    }
    let other = case.exempted("service-days").only("service-end-time");
    assert!(!other.params.contains_key("exemption_lacks"), "an exemption from another rule is none");
}

#[test]
fn service_end_time_may_have_a_floor_by_profile() {
    for (earliest, says) in [(LocalTime::at(17, 29), 0), (LocalTime::at(17, 30), 0), (LocalTime::at(17, 31), 2)] {
        let case = Case::compliant().under(|profile| profile.earliest_end = Some(earliest));
        // One finding for two grades, each on five weekdays under two timetables.
        assert_eq!(case.says("service-end-time").len(), says, "{earliest}");
    }
    let case = Case::compliant().under(|profile| profile.earliest_end = Some(LocalTime::at(17, 31)));
    assert_eq!(case.says("service-end-time")[0], "error/early /school/grades/0");
}

#[test]
fn winter_timetable_missing_for_an_autumn_term_without_one() {
    let inside = json!([{"from": "2025-01-17", "to": "2025-02-28"}]);
    let before = json!([{"from": "2024-01-01", "to": "2024-09-01"}]);
    let after = json!([{"from": "2025-01-18", "to": "2025-02-28"}]);
    for (season, periods, missing) in [
        ("autumn", json!([]), true),
        ("autumn", inside, false),
        ("autumn", json!([{"from": "2024-09-02", "to": "2024-09-02"}]), false),
        ("autumn", before, true),
        ("autumn", after, true),
        ("spring", json!([]), false),
    ] {
        let case = Case::compliant().set("/term/season", json!(season)).set("/term/winter_periods", periods.clone());
        let expected: &[&str] = if missing { &["warning /term/winter_periods"] } else { &[] };
        assert_eq!(case.says("winter-timetable-missing"), expected, "{season} {periods}");
    }
    let case = Case::compliant().set("/term/winter_periods", json!([]));
    assert_eq!(numbers(&case.only("winter-timetable-missing"), ["latest"]), ["17:30"]);
}
