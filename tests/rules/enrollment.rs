//! 报名 (二.2, 三.1, 三.2, 五.3, 五.4): what stops a guardian's choice.

use kehou::rules::Finding;
use kehou::rules::document::PlanProject;
use kehou::rules::enrollment::{
    age_appropriate, eligible_student, guardian_consent, no_clash, published_before_enrolling, signed_agreement,
};
use serde_json::{Value, json};

use crate::support::{numbers, project, slot};

const DOCUMENT: &str = "岳教体发〔2019〕11号";

/// A club of grades 3 and 4 that meets as given.
fn club(name: &str, slots: &[Value]) -> PlanProject {
    let mut club = project(name, "clubs", &[1], &Value::Null);
    club["slots"] = json!(slots);
    serde_json::from_value(club).unwrap()
}

/// One finding of each rule.
pub fn every_finding() -> Vec<Finding> {
    let (wanted, taken) =
        (club("武术", &[slot(2, "16:10", "17:00", "all")]), club("棋艺", &[slot(2, "16:50", "17:30", "all")]));
    let findings = [
        published_before_enrolling(false, DOCUMENT),
        guardian_consent(false, DOCUMENT),
        eligible_student(false, 3, DOCUMENT),
        age_appropriate(&wanted, 5, DOCUMENT),
        signed_agreement(false, DOCUMENT),
    ];
    findings.into_iter().flatten().chain(no_clash(&wanted, &[taken], DOCUMENT)).collect()
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
        let found = no_clash(&wanted, &[club("棋艺", std::slice::from_ref(&taken))], DOCUMENT);
        assert_eq!(found.len(), usize::from(clashes), "{taken}");
    }
    let twice = club("棋艺", &[slot(2, "16:00", "16:20", "all"), slot(2, "16:50", "17:30", "all")]);
    let found = no_clash(&wanted, &[club("书法", &[slot(1, "16:10", "17:00", "all")]), twice], DOCUMENT);
    assert_eq!(found.len(), 2);
    assert_eq!(numbers(&found[1], ["project", "weekday", "from", "to"]), ["武术", "2", "16:10", "17:00"]);
    let other = numbers(&found[1], ["other_project", "other_weekday", "other_from", "other_to"]);
    assert_eq!(other, ["棋艺", "2", "16:50", "17:30"]);
}

#[test]
fn signed_agreement_asks_for_a_published_text() {
    assert_eq!(signed_agreement(true, DOCUMENT), None);
    assert_eq!(says(signed_agreement(false, DOCUMENT)), Some(format!("五.3 {DOCUMENT} ")));
}
