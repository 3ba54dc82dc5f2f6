//! 二.2: no pupil is refused, because every grade that is served has a project open to all.

use kehou::rules::facts::Exemption;
use serde_json::{Value, json};

use crate::support::{Case, exemption, numbers, project, slot};

const NONE: [&str; 0] = [];

#[test]
fn no_refusal_asks_for_an_open_project_in_every_grade_served() {
    assert_eq!(Case::compliant().says("no-refusal"), NONE);
    for (field, value) in [
        ("seats_max", json!(10_000)), // any limit is one
        ("seats_min", json!(1)),
        ("apply_until", json!("2025-01-10")),
    ] {
        let case = Case::compliant().set(&format!("/projects/0/{field}"), value);
        assert_eq!(case.says("no-refusal"), ["error /school/grades/0", "error /school/grades/1"], "{field}");
    }
    let one_grade = Case::compliant().set("/projects/0/grades", json!([3]));
    assert_eq!(one_grade.says("no-refusal"), ["error /school/grades/1"], "grade 4 has the club only");
    let finding = one_grade.only("no-refusal");
    assert_eq!((numbers(&finding, ["grade"]), finding.clause.as_ref()), (["4".to_owned()], "二.2"));
}

#[test]
fn no_refusal_asks_for_a_slot_on_every_service_day_of_the_grade() {
    let open_on = |weekdays: &[i64]| {
        let slots: Value = weekdays.iter().map(|weekday| slot(*weekday, "16:10", "17:30", "all")).collect();
        Case::compliant().set("/projects/0/slots", slots)
    };
    for (weekdays, says) in [
        (vec![1, 2, 3, 4, 5], 0),
        (vec![2], 0),          // the club meets on Tuesday only, so that is the grade's only service day
        (vec![1, 2, 3, 4], 0), // nobody serves on Friday
        (vec![1, 3, 4, 5], 2), // the club's day is missing
    ] {
        assert_eq!(open_on(&weekdays).says("no-refusal").len(), says, "{weekdays:?}");
    }
    let other_day = open_on(&[1, 2, 3, 4]).set("/projects/1/slots/0/weekday", json!(5));
    assert_eq!(other_day.says("no-refusal").len(), 2, "the club meets on Friday, the open project does not");
}

#[test]
fn no_refusal_counts_both_timetables() {
    let pair = |winter: bool| {
        let mut slots: Vec<Value> = (1..=5).map(|weekday| slot(weekday, "16:10", "17:30", "standard")).collect();
        slots.extend((1..=5).filter(|_| winter).map(|weekday| slot(weekday, "16:10", "17:30", "winter")));
        Case::compliant().set("/projects/0/slots", json!(slots))
    };
    assert_eq!(pair(true).says("no-refusal"), NONE);
    assert_eq!(pair(false).says("no-refusal").len(), 2, "in winter the club meets alone");
    let no_winter = pair(false).set("/term/winter_periods", json!([]));
    assert_eq!(no_winter.says("no-refusal"), NONE, "no winter date, no winter day to cover");
}

#[test]
fn no_refusal_asks_nothing_more_where_a_club_has_an_exempted_saturday() {
    let saturday = |case: Case| case.push("/projects/1/slots", slot(6, "09:00", "10:20", "all"));
    let given = Exemption { project: Some("乒乓球".to_owned()), ..exemption("service-days") };
    for given in [given, exemption("service-days")] {
        assert_eq!(saturday(Case::compliant()).exempted_by(given).says("no-refusal"), NONE);
    }
}

#[test]
fn no_refusal_takes_one_project_for_all_days_and_never_free_help() {
    // Two half-open weeks are no open project: each is missing on the other's days.
    let halves = Case::compliant()
        .set("/projects/0/slots", json!([slot(1, "16:10", "17:30", "all"), slot(2, "16:10", "17:30", "all")]))
        .push("/projects", project("自主阅读", "reading", &[3, 4, 5], &Value::Null));
    assert_eq!(halves.says("no-refusal").len(), 2);
    // Free help is for eligible pupils only.
    let help = Case::compliant().set("/projects/0/category", json!("free_help"));
    assert_eq!(help.says("no-refusal").len(), 2);
    // Which category the open project has does not matter otherwise.
    let sports = Case::compliant().set("/projects/0/category", json!("sports"));
    assert_eq!(sports.says("no-refusal"), NONE);
}

#[test]
fn no_refusal_warns_of_a_grade_that_is_not_served() {
    let third = Case::compliant().push("/school/grades", json!({"grade": 5, "classes": 3}));
    assert_eq!(third.says("no-refusal"), ["warning/unserved /school/grades/2"]);
    for category in ["meals", "noon_care", "evening_study", "regular_teaching", "make_up_lessons"] {
        let mut only = project("其他安排", category, &[1, 2, 3, 4, 5], &Value::Null);
        only["grades"] = json!([5]);
        let case = third.clone().push("/projects", only);
        assert_eq!(case.says("no-refusal"), ["warning/unserved /school/grades/2"], "{category} is no service");
    }
}

#[test]
fn no_refusal_counts_no_project_that_never_meets() {
    let mut winter_only = project("冬季阅读", "reading", &[], &Value::Null);
    winter_only["grades"] = json!([5]);
    winter_only["slots"] = json!([slot(1, "16:10", "17:30", "winter")]);
    let case =
        Case::compliant().push("/school/grades", json!({"grade": 5, "classes": 3})).push("/projects", winter_only);
    assert_eq!(case.says("no-refusal"), NONE);
    let no_winter = case.set("/term/winter_periods", json!([]));
    assert_eq!(no_winter.says("no-refusal"), ["warning/unserved /school/grades/2"]);
}

#[test]
fn no_refusal_is_not_lifted_and_is_judged_beyond_the_calendar() {
    let limited = Case::compliant().set("/projects/0/seats_max", json!(45)).exempted("no-refusal");
    assert!(limited.says("no-refusal").iter().all(|line| line.starts_with("error")));
    let beyond = limited.set("/term/service_to", json!("2027-01-15")).set("/term/ends_on", json!("2027-01-15"));
    assert_eq!(beyond.says("no-refusal").len(), 2);
}
