//! The autumn plans of the county: one filed early, which nobody has looked at since, some in August, the rest when the
//! term has begun, one not at all; what committees said, and what was asked to be exempt.

use serde_json::{Value, json};
use time::Duration;

use super::{ADMINS, AUTUMN, SCHOOLS, wishes};
use crate::db::Tx;
use crate::decisions::submissions;
use crate::demo::acts::{draft, draw_up_notice, file, latest_plan, publish, seen};
use crate::demo::documents;
use crate::demo::stage::{Stage, body, goes_on};
use crate::plans::{committee_opinions, exemptions, plans};
use crate::refusal::Refusal;
use crate::rules::document::PlanDocument;
use crate::values::iso_date;

/// The seats of 金桂小学's sports club: fewer than want them.
const FEW_SEATS: usize = 12;

/// The seats of 紫藤小学's sports club: fewer than wish for them.
const DRAWN_SEATS: usize = 3;

/// The minimum of the last club of 银杏学校: more than join it.
const LEAST: usize = 15;

/// The autumn plan of a school, by its place.
pub(super) fn document(place: usize, edits: &[(&str, Value)]) -> Result<PlanDocument, Refusal> {
    let school = SCHOOLS.get(place).ok_or_else(|| Refusal::internal("no such school"))?;
    documents::edited(school, edits)
}

fn files(tx: &mut Tx<'_>, stage: &Stage, place: usize, edits: &[(&str, Value)]) -> Result<(), Refusal> {
    let admin = stage.enters(tx, ADMINS.get(place).copied().unwrap_or_default())?;
    let document = document(place, edits)?;
    let plan = draft(tx, stage, &admin, &document)?;
    goes_on(tx);
    let opinion = json!({
        "plan_id": plan.id, "held_on": iso_date::text(tx.today), "members_present": 9 + place,
        "stance": if place % 3 == 2 { "supports_with_suggestions" } else { "supports" },
        "opinion": if place % 3 == 2 { "建议增加户外活动（演示）" } else { "同意（演示）" }
    });
    committee_opinions::create(tx, &admin.by()?, &body(opinion)?)?;
    goes_on(tx);
    submissions::submit(tx, &admin.by()?, &plan)?;
    Ok(())
}

/// 2024-08-05: 青竹小学 files, before anybody else.
pub(super) fn early(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    files(tx, stage, 1, &[])
}

/// 2024-08-12: two more file; three ask to be exempt, and the county decides.
pub(super) fn in_august(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    files(tx, stage, 2, &[("/projects/1/outline", json!("体育活动。"))])?;
    files(tx, stage, 4, &[])?;
    for (place, step) in [(0, None), (7, Some("grant")), (8, Some("refuse")), (9, Some("end"))] {
        exempt(tx, stage, place, step)?;
    }
    Ok(())
}

/// Asks for an exemption, on which the county decides in one way or another.
fn exempt(tx: &mut Tx<'_>, stage: &Stage, place: usize, step: Option<&str>) -> Result<(), Refusal> {
    let admin = stage.enters(tx, ADMINS.get(place).copied().unwrap_or_default())?;
    let asked = json!({
        "school_id": stage.school(place)?, "school_year": AUTUMN.0, "season": AUTUMN.1, "rule": "service-end-time",
        "project": null, "weekday": 5, "first_on": "2024-09-06", "last_on": "2024-10-25",
        "reason": "周五校车晚到，服务延时十分钟（演示）", "document": null
    });
    let asked = exemptions::create(tx, &admin.by()?, &body(asked)?)?;
    let Some(step) = step else { return Ok(()) };
    let bureau = stage.enters(tx, "demo.bureau")?;
    if step == "refuse" {
        let why = body(json!({"reason": "可调整校车班次（演示）"}))?;
        exemptions::refuse(tx, &bureau.by()?, asked.id, &seen(asked.version), &why)?;
        return Ok(());
    }
    let paper = body(json!({"document": "岳县教函〔2024〕15号（演示）"}))?;
    let granted = exemptions::grant(tx, &bureau.by()?, asked.id, &seen(asked.version), &paper)?;
    if step == "end" {
        goes_on(tx);
        let why = body(json!({"reason": "校车已按时到达（演示）"}))?;
        exemptions::end(tx, &bureau.by()?, granted.id, &seen(granted.version), &why)?;
    }
    Ok(())
}

/// 2024-09-02: the term begins. 杜鹃小学 files again what was returned, others for the first time; 望湖中学 has a draft.
pub(super) fn on_the_first_day(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school3")?;
    let returned = latest_plan(tx, &admin)?;
    let corrected = document(2, &[("/projects/1/seats_max", json!(40))])?;
    let corrected = plans::replace(tx, &admin.by()?, returned.id, &seen(returned.version), &corrected)?;
    goes_on(tx);
    submissions::submit(tx, &admin.by()?, &corrected)?;
    let few: &[(&str, Value)] = &[("/projects/1/seats_max", json!(FEW_SEATS))];
    let drawn: &[(&str, Value)] =
        &[("/projects/1/seats_max", json!(DRAWN_SEATS)), ("/projects/1/seats_min", Value::Null)];
    let least: &[(&str, Value)] = &[("/projects/5/seats_min", json!(LEAST))];
    for (place, edits) in [(3, few), (5, &[]), (6, drawn), (7, least), (8, &[])] {
        files(tx, stage, place, edits)?;
    }
    let admin = stage.enters(tx, "demo.school6")?;
    let plan = latest_plan(tx, &admin)?;
    submissions::withdraw(tx, &admin.by()?, &plan)?;
    let admin = stage.enters(tx, "demo.school")?;
    let plan = draft(tx, stage, &admin, &documents::too_late(&SCHOOLS[0])?)?;
    draw_up_notice(tx, &admin, &plan)?;
    Ok(())
}

/// 2024-09-06: two more file, one of which tells its families at once; 云杉小学 has not filed.
pub(super) fn last_ones(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    files(tx, stage, 9, &[])?;
    let admin = stage.enters(tx, "demo.school11")?;
    let plan = file(tx, stage, &admin, &document(10, &[])?)?;
    publish(tx, &admin, &plan)?;
    let (opens_on, closes_on) =
        (tx.today.saturating_add(Duration::days(5)), tx.today.saturating_add(Duration::days(12)));
    wishes::announce(tx, &admin, opens_on, closes_on)?;
    Ok(())
}
