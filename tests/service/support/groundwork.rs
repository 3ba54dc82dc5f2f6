//! What schools find out before they plan (五.1): a row of the resource ledger, and a closed survey for the term.

use kehou::auth::{Actor, By};
use kehou::db::{Id, Mode, Origin, Tx};
use kehou::http::IfMatchVersion;
use kehou::refusal::Refusal;
use kehou::resources::facilities::{self, FacilityIn, FacilityKind};
use kehou::rules::document::{ProjectCategory, Season};
use kehou::surveys::survey_answers::{self, SurveyAnswerIn, SurveyReply};
use kehou::surveys::surveys::{self, SurveyIn, SurveyOption, SurveyQuestion, SurveyQuestionKind};
use kehou::values::identifiers::SchoolYear;
use kehou::values::text::Line;
use serde_json::{Value, json};

use super::app::{Answer, Ask, TestApp};

/// The terms for which tests plan.
const TERMS: [(&str, Season); 2] = [("2024-2025", Season::Autumn), ("2024-2025", Season::Spring)];

/// A row in use, and a closed survey for each term of the tests, which nobody has answered.
pub fn lay(tx: &mut Tx<'_>, admin: &Actor, school_id: Id) -> Result<(), Refusal> {
    let room = FacilityIn {
        school_id,
        kind: FacilityKind::Room,
        name: Line::new("音乐教室").unwrap(),
        capacity: Some(45),
        quantity: None,
        place: Some(Line::new("综合楼二楼").unwrap()),
        manager_name: Line::new("刘老师").unwrap(),
        usable_weekdays: Vec::new(),
        usable_note: None,
        in_use_on: tx.today,
    };
    facilities::create(tx, &By::of(admin.clone())?, &room)?;
    for (school_year, season) in TERMS {
        let survey = SurveyIn {
            school_id,
            school_year: SchoolYear::new(school_year).unwrap(),
            season,
            title: Line::new("课后服务意向调查").unwrap(),
            opens_on: tx.today,
            closes_on: tx.today,
            questions: vec![wish()],
        };
        let by = By::of(admin.clone())?;
        let made = surveys::create(tx, &by, &survey)?;
        surveys::open(tx, &by, made.id, &IfMatchVersion::of(1))?;
        surveys::close(tx, &by, made.id, &IfMatchVersion::of(2))?;
    }
    Ok(())
}

/// What may be wished.
const WISHES: [(&str, ProjectCategory); 2] =
    [("homework", ProjectCategory::Homework), ("clubs", ProjectCategory::Clubs)];

fn wish() -> SurveyQuestion {
    let option = |(key, category): (&str, ProjectCategory)| SurveyOption {
        key: Line::new(key).unwrap(),
        label: Line::new(key).unwrap(),
        category: Some(category),
    };
    SurveyQuestion {
        key: Line::new("wish").unwrap(),
        kind: SurveyQuestionKind::ProjectWish,
        text: Line::new("您希望孩子参加什么？").unwrap(),
        options: WISHES.map(option).to_vec(),
    }
}

/// The same for a school that a test has added.
pub async fn lay_groundwork(app: &TestApp, account: &str) {
    let admin = app.world.account(account).actor.clone();
    let school = admin.organisation_id.unwrap();
    app.db.write(Origin::service("test"), Mode::Commit, move |tx| lay(tx, &admin, school)).await.unwrap();
}

/// A survey of a school for a term of its own: a wish, a choice and a text.
pub fn survey_body(school: Id, school_year: &str) -> Value {
    json!({
        "school_id": school, "school_year": school_year, "season": "autumn", "title": "课后服务意向调查",
        "opens_on": "2024-09-09", "closes_on": "2024-09-10", "questions": [
            {"key": "wish", "kind": "project_wish", "text": "您希望孩子参加什么？", "options": [
                {"key": "a", "label": "武术", "category": "sports"},
                {"key": "b", "label": "经典诵读", "category": "reading"}
            ]},
            {"key": "until", "kind": "single_choice", "text": "您希望几点结束？", "options": [
                {"key": "1730", "label": "17:30"}, {"key": "1800", "label": "18:00"}
            ]},
            {"key": "say", "kind": "text", "text": "您还有什么建议？"}
        ]
    })
}

/// Calls a verb on a survey as it was seen.
pub async fn survey_verb(app: &TestApp, account: &str, seen: &Answer, verb: &str) -> Answer {
    let path = format!("/api/v1/surveys/{}/{verb}", seen.id());
    app.post(&path).token(app.world.token(account)).if_match(seen.etag()).send().await
}

/// Drafts a survey and opens it.
pub async fn open_survey(app: &TestApp, account: &str, body: &Value) -> Answer {
    let made = app.post("/api/v1/surveys").token(app.world.token(account)).json(body).expect(201).await;
    let opened = survey_verb(app, account, &made, "open").await;
    assert_eq!(opened.status, 200, "{}", opened.json());
    opened
}

/// An answer of an account to a survey for a pupil.
pub fn answering<'a>(app: &'a TestApp, account: &str, survey: &str, student: &str, answers: &Value) -> Ask<'a> {
    let body = json!({"survey_id": survey, "student_id": student, "answers": answers});
    app.post("/api/v1/survey-answers").token(app.world.token(account)).json(&body)
}

/// The account `guardian` has wished everything in the autumn's survey of the own school.
pub async fn wish_for_everything(app: &TestApp) {
    app.sql("UPDATE surveys SET state = 'open'").await;
    let guardian = app.world.account("guardian").actor.clone();
    let (school, student_id) = (app.world.organisation("own school"), app.world.pupils("own school").student);
    let answer = move |tx: &mut Tx<'_>| {
        let (survey_id, _) = surveys::standing(tx, school, "2024-2025", Season::Autumn)?.unwrap();
        let options = WISHES.map(|(key, _)| Line::new(key).unwrap()).to_vec();
        let answers = vec![SurveyReply { question: Line::new("wish").unwrap(), options, text: None }];
        survey_answers::create(tx, &By::of(guardian.clone())?, &SurveyAnswerIn { survey_id, student_id, answers })
    };
    app.db.write(Origin::service("test"), Mode::Commit, answer).await.unwrap();
    app.sql("UPDATE surveys SET state = 'closed'").await;
}
