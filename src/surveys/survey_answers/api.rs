//! `/survey-answers`.

use actix_web::{get, post, put};

use super::model::{SurveyAnswerFilter, SurveyAnswerState};
use super::{SurveyAnswer, SurveyAnswerIn, SurveyReply};
use crate::auth::permission::{AnswerSurveys, ReadSurveyAnswers};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::surveys::survey_answers;

out! {
    /// What was answered to a survey for a child 问卷答复.
    pub struct SurveyAnswerOut of (answer, by): SurveyAnswer {
        survey_id: Id,
        student_id: Id,
        school_id: Id,
        answers: Vec<SurveyReply> = answer.answers.0.clone(),
        state: SurveyAnswerState,
    }
    named {
        student_name: String = Student(answer.student_id),
        /// Of the class that the pupil is in now; null where it is in none.
        class_name: Option<String> = ClassOfStudent(answer.student_id),
        school_name: String = Organisation(answer.school_id),
    }
    can "What this caller may call on it now: `update` is PUT." shows [answer.seen_at()]
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
#[utoipa::path(tag = "survey-answers", params(List<SurveyAnswerFilter>),
    responses((status = 200, description = "A page of answers", body = Page<SurveyAnswerOut>), ReadSurveyAnswers))]
#[get("/survey-answers")]
async fn list_survey_answers(by: By<ReadSurveyAnswers>, list: List<SurveyAnswerFilter>) -> Answered {
    list.shows_whole(by, survey_answers::list).await
}

/// Answers a survey for one's child, once 填写问卷
#[utoipa::path(tag = "survey-answers", request_body = SurveyAnswerIn,
    responses((status = 201, description = "The new answer", body = SurveyAnswerOut), AnswerSurveys))]
#[post("/survey-answers")]
async fn create_survey_answer(by: By<AnswerSurveys>, write: Write, Valid(body): Valid<SurveyAnswerIn>) -> Answered {
    write.creates(by, move |tx, by| survey_answers::create(tx, by, &body)).await
}

/// One answer to a survey 问卷答复
#[utoipa::path(tag = "survey-answers", params(("id" = Id, Path, description = "The answer")),
    responses((status = 200, description = "The answer", body = SurveyAnswerOut), ReadSurveyAnswers))]
#[get("/survey-answers/{id}")]
async fn get_survey_answer(by: By<ReadSurveyAnswers>, id: PathId, read: Read) -> Answered {
    read.shows_whole(by, move |tx, by| survey_answers::find(tx, by, id.0)).await
}

/// Replaces an answer while the survey is open 修改问卷答复
#[utoipa::path(tag = "survey-answers", params(("id" = Id, Path, description = "The answer")),
    request_body = SurveyAnswerIn,
    responses((status = 200, description = "The answer as it is now", body = SurveyAnswerOut), AnswerSurveys))]
#[put("/survey-answers/{id}")]
async fn update_survey_answer(
    by: By<AnswerSurveys>,
    id: PathId,
    write: Write,
    Valid(body): Valid<SurveyAnswerIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| survey_answers::update(tx, by, id.0, seen, &body)).await
}
