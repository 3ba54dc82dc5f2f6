//! What schools find out before they plan (五.1): what they have, and what guardians wish.

use serde_json::{Value, json};
use time::Date;

use super::acts::seen;
use super::stage::{Person, body, goes_on};
use crate::auth::By;
use crate::auth::permission::ReadSurveys;
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::resources::facilities::{self, FacilityKind};
use crate::surveys::survey_answers;
use crate::surveys::surveys::{self, Survey, SurveyFilter, SurveyState};
use crate::values::iso_date;

/// What every school has: kind, name, pupils or pieces, place, who looks after it.
const LEDGER: [(FacilityKind, &str, Option<i32>, &str, &str); 5] = [
    (FacilityKind::Room, "音乐教室", Some(48), "综合楼二楼", "刘老师"),
    (FacilityKind::Room, "科学实验室", Some(45), "综合楼三楼", "陈老师"),
    (FacilityKind::Venue, "运动场", Some(300), "教学楼东侧", "周老师"),
    (FacilityKind::CampusBookshop, "校园书店", Some(40), "图书楼一楼", "吴老师"),
    (FacilityKind::StaffSkill, "武术", None, "体育组", "周老师"),
];

/// Makes a school's ledger.
pub(super) fn enter_ledger(tx: &mut Tx<'_>, admin: &Person, school_id: Id) -> Result<(), Refusal> {
    for (kind, name, capacity, place, manager_name) in LEDGER {
        let new = json!({
            "school_id": school_id, "kind": kind, "name": name, "capacity": capacity, "quantity": null,
            "place": place, "manager_name": manager_name, "usable_weekdays": [],
            "usable_note": "周一至周五放学后", "in_use_on": "2023-09-01"
        });
        goes_on(tx);
        facilities::create(tx, &admin.by()?, &body(new)?)?;
    }
    Ok(())
}

/// Drafts a survey from today to a day.
pub(super) fn draft_survey(
    tx: &mut Tx<'_>,
    admin: &Person,
    school_id: Id,
    (school_year, season): (&str, &str),
    closes_on: Date,
) -> Result<Survey, Refusal> {
    let new = json!({
        "school_id": school_id, "school_year": school_year, "season": season, "title": "课后服务意向调查",
        "opens_on": iso_date::text(tx.today), "closes_on": iso_date::text(closes_on), "questions": questions()
    });
    surveys::create(tx, &admin.by()?, &body(new)?)
}

/// The same, and opens it.
pub(super) fn ask(
    tx: &mut Tx<'_>,
    admin: &Person,
    school_id: Id,
    term: (&str, &str),
    closes_on: Date,
) -> Result<Survey, Refusal> {
    let made = draft_survey(tx, admin, school_id, term, closes_on)?;
    surveys::open(tx, &admin.by()?, made.id, &seen(made.version))
}

/// The surveys of a school that are open.
pub(super) fn open_surveys(tx: &mut Tx<'_>, reader: &Person) -> Result<Vec<Survey>, Refusal> {
    let open = SurveyFilter { state: Some(SurveyState::Open.into()), ..SurveyFilter::default() };
    let by: By<ReadSurveys> = reader.by()?;
    by.list::<Survey>(tx, &Listing::all(open))
}

/// Closes what a school has open.
pub(super) fn close_surveys(tx: &mut Tx<'_>, admin: &Person) -> Result<(), Refusal> {
    for survey in open_surveys(tx, admin)? {
        surveys::close(tx, &admin.by()?, survey.id, &seen(survey.version))?;
    }
    Ok(())
}

/// A guardian answers for its child.
pub(super) fn answer(
    tx: &mut Tx<'_>,
    guardian: &Person,
    survey_id: Id,
    student_id: Id,
    wishes: &[&str],
) -> Result<(), Refusal> {
    let answers = json!([{"question": "wish", "options": wishes, "text": null}]);
    let new = json!({"survey_id": survey_id, "student_id": student_id, "answers": answers});
    survey_answers::create(tx, &guardian.by()?, &body(new)?)?;
    Ok(())
}

fn questions() -> Value {
    json!([
        {
            "key": "wish", "kind": "project_wish", "text": "您希望孩子参加哪些项目？",
            "options": [
                {"key": "homework", "label": "作业辅导", "category": "homework"},
                {"key": "wushu", "label": "武术", "category": "sports"},
                {"key": "reading", "label": "经典诵读", "category": "reading"},
                {"key": "choir", "label": "合唱", "category": "arts"}
            ]
        },
        {
            "key": "until", "kind": "single_choice", "text": "您希望服务到几点？",
            "options": [
                {"key": "17:30", "label": "17:30", "category": null},
                {"key": "18:00", "label": "18:00", "category": null}
            ]
        },
        {"key": "say", "kind": "text", "text": "您还有什么建议？", "options": []}
    ])
}
