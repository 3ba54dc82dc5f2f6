//! `/surveys`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewSurvey, Survey, SurveyFilter, SurveyQuestion, SurveyState};
use crate::auth::permission::{ManageSurveys, ReadSurveys};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::refusal::Refusal;
use crate::rules::document::{Season, some};
use crate::surveys::surveys;
use crate::values::identifiers::SchoolYear;
use crate::values::iso_date;
use crate::values::text::Line;

/// A survey, as it is drafted or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyIn {
    /// Stays as it was created.
    pub school_id: Id,
    /// Stays as it was created.
    #[schema(inline)]
    pub school_year: SchoolYear,
    /// Stays as it was created.
    pub season: Season,
    #[schema(inline)]
    pub title: Line<1, 80>,
    /// First day of answering.
    #[serde(with = "iso_date")]
    pub opens_on: Date,
    /// Last day of answering.
    #[serde(with = "iso_date")]
    pub closes_on: Date,
    #[serde(deserialize_with = "some::<_, _, 30>")]
    #[schema(min_items = 1, max_items = 30)]
    pub questions: Vec<SurveyQuestion>,
}

impl From<SurveyIn> for NewSurvey {
    fn from(body: SurveyIn) -> Self {
        Self {
            school_id: body.school_id,
            school_year: body.school_year,
            season: body.season,
            title: body.title.as_str().to_owned(),
            opens_on: body.opens_on,
            closes_on: body.closes_on,
            questions: body.questions,
        }
    }
}

/// A survey 意向调查.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyOut {
    pub id: Id,
    pub school_id: Id,
    pub school_year: String,
    pub season: Season,
    pub title: String,
    /// First day of answering.
    #[serde(with = "iso_date")]
    pub opens_on: Date,
    /// Last day of answering.
    #[serde(with = "iso_date")]
    pub closes_on: Date,
    pub questions: Vec<SurveyQuestion>,
    pub state: SurveyState,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `update` is PUT, any other is `POST …/{verb}`.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl SurveyOut {
    fn of(survey: &Survey, actor: &Actor) -> Self {
        let row = &survey.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            school_year: row.school_year.clone(),
            season: row.season,
            title: row.title.clone(),
            opens_on: row.opens_on,
            closes_on: row.closes_on,
            questions: survey.questions.clone(),
            state: row.state,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: survey.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which surveys a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SurveyQuery {
    /// Only surveys of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only surveys of this school year.
    #[param(inline)]
    pub school_year: Option<SchoolYear>,
    /// Only surveys of this season.
    #[param(inline)]
    pub season: Option<Season>,
    /// Only surveys in this state.
    #[param(inline)]
    pub state: Option<SurveyState>,
    /// Surveys in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
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
#[utoipa::path(tag = "surveys", params(SurveyQuery),
    responses((status = 200, description = "A page of surveys", body = Page<SurveyOut>), ReadSurveys))]
#[get("/surveys")]
async fn list_surveys(caller: Caller<ReadSurveys>, list: List<SurveyQuery>) -> Answered {
    let query = &list.query;
    let filter = SurveyFilter {
        school_id: query.school_id,
        school_year: query.school_year.as_ref().map(|year| year.as_str().to_owned()),
        season: query.season,
        state: query.state,
    };
    let paging = Paging::of("surveys", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = surveys::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |survey| survey.row.id).map(|survey| SurveyOut::of(&survey, &caller.actor)))
    })
    .await
}

/// Drafts a school's survey for a term 新建意向调查
#[utoipa::path(tag = "surveys", request_body = SurveyIn,
    responses((status = 201, description = "The new survey", body = SurveyOut), ManageSurveys))]
#[post("/surveys")]
async fn create_survey(caller: Caller<ManageSurveys>, write: Write, Valid(body): Valid<SurveyIn>) -> Answered {
    let new = NewSurvey::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = surveys::create(tx, actor, &new)?;
            let location = format!("/api/v1/surveys/{}", made.row.id);
            Answer::created(location, &SurveyOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One survey 意向调查
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")),
    responses((status = 200, description = "The survey", body = SurveyOut), ReadSurveys))]
#[get("/surveys/{id}")]
async fn get_survey(caller: Caller<ReadSurveys>, id: PathId, read: Read) -> Answered {
    let scope = caller.scope();
    read.one(move |tx| answer(&surveys::find(tx, &scope, id.0)?, &caller.actor)).await
}

/// Replaces a survey while it is a draft 修改意向调查
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")), request_body = SurveyIn,
    responses((status = 200, description = "The survey as it is now", body = SurveyOut), ManageSurveys))]
#[put("/surveys/{id}")]
async fn update_survey(
    caller: Caller<ManageSurveys>,
    id: PathId,
    write: Write,
    Valid(body): Valid<SurveyIn>,
) -> Answered {
    let to = NewSurvey::from(body);
    write.versioned(caller, move |tx, actor, seen| answer(&surveys::update(tx, actor, id.0, seen, &to)?, actor)).await
}

/// Opens a survey to guardians 开始调查
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")),
    responses((status = 200, description = "The survey as it is now", body = SurveyOut), ManageSurveys))]
#[post("/surveys/{id}/open")]
async fn open_survey(caller: Caller<ManageSurveys>, id: PathId, write: Write) -> Answered {
    write.versioned(caller, move |tx, actor, seen| answer(&surveys::open(tx, actor, id.0, seen)?, actor)).await
}

/// Closes a survey; plans may rest on it from then on 结束调查
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")),
    responses((status = 200, description = "The survey as it is now", body = SurveyOut), ManageSurveys))]
#[post("/surveys/{id}/close")]
async fn close_survey(caller: Caller<ManageSurveys>, id: PathId, write: Write) -> Answered {
    write.versioned(caller, move |tx, actor, seen| answer(&surveys::close(tx, actor, id.0, seen)?, actor)).await
}

/// Cancels a survey that is not closed 取消调查
#[utoipa::path(tag = "surveys", params(("id" = Id, Path, description = "The survey")),
    responses((status = 200, description = "The survey as it is now", body = SurveyOut), ManageSurveys))]
#[post("/surveys/{id}/cancel")]
async fn cancel_survey(caller: Caller<ManageSurveys>, id: PathId, write: Write) -> Answered {
    write.versioned(caller, move |tx, actor, seen| answer(&surveys::cancel(tx, actor, id.0, seen)?, actor)).await
}

fn answer(survey: &Survey, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&SurveyOut::of(survey, actor), survey.row.version)
}
