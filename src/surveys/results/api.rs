//! `/surveys/{id}/results` and `/surveys/{id}/draft-projects`.

use actix_web::{get, post};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{DraftProject, Tally};
use crate::auth::permission::{ManageSurveys, ReadSurveyResults};
use crate::auth::{Actor, Caller, Read, Scope};
use crate::db::Id;
use crate::http::{Answer, Answered, PathId, Problem};
use crate::rules::document::ProjectCategory;
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

/// Pupils of one grade.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyGradeOut {
    pub grade: i32,
    pub asked: i64,
    pub answered: i64,
}

/// How often an option was chosen in a grade.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyCountOut {
    /// Key of the question.
    pub question: String,
    /// Key of the option; null for the number of texts.
    pub option: Option<String>,
    pub grade: i32,
    pub count: i64,
}

/// A text that somebody wrote.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyTextOut {
    /// Key of the question.
    pub question: String,
    pub text: String,
}

impl SurveyResultsOut {
    fn of(survey: &Survey, tally: Tally, actor: &Actor) -> Self {
        let is_school = Scope::of::<ManageSurveys>(actor).holds_path(&survey.path);
        let text = |(question, text)| SurveyTextOut { question, text };
        Self {
            survey_id: survey.row.id,
            state: survey.row.state,
            asked: tally.grades.iter().map(|grade| grade.asked).sum(),
            answered: tally.grades.iter().map(|grade| grade.answered).sum(),
            grades: tally
                .grades
                .iter()
                .map(|of| SurveyGradeOut { grade: of.grade, asked: of.asked, answered: of.answered })
                .collect(),
            counts: tally
                .counts
                .into_iter()
                .map(|of| SurveyCountOut { question: of.question, option: of.option, grade: of.grade, count: of.count })
                .collect(),
            texts: is_school.then(|| tally.texts.into_iter().map(text).collect()),
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

/// A project that a plan might offer.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyDraftProjectOut {
    pub name: String,
    pub category: ProjectCategory,
    /// Grades of pupils for whom it was wished.
    pub grades: Vec<i32>,
    /// Pupils for whom it was wished.
    pub expected_headcount: i64,
    /// Of the resource ledger: in use and of a kind in which it can meet, the largest first, ten at most.
    pub facility_ids: Vec<Id>,
}

impl From<DraftProject> for SurveyDraftProjectOut {
    fn from(draft: DraftProject) -> Self {
        Self {
            name: draft.name,
            category: draft.category,
            grades: draft.grades,
            expected_headcount: draft.expected_headcount,
            facility_ids: draft.facility_ids,
        }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_survey_results).service(draft_survey_projects);
}

/// What was answered to a survey, by question, option and grade, never by whom 调查结果
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")),
    responses((status = 200, description = "The results", body = SurveyResultsOut), ReadSurveyResults))]
#[get("/surveys/{id}/results")]
async fn get_survey_results(caller: Caller<ReadSurveyResults>, id: PathId, read: Read) -> Answered {
    read.snapshot(move |tx| {
        let (survey, tally) = results::of_survey(tx, &caller.actor, id.0)?;
        let version = survey.row.version;
        Answer::ok(&SurveyResultsOut::of(&survey, tally, &caller.actor), version)
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
async fn draft_survey_projects(caller: Caller<ManageSurveys>, id: PathId, read: Read) -> Answered {
    read.snapshot(move |tx| {
        let drafts = results::draft_projects(tx, &caller.actor, id.0)?;
        let projects = drafts.into_iter().map(SurveyDraftProjectOut::from).collect();
        Answer::plain(&SurveyDraftProjectsOut { survey_id: id.0, projects })
    })
    .await
}
