//! What the demonstration's schools found out before they planned (五.1): what they have, and what guardians wish.

use time::Date;
use time::macros::date;

use super::city::City;
use crate::auth::permission::{ReadStudents, ReadSurveys};
use crate::auth::{Actor, By};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, Listing};
use crate::refusal::{FieldError, Refusal};
use crate::resources::facilities::{self, FacilityIn, FacilityKind};
use crate::rules::document::{ProjectCategory, Season};
use crate::students::students::{Student, StudentFilter};
use crate::surveys::survey_answers::{self, SurveyAnswerIn, SurveyReply};
use crate::surveys::surveys::{
    self, Survey, SurveyFilter, SurveyIn, SurveyOption, SurveyQuestion, SurveyQuestionKind, SurveyState,
};
use crate::values::identifiers::SchoolYear;
use crate::values::text::Line;

/// The administrators of the schools, in the order of `city::SCHOOLS`.
const ADMINS: [&str; 8] = [
    "demo.school",
    "demo.school2",
    "demo.school3",
    "demo.school4",
    "demo.school5",
    "demo.school6",
    "demo.school7",
    "demo.school8",
];

/// What every school has: kind, name, pupils or pieces, place, who looks after it.
const LEDGER: [(FacilityKind, &str, Option<i32>, &str, &str); 5] = [
    (FacilityKind::Room, "音乐教室", Some(48), "综合楼二楼", "刘老师"),
    (FacilityKind::Room, "科学实验室", Some(45), "综合楼三楼", "陈老师"),
    (FacilityKind::Venue, "运动场", Some(300), "教学楼东侧", "周老师"),
    (FacilityKind::CampusBookshop, "校园书店", Some(40), "图书楼一楼", "吴老师"),
    (FacilityKind::StaffSkill, "武术", None, "体育组", "周老师"),
];

/// What guardians can wish.
const WISHES: [(&str, &str, ProjectCategory); 4] = [
    ("homework", "作业辅导", ProjectCategory::Homework),
    ("wushu", "武术", ProjectCategory::Sports),
    ("reading", "经典诵读", ProjectCategory::Reading),
    ("choir", "合唱", ProjectCategory::Arts),
];

/// 2024-02-26: 城郊小学 makes its ledger, and asks about the spring.
pub(super) fn spring_survey(tx: &mut Tx<'_>, city: &City) -> Result<(), Refusal> {
    let (admin, school) = (city.actor("demo.school6")?, city.school(5)?);
    enter_ledger(tx, admin, school)?;
    ask(tx, admin, school, "2023-2024", Season::Spring, date!(2024 - 02 - 29))?;
    Ok(())
}

/// 2024-08-28: every school has its ledger, and asks about the autumn.
pub(super) fn autumn_surveys(tx: &mut Tx<'_>, city: &City) -> Result<(), Refusal> {
    for (place, account) in ADMINS.iter().enumerate() {
        let (admin, school) = (city.actor(account)?, city.school(place)?);
        if facilities::in_use_count(tx, school)? == 0 {
            enter_ledger(tx, admin, school)?;
        }
        ask(tx, admin, school, "2024-2025", Season::Autumn, date!(2024 - 09 - 02))?;
    }
    Ok(())
}

/// Closes what is open, before the plans.
pub(super) fn close_surveys(tx: &mut Tx<'_>, city: &City) -> Result<(), Refusal> {
    for account in ADMINS {
        let admin = city.actor(account)?;
        let (by, reader) = (By::of(admin.clone())?, By::<ReadSurveys>::of(admin.clone())?);
        let open = SurveyFilter { state: Some(SurveyState::Open.into()), ..SurveyFilter::default() };
        let open = Listing::all(open);
        for survey in reader.list::<Survey>(tx, &open)? {
            surveys::close(tx, &by, survey.id, &IfMatchVersion::of(survey.version))?;
        }
    }
    Ok(())
}

/// 2024-09-10: 君山学校 asks about the spring to come, and families answer.
pub(super) fn next_survey(tx: &mut Tx<'_>, city: &City) -> Result<(), Refusal> {
    let (admin, school) = (city.actor("demo.school4")?, city.school(3)?);
    let survey = ask(tx, admin, school, "2024-2025", Season::Spring, date!(2024 - 09 - 20))?;
    let of_school = StudentFilter { school_id: Some(school), ..StudentFilter::default() };
    let of_school = Listing::all(of_school);
    for (account, wishes) in [("demo.guardian", &["homework", "wushu"][..]), ("demo.guardian4", &["wushu", "choir"])] {
        let guardian = city.actor(account)?;
        let options = wishes.iter().map(|key| line(key)).collect::<Result<_, _>>()?;
        let answers = vec![SurveyReply { question: line("wish")?, options, text: None }];
        for child in By::<ReadStudents>::of(guardian.clone())?.list::<Student>(tx, &of_school)? {
            let new = SurveyAnswerIn { survey_id: survey.id, student_id: child.id, answers: answers.clone() };
            survey_answers::create(tx, &By::of(guardian.clone())?, &new)?;
        }
    }
    Ok(())
}

fn enter_ledger(tx: &mut Tx<'_>, admin: &Actor, school_id: Id) -> Result<(), Refusal> {
    let by = By::of(admin.clone())?;
    for (kind, name, capacity, place, manager_name) in LEDGER {
        let new = FacilityIn {
            school_id,
            kind,
            name: line(name)?,
            capacity,
            quantity: None,
            place: Some(line(place)?),
            manager_name: line(manager_name)?,
            usable_weekdays: Vec::new(),
            usable_note: Some(line("周一至周五放学后")?),
            in_use_on: date!(2023 - 09 - 01),
        };
        facilities::create(tx, &by, &new)?;
    }
    Ok(())
}

/// Drafts a survey and opens it until a day.
fn ask(
    tx: &mut Tx<'_>,
    admin: &Actor,
    school_id: Id,
    school_year: &str,
    season: Season,
    closes_on: Date,
) -> Result<Survey, Refusal> {
    let by = By::of(admin.clone())?;
    let new = SurveyIn {
        school_id,
        school_year: SchoolYear::new(school_year).map_err(wrong)?,
        season,
        title: line("课后服务意向调查")?,
        opens_on: tx.today,
        closes_on,
        questions: questions()?,
    };
    let made = surveys::create(tx, &by, &new)?;
    surveys::open(tx, &by, made.id, &IfMatchVersion::of(made.version))
}

fn questions() -> Result<Vec<SurveyQuestion>, Refusal> {
    let wish = |(key, label, category): &(&str, &str, ProjectCategory)| -> Result<SurveyOption, Refusal> {
        Ok(SurveyOption { key: line(key)?, label: line(label)?, category: Some(*category) })
    };
    let time = |key: &str| -> Result<SurveyOption, Refusal> {
        Ok(SurveyOption { key: line(key)?, label: line(key)?, category: None })
    };
    Ok(vec![
        SurveyQuestion {
            key: line("wish")?,
            kind: SurveyQuestionKind::ProjectWish,
            text: line("您希望孩子参加哪些项目？")?,
            options: WISHES.iter().map(wish).collect::<Result<_, _>>()?,
        },
        SurveyQuestion {
            key: line("until")?,
            kind: SurveyQuestionKind::SingleChoice,
            text: line("您希望服务到几点？")?,
            options: vec![time("17:30")?, time("18:00")?],
        },
        SurveyQuestion {
            key: line("say")?,
            kind: SurveyQuestionKind::Text,
            text: line("您还有什么建议？")?,
            options: Vec::new(),
        },
    ])
}

pub(super) fn line<const MIN: usize, const MAX: usize>(text: &str) -> Result<Line<MIN, MAX>, Refusal> {
    Line::new(text).map_err(wrong)
}

fn wrong(fault: FieldError) -> Refusal {
    Refusal::invalid(vec![fault])
}
