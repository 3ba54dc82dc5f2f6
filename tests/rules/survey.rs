//! 五.1: a school knows what it has and what guardians wish before it plans.

use kehou::rules::facts::{GroundworkFact, SurveyFact};

use crate::support::{Case, numbers};

fn with(ledger_rows: i64, survey: SurveyFact) -> Case {
    let mut case = Case::compliant();
    case.facts.groundwork = Some(GroundworkFact { ledger_rows, survey });
    case
}

#[test]
fn survey_before_plan_wants_a_row_in_use_and_a_closed_survey() {
    for (rows, survey, says) in [
        (0, SurveyFact::None, &["error/ledger /school", "error /term"][..]),
        (0, SurveyFact::Open, &["error/ledger /school", "error/open /term"]),
        (0, SurveyFact::Closed, &["error/ledger /school"]),
        (1, SurveyFact::None, &["error /term"]),
        (1, SurveyFact::Open, &["error/open /term"]),
        (1, SurveyFact::Closed, &[]),
        (2, SurveyFact::Closed, &[]),
    ] {
        let case = with(rows, survey);
        assert_eq!(case.says("survey-before-plan"), says, "{rows} {survey:?}");
        assert!(case.is_judged("survey-before-plan"));
    }
    let finding = with(1, SurveyFact::Open).only("survey-before-plan");
    assert_eq!(numbers(&finding, ["school_year", "season_zh"]), ["2024-2025", "秋季学期"]);
    assert_eq!(finding.clause, "五.1");
}

#[test]
fn survey_before_plan_is_not_judged_without_facts_and_never_lifted() {
    let mut case = Case::compliant();
    case.facts.groundwork = None;
    assert_eq!(case.says("survey-before-plan"), [] as [&str; 0]);
    assert!(!case.is_judged("survey-before-plan"));
    assert_eq!(with(1, SurveyFact::None).exempted("survey-before-plan").says("survey-before-plan"), ["error /term"]);
}
