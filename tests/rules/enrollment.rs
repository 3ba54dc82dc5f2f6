//! 报名 (二.2, 三.1, 三.2, 五.3, 五.4): what stops a guardian's choice.

use kehou::rules::Finding;
use kehou::rules::document::{PlanProject, PlanTerm, ProjectCategory};
use kehou::rules::enrollment::{
    PupilFacts, age_appropriate, answer_in_time, apply_in_time, eligible_in_term, eligible_student, free_help_for,
    given_by_draw, guardian_consent, is_closed, may_close, no_clash, published_before_enrolling, service_is_left,
    siblings_together, signed_agreement, wishes_in_time,
};
use kehou::rules::profile::Profile;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use crate::support::{Case, numbers, project, slot};

const DOCUMENT: &str = "岳教体发〔2019〕11号";

/// A club of grades 3 and 4 that meets as given.
fn club(name: &str, slots: &[Value]) -> PlanProject {
    let mut club = project(name, "clubs", &[1], &Value::Null);
    club["slots"] = json!(slots);
    serde_json::from_value(club).unwrap()
}

/// The autumn of 2024: its service ends on 2025-01-10.
fn autumn() -> PlanTerm {
    let term = json!({
        "school_year": "2024-2025", "season": "autumn", "opens_on": "2024-09-02", "ends_on": "2025-01-17",
        "service_from": null, "service_to": "2025-01-10", "winter_periods": []
    });
    serde_json::from_value(term).unwrap()
}

fn pupil(entered_on: Date, class_year: Option<&str>, has_free_help: bool) -> PupilFacts<'_> {
    PupilFacts { entered_on, class_year, has_free_help }
}

/// One finding of each rule.
pub fn every_finding() -> Vec<Finding> {
    let mut help = club("辅导", &[slot(2, "16:10", "17:00", "all")]);
    help.category = ProjectCategory::FreeHelp;
    help.apply_until = Some(date!(2024 - 09 - 13));
    let late = date!(2025 - 02 - 14);
    let (wanted, taken) =
        (club("武术", &[slot(2, "16:10", "17:00", "all")]), club("棋艺", &[slot(2, "16:50", "17:30", "all")]));
    let findings = [
        published_before_enrolling(false, DOCUMENT),
        guardian_consent(false, DOCUMENT),
        eligible_student(false, 3, DOCUMENT),
        age_appropriate(&wanted, 5, DOCUMENT),
        signed_agreement(false, DOCUMENT),
        eligible_in_term(pupil(late, None, false), &autumn(), DOCUMENT),
        eligible_in_term(pupil(date!(2024 - 09 - 02), Some("2023-2024"), false), &autumn(), DOCUMENT),
        free_help_for(pupil(late, None, false), &help, DOCUMENT),
        apply_in_time(&help, late, DOCUMENT),
        Some(is_closed(&help, late, DOCUMENT)),
        may_close(&help, &autumn(), 0, late, DOCUMENT),
        may_close(&from_three(), &autumn(), 3, late, DOCUMENT),
        may_close(&from_three(), &autumn(), 2, date!(2024 - 09 - 12), DOCUMENT),
        Some(given_by_draw(&help, (date!(2024 - 09 - 05), date!(2024 - 09 - 09)), DOCUMENT)),
        wishes_in_time((date!(2024 - 09 - 05), date!(2024 - 09 - 09)), late, DOCUMENT),
        siblings_together(&Profile::yueyang_2019()),
        answer_in_time(&help, Some(date!(2024 - 09 - 13)), late, DOCUMENT),
        service_is_left(&help, Some(date!(2025 - 01 - 10)), late, DOCUMENT),
    ];
    findings.into_iter().flatten().chain(no_clash(&wanted, &[&taken], DOCUMENT)).collect()
}

/// Held from three pupils on, to be applied for until 2024-09-12.
fn from_three() -> PlanProject {
    let mut club = serde_json::to_value(club("围棋", &[slot(2, "16:10", "17:00", "all")])).unwrap();
    club["seats_min"] = json!(3);
    club["apply_until"] = json!("2024-09-12");
    serde_json::from_value(club).unwrap()
}

#[test]
fn enrollment_open_a_project_is_closed_under_its_minimum_after_the_last_day_to_apply() {
    let may = |taken, today| may_close(&from_three(), &autumn(), taken, today, DOCUMENT).is_none();
    let (last, next) = (date!(2024 - 09 - 12), date!(2024 - 09 - 13));
    assert_eq!([may(2, last), may(2, next), may(3, next), may(4, next)], [false, true, false, false]);
    let first = autumn().first_service_date();
    let mut without_day = from_three();
    without_day.apply_until = None;
    let may = |today| may_close(&without_day, &autumn(), 2, today, DOCUMENT).is_none();
    assert_eq!([may(first.previous_day().unwrap()), may(first)], [false, true]);
    assert!(may_close(&without_minimum(), &autumn(), 0, next, DOCUMENT).is_some(), "guardians were told of none");
}

fn without_minimum() -> PlanProject {
    let mut club = from_three();
    club.seats_min = None;
    club
}

fn says(finding: Option<Finding>) -> Option<String> {
    finding.map(|finding| format!("{} {} {}", finding.clause, finding.document, finding.pointer))
}

#[test]
fn published_before_enrolling_asks_for_a_notice_with_the_project() {
    assert_eq!(published_before_enrolling(true, DOCUMENT), None);
    assert_eq!(says(published_before_enrolling(false, DOCUMENT)), Some(format!("五.3 {DOCUMENT} /project_id")));
}

#[test]
fn guardian_consent_asks_for_the_right_to_choose() {
    assert_eq!(guardian_consent(true, DOCUMENT), None);
    assert_eq!(says(guardian_consent(false, DOCUMENT)), Some(format!("二.2 {DOCUMENT} /student_id")));
}

#[test]
fn eligible_student_attends_the_school_in_grades_1_to_9() {
    for (attends, grade, eligible) in
        [(true, 1, true), (true, 9, true), (true, 0, false), (true, 10, false), (false, 3, false)]
    {
        assert_eq!(eligible_student(attends, grade, DOCUMENT).is_none(), eligible, "{attends} {grade}");
    }
    assert_eq!(says(eligible_student(false, 3, DOCUMENT)), Some(format!("三.1 {DOCUMENT} /student_id")));
}

#[test]
fn age_appropriate_asks_for_a_grade_of_the_project() {
    let club = club("武术", &[slot(2, "16:10", "17:00", "all")]);
    for (grade, fits) in [(2, false), (3, true), (4, true), (5, false)] {
        assert_eq!(age_appropriate(&club, grade, DOCUMENT).is_none(), fits, "{grade}");
    }
    let finding = age_appropriate(&club, 5, DOCUMENT).unwrap();
    assert_eq!(numbers(&finding, ["project", "grades", "grade"]), ["武术", "3, 4", "5"]);
    assert_eq!(says(Some(finding)), Some(format!("五.4 {DOCUMENT} /project_id")));
}

#[test]
fn no_clash_compares_weekday_time_and_timetable() {
    let wanted = club("武术", &[slot(2, "16:10", "17:00", "standard")]);
    for (taken, clashes) in [
        (slot(2, "16:10", "17:00", "all"), true),
        (slot(2, "16:10", "17:00", "standard"), true),
        (slot(2, "16:10", "17:00", "winter"), false),
        (slot(3, "16:10", "17:00", "all"), false),
        (slot(2, "17:00", "17:40", "all"), false),
        (slot(2, "16:59", "17:40", "all"), true),
        (slot(2, "15:30", "16:10", "all"), false),
        (slot(2, "15:30", "16:11", "all"), true),
    ] {
        let found = no_clash(&wanted, &[&club("棋艺", std::slice::from_ref(&taken))], DOCUMENT);
        assert_eq!(found.len(), usize::from(clashes), "{taken}");
    }
    let twice = club("棋艺", &[slot(2, "16:00", "16:20", "all"), slot(2, "16:50", "17:30", "all")]);
    let found = no_clash(&wanted, &[&club("书法", &[slot(1, "16:10", "17:00", "all")]), &twice], DOCUMENT);
    assert_eq!(found.len(), 1, "one clash, one finding");
    assert_eq!(numbers(&found[0], ["project", "weekday", "from", "to"]), ["武术", "2", "16:10", "17:00"]);
    let other = numbers(&found[0], ["other_project", "other_weekday", "other_from", "other_to"]);
    assert_eq!(other, ["棋艺", "2", "16:00", "16:20"]);
    let daily: Vec<Value> = (1..=5).map(|weekday| slot(weekday, "16:10", "17:00", "all")).collect();
    let found = no_clash(&club("托管", &daily), &[&club("书法", &daily)], DOCUMENT);
    assert_eq!(found.len(), 1);
    assert_eq!(numbers(&found[0], ["weekday", "weekday_en"])[0], "1, 2, 3, 4, 5");
}

#[test]
fn signed_agreement_asks_for_a_published_text() {
    assert_eq!(signed_agreement(true, DOCUMENT), None);
    assert_eq!(says(signed_agreement(false, DOCUMENT)), Some(format!("五.3 {DOCUMENT} ")));
}

#[test]
fn eligible_student_attends_in_the_term_and_is_in_a_class_of_its_year() {
    for (entered_on, class_year, variant) in [
        (date!(2024 - 09 - 02), None, None),
        (date!(2025 - 01 - 10), Some("2024-2025"), None),
        (date!(2025 - 01 - 11), None, Some("later")),
        (date!(2024 - 09 - 02), Some("2023-2024"), Some("class")),
    ] {
        let finding = eligible_in_term(pupil(entered_on, class_year, false), &autumn(), DOCUMENT);
        assert_eq!(finding.and_then(|finding| finding.variant).as_deref(), variant, "{entered_on} {class_year:?}");
    }
}

#[test]
fn enrollment_open_ends_with_the_last_day_to_apply_and_with_the_service() {
    let mut wanted = club("武术", &[slot(2, "16:10", "17:00", "all")]);
    assert_eq!(apply_in_time(&wanted, date!(2025 - 01 - 01), DOCUMENT), None);
    wanted.apply_until = Some(date!(2024 - 09 - 13));
    assert_eq!(apply_in_time(&wanted, date!(2024 - 09 - 13), DOCUMENT), None);
    let late = apply_in_time(&wanted, date!(2024 - 09 - 14), DOCUMENT).unwrap();
    assert_eq!(numbers(&late, ["project", "apply_until"]), ["武术", "2024-09-13"]);
    let last = Some(date!(2025 - 01 - 07));
    assert_eq!(service_is_left(&wanted, last, date!(2025 - 01 - 07), DOCUMENT), None);
    let over = service_is_left(&wanted, last, date!(2025 - 01 - 08), DOCUMENT).unwrap();
    assert_eq!(numbers(&over, ["project", "last_on"]), ["武术", "2025-01-07"]);
    assert!(service_is_left(&wanted, None, date!(2024 - 09 - 02), DOCUMENT).is_some(), "what never meets");
}

#[test]
fn free_help_is_free_for_pupils_with_a_reason_on_record() {
    let mut help = club("辅导", &[slot(2, "16:10", "17:00", "all")]);
    let without = pupil(date!(2024 - 09 - 02), None, false);
    assert_eq!(free_help_for(without, &help, DOCUMENT), None, "any other project");
    help.category = ProjectCategory::FreeHelp;
    assert_eq!(free_help_for(PupilFacts { has_free_help: true, ..without }, &help, DOCUMENT), None);
    let refused = free_help_for(without, &help, DOCUMENT).unwrap();
    assert_eq!((refused.variant.as_deref(), refused.pointer.as_str()), (Some("eligible"), "/project_id"));
}

#[test]
fn eligible_student_of_a_plan_is_of_compulsory_education() {
    let mut high = project("自习", "reading", &[6], &serde_json::Value::Null);
    high["grades"] = serde_json::json!([9, 10, 12]);
    high["slots"][0]["ends_at"] = serde_json::json!("21:00");
    let case = Case::compliant()
        .push("/projects", high)
        .push("/school/grades", serde_json::json!({"grade": 10, "classes": 2}));
    assert_eq!(case.says("eligible-student"), ["error/grade /projects/2/grades/1", "error/grade /projects/2/grades/2"]);
    assert_eq!(numbers(&case.only("eligible-student"), ["grade", "grade_zh"]), ["10, 12", "10、12"]);
    // All that is wrong is said at once.
    for rule in ["service-days", "service-end-time"] {
        assert!(case.errors().iter().any(|error| error.starts_with(rule)), "{rule}: {:?}", case.errors());
    }
}
