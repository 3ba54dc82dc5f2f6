//! Counting what was answered, and drafting projects from what was wished: pure, and without anybody's name.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Id;
use crate::resources::facilities::FacilityRow;
use crate::rules::document::ProjectCategory;
use crate::surveys::survey_answers::SurveyReply;
use crate::surveys::surveys::{GradeCount, SurveyQuestion, SurveyQuestionKind};

/// Most texts of one result.
const TEXTS_MAX: usize = 1_000;

/// Most facilities that are named for a draft.
const FACILITIES_MAX: usize = 10;

/// The grade of a pupil and what was replied for it.
pub type Nameless = (i32, Vec<SurveyReply>);

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
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct SurveyTextOut {
    /// Key of the question.
    pub question: String,
    pub text: String,
}

/// What came of a survey.
#[derive(Debug)]
pub struct Tally {
    pub grades: Vec<SurveyGradeOut>,
    /// In the order of questions, options and grades; zeros too.
    pub counts: Vec<SurveyCountOut>,
    /// By the text, so that their order says nothing either.
    pub texts: Vec<SurveyTextOut>,
}

/// Counts replies by question, option and grade.
#[must_use]
pub fn tally(questions: &[SurveyQuestion], asked: &[GradeCount], replies: &[Nameless]) -> Tally {
    let mut grades: BTreeMap<i32, (i64, i64)> = asked.iter().map(|known| (known.grade, (known.pupils, 0))).collect();
    let mut chosen: BTreeMap<(&str, Option<&str>, i32), i64> = BTreeMap::new();
    let mut texts = Vec::new();
    for (grade, replies) in replies {
        grades.entry(*grade).or_default().1 += 1;
        for reply in replies {
            let question = reply.question.as_str();
            for option in &reply.options {
                *chosen.entry((question, Some(option.as_str()), *grade)).or_default() += 1;
            }
            if let Some(text) = &reply.text {
                *chosen.entry((question, None, *grade)).or_default() += 1;
                texts.push(SurveyTextOut { question: question.to_owned(), text: text.as_str().to_owned() });
            }
        }
    }
    texts.sort();
    texts.truncate(TEXTS_MAX);
    let mut counts = Vec::new();
    for question in questions {
        let mut options: Vec<Option<&str>> = question.options.iter().map(|option| Some(option.key.as_str())).collect();
        if question.kind == SurveyQuestionKind::Text {
            options.push(None);
        }
        for option in options {
            for grade in grades.keys() {
                let count = chosen.get(&(question.key.as_str(), option, *grade)).copied().unwrap_or_default();
                let (question, option) = (question.key.as_str().to_owned(), option.map(str::to_owned));
                counts.push(SurveyCountOut { question, option, grade: *grade, count });
            }
        }
    }
    let grades = grades.into_iter().map(|(grade, (asked, answered))| SurveyGradeOut { grade, asked, answered });
    Tally { grades: grades.collect(), counts, texts }
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

/// Drafts of the projects that were wished, the most wished first; `facilities` come with the largest first. A pupil
/// for whom a project was wished twice counts once.
#[must_use]
pub fn draft_projects(
    questions: &[SurveyQuestion],
    replies: &[Nameless],
    facilities: &[FacilityRow],
) -> Vec<SurveyDraftProjectOut> {
    let mut demand: BTreeMap<(String, ProjectCategory), (BTreeSet<i32>, i64)> = BTreeMap::new();
    for (grade, replies) in replies {
        for project in wished(questions, replies) {
            let (grades, pupils) = demand.entry(project).or_default();
            grades.insert(*grade);
            *pupils += 1;
        }
    }
    let mut drafts: Vec<SurveyDraftProjectOut> = demand
        .into_iter()
        .map(|((name, category), (grades, expected_headcount))| {
            let fitting = facilities.iter().filter(|facility| facility.kind.fits(category));
            let facility_ids = fitting.take(FACILITIES_MAX).map(|facility| facility.id).collect();
            let grades = grades.into_iter().collect();
            SurveyDraftProjectOut { name, category, grades, expected_headcount, facility_ids }
        })
        .collect();
    drafts.sort_by_key(|draft| std::cmp::Reverse(draft.expected_headcount)); // stable: by name among equals
    drafts
}

/// Projects that were wished for a pupil, each once, by name and category.
fn wished(questions: &[SurveyQuestion], replies: &[SurveyReply]) -> BTreeSet<(String, ProjectCategory)> {
    let named = |reply: &SurveyReply| -> Vec<(String, ProjectCategory)> {
        let asks = |question: &&SurveyQuestion| {
            question.kind == SurveyQuestionKind::ProjectWish && question.key == reply.question
        };
        let options = questions.iter().find(asks).into_iter().flat_map(|question| &question.options);
        let chosen = options.filter(|option| reply.options.contains(&option.key));
        chosen.filter_map(|option| Some((option.label.as_str().to_owned(), option.category?))).collect()
    };
    replies.iter().flat_map(named).collect()
}

/// For how many pupils a project of each category was wished.
#[must_use]
pub fn wishes(questions: &[SurveyQuestion], replies: &[Nameless]) -> BTreeMap<ProjectCategory, i64> {
    let mut pupils = BTreeMap::new();
    for (_, replies) in replies {
        let categories: BTreeSet<_> = wished(questions, replies).into_iter().map(|(_, category)| category).collect();
        for category in categories {
            *pupils.entry(category).or_default() += 1;
        }
    }
    pupils
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::FieldError;
    use crate::surveys::surveys::SurveyOption;
    use crate::values::text::Line;

    fn wish(key: &str, labels: &[(&str, ProjectCategory)]) -> Result<SurveyQuestion, FieldError> {
        let option = |(label, category): &(&str, ProjectCategory)| -> Result<SurveyOption, FieldError> {
            Ok(SurveyOption { key: Line::new(label)?, label: Line::new(label)?, category: Some(*category) })
        };
        let options = labels.iter().map(option).collect::<Result<Vec<_>, _>>()?;
        Ok(SurveyQuestion {
            key: Line::new(key)?,
            kind: SurveyQuestionKind::ProjectWish,
            text: Line::new("您希望孩子参加什么？")?,
            options,
        })
    }

    fn reply(question: &str, options: &[&str]) -> Result<SurveyReply, FieldError> {
        let options = options.iter().map(|key| Line::new(key)).collect::<Result<Vec<_>, _>>()?;
        Ok(SurveyReply { question: Line::new(question)?, options, text: None })
    }

    #[test]
    fn every_option_is_counted_by_grade_zeros_too() -> Result<(), FieldError> {
        let questions = [wish("q", &[("武术", ProjectCategory::Sports), ("合唱", ProjectCategory::Arts)])?];
        let asked = [GradeCount { grade: 1, pupils: 40 }, GradeCount { grade: 2, pupils: 38 }];
        let replies = [
            (1, vec![reply("q", &["武术"])?]),
            (1, vec![reply("q", &["武术", "合唱"])?]),
            (3, vec![reply("q", &["合唱"])?]), // its grade had no pupils any more when the survey closed
        ];
        let found = tally(&questions, &asked, &replies);
        let grades: Vec<_> = found.grades.iter().map(|grade| (grade.grade, grade.asked, grade.answered)).collect();
        assert_eq!(grades, [(1, 40, 2), (2, 38, 0), (3, 0, 1)]);
        let counts: Vec<_> =
            found.counts.iter().map(|c| (c.option.as_deref().unwrap_or_default(), c.grade, c.count)).collect();
        let expected = [("武术", 1, 2), ("武术", 2, 0), ("武术", 3, 0), ("合唱", 1, 1), ("合唱", 2, 0), ("合唱", 3, 1)];
        assert_eq!(counts, expected);
        Ok(())
    }

    #[test]
    fn a_pupil_counts_once_for_a_project_that_is_wished_twice() -> Result<(), FieldError> {
        let sports = ("武术", ProjectCategory::Sports);
        let questions = [wish("first", &[sports, ("合唱", ProjectCategory::Arts)])?, wish("second", &[sports])?];
        let replies = [
            (2, vec![reply("first", &["武术"])?, reply("second", &["武术"])?]),
            (1, vec![reply("first", &["合唱", "武术"])?]),
        ];
        let drafts = draft_projects(&questions, &replies, &[]);
        let found: Vec<_> = drafts.iter().map(|d| (d.name.as_str(), d.grades.clone(), d.expected_headcount)).collect();
        assert_eq!(found, [("武术", vec![1, 2], 2), ("合唱", vec![1], 1)]);
        Ok(())
    }
}
