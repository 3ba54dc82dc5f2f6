//! A questionnaire of a school for one term, its states, and its questions.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use crate::db::{Id, Instant, Json, Placed};
use crate::http::AnyOf;
use crate::refusal::{Fault, FieldError};
use crate::rules::document::{ProjectCategory, Season, at_most, some};
use crate::values::identifiers::SchoolYear;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, row, text_enum};

text_enum! {
    /// Where a survey stands 调查状态. Other states may come.
    pub enum SurveyState {
        /// 草稿
        Draft = "draft",
        /// 进行中
        Open = "open",
        /// 已结束
        Closed = "closed",
        /// 已取消
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// Kind of question 题型. Other kinds may come.
    pub enum SurveyQuestionKind {
        /// 项目意向: any of the projects offered.
        ProjectWish = "project_wish",
        /// 单选
        SingleChoice = "single_choice",
        /// 多选
        MultipleChoice = "multiple_choice",
        /// 填空
        Text = "text",
    }
}

life! {
    /// What is called on a survey. What is closed stays: plans rest on it.
    pub SurveyVerb of SurveyState, "surveys" for Survey {
        Update = "update" by ManageSurveys { Draft => same }
        Open = "open" by ManageSurveys { Draft => Open }
        Close = "close" by ManageSurveys { Open => Closed }
        Cancel = "cancel" by ManageSurveys { Draft | Open => Cancelled }
        DraftProjects = "draft-projects" by ManageSurveys { Closed => same }
    }
}

/// An answer that a question offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyOption {
    /// Unique in its question; answers name it.
    #[schema(inline)]
    pub key: Line<1, 20>,
    /// Of a wish the name of the project.
    #[schema(inline)]
    pub label: Line<1, 60>,
    /// What kind of project is wished; of other questions null.
    pub category: Option<ProjectCategory>,
}

/// One question; all kinds have the same fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyQuestion {
    /// Unique in the survey; answers name it.
    #[schema(inline)]
    pub key: Line<1, 20>,
    pub kind: SurveyQuestionKind,
    #[schema(inline)]
    pub text: Line<1, 200>,
    /// At least one for a wish, at least two for a choice, none for a text.
    #[serde(default, deserialize_with = "at_most::<_, _, 30>")]
    #[schema(max_items = 30)]
    pub options: Vec<SurveyOption>,
}

impl SurveyQuestion {
    fn options_min(&self) -> usize {
        match self.kind {
            SurveyQuestionKind::ProjectWish => 1,
            SurveyQuestionKind::SingleChoice | SurveyQuestionKind::MultipleChoice => 2,
            SurveyQuestionKind::Text => 0,
        }
    }

    fn faults(&self, at: &str, faults: &mut Vec<FieldError>) {
        let mut wrong = |field: String, fault| faults.push(FieldError::new(format!("{at}{field}"), fault));
        if self.kind == SurveyQuestionKind::Text && !self.options.is_empty() {
            wrong("/options".to_owned(), Fault::NotForThis);
        }
        let (mut keys, mut labels) = (HashSet::new(), HashSet::new());
        for (index, option) in self.options.iter().enumerate() {
            if !keys.insert(option.key.as_str()) {
                wrong(format!("/options/{index}/key"), Fault::Duplicate);
            }
            if !labels.insert(option.label.as_str()) {
                wrong(format!("/options/{index}/label"), Fault::Duplicate);
            }
            match (self.kind, option.category) {
                (SurveyQuestionKind::ProjectWish, None) => {
                    wrong(format!("/options/{index}/category"), Fault::Required);
                }
                (SurveyQuestionKind::ProjectWish, Some(_)) | (_, None) => {}
                (_, Some(_)) => wrong(format!("/options/{index}/category"), Fault::NotForThis),
            }
        }
        if self.options.len() < self.options_min() {
            let fault = FieldError::new(format!("{at}/options"), Fault::Required);
            faults.push(fault);
        }
    }
}

/// How many pupils of a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GradeCount {
    pub grade: i32,
    pub pupils: i64,
}

row! {
    /// The row of a survey.
    pub struct SurveyRow of surveys, "survey", "surveys" {
        id: Id,
        school_id: Id,
        school_year: String,
        season: Season,
        title: String,
        opens_on: Date,
        closes_on: Date,
        questions: Json<Vec<SurveyQuestion>>,
        /// Pupils who attended when it was closed, by grade; empty until then.
        asked: Json<Vec<GradeCount>>,
        state: SurveyState,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A survey with the path of its school.
pub type Survey = Placed<SurveyRow>;

impl SurveyRow {
    /// Whether guardians may answer on a day: from the first to the last of the window, while it is open.
    #[must_use]
    pub fn takes_answers_on(&self, date: Date) -> bool {
        self.state == SurveyState::Open && (self.opens_on..=self.closes_on).contains(&date)
    }
}

filter! {
    /// Which surveys a list holds.
    pub struct SurveyFilter {
        /// Only surveys of this school.
        school_id: Id,
        /// Only surveys of this school year.
        school_year: SchoolYear,
        /// Only surveys of this season.
        season: Season,
        /// Only surveys in one of these states.
        state: AnyOf<SurveyState>,
    }
}

body! {
    /// A survey, as it is drafted or replaced.
    pub struct SurveyIn {
        /// Stays as it was created.
        school_id: Id,
        /// Stays as it was created.
        #[schema(inline)]
        school_year: SchoolYear,
        /// Stays as it was created.
        season: Season,
        #[schema(inline)]
        title: Line<1, 80>,
        /// First day of answering.
        #[serde(with = "iso_date")]
        opens_on: Date,
        /// Last day of answering.
        #[serde(with = "iso_date")]
        closes_on: Date,
        #[serde(deserialize_with = "some::<_, _, 30>")]
        #[schema(min_items = 1, max_items = 30)]
        questions: Vec<SurveyQuestion>,
    }
}

impl SurveyIn {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.closes_on < self.opens_on {
            faults.push(FieldError::new("/closes_on", Fault::EndsBeforeStart));
        }
        let mut keys = HashSet::new();
        for (index, question) in self.questions.iter().enumerate() {
            if !keys.insert(question.key.as_str()) {
                faults.push(FieldError::new(format!("/questions/{index}/key"), Fault::Duplicate));
            }
            question.faults(&format!("/questions/{index}"), &mut faults);
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn option(key: &str, category: Option<ProjectCategory>) -> Result<SurveyOption, FieldError> {
        Ok(SurveyOption { key: Line::new(key)?, label: Line::new(&format!("选项{key}"))?, category })
    }

    fn question(kind: SurveyQuestionKind, options: Vec<SurveyOption>) -> Result<SurveyQuestion, FieldError> {
        Ok(SurveyQuestion { key: Line::new("q")?, kind, text: Line::new("您希望参加什么？")?, options })
    }

    fn faults(questions: Vec<SurveyQuestion>) -> Result<Vec<(String, Fault)>, FieldError> {
        let survey = SurveyIn {
            school_id: Id::NIL,
            school_year: SchoolYear::new("2024-2025")?,
            season: Season::Autumn,
            title: Line::new("意向调查")?,
            opens_on: date!(2024 - 08 - 26),
            closes_on: date!(2024 - 08 - 26),
            questions,
        };
        Ok(survey.faults().into_iter().map(|fault| (fault.pointer, fault.code)).collect())
    }

    #[test]
    fn each_kind_has_the_options_that_go_with_it() -> Result<(), FieldError> {
        let sports = Some(ProjectCategory::Sports);
        for (kind, options, expected) in [
            (SurveyQuestionKind::ProjectWish, vec![option("a", sports)?], vec![]),
            (SurveyQuestionKind::ProjectWish, vec![], vec![("/questions/0/options", Fault::Required)]),
            (
                SurveyQuestionKind::ProjectWish,
                vec![option("a", None)?],
                vec![("/questions/0/options/0/category", Fault::Required)],
            ),
            (SurveyQuestionKind::SingleChoice, vec![option("a", None)?, option("b", None)?], vec![]),
            (
                SurveyQuestionKind::SingleChoice,
                vec![option("a", None)?],
                vec![("/questions/0/options", Fault::Required)],
            ),
            (
                SurveyQuestionKind::MultipleChoice,
                vec![option("a", sports)?, option("b", None)?],
                vec![("/questions/0/options/0/category", Fault::NotForThis)],
            ),
            (SurveyQuestionKind::Text, vec![], vec![]),
            (SurveyQuestionKind::Text, vec![option("a", None)?], vec![("/questions/0/options", Fault::NotForThis)]),
        ] {
            let expected: Vec<(String, Fault)> =
                expected.into_iter().map(|(at, fault)| (at.to_owned(), fault)).collect();
            assert_eq!(faults(vec![question(kind, options)?])?, expected, "{kind:?}");
        }
        Ok(())
    }

    #[test]
    fn keys_are_there_once() -> Result<(), FieldError> {
        let twice = vec![option("a", None)?, option("a", None)?];
        let first = question(SurveyQuestionKind::SingleChoice, twice)?;
        let expected = [
            ("/questions/0/options/1/key", Fault::Duplicate),
            ("/questions/0/options/1/label", Fault::Duplicate),
            ("/questions/1/key", Fault::Duplicate),
        ];
        let found = faults(vec![first, question(SurveyQuestionKind::Text, Vec::new())?])?;
        assert_eq!(found, expected.map(|(at, fault)| (at.to_owned(), fault)));
        Ok(())
    }
}
