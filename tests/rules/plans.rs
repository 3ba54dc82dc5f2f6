//! Plans as schools write them, judged by `yueyang-2019`: the real cases, and each bound at, below and above it.

use kehou::http::Language;
use kehou::rules::calendar::Calendar;
use kehou::rules::document::PlanDocument;
use kehou::rules::facts::{Exemption, Facts};
use kehou::rules::profile::Profile;
use kehou::rules::{Finding, RULES, Report, Severity, check_plan};
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

const MIAOTIAN: &str = include_str!("../../examples/plans/miaotian-2024-autumn.json");
const XIANYOU: &str = include_str!("../../examples/plans/xianyou-2022.json");

fn plan(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn on_time() -> Facts {
    Facts { accepted_on: Some(date!(2024 - 09 - 10)), has_other_plan: Some(false), ..Facts::default() }
}

fn judge(plan: &Value, facts: &Facts) -> Report {
    let document = PlanDocument::deserialize(plan).unwrap_or_else(|error| unreachable!("{error}"));
    check_plan(&document, facts, &Profile::yueyang_2019(), &Calendar::built_in())
}

use serde::Deserialize;

/// Rule and pointer of every error.
fn errors(report: &Report) -> Vec<(&'static str, String)> {
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let id = |finding: &Finding| RULES.iter().find(|rule| rule.id == finding.rule).map_or("", |rule| rule.id);
    errors.map(|finding| (id(finding), finding.pointer.clone())).collect()
}

/// Case A with one value replaced.
fn miaotian_with(pointer: &str, value: Value) -> Value {
    let mut changed = plan(MIAOTIAN);
    match changed.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => unreachable!("no {pointer}"),
    }
    changed
}

#[test]
fn case_a_passes_without_an_error() {
    assert_eq!(errors(&judge(&plan(MIAOTIAN), &on_time())), []);
}

#[test]
fn case_c_fails_on_its_ten_past_six_slots_only() {
    let facts = Facts { accepted_on: Some(date!(2022 - 02 - 10)), has_other_plan: Some(false), ..Facts::default() };
    let found = errors(&judge(&plan(XIANYOU), &facts));
    assert!(!found.is_empty());
    for (rule, pointer) in found {
        assert_eq!(rule, "service-end-time", "{pointer}");
        let late = plan(XIANYOU).pointer(&pointer).cloned();
        assert_eq!(late, Some(json!("18:10")), "{pointer}");
    }
}

#[test]
fn filing_window_is_judged_by_the_day_of_the_first_submission() {
    for (accepted_on, late) in
        [(date!(2024 - 08 - 20), false), (date!(2024 - 09 - 14), false), (date!(2024 - 09 - 15), true)]
    {
        let report = judge(&plan(MIAOTIAN), &Facts { accepted_on: Some(accepted_on), ..on_time() });
        assert_eq!(!errors(&report).is_empty(), late, "{accepted_on}");
        let finding = report.findings.iter().find(|finding| finding.rule == "filing-window");
        let deadline = finding.and_then(|finding| finding.params.get("deadline").cloned());
        assert_eq!(deadline, late.then(|| "2024-09-14".to_owned()));
    }
}

#[test]
fn filing_window_is_not_judged_without_a_date_and_never_passed() {
    let report = judge(&plan(MIAOTIAN), &Facts { accepted_on: None, ..on_time() });
    assert!(report.not_judged.contains(&"filing-window"));
    assert!(!judge(&plan(MIAOTIAN), &on_time()).not_judged.contains(&"filing-window"));
}

#[test]
fn filing_window_lateness_becomes_a_warning_that_cites_its_exemption() {
    let exemption = Exemption { id: "TX-2024-3".to_owned(), rule: "filing-window".to_owned() };
    let late = Some(date!(2024 - 09 - 20));
    let report = judge(&plan(MIAOTIAN), &Facts { accepted_on: late, exemptions: vec![exemption], ..on_time() });
    assert_eq!(errors(&report), []);
    let finding = report.findings.iter().find(|finding| finding.rule == "filing-window");
    assert_eq!(finding.and_then(|finding| finding.exemption.as_deref()), Some("TX-2024-3"));
}

#[test]
fn one_filing_per_term_refuses_a_second_plan() {
    let report = judge(&plan(MIAOTIAN), &Facts { has_other_plan: Some(true), ..on_time() });
    assert_eq!(errors(&report), [("one-filing-per-term", "/term".to_owned())]);
}

#[test]
fn service_end_time_passes_at_its_bound_and_fails_a_minute_later() {
    for (timetable, ends_at, fails) in [
        ("standard", "18:00", false),
        ("standard", "18:01", true),
        ("winter", "17:30", false),
        ("winter", "17:31", true),
        ("all", "17:30", false),
        ("all", "17:31", true),
    ] {
        let mut changed = miaotian_with("/projects/0/slots/0/ends_at", json!(ends_at));
        changed["projects"][0]["slots"][0]["timetable"] = json!(timetable);
        let found = errors(&judge(&changed, &on_time()));
        let late = found.contains(&("service-end-time", "/projects/0/slots/0/ends_at".to_owned()));
        assert_eq!(late, fails, "{timetable} {ends_at}: {found:?}");
    }
}

#[test]
fn service_days_refuses_saturday_and_sunday() {
    for (weekday, fails) in [(1, false), (5, false), (6, true), (7, true)] {
        let found = errors(&judge(&miaotian_with("/projects/0/slots/0/weekday", json!(weekday)), &on_time()));
        assert_eq!(found.iter().any(|(rule, _)| *rule == "service-days"), fails, "{weekday}: {found:?}");
    }
}

#[test]
fn no_collective_instruction_reads_names_and_knows_bans_and_homework() {
    for (name, fails) in [
        ("数学补课", true),
        ("数学补　课", true),
        ("提前学班", true),
        ("严禁变相补课", false),
        ("作业辅导", false),
        ("免费辅导", false),
        ("趣味数学", false),
    ] {
        let found = errors(&judge(&miaotian_with("/projects/0/name", json!(name)), &on_time()));
        assert_eq!(found.iter().any(|(rule, _)| *rule == "no-collective-instruction"), fails, "{name}: {found:?}");
    }
}

#[test]
fn allowed_content_refuses_lessons_and_meals() {
    for (category, fails) in [("sports", false), ("make_up_lessons", true), ("regular_teaching", true), ("meals", true)]
    {
        let found = errors(&judge(&miaotian_with("/projects/0/category", json!(category)), &on_time()));
        assert_eq!(found.iter().any(|(rule, _)| *rule == "allowed-content"), fails, "{category}: {found:?}");
    }
}

#[test]
fn who_may_charge_refuses_a_private_school_with_fees() {
    let found = errors(&judge(&miaotian_with("/school/ownership", json!("private")), &on_time()));
    assert!(found.iter().any(|(rule, _)| *rule == "who-may-charge"), "{found:?}");
}

#[test]
fn all_findings_come_back_at_once() {
    let mut changed = miaotian_with("/projects/0/name", json!("数学补课"));
    changed["projects"][0]["slots"][0]["weekday"] = json!(6);
    changed["projects"][0]["slots"][1]["ends_at"] = json!("18:01");
    changed["school"]["ownership"] = json!("private");
    let found = errors(&judge(&changed, &Facts { accepted_on: Some(date!(2024 - 09 - 15)), ..on_time() }));
    for rule in ["no-collective-instruction", "service-days", "service-end-time", "who-may-charge", "filing-window"] {
        assert!(found.iter().any(|(id, _)| *id == rule), "{rule}: {found:?}");
    }
}

fn sentence(finding: &Finding, language: Language) -> String {
    language.text(&finding.text_key(), finding.params.iter().map(|(name, value)| (name.as_ref(), value.as_str())))
}

#[test]
fn every_finding_is_a_finished_sentence_in_both_languages() {
    let mut changed = plan(MIAOTIAN);
    changed["projects"][0]["name"] = json!("数学补课");
    changed["projects"][0]["slots"][0]["weekday"] = json!(6);
    changed["projects"][0]["slots"][1]["ends_at"] = json!("18:01");
    changed["projects"][0]["slots"][2]["starts_at"] = json!("08:00");
    changed["school"]["ownership"] = json!("private");
    changed["notice"]["safety"] = Value::Null;
    let late: Option<Date> = Some(date!(2024 - 10 - 01));
    let report = judge(&changed, &Facts { accepted_on: late, has_other_plan: Some(true), ..Facts::default() });
    assert!(report.findings.len() > 6, "{:?}", report.findings);
    for finding in &report.findings {
        for language in Language::ALL {
            let text = sentence(finding, language);
            assert!(!text.contains("%{") && !text.contains(&finding.text_key()), "{}: {text}", finding.text_key());
        }
    }
}

#[test]
fn every_rule_of_the_catalogue_has_a_title_and_a_clause() {
    assert!(RULES.len() >= 16);
    for rule in RULES {
        for language in Language::ALL {
            let key = format!("rule-title.{}", rule.id);
            assert!(!language.text(&key, []).contains(&key), "{} has no {} title", rule.id, language.tag());
        }
        assert!(!rule.clause.is_empty(), "{}", rule.id);
    }
}
