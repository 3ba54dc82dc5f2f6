//! What a guardian answered to a survey for its child.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use crate::auth::Actor;
use crate::auth::access_log::SeenPerson;
use crate::db::{Id, Instant, Json};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::{at_most, some};
use crate::surveys::surveys::{SurveyQuestion, SurveyQuestionKind, SurveyRow};
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Whether an answer counts. Other states may come.
    pub enum SurveyAnswerState {
        /// 有效
        Given = "given",
        /// 已被替代: two records of one person were joined, and the other answer is the later one.
        Superseded = "superseded",
    }
}

life! {
    /// What is called on an answer.
    pub SurveyAnswerVerb of SurveyAnswerState, "survey-answers" {
        Update = "update" by AnswerSurveys { Given => same }
    }
}

/// The answer to one question; all kinds have the same fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyReply {
    /// Key of the question.
    #[schema(inline)]
    pub question: Line<1, 20>,
    /// Keys of what is chosen, each once; one at most of a single choice, none of a text.
    #[serde(default, deserialize_with = "at_most::<_, _, 30>")]
    #[schema(inline, max_items = 30)]
    pub options: Vec<Line<1, 20>>,
    /// Of a text question; of others null.
    #[serde(default)]
    #[schema(inline)]
    pub text: Option<Line<1, 500>>,
}

/// Everything in the replies that the questions do not ask for.
#[must_use]
pub fn reply_faults(questions: &[SurveyQuestion], replies: &[SurveyReply]) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut answered = HashSet::new();
    for (index, reply) in replies.iter().enumerate() {
        let at = format!("/answers/{index}");
        match questions.iter().find(|question| question.key == reply.question) {
            None => faults.push(FieldError::new(format!("{at}/question"), Fault::NotFound)),
            Some(_) if !answered.insert(reply.question.as_str()) => {
                faults.push(FieldError::new(format!("{at}/question"), Fault::Duplicate));
            }
            Some(question) => faults.extend(faults_of(question, reply, &at)),
        }
    }
    faults
}

fn faults_of(question: &SurveyQuestion, reply: &SurveyReply, at: &str) -> Vec<FieldError> {
    let fault = |field: &str, fault| FieldError::new(format!("{at}{field}"), fault);
    if question.kind == SurveyQuestionKind::Text {
        let chosen = (!reply.options.is_empty()).then(|| fault("/options", Fault::NotForThis));
        let empty = reply.text.is_none().then(|| fault("/text", Fault::Required));
        return chosen.into_iter().chain(empty).collect();
    }
    let mut faults: Vec<FieldError> =
        reply.text.is_some().then(|| fault("/text", Fault::NotForThis)).into_iter().collect();
    if reply.options.is_empty() {
        faults.push(fault("/options", Fault::Required));
    }
    if question.kind == SurveyQuestionKind::SingleChoice && reply.options.len() > 1 {
        faults.push(fault("/options", Fault::TooLong).said("one"));
    }
    let mut chosen = HashSet::new();
    for (index, key) in reply.options.iter().enumerate() {
        if question.options.iter().all(|option| option.key != *key) {
            faults.push(fault(&format!("/options/{index}"), Fault::NotFound));
        } else if !chosen.insert(key.as_str()) {
            faults.push(fault(&format!("/options/{index}"), Fault::Duplicate));
        }
    }
    faults
}

row! {
    /// The row of an answer.
    pub struct SurveyAnswerRow of survey_answers {
        id: Id,
        survey_id: Id,
        school_id: Id,
        student_id: Id,
        person_id: Id,
        grade: i32,
        answered_by_id: Id,
        #[serde(rename = "replies")]
        answers: Json<Vec<SurveyReply>>,
        state: SurveyAnswerState,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// An answer with its survey and the path of the school.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SurveyAnswer {
    #[serde(flatten)]
    pub row: SurveyAnswerRow,
    #[serde(skip)]
    pub survey: SurveyRow,
    /// Whether who asks may replace it today: it is open, and they have the right to choose.
    #[serde(skip)]
    pub is_replaceable: bool,
    pub path: String,
}

resource!(SurveyAnswer { row: SurveyAnswerRow, path }, "survey-answer", "survey-answers");

impl SurveyAnswer {
    /// The verbs that the caller may call now.
    #[must_use]
    pub fn can(&self, _: &Actor) -> Vec<&'static str> {
        if self.is_replaceable { SurveyAnswerVerb::possible(self.state) } else { Vec::new() }
    }

    /// Whether it may be replaced on a day.
    #[must_use]
    pub fn is_open_on(&self, date: Date) -> bool {
        self.state == SurveyAnswerState::Given && self.survey.takes_answers_on(date)
    }

    /// The person, and the school where it was asked, as the access log keeps it.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.person_id, school_id: Some(self.school_id) }
    }
}

filter! {
    /// Which answers a list holds.
    pub struct SurveyAnswerFilter {
        /// Only answers to this survey.
        survey_id: Id,
        /// Only answers for this pupil.
        student_id: Id,
    }
}

body! {
    /// What a guardian answers to a survey for its child.
    pub struct SurveyAnswerIn {
        /// An open survey of the school that the child attends. Stays as it was created.
        survey_id: Id,
        /// The pupil, as its school has entered it. Stays as it was created.
        student_id: Id,
        /// Each question at most once; none has to be answered.
        #[serde(deserialize_with = "some::<_, _, 30>")]
        #[schema(min_items = 1, max_items = 30)]
        answers: Vec<SurveyReply>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surveys::surveys::SurveyOption;

    fn question(key: &str, kind: SurveyQuestionKind, options: &[&str]) -> Result<SurveyQuestion, FieldError> {
        let option = |key: &&str| -> Result<SurveyOption, FieldError> {
            Ok(SurveyOption { key: Line::new(key)?, label: Line::new(key)?, category: None })
        };
        let options = options.iter().map(option).collect::<Result<Vec<_>, _>>()?;
        Ok(SurveyQuestion { key: Line::new(key)?, kind, text: Line::new("问题")?, options })
    }

    fn reply(question: &str, options: &[&str], text: Option<&str>) -> Result<SurveyReply, FieldError> {
        let options = options.iter().map(|key| Line::new(key)).collect::<Result<Vec<_>, _>>()?;
        Ok(SurveyReply { question: Line::new(question)?, options, text: text.map(Line::new).transpose()? })
    }

    #[test]
    fn a_reply_is_held_against_its_question() -> Result<(), FieldError> {
        let questions = [
            question("one", SurveyQuestionKind::SingleChoice, &["a", "b"])?,
            question("many", SurveyQuestionKind::ProjectWish, &["a", "b"])?,
            question("text", SurveyQuestionKind::Text, &[])?,
        ];
        for (replies, expected) in [
            (vec![reply("one", &["a"], None)?, reply("many", &["b", "a"], None)?], vec![]),
            (vec![reply("text", &[], Some("有"))?], vec![]),
            (vec![], vec![]),
            (vec![reply("none", &["a"], None)?], vec![("/answers/0/question", Fault::NotFound)]),
            (
                vec![reply("one", &["a"], None)?, reply("one", &["b"], None)?],
                vec![("/answers/1/question", Fault::Duplicate)],
            ),
            (vec![reply("one", &["a", "b"], None)?], vec![("/answers/0/options", Fault::TooLong)]),
            (vec![reply("many", &["a", "a"], None)?], vec![("/answers/0/options/1", Fault::Duplicate)]),
            (vec![reply("many", &["c"], None)?], vec![("/answers/0/options/0", Fault::NotFound)]),
            (vec![reply("many", &[], None)?], vec![("/answers/0/options", Fault::Required)]),
            (vec![reply("one", &["a"], Some("有"))?], vec![("/answers/0/text", Fault::NotForThis)]),
            (
                vec![reply("text", &["a"], None)?],
                vec![("/answers/0/options", Fault::NotForThis), ("/answers/0/text", Fault::Required)],
            ),
        ] {
            let found: Vec<(String, Fault)> =
                reply_faults(&questions, &replies).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
            let expected: Vec<(String, Fault)> =
                expected.into_iter().map(|(at, fault)| (at.to_owned(), fault)).collect();
            assert_eq!(found, expected, "{replies:?}");
        }
        Ok(())
    }
}
