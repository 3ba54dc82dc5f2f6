//! 摸底调查 (五.1): projects are drawn from what the school has and what guardians wish, so both are known before a plan.

use super::catalogue::SURVEY_BEFORE_PLAN;
use super::facts::SurveyFact;
use super::submission::{Submission, Verdict};

/// `survey-before-plan`: the school's resource ledger has a row in use, and its survey for the term is closed.
pub(super) fn survey_before_plan(plan: &Submission<'_>) -> Verdict {
    let Some(groundwork) = plan.facts.groundwork else { return Verdict::not_judged() };
    let term = &plan.document.term;
    let said = || {
        plan.error(&SURVEY_BEFORE_PLAN, "/term")
            .with("school_year", term.school_year.as_str())
            .with("season_zh", term.season.zh())
            .with("season_en", term.season.en())
    };
    let empty_ledger = (groundwork.ledger_rows < 1)
        .then(|| plan.error(&SURVEY_BEFORE_PLAN, "/school").variant("ledger").with("rows", groundwork.ledger_rows));
    let survey = match groundwork.survey {
        SurveyFact::None => Some(said()),
        SurveyFact::Open => Some(said().variant("open")),
        SurveyFact::Closed => None,
    };
    empty_ledger.into_iter().chain(survey).collect::<Vec<_>>().into()
}
