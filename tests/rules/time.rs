//! 三.2 and 六.5: on which days, after which lesson, and whose teaching time.

use kehou::rules::calendar::Calendar;
use kehou::rules::facts::Exemption;
use kehou::rules::profile::Profile;
use kehou::rules::{Finding, RULES, Severity, service_date};
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use crate::support::{Case, dismissals, exemption, numbers, slot};

#[test]
fn service_days_refuses_weekends_and_nothing_else() {
    for (weekday, refused) in [(1, false), (2, false), (3, false), (4, false), (5, false), (6, true), (7, true)] {
        let case = Case::compliant().set("/projects/1/slots/0/weekday", json!(weekday));
        let expected: &[&str] = if refused { &["error /projects/1/slots/0/weekday"] } else { &[] };
        assert_eq!(case.says("service-days"), expected, "{weekday}");
    }
    let finding = Case::compliant().set("/projects/1/slots/0/weekday", json!(6)).only("service-days");
    assert_eq!(numbers(&finding, ["project", "weekday", "weekday_zh"]), ["乒乓球", "6", "星期六"]);
    assert_eq!(finding.clause, "三.2");
}

#[test]
fn service_days_are_those_of_the_profile() {
    let by = |weekdays: Vec<i64>, make_up: bool, weekday: i64| {
        let case = Case::compliant().set("/projects/1/slots/0/weekday", json!(weekday));
        let change = |profile: &mut Profile| {
            profile.service_weekdays = weekdays;
            profile.service_on_make_up_days = make_up;
        };
        case.under(change).says("service-days").len()
    };
    assert_eq!(by(vec![1, 2, 3, 4], false, 2), 1, "the homework project's Friday");
    assert_eq!(by(vec![1, 2, 3, 4, 5], true, 6), 0, "a Saturday slot meets on make-up Saturdays");
    assert_eq!(by(vec![1, 2, 3, 4, 5, 6], false, 6), 0);
    assert_eq!(by(vec![1, 2, 3, 4, 5, 6], false, 7), 1);
}

#[test]
fn service_days_on_weekends_can_be_exempted() {
    let finding =
        Case::compliant().set("/projects/1/slots/0/weekday", json!(6)).exempted("service-days").only("service-days");
    assert_eq!((finding.severity, finding.exemption.as_deref()), (Severity::Warning, Some("TX-1")));
}

/// What `service-days` says about a session's date, and whether an exemption lifts it.
fn on(date: Date, make_up: bool) -> Option<(String, bool)> {
    let profile = Profile { service_on_make_up_days: make_up, ..Profile::yueyang_2019() };
    let closures = [(date!(2024 - 09 - 06), "台风".to_owned()), (date!(2024 - 09 - 15), "校庆".to_owned())];
    let calendar = Calendar::built_in().with_closures(closures);
    let finding: Finding = service_date(date, "/date", &profile, &calendar).unwrap()?;
    assert_eq!((finding.severity, finding.pointer.as_str()), (Severity::Error, "/date"));
    let exemption = exemption("service-days");
    let rule = RULES.iter().find(|rule| rule.id == "service-days").unwrap();
    let lifted = Exemption::lift(&[exemption], rule, Some((date, date)), finding.clone()).severity == Severity::Warning;
    Some((finding.variant.unwrap_or_default().into_owned(), lifted))
}

#[test]
fn service_days_of_a_date_never_are_holidays_and_only_weekends_can_be_lifted() {
    let says = |variant: &str, lifted| Some((variant.to_owned(), lifted));
    for (date, make_up, expected) in [
        (date!(2024 - 09 - 05), false, None),
        (date!(2024 - 09 - 06), false, says("closed", false)),
        (date!(2024 - 09 - 07), false, says("date", true)),
        (date!(2024 - 09 - 14), false, says("date", true)), // make-up Saturday
        (date!(2024 - 09 - 14), true, None),
        (date!(2024 - 09 - 15), true, says("holiday", false)), // Mid-Autumn, also where the school is closed
        (date!(2024 - 09 - 17), false, says("holiday", false)),
        (date!(2024 - 10 - 01), true, says("holiday", false)),
        (date!(2024 - 10 - 07), false, says("holiday", false)),
        (date!(2024 - 10 - 08), false, None),
        (date!(2024 - 10 - 13), true, says("date", true)), // a Sunday on which nobody works
    ] {
        assert_eq!(on(date, make_up), expected, "{date}");
    }
    assert!(service_date(date!(2027 - 01 - 04), "/date", &Profile::yueyang_2019(), &Calendar::built_in()).is_err());
}

/// Grade 4 is dismissed later, on Wednesday earlier, and earlier in winter.
fn by_grade_weekday_and_timetable() -> Case {
    let mut rows: Vec<Value> = Vec::new();
    for weekday in 1..=5 {
        let noon = weekday == 3;
        let mut row = |grade, timetable: &str, at: &str| {
            rows.push(json!({"grade": grade, "weekday": weekday, "timetable": timetable, "at": at}));
        };
        row(3, "all", if noon { "12:00" } else { "15:30" });
        row(4, "standard", if noon { "12:00" } else { "16:00" });
        row(4, "winter", if noon { "12:00" } else { "15:40" });
    }
    Case::compliant().set("/school/dismissals", json!(rows)).set("/school/approved_dismissals", json!(rows))
}

#[test]
fn starts_after_dismissal_by_grade_weekday_and_timetable_and_equal_passes() {
    for (weekday, starts_at, timetable, failing) in [
        (2, "16:01", "all", vec![]),
        (2, "16:00", "all", vec![]),
        (2, "15:59", "all", vec![("4", "16:00", "standard")]),
        (2, "15:29", "all", vec![("3", "15:30", "standard"), ("4", "16:00", "standard")]),
        (2, "15:40", "winter", vec![]),
        (2, "15:39", "winter", vec![("4", "15:40", "winter")]),
        (2, "15:59", "standard", vec![("4", "16:00", "standard")]),
        (3, "12:00", "all", vec![]),
        (3, "11:59", "all", vec![("3", "12:00", "standard"), ("4", "12:00", "standard")]),
    ] {
        let place = json!([slot(weekday, starts_at, "17:30", timetable)]);
        let case = by_grade_weekday_and_timetable().set("/projects/1/slots", place);
        let report = case.report();
        let found = report.findings.iter().filter(|finding| finding.rule == "starts-after-dismissal");
        let found: Vec<_> = found
            .map(|finding| {
                assert_eq!(finding.pointer, "/projects/1/slots/0/starts_at");
                assert_eq!(numbers(finding, ["starts_at", "weekday"]), [starts_at.to_owned(), weekday.to_string()]);
                numbers(finding, ["grade", "dismissal", "timetable"])
            })
            .collect();
        let expected: Vec<_> = failing.iter().map(|(g, at, t)| [*g, *at, *t].map(str::to_owned)).collect();
        assert_eq!(found, expected, "{weekday} {starts_at} {timetable}");
        assert!(case.is_judged("starts-after-dismissal"));
    }
}

#[test]
fn starts_after_dismissal_gives_one_finding_per_failing_grade_and_weekday() {
    let slots = json!([slot(1, "15:00", "17:30", "all"), slot(2, "15:00", "17:30", "all")]);
    let case = by_grade_weekday_and_timetable().set("/projects/0/slots", slots);
    let expected = [0, 0, 1, 1].map(|slot| format!("error /projects/0/slots/{slot}/starts_at"));
    assert_eq!(case.says("starts-after-dismissal"), expected);
}

#[test]
fn starts_after_dismissal_is_judged_only_by_timetables_during_which_the_slot_meets() {
    let case = |periods: Value| {
        by_grade_weekday_and_timetable()
            .set("/term/winter_periods", periods)
            .set("/projects/1/slots", json!([slot(2, "15:40", "17:30", "all")]))
    };
    // All Tuesdays of the term are winter: the standard dismissal at 16:00 never holds.
    let winter = json!([{"from": "2024-09-01", "to": "2025-02-28"}]);
    assert_eq!(case(winter).says("starts-after-dismissal"), [] as [&str; 0]);
    let autumn_break = json!([{"from": "2024-10-01", "to": "2024-10-07"}]);
    assert_eq!(case(autumn_break).says("starts-after-dismissal").len(), 1);
}

#[test]
fn starts_after_dismissal_without_a_dismissal_is_not_judged_and_never_passed() {
    let case = Case::compliant().set("/school/dismissals", dismissals(&[3], "16:00"));
    assert!(!case.is_judged("starts-after-dismissal"));
    let early = case.set("/projects/1/slots/0/starts_at", json!("15:00"));
    assert_eq!(early.says("starts-after-dismissal").len(), 1, "what is known is said all the same");
}

#[test]
fn teaching_time_kept_compares_each_dismissal_with_the_approved_one() {
    for (at, shortened) in [("15:59", true), ("16:00", false), ("16:01", false)] {
        let case = Case::compliant().set("/school/dismissals/7/at", json!(at));
        let expected: &[&str] = if shortened { &["error /school/dismissals/7/at"] } else { &[] };
        assert_eq!(case.says("teaching-time-kept"), expected, "{at}");
    }
    // Row 7 is grade 4 on Wednesday.
    let case = Case::compliant()
        .set("/school/dismissals/7", json!({"grade": 4, "weekday": 3, "timetable": "standard", "at": "15:30"}));
    let finding = case.only("teaching-time-kept");
    assert_eq!(
        numbers(&finding, ["grade", "weekday", "dismissal", "approved", "timetable"]),
        ["4", "3", "15:30", "16:00", "standard"]
    );
    assert_eq!(finding.clause, "六.5");
}

#[test]
fn teaching_time_kept_holds_for_both_timetables() {
    let case = |timetable: &str| {
        let approved = json!([
            {"grade": 3, "weekday": 1, "timetable": "standard", "at": "16:00"},
            {"grade": 3, "weekday": 1, "timetable": "winter", "at": "15:30"},
        ]);
        let own = json!([{"grade": 3, "weekday": 1, "timetable": timetable, "at": "15:45"}]);
        Case::compliant().set("/school/approved_dismissals", approved).set("/school/dismissals", own)
    };
    assert_eq!(case("winter").says("teaching-time-kept"), [] as [&str; 0]);
    for timetable in ["standard", "all"] {
        assert_eq!(numbers(&case(timetable).only("teaching-time-kept"), ["timetable"]), ["standard"], "{timetable}");
    }
}

#[test]
fn teaching_time_kept_is_not_judged_where_a_time_is_unknown() {
    let known = Case::compliant();
    assert!(known.is_judged("teaching-time-kept"));
    for (list, times) in [
        ("/school/approved_dismissals", json!([])),
        ("/school/approved_dismissals", dismissals(&[3], "16:00")),
        ("/school/dismissals", json!([])),
        ("/school/dismissals", dismissals(&[3], "16:00")),
    ] {
        let case = known.clone().set(list, times);
        assert!(!case.is_judged("teaching-time-kept"), "{list}");
        assert_eq!(case.says("teaching-time-kept"), [] as [&str; 0]);
    }
}
