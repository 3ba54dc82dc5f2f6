//! What was held (六.1, 六.3, 六.5): only what is missing stops a session from being closed.

use kehou::rules::calendar::Calendar;
use kehou::rules::document::ProjectCategory;
use kehou::rules::held::{
    Held, Lacking, Wanted, check_held, check_wanted, closed, forbidden_by, handover_complete, month_is_over, not_named,
    not_today, not_yet, session_record,
};
use kehou::rules::profile::Profile;
use kehou::rules::schedule::Running;
use kehou::rules::{Finding, Severity};
use kehou::values::local_time::LocalTime;
use time::Date;
use time::macros::date;

use crate::support::{document, open_project};

const DAY: Date = date!(2024 - 09 - 10);

fn profile() -> Profile {
    Profile::yueyang_2019()
}

fn said(findings: &[Finding]) -> Vec<(&str, Option<&str>, Severity)> {
    findings.iter().map(|f| (f.rule.as_ref(), f.variant.as_deref(), f.severity)).collect()
}

fn ended(hour: u16, minute: u16, running: Running) -> Vec<(String, Severity)> {
    let project = open_project();
    let ended_at = LocalTime::at(hour, minute);
    let held = Held { project: &project, date: DAY, running, ended_at, is_teaching: false, own_class: None };
    check_held(&held, &profile()).into_iter().map(|f| (f.rule.into_owned(), f.severity)).collect()
}

/// One finding of each sentence.
pub fn every_finding() -> Vec<Finding> {
    let lacking =
        [Lacking::Began, Lacking::Ended, Lacking::Form, Lacking::Content, Lacking::Attendance(3), Lacking::Staff];
    let mut all = session_record(&lacking, &profile());
    all.extend(handover_complete(&["a".to_owned()], &profile()));
    let mut club = open_project();
    club.category = ProjectCategory::Clubs;
    let held = Held {
        project: &club,
        date: DAY,
        running: Running::Standard,
        ended_at: LocalTime::at(18, 1),
        is_teaching: true,
        own_class: Some(("三年级1班", 10, 20)),
    };
    all.extend(check_held(&held, &profile()));
    all.extend([not_named("", &profile()), forbidden_by("法院裁定", "", &profile()), not_today(DAY, DAY, &profile())]);
    all.extend([closed(DAY, "台风", &profile()), month_is_over(DAY, &profile()), not_yet(DAY, &profile())]);
    all.extend(wanted(date!(2025 - 02 - 01), (16, 30), (17, 30)));
    all
}

fn wanted(date: Date, from: (u16, u16), to: (u16, u16)) -> Vec<Finding> {
    let document = document();
    let wanted = Wanted {
        document: &document,
        project: &document.projects[0],
        date,
        starts_at: LocalTime::at(from.0, from.1),
        ends_at: LocalTime::at(to.0, to.1),
    };
    check_wanted(&wanted, &profile(), &Calendar::built_in()).unwrap()
}

#[test]
fn session_record_names_everything_that_is_missing() {
    assert_eq!(session_record(&[], &profile()), []);
    let found = session_record(&[Lacking::Form, Lacking::Attendance(3)], &profile());
    assert_eq!(
        said(&found),
        [("session-record", Some("form"), Severity::Error), ("session-record", Some("attendance"), Severity::Error)]
    );
    assert_eq!((found[0].pointer.as_str(), found[1].params["pupils"].as_str()), ("/form", "3"));
}

#[test]
fn handover_complete_names_the_pupils_of_whom_nothing_is_known() {
    assert_eq!(handover_complete(&[], &profile()), None);
    let found = handover_complete(&["one".to_owned(), "two".to_owned()], &profile()).unwrap();
    assert_eq!((found.clause.as_ref(), found.params["student_ids"].as_str()), ("六.3", "one, two"));
}

#[test]
fn service_end_time_of_what_was_held_is_said_and_stops_nothing() {
    let late = vec![("service-end-time".to_owned(), Severity::Warning)];
    assert_eq!(ended(18, 0, Running::Standard), []);
    assert_eq!(ended(18, 1, Running::Standard), late);
    assert_eq!(ended(17, 30, Running::Winter), []);
    assert_eq!(ended(17, 31, Running::Winter), late);
}

#[test]
fn no_collective_instruction_of_what_was_held_is_said_and_stops_nothing() {
    let project = open_project();
    let held = Held {
        project: &project,
        date: DAY,
        running: Running::Standard,
        ended_at: LocalTime::at(17, 30),
        is_teaching: true,
        own_class: None,
    };
    let found = check_held(&held, &profile());
    assert_eq!(said(&found), [("no-collective-instruction", Some("held"), Severity::Warning)]);
}

#[test]
fn no_collective_instruction_looks_at_a_teacher_of_the_class_but_never_at_homework_or_free_help() {
    for (category, of_class, present, looked_at) in [
        (ProjectCategory::Clubs, 10, 20, true),
        (ProjectCategory::Clubs, 9, 20, false),
        (ProjectCategory::Clubs, 0, 0, false),
        (ProjectCategory::Homework, 20, 20, false),
        (ProjectCategory::FreeHelp, 20, 20, false),
    ] {
        let mut project = open_project();
        project.category = category;
        let held = Held {
            project: &project,
            date: DAY,
            running: Running::Standard,
            ended_at: LocalTime::at(17, 30),
            is_teaching: false,
            own_class: Some(("三年级1班", of_class, present)),
        };
        let found = check_held(&held, &profile());
        let expected = [("no-collective-instruction", Some("own-class"), Severity::Signal)];
        assert_eq!(said(&found), if looked_at { &expected[..] } else { &[] }, "{category:?} {of_class} of {present}");
    }
}

#[test]
fn service_days_of_a_session_that_is_moved_or_added_are_those_of_the_calendar() {
    let rules = |date| {
        wanted(date, (16, 30), (17, 30))
            .iter()
            .map(|f| f.variant.clone().unwrap_or_default().into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(rules(date!(2024 - 09 - 11)), Vec::<String>::new());
    assert_eq!(rules(date!(2024 - 09 - 14)), ["date"], "a make-up Saturday");
    assert_eq!(rules(date!(2024 - 09 - 17)), ["holiday"]);
    assert_eq!(rules(date!(2024 - 08 - 30)), ["beyond"]);
}

#[test]
fn pickup_not_named_is_recorded_where_it_happened_and_stops_what_a_document_forbids() {
    let stranger = not_named("/departures/0/kind", &profile());
    assert_eq!((stranger.severity, stranger.variant.as_deref()), (Severity::Warning, None));
    let forbidden = forbidden_by("（2024）湘0602民初1号", "", &profile());
    assert_eq!((forbidden.severity, forbidden.variant.as_deref()), (Severity::Error, Some("forbidden")));
    assert_eq!(forbidden.params["paper"], "（2024）湘0602民初1号");
}
