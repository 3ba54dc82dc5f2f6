//! `no-collective-instruction`, `single-class-grade`, `mixed-grouping` and `age-appropriate` of groups (五, 五.4, 六.5):
//! at, below and above each bound.

use kehou::rules::document::{PlanProject, ProjectCategory};
use kehou::rules::grouping::{ClassShare, GroupFacts, Share, check_group};
use kehou::rules::profile::Profile;
use kehou::rules::{Finding, Severity};

use crate::support::open_project;

fn profile() -> Profile {
    Profile::yueyang_2019()
}

fn class(name: &str, roll: i64, of_class: i64, size: i64) -> ClassShare<'_> {
    ClassShare { class: name, roll, is_only_of_grade: false, here: Share { of_class, size }, beside: Vec::new() }
}

/// A group of the open project: the shares of its classes, all of grade 3.
fn group<'a>(project: &'a PlanProject, classes: Vec<ClassShare<'a>>, size: usize) -> GroupFacts<'a> {
    GroupFacts { project, classes, grades: vec![3; size], classes_of_project: 2 }
}

fn said(findings: &[Finding]) -> Vec<(&str, Option<&str>, Severity)> {
    findings.iter().map(|f| (f.rule.as_ref(), f.variant.as_deref(), f.severity)).collect()
}

/// One finding of each sentence.
pub fn every_finding() -> Vec<Finding> {
    let (open, mut help) = (open_project(), open_project());
    help.category = ProjectCategory::FreeHelp;
    let whole = || class("三年级1班", 40, 36, 40);
    let only = ClassShare { is_only_of_grade: true, ..whole() };
    let mut all = check_group(&group(&open, vec![whole(), class("三年级2班", 40, 4, 40)], 40), &profile());
    all.extend(check_group(&group(&open, vec![only], 40), &profile()));
    all.extend(check_group(&GroupFacts { classes_of_project: 1, ..group(&open, vec![whole()], 40) }, &profile()));
    let old = GroupFacts { grades: vec![9], ..group(&open, Vec::new(), 1) };
    all.extend(check_group(&old, &profile()));
    all.extend(check_group(&group(&help, Vec::new(), 11), &profile()));
    all
}

#[test]
fn no_collective_instruction_refuses_a_group_that_is_nine_tenths_of_it_and_eight_tenths_of_a_class() {
    let open = open_project();
    for (roll, of_class, size, refused) in [
        (40, 36, 40, true),  // 90 % of the group, 90 % of the class
        (45, 36, 40, true),  // 90 % and exactly 80 %
        (46, 36, 40, false), // 78 % of the class
        (40, 35, 39, false), // 89.7 % of the group
        (40, 32, 35, true),  // 91 % and exactly 80 %
        (40, 31, 34, false), // 91 % and 77.5 %
        (50, 45, 50, true),  // exactly 90 % and 90 %
    ] {
        let classes = vec![class("三年级1班", roll, of_class, size), class("三年级2班", 40, size - of_class, size)];
        let found = check_group(&group(&open, classes, 0), &profile());
        let expected = [("no-collective-instruction", Some("group"), Severity::Error)];
        assert_eq!(said(&found), if refused { &expected[..] } else { &[] }, "{of_class} of {roll} in {size}");
    }
    let found =
        check_group(&group(&open, vec![class("三年级1班", 45, 36, 40), class("三年级2班", 40, 4, 40)], 0), &profile());
    let params = ["class", "of_class", "size", "roll", "percent_of_group", "percent_of_class"];
    assert_eq!(params.map(|name| found[0].params[name].as_str()), ["三年级1班", "36", "40", "45", "90", "80"]);
    assert_eq!(found[0].clause, "六.5");
}

#[test]
fn no_collective_instruction_adds_parallel_groups_together() {
    let open = open_project();
    let split = |beside: &[(i64, i64)]| {
        let beside = beside.iter().map(|(of_class, size)| Share { of_class: *of_class, size: *size }).collect();
        let half = ClassShare { beside, ..class("三年级1班", 40, 20, 20) };
        !check_group(&group(&open, vec![half, class("三年级2班", 40, 0, 20)], 0), &profile()).is_empty()
    };
    assert!(!split(&[]), "half of a class");
    assert!(split(&[(20, 20)]), "two halves");
    assert!(split(&[(12, 12)]), "32 of 40: eight tenths");
    assert!(!split(&[(11, 11)]), "31 of 40");
    assert!(split(&[(20, 23)]), "40 of 43 are 93 %, though the other alone is less");
    assert!(!split(&[(20, 25)]), "40 of 45 are 88 %");
    assert!(split(&[(12, 12), (1, 30)]), "one pupil in a large group hides nothing");
}

#[test]
fn single_class_grade_is_warned_and_sent_to_neighbouring_grades() {
    let open = open_project();
    let only = ClassShare { is_only_of_grade: true, ..class("三年级1班", 40, 36, 40) };
    let found = check_group(&group(&open, vec![only, class("四年级1班", 40, 4, 40)], 0), &profile());
    assert_eq!(said(&found), [("single-class-grade", None, Severity::Warning)]);
}

#[test]
fn mixed_grouping_refuses_one_class_where_others_take_part() {
    let open = open_project();
    let few = || vec![class("三年级1班", 40, 10, 10)];
    let found = check_group(&group(&open, few(), 10), &profile());
    assert_eq!(said(&found), [("mixed-grouping", None, Severity::Error)]);
    let alone = GroupFacts { classes_of_project: 1, ..group(&open, few(), 10) };
    assert_eq!(said(&check_group(&alone, &profile())), [("mixed-grouping", Some("impossible"), Severity::Warning)]);
    let both = vec![class("三年级1班", 40, 9, 10), class("三年级2班", 40, 1, 10)];
    assert_eq!(said(&check_group(&group(&open, both, 10), &profile())), []);
}

#[test]
fn age_appropriate_names_the_grades_that_the_project_is_not_for() {
    let open = open_project();
    let facts = GroupFacts { grades: vec![3, 9, 8, 9], ..group(&open, Vec::new(), 4) };
    let found = check_group(&facts, &profile());
    assert_eq!(said(&found), [("age-appropriate", None, Severity::Error)]);
    assert_eq!(found[0].params["grade"], "8, 9");
}

#[test]
fn no_collective_instruction_looks_at_free_help_for_more_than_ten() {
    let mut help = open_project();
    help.category = ProjectCategory::FreeHelp;
    for (size, looked_at) in [(10, false), (11, true)] {
        let found = check_group(&group(&help, Vec::new(), size), &profile());
        let expected = [("no-collective-instruction", Some("large-help"), Severity::Signal)];
        assert_eq!(said(&found), if looked_at { &expected[..] } else { &[] }, "{size}");
    }
}
