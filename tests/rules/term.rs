//! 三.2: fixed for the term; what changes midway is approved by the authority.

use kehou::rules::Severity;
use kehou::rules::facts::{AmendedFact, Exemption};
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use crate::support::{Case, exemption, numbers, project, slot};

/// The compliant plan in force, and what `change` makes of it, filed on a day in November.
fn amended(change: impl FnOnce(Case) -> Case) -> Case {
    amended_on(date!(2024 - 11 - 04), change)
}

fn amended_on(filed_on: Date, change: impl FnOnce(Case) -> Case) -> Case {
    let in_force = Case::compliant();
    let fact = AmendedFact { in_force: in_force.document(), filed_on };
    let mut case = change(in_force);
    case.facts.amended = Some(fact);
    case
}

const RULE: &str = "fixed-for-term";

#[test]
fn fixed_for_term_says_nothing_of_a_plan_that_changes_nothing_in_force() {
    assert_eq!(Case::compliant().says(RULE), [] as [&str; 0]);
    assert_eq!(amended(|case| case).says(RULE), [] as [&str; 0]);
}

#[test]
fn fixed_for_term_keeps_the_hours_of_each_weekday() {
    for (slots, said) in [
        (json!([slot(2, "16:10", "17:30", "all")]), vec![]),
        (json!([slot(2, "16:10", "17:29", "all")]), vec!["error /projects/1/slots"]),
        (json!([slot(2, "16:09", "17:30", "all")]), vec!["error /projects/1/slots"]),
        // Another day: one that goes, one that comes, both of one list of slots.
        (json!([slot(3, "16:10", "17:30", "all")]), vec!["error /projects/1/slots", "error /projects/1/slots"]),
        // The same hours, said apart for each timetable.
        (json!([slot(2, "16:10", "17:30", "standard"), slot(2, "16:10", "17:30", "winter")]), vec![]),
        (json!([slot(2, "16:10", "17:30", "standard")]), vec!["error /projects/1/slots"]),
    ] {
        let case = amended(|case| case.set("/projects/1/slots", slots.clone()));
        assert_eq!(case.says(RULE), said, "{slots}");
    }
    let later = amended(|case| case.set("/projects/1/slots", json!([slot(2, "16:20", "17:30", "all")])));
    let finding = later.only(RULE);
    let compared = numbers(&finding, ["project", "weekday", "before_en", "after_en", "timetable"]);
    assert_eq!(compared, ["乒乓球", "2", "16:10–17:30", "16:20–17:30", "standard"]);
    assert_eq!((finding.clause.as_ref(), finding.severity), ("三.2", Severity::Error));
}

#[test]
fn fixed_for_term_keeps_the_length_of_lessons_the_service_period_and_every_project() {
    for (pointer, value, said) in [
        ("/projects/1/lessons_per_day", json!(2), vec!["error/lessons-per-day /projects/1/lessons_per_day"]),
        ("/projects/1/lesson_minutes", json!(30), vec!["error/lesson-minutes /projects/1/lesson_minutes"]),
        ("/term/service_to", json!("2025-01-09"), vec!["error/period /term/service_to"]),
        ("/term/service_from", json!("2024-09-03"), vec!["error/period /term/service_from"]),
        ("/term/service_from", json!("2024-09-02"), vec![]), // the opening date, written out
        ("/projects/1/name", json!("羽毛球"), vec![]),       // the same project by another name
        ("/projects/1", project("羽毛球", "clubs", &[2], &json!(200)), vec!["error/dropped /projects"]),
    ] {
        let case = amended(|case| case.set(pointer, value.clone()));
        let before = Case::compliant().document();
        assert!(case.document() != before, "{pointer} {value} changes nothing");
        assert_eq!(case.says(RULE), said, "{pointer} {value}");
    }
}

#[test]
fn fixed_for_term_leaves_contents_seats_fees_leaders_and_new_projects_to_the_review() {
    let case = amended(|case| {
        case.set("/projects/1/outline", json!("单打与双打"))
            .set("/projects/1/seats_max", json!(60))
            .set("/projects/1/fee/amount_fen", json!(250))
            .set("/projects/1/grades", json!([4]))
            .push("/projects", project("合唱", "arts", &[4], &Value::Null))
    });
    assert_eq!(case.says(RULE), [] as [&str; 0]);
}

#[test]
fn fixed_for_term_looks_at_each_grade() {
    // Grade 3 is taken out of every project, and so loses its days without a change of any slot.
    let out = |case: Case| case.set("/projects/0/grades", json!([4])).set("/projects/1/grades", json!([4]));
    let finding = amended(out).only(RULE);
    assert_eq!((finding.variant.as_deref(), finding.pointer.as_str()), (Some("grade"), "/school/grades/0"));
    let said = numbers(&finding, ["grade", "before_zh", "after_zh", "after_en"]);
    assert_eq!(said, ["3", "星期一、星期二、星期三、星期四、星期五", "无服务", "no service"]);
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!(amended(out).exempted(RULE).only(RULE).severity, Severity::Warning);
    // Only the homework is taken away: Tuesday, when the club meets, stays.
    let tuesday = amended(|case| case.set("/projects/0/grades", json!([4]))).only(RULE);
    assert_eq!(numbers(&tuesday, ["grade", "after_zh"]), ["3", "星期二"]);
    // Another project takes the grade over, with the same hours.
    let taken_over = amended(|case| {
        let reading = project("自主阅读", "reading", &[1, 2, 3, 4, 5], &Value::Null);
        out(case).push("/projects", reading)
    });
    assert_eq!(taken_over.says(RULE), [] as [&str; 0]);
    // With fewer hours.
    let shorter = amended(|case| {
        let mut reading = project("自主阅读", "reading", &[1, 2, 3, 4, 5], &Value::Null);
        for slot in reading["slots"].as_array_mut().unwrap() {
            slot["ends_at"] = json!("17:00");
        }
        out(case).push("/projects", reading)
    });
    let finding = shorter.only(RULE);
    assert_eq!(finding.variant.as_deref(), Some("grade-hours"));
    assert_eq!(numbers(&finding, ["grade", "weekday", "after"]), ["3", "1, 2, 3, 4, 5", "16:10–17:00"]);
    // A grade that had no service gets some.
    let more = amended(|case| {
        case.push("/school/grades", json!({"grade": 5, "classes": 2})).set("/projects/0/grades", json!([3, 4, 5]))
    });
    assert_eq!(more.says(RULE), [] as [&str; 0]);
}

#[test]
fn fixed_for_term_takes_what_a_moved_term_cuts_off_for_no_change() {
    let moved =
        amended(|case| case.set("/term/opens_on", json!("2024-09-09")).set("/term/service_from", json!("2024-09-09")));
    assert_eq!((moved.says(RULE), moved.says("service-days")), (vec![], vec![]));
    let later =
        amended(|case| case.set("/term/opens_on", json!("2024-09-09")).set("/term/service_from", json!("2024-09-10")));
    assert_eq!(later.says(RULE), ["error/period /term/service_from"]);
}

#[test]
fn filing_window_is_no_rule_of_amendments() {
    let late = |case: Case| case.accepted_on(date!(2024 - 10 - 20));
    assert_eq!(late(Case::compliant()).says("filing-window"), ["error /term/opens_on"]);
    assert_eq!(amended(late).says("filing-window"), [] as [&str; 0]);
    assert!(amended(late).is_judged("filing-window"));
}

#[test]
fn fixed_for_term_is_lifted_by_an_exemption_that_holds_from_the_filing_to_the_last_day() {
    let of = |first_on, last_on| Exemption { first_on, last_on, ..exemption(RULE) };
    let (first, last) = (date!(2024 - 11 - 04), date!(2025 - 01 - 10));
    for (exemption, lifted) in [
        (of(first, last), true),
        (of(date!(2024 - 11 - 05), last), false),
        (of(first, date!(2025 - 01 - 09)), false),
        (Exemption { project: Some("乒乓球".to_owned()), weekday: Some(2), ..of(first, last) }, true),
        (Exemption { project: Some("作业辅导".to_owned()), ..of(first, last) }, false),
        (Exemption { weekday: Some(3), ..of(first, last) }, false),
    ] {
        let changed = |case: Case| case.set("/projects/1/slots", json!([slot(2, "16:10", "17:20", "all")]));
        let finding = amended(changed).exempted_by(exemption.clone()).only(RULE);
        let expected = if lifted { Severity::Warning } else { Severity::Error };
        assert_eq!(finding.severity, expected, "{exemption:?}");
        assert_eq!(finding.exemption.is_some(), lifted);
    }
    // Filed before the service begins, it need hold from its first day only.
    let early = amended_on(date!(2024 - 08 - 30), |case| case.set("/projects/1/lesson_minutes", json!(30)));
    let finding = early.exempted_by(of(date!(2024 - 09 - 02), last)).only(RULE);
    assert_eq!(finding.severity, Severity::Warning);
}

/// Everything that it can say.
pub fn wrong() -> Case {
    amended(|case| {
        case.set("/projects/0/name", json!("自主阅读"))
            .set("/projects/0/category", json!("reading"))
            .set("/projects/1/slots", json!([slot(2, "16:10", "17:20", "all")]))
            .set("/projects/1/lessons_per_day", json!(2))
            .set("/projects/1/lesson_minutes", json!(30))
            .set("/term/service_to", json!("2025-01-09"))
    })
}

/// What it says of grades.
pub fn wrong_of_grades() -> Case {
    let mut shorter = project("书法", "arts", &[1, 2, 3, 4], &Value::Null);
    shorter["slots"][0]["ends_at"] = json!("17:00");
    amended(|case| {
        case.set("/projects/0/grades", json!([4])).set("/projects/1/grades", json!([4])).push("/projects", shorter)
    })
}
