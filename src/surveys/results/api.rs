//! `/surveys/{id}/results` and `/surveys/{id}/draft-projects`.

use actix_web::{get, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{SurveyCountOut, SurveyDraftProjectOut, SurveyGradeOut, SurveyTextOut, Tally};
use crate::auth::permission::{ManageSurveys, ReadSurveyResults};
use crate::auth::{Actor, By, Read, Scope};
use crate::db::Id;
use crate::http::{Answer, Answered, PathId, Problem, ServiceConfig};
use crate::surveys::results;
use crate::surveys::surveys::{Survey, SurveyState};

/// What came of a survey 调查结果: no answer can be told whose it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyResultsOut {
    pub survey_id: Id,
    pub state: SurveyState,
    /// Pupils who attended when it was closed; until then those who attend.
    pub asked: i64,
    /// Pupils for whom somebody answered.
    pub answered: i64,
    pub grades: Vec<SurveyGradeOut>,
    /// By question, option and grade, zeros too.
    pub counts: Vec<SurveyCountOut>,
    /// What was written to text questions, sorted by the text, a thousand at most; null for all but the school.
    pub texts: Option<Vec<SurveyTextOut>>,
}

impl SurveyResultsOut {
    fn of(survey: &Survey, tally: Tally, by: &Actor) -> Self {
        let is_school = Scope::of::<ManageSurveys>(by).holds_path(&survey.path);
        Self {
            survey_id: survey.id,
            state: survey.state,
            asked: tally.grades.iter().map(|grade| grade.asked).sum(),
            answered: tally.grades.iter().map(|grade| grade.answered).sum(),
            grades: tally.grades,
            counts: tally.counts,
            texts: is_school.then_some(tally.texts),
        }
    }
}

/// Projects that guardians wish 拟开设项目.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyDraftProjectsOut {
    pub survey_id: Id,
    /// The most wished first.
    pub projects: Vec<SurveyDraftProjectOut>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_survey_results).service(draft_survey_projects);
}

/// What was answered to a survey, by question, option and grade, never by whom 调查结果
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")),
    responses((status = 200, description = "The results", body = SurveyResultsOut), ReadSurveyResults))]
#[get("/surveys/{id}/results")]
async fn get_survey_results(by: By<ReadSurveyResults>, id: PathId, read: Read) -> Answered {
    read.snapshot(by, move |tx, by| {
        let (survey, tally) = results::of_survey(tx, by, id.0)?;
        Answer::ok(&SurveyResultsOut::of(&survey, tally, by), survey.version)
    })
    .await
}

/// Drafts projects from the wishes of a closed survey and what the school has; changes nothing 拟定项目
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")),
    responses((status = 200, description = "The drafts", body = SurveyDraftProjectsOut),
        (status = 409, description = "The survey is not closed", body = Problem,
            content_type = "application/problem+json"),
        ManageSurveys))]
#[post("/surveys/{id}/draft-projects")]
async fn draft_survey_projects(by: By<ManageSurveys>, id: PathId, read: Read) -> Answered {
    read.snapshot(by, move |tx, by| {
        let projects = results::draft_projects(tx, by, id.0)?;
        Answer::plain(&SurveyDraftProjectsOut { survey_id: id.0, projects })
    })
    .await
}
