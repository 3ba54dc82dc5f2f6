//! `/surveys`.

use actix_web::{get, post, put};
use time::Date;

use super::{Survey, SurveyFilter, SurveyIn, SurveyQuestion, SurveyState};
use crate::auth::permission::{ManageSurveys, ReadSurveys};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::rules::document::Season;
use crate::surveys::surveys;
use crate::values::iso_date;

out! {
    /// A survey 意向调查.
    pub struct SurveyOut of (survey, by): Survey {
        school_id: Id,
        school_year: String,
        season: Season,
        title: String,
        /// First day of answering.
        #[serde(with = "iso_date")]
        opens_on: Date,
        /// Last day of answering.
        #[serde(with = "iso_date")]
        closes_on: Date,
        questions: Vec<SurveyQuestion> = survey.questions.0.clone(),
        state: SurveyState,
    }
    named { school_name: String = Organisation(survey.school_id) }
    can "What this caller may call on it now: `update` is PUT, any other is `POST …/{verb}`."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_surveys)
        .service(create_survey)
        .service(get_survey)
        .service(update_survey)
        .service(open_survey)
        .service(close_survey)
        .service(cancel_survey);
}

/// Surveys in the caller's scope, in the order in which they were drafted 意向调查列表
#[utoipa::path(tag = "surveys", params(List<SurveyFilter>),
    responses((status = 200, description = "A page of surveys", body = Page<SurveyOut>), ReadSurveys))]
#[get("/surveys")]
async fn list_surveys(by: By<ReadSurveys>, list: List<SurveyFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Survey>(tx, at)).await
}

/// Drafts a school's survey for a term 新建意向调查
#[utoipa::path(tag = "surveys", request_body = SurveyIn,
    responses((status = 201, description = "The new survey", body = SurveyOut), ManageSurveys))]
#[post("/surveys")]
async fn create_survey(by: By<ManageSurveys>, write: Write, Valid(body): Valid<SurveyIn>) -> Answered {
    write.creates(by, move |tx, by| surveys::create(tx, by, &body)).await
}

/// One survey 意向调查
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")),
    responses((status = 200, description = "The survey", body = SurveyOut), ReadSurveys))]
#[get("/surveys/{id}")]
async fn get_survey(by: By<ReadSurveys>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Survey>(tx, id.0)).await
}

/// Replaces a survey while it is a draft 修改意向调查
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")), request_body = SurveyIn,
    responses((status = 200, description = "The survey as it is now", body = SurveyOut), ManageSurveys))]
#[put("/surveys/{id}")]
async fn update_survey(by: By<ManageSurveys>, id: PathId, write: Write, Valid(body): Valid<SurveyIn>) -> Answered {
    write.changes(by, move |tx, by, seen| surveys::update(tx, by, id.0, seen, &body)).await
}

/// Opens a survey to guardians 开始调查
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")),
    responses((status = 200, description = "The survey as it is now", body = SurveyOut), ManageSurveys))]
#[post("/surveys/{id}/open")]
async fn open_survey(by: By<ManageSurveys>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| surveys::open(tx, by, id.0, seen)).await
}

/// Closes a survey; plans may rest on it from then on 结束调查
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")),
    responses((status = 200, description = "The survey as it is now", body = SurveyOut), ManageSurveys))]
#[post("/surveys/{id}/close")]
async fn close_survey(by: By<ManageSurveys>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| surveys::close(tx, by, id.0, seen)).await
}

/// Cancels a survey that is not closed 取消调查
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")),
    responses((status = 200, description = "The survey as it is now", body = SurveyOut), ManageSurveys))]
#[post("/surveys/{id}/cancel")]
async fn cancel_survey(by: By<ManageSurveys>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| surveys::cancel(tx, by, id.0, seen)).await
}
