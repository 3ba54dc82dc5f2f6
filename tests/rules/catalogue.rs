//! The catalogue is whole: texts in both languages, parameters that exist, and a test for every rule.

use std::collections::BTreeSet;

use kehou::http::{Language, errors_out, findings_out};
use kehou::rules::charging::check_charge;
use kehou::rules::facts::{GroundworkFact, SurveyFact};
use kehou::rules::profile::Profile;
use kehou::rules::{Finding, Kind, RULES};
use serde_json::{Value, json};

use crate::support::{Case, project, slot, standard};

#[test]
fn every_rule_has_a_test_that_is_named_after_it() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rules");
    let files = std::fs::read_dir(dir).unwrap().flatten();
    let sources: Vec<String> = files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect();
    for rule in RULES {
        let start = format!("#[test]\nfn {}", rule.id.replace('-', "_"));
        assert!(sources.iter().any(|source| source.contains(&start)), "{} has no test named after it", rule.id);
    }
}

#[test]
fn every_rule_has_its_texts_in_both_languages() {
    for rule in RULES {
        for key in rule.text_keys().into_iter().chain([rule.title_key()]) {
            let texts = Language::ALL.map(|language| language.text(&key, []));
            assert!(texts.iter().all(|text| !text.is_empty() && !text.contains(&key)), "{key}: {texts:?}");
            assert_ne!(texts[0], texts[1], "{key} is the same in both");
        }
    }
}

#[test]
fn every_rule_has_an_id_of_its_own_a_clause_and_parameters_that_exist() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    let profile = serde_json::to_value(Profile::yueyang_2019()).unwrap();
    for rule in RULES {
        assert!(!rule.clause.is_empty() && !rule.kinds.is_empty(), "{}", rule.id);
        assert!(!rule.steps.is_empty() || rule.kinds == [Kind::Signal], "{} bites nowhere", rule.id);
        for parameter in rule.parameters {
            assert!(profile.get(parameter).is_some(), "{}: the profile has no {parameter}", rule.id);
        }
    }
}

/// Plans that are wrong in every way that a rule has a sentence for.
fn wrong() -> Vec<Case> {
    let mut first = Case::compliant()
        .accepted_on(time::macros::date!(2024 - 10 - 01))
        .set("/projects/0/name", json!("数学补课"))
        .set("/projects/0/seats_max", json!(45))
        .set("/projects/1/slots/0", slot(2, "08:00", "18:01", "all"))
        .set("/projects/1/fee/price_document", Value::Null)
        .set("/projects/1/lessons_per_day", json!(3))
        .push("/projects", project("其一", "other", &[6], &Value::Null))
        .push("/projects", project("其二", "make_up_lessons", &[1], &Value::Null))
        .push("/projects", project("其三", "free_help", &[1], &json!(100)))
        .push("/school/grades", json!({"grade": 5, "classes": 1}))
        .set("/school/ownership", json!("private"))
        .set("/school/dismissals/0/at", json!("15:00"))
        .set("/term/winter_periods", json!([]))
        .set("/provider/kind", json!("institution"))
        .set("/budget/income", json!([{"source": "school", "amount_fen": 9_000_000}]))
        .set("/notice/safety", Value::Null)
        .under(|profile| profile.earliest_end = Some(kehou::values::local_time::LocalTime::at(17, 40)));
    first.facts.has_other_plan = Some(true);
    first.facts.groundwork = Some(GroundworkFact { ledger_rows: 0, survey: SurveyFact::None });
    let limits = kehou::rules::profile::FeeStandard {
        per_lesson_max_fen: Some(1),
        per_day_max_fen: Some(1),
        lessons_billed_a_day: Some(1),
        ..standard()
    };
    let second =
        first.clone().standard(limits).set("/budget/income", json!([])).set("/projects/2/outline", json!("手工"));
    let guardians = json!([{"source": "guardians", "amount_fen": 1}]);
    let mut third = Case::compliant().set("/budget/income", guardians);
    third.facts.groundwork = Some(GroundworkFact { ledger_rows: 0, survey: SurveyFact::Open });
    third.profile.expense_categories_refused = vec![kehou::rules::document::ExpenseCategory::TeacherPay];
    let early = Case::compliant().set("/term/opens_on", json!("2019-08-01"));
    let beyond = Case::compliant()
        .set("/term/opens_on", json!("2027-03-01"))
        .set("/term/ends_on", json!("2027-06-01"))
        .set("/term/service_to", Value::Null);
    let later = Case::compliant().under(|profile| {
        (profile.service_days_a_week_min, profile.service_minutes_a_day_min) = (Some(6), Some(600));
    });
    let mut bare = Case::compliant().set("/projects/1/provider/kind", json!("institution"));
    bare.facts.materials = Some(Vec::new());
    let mut unknown = Case::compliant()
        .set("/school/approved_dismissals", json!([]))
        .set("/school/dismissals", crate::support::dismissals(&[3], "16:00"))
        .set("/term/service_from", json!("2024-09-01"));
    unknown.facts.decides = true;
    let mut settled = Case::compliant().accepted_on(time::macros::date!(2024 - 10 - 01));
    (settled.facts.is_accepted, settled.facts.deadline) = (true, Some(time::macros::date!(2024 - 09 - 14)));
    let school = json!({"kind": "school", "name": null, "credit_code": "91430602MA4Q000164"});
    let outlandish = Case::compliant()
        .set("/projects/0/grades", json!([3, 10]))
        .set("/projects/0/outline", json!("严禁补课"))
        .set("/projects/0/slots/0", slot(1, "16:10", "17:45", "all"))
        .set("/projects/1/fee", json!({"kind": "free"}))
        .set("/projects/1/provider", school)
        .set("/school/ownership", json!("private"));
    let announced =
        Case::compliant().set("/term/service_to", json!("2027-01-20")).set("/term/ends_on", json!("2027-01-20"));
    vec![
        first,
        second,
        third,
        early,
        beyond,
        later,
        bare,
        unknown,
        settled,
        outlandish,
        announced,
        crate::term::wrong(),
        crate::term::wrong_of_grades(),
    ]
}

#[test]
fn every_sentence_is_finished_in_both_languages() {
    let of_plans = wrong().into_iter().chain(crate::partners::wrong()).flat_map(|case| case.report().findings);
    let mut findings: Vec<Finding> =
        of_plans.chain(crate::enrollment::every_finding()).chain(crate::coercion::every_finding()).collect();
    findings.extend(crate::grouping::every_finding());
    findings.extend(crate::serving::every_finding());
    findings.extend(crate::held::every_finding());
    findings.extend(crate::pay::every_finding());
    findings.extend(crate::notice::advice());
    findings.extend(check_charge(&crate::charging::wrong()));
    findings.extend(crate::time::of_a_moved_term());
    findings.extend(crate::staffing::wrong().iter().flat_map(|case| case.report().findings));
    for language in Language::ALL {
        for finding in findings_out(&findings, language) {
            assert!(!finding.message.contains("%{"), "{}: {}", finding.rule, finding.message);
        }
    }
    let said: BTreeSet<String> = findings.iter().map(Finding::text_key).collect();
    // Of a session's date only, not of a plan or an enrollment.
    let of_dates = ["date", "holiday"].map(|variant| format!("rule.service-days.{variant}"));
    let all: BTreeSet<String> = RULES.iter().flat_map(|rule| rule.text_keys()).collect();
    let unsaid: Vec<&String> = all.difference(&said).filter(|key| !of_dates.contains(key)).collect();
    assert!(unsaid.is_empty(), "nothing here gets {unsaid:?}");
}

#[test]
fn what_does_not_go_together_is_said_in_the_words_of_the_plan() {
    let mut plan = Case::compliant().plan;
    plan["projects"][0]["grades"] = json!([3, 7]);
    plan["projects"][0]["seats_max"] = json!(10);
    plan["projects"][0]["seats_min"] = json!(20);
    plan["projects"][0]["slots"] =
        json!([slot(1, "16:20", "16:00", "all"), slot(2, "16:10", "17:00", "all"), slot(2, "16:20", "17:00", "all")]);
    plan["projects"][0]["lessons_per_day"] = json!(6);
    plan["projects"][0]["fee"] = json!({"kind": "free", "amount_fen": 100});
    plan["projects"][1]["fee"] = json!({"kind": "per_lesson", "amount_fen": null});
    plan["projects"][1]["provider"] =
        json!({"kind": "institution", "name": "南湖教育公司", "credit_code": "91430602MA4Q000165"});
    let document: kehou::rules::document::PlanDocument = serde_json::from_value(plan).unwrap();
    let faults = document.faults();
    let said: BTreeSet<&str> = faults.iter().filter_map(|fault| fault.said).collect();
    let expected = ["credit-code", "fee", "free", "grade", "lessons", "seats", "slot", "slots"];
    assert_eq!(said.into_iter().collect::<Vec<_>>(), expected);
    let texts = Language::ALL.map(|language| errors_out(&faults, language));
    for (zh, en) in texts[0].iter().zip(&texts[1]) {
        assert!(!zh.message.contains("field.") && zh.message != en.message, "{}", zh.message);
    }
}
