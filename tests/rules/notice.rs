//! 二.2: six things that guardians are told before they choose.

use kehou::rules::{Finding, Severity, notice_complete, off_campus_advice};
use serde_json::{Value, json};

use crate::support::{Case, numbers};

const ITEMS: [(&str, &str); 6] = [
    ("time", "服务时间"),
    ("mode", "服务方式"),
    ("content", "服务内容"),
    ("safety", "安全措施"),
    ("fees", "收费事项"),
    ("spending", "费用开支"),
];

#[test]
fn notice_complete_names_each_missing_item_of_a_plan_as_a_warning() {
    assert_eq!(Case::compliant().says("notice-complete"), [] as [&str; 0]);
    for (item, zh) in ITEMS {
        let case = Case::compliant().set(&format!("/notice/{item}"), Value::Null);
        assert_eq!(case.says("notice-complete"), [format!("warning /notice/{item}")]);
        assert_eq!(numbers(&case.only("notice-complete"), ["item", "item_zh"]), [item, zh]);
    }
    let none =
        ITEMS.iter().fold(Case::compliant(), |case, (item, _)| case.set(&format!("/notice/{item}"), Value::Null));
    assert_eq!(none.says("notice-complete").len(), 6, "all at once");
}

#[test]
fn notice_complete_stops_the_opening_of_enrollment() {
    let case = Case::compliant().set("/notice/safety", Value::Null);
    let findings = notice_complete(&case.document().notice, "/notice", &case.profile);
    let found: Vec<_> = findings.iter().map(|finding| (finding.severity, finding.pointer.as_str())).collect();
    assert_eq!(found, [(Severity::Error, "/notice/safety")]);
    assert_eq!(findings[0].clause, "二.2");
    assert_eq!(notice_complete(&Case::compliant().document().notice, "", &case.profile), []);
}

/// The advice that a notice lacks whose plan has nothing for a grade of the school.
pub fn advice() -> Option<Finding> {
    let mut case = Case::compliant();
    for index in 0..case.plan["projects"].as_array().unwrap().len() {
        case.plan["projects"][index]["grades"] = json!([1]);
    }
    let document = case.document();
    off_campus_advice(&document.notice, &document, "/items", &case.profile)
}

#[test]
fn notice_complete_advises_where_a_grade_is_served_by_nothing() {
    let told = advice().unwrap();
    assert_eq!((told.severity, told.pointer.as_str()), (Severity::Warning, "/items/off_campus_advice"));
    let case = Case::compliant();
    let document = case.document();
    assert_eq!(off_campus_advice(&document.notice, &document, "/items", &case.profile), None, "every grade is served");
}
