//! `/survey-answers`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewSurveyAnswer, SurveyAnswer, SurveyAnswerFilter, SurveyAnswerState, SurveyReply};
use crate::auth::access_log::Viewing;
use crate::auth::permission::{AnswerSurveys, ReadSurveyAnswers};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant, Tx};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::refusal::Refusal;
use crate::rules::document::some;
use crate::surveys::survey_answers;

/// What a guardian answers to a survey for its child.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyAnswerIn {
    /// An open survey of the school that the child attends. Stays as it was created.
    pub survey_id: Id,
    /// The pupil, as its school has entered it. Stays as it was created.
    pub student_id: Id,
    /// Each question at most once; none has to be answered.
    #[serde(deserialize_with = "some::<_, _, 30>")]
    #[schema(min_items = 1, max_items = 30)]
    pub answers: Vec<SurveyReply>,
}

impl From<SurveyAnswerIn> for NewSurveyAnswer {
    fn from(body: SurveyAnswerIn) -> Self {
        Self { survey_id: body.survey_id, student_id: body.student_id, replies: body.answers }
    }
}

/// What was answered to a survey for a child 问卷答复.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyAnswerOut {
    pub id: Id,
    pub survey_id: Id,
    pub student_id: Id,
    pub school_id: Id,
    pub answers: Vec<SurveyReply>,
    pub state: SurveyAnswerState,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `update` is PUT.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl SurveyAnswerOut {
    fn of(tx: &mut Tx<'_>, answer: &SurveyAnswer, actor: &Actor) -> Result<Self, Refusal> {
        let can = survey_answers::can(tx, actor, answer)?.into_iter().map(str::to_owned).collect();
        let row = &answer.row;
        Ok(Self {
            id: row.id,
            survey_id: row.survey_id,
            student_id: row.student_id,
            school_id: row.school_id,
            answers: answer.replies.clone(),
            state: row.state,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can,
            findings: None,
        })
    }
}

/// Which answers a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SurveyAnswerQuery {
    /// Only answers to this survey.
    #[param(inline)]
    pub survey_id: Option<Id>,
    /// Only answers for this pupil.
    #[param(inline)]
    pub student_id: Option<Id>,
    /// Answers in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_survey_answers)
        .service(create_survey_answer)
        .service(get_survey_answer)
        .service(update_survey_answer);
}

/// What was answered for the caller's children, in the order in which it was given 答复列表
#[utoipa::path(tag = "survey-answers", params(SurveyAnswerQuery),
    responses((status = 200, description = "A page of answers", body = Page<SurveyAnswerOut>), ReadSurveyAnswers))]
#[get("/survey-answers")]
async fn list_survey_answers(
    caller: Caller<ReadSurveyAnswers>,
    list: List<SurveyAnswerQuery>,
    viewing: Viewing,
) -> Answered {
    let query = &list.query;
    let filter = SurveyAnswerFilter { survey_id: query.survey_id, student_id: query.student_id };
    let paging = Paging::of("survey-answers", &filter, query.limit, query.cursor.as_ref())?;
    list.snapshot(move |tx| {
        let found = survey_answers::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        let page = paging.page(found, |answer| answer.row.id);
        viewing.note(tx, &caller.actor, "list_survey_answers", page.items.iter().map(SurveyAnswer::seen_at))?;
        let Page { items, next_cursor } = page;
        let items = items.iter().map(|answer| SurveyAnswerOut::of(tx, answer, &caller.actor));
        Ok(Page { items: items.collect::<Result<Vec<_>, _>>()?, next_cursor })
    })
    .await
}

/// Answers a survey for one's child, once 填写问卷
#[utoipa::path(tag = "survey-answers", request_body = SurveyAnswerIn,
    responses((status = 201, description = "The new answer", body = SurveyAnswerOut), AnswerSurveys))]
#[post("/survey-answers")]
async fn create_survey_answer(
    caller: Caller<AnswerSurveys>,
    write: Write,
    Valid(body): Valid<SurveyAnswerIn>,
) -> Answered {
    let new = NewSurveyAnswer::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = survey_answers::create(tx, actor, &new)?;
            let location = format!("/api/v1/survey-answers/{}", made.row.id);
            Answer::created(location, &SurveyAnswerOut::of(tx, &made, actor)?, made.row.version)
        })
        .await
}

/// One answer to a survey 问卷答复
#[utoipa::path(tag = "survey-answers", params(("id" = Id, Path, description = "The answer")),
    responses((status = 200, description = "The answer", body = SurveyAnswerOut), ReadSurveyAnswers))]
#[get("/survey-answers/{id}")]
async fn get_survey_answer(caller: Caller<ReadSurveyAnswers>, id: PathId, read: Read, viewing: Viewing) -> Answered {
    let scope = caller.scope();
    read.snapshot(move |tx| {
        let found = survey_answers::find(tx, &scope, id.0)?;
        viewing.note(tx, &caller.actor, "get_survey_answer", [found.seen_at()])?;
        answer(tx, &found, &caller.actor)
    })
    .await
}

/// Replaces an answer while the survey is open 修改问卷答复
#[utoipa::path(tag = "survey-answers", params(("id" = Id, Path, description = "The answer")),
    request_body = SurveyAnswerIn,
    responses((status = 200, description = "The answer as it is now", body = SurveyAnswerOut), AnswerSurveys))]
#[put("/survey-answers/{id}")]
async fn update_survey_answer(
    caller: Caller<AnswerSurveys>,
    id: PathId,
    write: Write,
    Valid(body): Valid<SurveyAnswerIn>,
) -> Answered {
    let to = NewSurveyAnswer::from(body);
    write
        .versioned(caller, move |tx, actor, seen| {
            let after = survey_answers::update(tx, actor, id.0, seen, &to)?;
            answer(tx, &after, actor)
        })
        .await
}

fn answer(tx: &mut Tx<'_>, found: &SurveyAnswer, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&SurveyAnswerOut::of(tx, found, actor)?, found.row.version)
}
