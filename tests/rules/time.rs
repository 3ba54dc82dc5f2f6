//! 三.2 and 六.5: on which days, after which lesson, and whose teaching time.

use kehou::rules::calendar::Calendar;
use kehou::rules::facts::Exemption;
use kehou::rules::profile::Profile;
use kehou::rules::schedule::ServiceDays;
use kehou::rules::{Finding, RULES, Severity, filing_deadline, left_by_its_term, service_date};
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

/// What is said of a plan from 2 September to 10 January when its term becomes another.
fn moved(opens_on: Date, ends_on: Date) -> Option<Finding> {
    let service = (Some(date!(2024 - 09 - 02)), Some(date!(2025 - 01 - 10)));
    left_by_its_term((opens_on, ends_on), service, "岳教体发〔2019〕11号")
}

/// As the service says it, with the school.
pub fn of_a_moved_term() -> Option<Finding> {
    Some(moved(date!(2024 - 09 - 09), date!(2025 - 01 - 17))?.with("school", "站前小学"))
}

#[test]
fn service_days_names_what_a_moved_term_leaves_outside() {
    for (opens_on, ends_on, at) in [
        (date!(2024 - 09 - 02), date!(2025 - 01 - 10), None),
        (date!(2024 - 09 - 01), date!(2025 - 01 - 17), None),
        (date!(2024 - 09 - 03), date!(2025 - 01 - 10), Some("/opens_on")),
        (date!(2024 - 09 - 02), date!(2025 - 01 - 09), Some("/ends_on")),
    ] {
        let found = moved(opens_on, ends_on);
        assert_eq!(found.as_ref().map(|finding| finding.pointer.as_str()), at, "{opens_on} {ends_on}");
        assert!(found.is_none_or(|finding| finding.severity == Severity::Warning), "nothing stops a term");
    }
    let open = left_by_its_term((date!(2024 - 09 - 09), date!(2025 - 01 - 17)), (None, None), "");
    assert_eq!(open, None, "a plan without dates of its own moves along");
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

#[test]
fn service_days_lifts_the_days_of_an_exemption_for_its_project_only() {
    let with = |given: Exemption| {
        Case::compliant().push("/projects/1/slots", slot(6, "09:00", "10:20", "all")).exempted_by(given)
    };
    let days = |case: &Case| {
        let document = case.document();
        let days = ServiceDays::of(&document.term, &case.profile, &case.calendar, &case.facts.exemptions);
        (days.with_service(&document), days.lessons_of(&document.projects[1]), days.lessons_of(&document.projects[0]))
    };
    let of = |first_on, last_on| Exemption { first_on, last_on, ..exemption("service-days") };
    let club = Some("乒乓球".to_owned());
    // Two Saturdays of the term are made up for holidays: nothing lifts them. The club has 17 Tuesdays.
    let always = of(date!(2024 - 09 - 02), date!(2025 - 01 - 10));
    let whole = with(Exemption { project: club.clone(), weekday: Some(6), ..always.clone() });
    assert_eq!(days(&whole), (102, 32, 87));
    assert_eq!(whole.says("service-days"), ["warning /projects/1/slots/1/weekday"]);
    let one = with(Exemption { project: club, ..of(date!(2024 - 11 - 02), date!(2024 - 11 - 03)) });
    assert_eq!(days(&one), (88, 18, 87));
    assert_eq!(one.says("service-days"), ["warning /projects/1/slots/1/weekday"], "it meets on that day alone");
    let other = with(Exemption { project: Some("作业辅导".to_owned()), ..always.clone() });
    assert_eq!(days(&other), (87, 17, 87));
    assert_eq!(other.says("service-days"), ["error /projects/1/slots/1/weekday"]);
    let made_up = with(of(date!(2024 - 09 - 14), date!(2024 - 09 - 14)));
    assert_eq!(days(&made_up), (87, 17, 87), "a make-up working day is no weekend");
    assert_eq!(made_up.says("service-days"), ["error /projects/1/slots/1/weekday"]);
    let sunday = with(Exemption { weekday: Some(7), ..always });
    assert_eq!(days(&sunday), (87, 17, 87));
}

#[test]
fn service_days_counts_days_that_are_made_up_at_a_weekend() {
    // B37: three days closed by weather, two of them made up at a weekend, by an exemption for these dates.
    let mut case = Case::compliant()
        .set("/term/opens_on", json!("2025-09-01"))
        .set("/term/ends_on", json!("2026-01-25"))
        .set("/term/service_to", json!("2026-01-25"))
        .push("/projects/0/slots", slot(6, "16:10", "17:30", "all"))
        .push("/projects/0/slots", slot(7, "16:10", "17:30", "all"))
        .accepted_on(date!(2025 - 09 - 10));
    let days = |case: &Case| {
        let document = case.document();
        ServiceDays::of(&document.term, &case.profile, &case.calendar, &case.facts.exemptions).with_service(&document)
    };
    let deadline =
        |case: &Case| filing_deadline(date!(2025 - 09 - 01), &case.profile, &case.calendar).unwrap().deadline;
    let (planned, due) = (days(&case), deadline(&case));
    let snow =
        [20, 21, 22].map(|day| (Date::from_calendar_date(2026, time::Month::January, day).unwrap(), "暴雪".to_owned()));
    case.calendar = case.calendar.with_closures(snow);
    assert_eq!(days(&case), planned - 3);
    assert_eq!(case.says("service-days").len(), 2, "a weekend is no day of service");
    let (first_on, last_on) = (date!(2026 - 01 - 24), date!(2026 - 01 - 25));
    let case = case.exempted_by(Exemption { first_on, last_on, ..exemption("service-days") });
    assert_eq!((days(&case), deadline(&case)), (planned - 1, due));
    assert!(case.says("service-days").iter().all(|line| line.starts_with("warning")));
}

#[test]
fn service_days_lie_within_the_term() {
    for (pointer, date, says) in [
        ("/term/service_from", "2024-09-02", vec![]),
        ("/term/service_from", "2024-09-01", vec!["error/outside-term /term/service_from"]),
        ("/term/service_to", "2025-01-17", vec![]),
        ("/term/service_to", "2025-01-18", vec!["error/outside-term /term/service_to"]),
    ] {
        let case = Case::compliant().set(pointer, json!(date)).exempted("service-days");
        assert_eq!(case.says("service-days"), says, "{pointer} {date}: no exemption lifts it");
    }
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
        (3, "11:59", "all", vec![("3, 4", "12:00", "standard")]),
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
fn starts_after_dismissal_gives_one_finding_for_one_fault_with_its_places() {
    let slots = json!([slot(1, "15:00", "17:30", "all"), slot(2, "15:00", "17:30", "all")]);
    let case = by_grade_weekday_and_timetable().set("/projects/0/slots", slots);
    let report = case.report();
    let found: Vec<_> = report.findings.iter().filter(|found| found.rule == "starts-after-dismissal").collect();
    let said = found.iter().map(|finding| numbers(finding, ["grade", "weekday", "weekday_zh", "dismissal"]));
    let expected = [["3", "1, 2", "星期一、星期二", "15:30"], ["4", "1, 2", "星期一、星期二", "16:00"]];
    assert_eq!(said.collect::<Vec<_>>(), expected.map(|finding| finding.map(str::to_owned)));
    let places = [0, 1].map(|slot| format!("/projects/0/slots/{slot}/starts_at"));
    assert!(found.iter().all(|finding| finding.places == places && finding.pointer == places[0]));
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
fn starts_after_dismissal_falls_back_on_the_approved_timetable_for_each_missing_cell() {
    // Only grade 3 on Monday is listed; the approved timetable has everybody at 16:00.
    let one = json!([{"grade": 3, "weekday": 1, "timetable": "standard", "at": "13:00"}]);
    let case = Case::compliant().set("/school/dismissals", one);
    assert!(case.is_judged("starts-after-dismissal"));
    let early = case.set("/projects/1/slots/0", slot(2, "14:00", "17:30", "all"));
    assert_eq!(early.says("starts-after-dismissal"), ["error /projects/1/slots/0/starts_at"]);
    assert_eq!(numbers(&early.only("starts-after-dismissal"), ["grade", "dismissal"]), ["3, 4", "16:00"]);
}

#[test]
fn starts_after_dismissal_stops_a_submission_where_nobody_knows_when_a_grade_is_dismissed() {
    let only_three = |case: Case| {
        case.set("/school/dismissals", dismissals(&[3], "16:00"))
            .set("/school/approved_dismissals", dismissals(&[3], "16:00"))
    };
    let mut case = only_three(Case::compliant());
    assert!(!case.is_judged("starts-after-dismissal"), "a check is told");
    assert_eq!(case.says("starts-after-dismissal"), [] as [&str; 0]);
    case.facts.decides = true;
    assert_eq!(case.says("starts-after-dismissal"), ["error/unknown /school/dismissals"]);
    let finding = case.only("starts-after-dismissal");
    assert_eq!(numbers(&finding, ["grade", "weekday", "timetable"]), ["4", "1, 2, 3, 4, 5", "standard, winter"]);
    // A grade and weekday without service need no time.
    let mut unserved = only_three(Case::compliant());
    for project in 0..2 {
        unserved = unserved.set(&format!("/projects/{project}/grades"), json!([3]));
    }
    unserved.facts.decides = true;
    assert_eq!(unserved.says("starts-after-dismissal"), [] as [&str; 0]);
    let early = case.set("/projects/1/slots/0/starts_at", json!("15:00"));
    assert_eq!(early.says("starts-after-dismissal").len(), 2, "what is known is said all the same");
}

#[test]
fn starts_after_dismissal_asks_nothing_of_a_day_without_lessons() {
    let mut case = Case::compliant().set("/projects/1/slots/0", slot(6, "09:00", "10:00", "all"));
    case = case.exempted("service-days");
    case.facts.decides = true;
    assert!(case.is_judged("starts-after-dismissal") && case.says("starts-after-dismissal").is_empty());
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
    for (list, times) in
        [("/school/approved_dismissals", json!([])), ("/school/approved_dismissals", dismissals(&[3], "16:00"))]
    {
        let mut case = known.clone().set(list, times);
        assert!(!case.is_judged("teaching-time-kept"), "{list}");
        assert_eq!(case.says("teaching-time-kept"), [] as [&str; 0]);
        case.facts.decides = true;
        assert!(case.says("teaching-time-kept").iter().all(|line| line.starts_with("error/unapproved")));
        assert!(!case.says("teaching-time-kept").is_empty(), "a submission is stopped: {list}");
    }
    for times in [json!([]), dismissals(&[3], "16:00")] {
        let case = known.clone().set("/school/dismissals", times);
        assert!(case.is_judged("teaching-time-kept"), "what is not listed is the approved time");
        assert_eq!(case.says("teaching-time-kept"), [] as [&str; 0]);
    }
}
