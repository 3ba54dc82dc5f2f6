//! What the county decided on plans and amendments, and what the background jobs did about what it did not.

use serde_json::{Value, json};
use time::macros::date;

use super::ADMINS;
use super::plans::document;
use crate::auth::invitations;
use crate::auth::permission::ReadPlans;
use crate::db::{Id, Tx};
use crate::decisions::reviews::Decision;
use crate::decisions::subject::Amending;
use crate::decisions::submissions;
use crate::demo::acts::{approve, decide, latest_filing, latest_plan, publish, seen, send_back};
use crate::demo::stage::{Person, Stage, body, goes_on};
use crate::filings::amendments;
use crate::filings::filings::{self, Filing, FilingPart, REMIND_BATCH};
use crate::plans::{projects, quality_courses};
use crate::refusal::Refusal;

/// 2024-08-20, and again 2024-09-04: what the hourly jobs find. 青竹小学's filing is late, so the county is reminded; two
/// weeks later the city is told. Codes that nobody has used in time are over.
pub(super) fn jobs(tx: &mut Tx<'_>, _: &Stage) -> Result<(), Refusal> {
    goes_on(tx);
    let mut after = Id::NIL;
    while let Some(last) = filings::remind(tx, after, REMIND_BATCH)? {
        after = last;
    }
    while invitations::expire(tx)? {}
    Ok(())
}

/// 2024-08-23: two plans are returned.
pub(super) fn sent_back(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for (place, reason) in [
        (2, (FilingPart::Projects, "/projects/1/outline", "项目内容过于简略，请写明活动安排。（演示）")),
        (4, (FilingPart::Fees, "/projects/0/fee/price_document", "请附收费文件全文。（演示）")),
    ] {
        let admin = stage.enters(tx, ADMINS.get(place).copied().unwrap_or_default())?;
        let plan = latest_plan(tx, &admin)?;
        let filing = latest_filing(tx, &plan)?;
        let bureau = stage.enters(tx, "demo.bureau")?;
        send_back(tx, &bureau, &filing, reason, date!(2024 - 09 - 06))?;
    }
    Ok(())
}

/// 2024-09-05: four plans are approved and told to families; the county holds up courses as examples.
pub(super) fn approved(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for place in [3, 6, 7, 8] {
        let admin = stage.enters(tx, ADMINS.get(place).copied().unwrap_or_default())?;
        let plan = latest_plan(tx, &admin)?;
        let bureau = stage.enters(tx, "demo.bureau")?;
        approve(tx, &bureau, &plan)?;
        let admin = stage.enters(tx, ADMINS.get(place).copied().unwrap_or_default())?;
        let plan = latest_plan(tx, &admin)?;
        publish(tx, &admin, &plan)?;
        if place == 3 {
            let bureau = stage.enters(tx, "demo.bureau")?;
            mark_courses(tx, &bureau, plan.id)?;
        }
    }
    Ok(())
}

/// Two courses are marked, of which one is not any more.
fn mark_courses(tx: &mut Tx<'_>, bureau: &Person, plan: Id) -> Result<(), Refusal> {
    for (number, project_id) in projects::ids(tx, plan)?.into_iter().skip(1).take(2).enumerate() {
        goes_on(tx);
        let new = body(json!({"project_id": project_id, "document": "岳县教〔2024〕12号（演示）"}))?;
        let marked = quality_courses::create(tx, &bureau.by()?, &new)?;
        if number == 1 {
            let why = body(json!({"reason": "指导教师调离（演示）"}))?;
            quality_courses::end(tx, &bureau.by()?, marked.id, &seen(marked.version), &why)?;
        }
    }
    Ok(())
}

/// How far an amendment has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Come {
    Drafted,
    Submitted,
    Approved,
    Returned,
    Withdrawn,
}

/// 2024-09-09: schools change what is in force: one has a draft, one has filed, one was approved, one took its own back
/// and had the next returned.
pub(super) fn amended(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for (place, come) in
        [(3, Come::Drafted), (6, Come::Submitted), (7, Come::Approved), (8, Come::Withdrawn), (8, Come::Returned)]
    {
        amend(tx, stage, place, come)?;
    }
    Ok(())
}

fn amend(tx: &mut Tx<'_>, stage: &Stage, place: usize, come: Come) -> Result<(), Refusal> {
    let admin = stage.enters(tx, ADMINS.get(place).copied().unwrap_or_default())?;
    let plan = latest_plan(tx, &admin)?;
    let seats = if place == 3 { 14 } else { 50 };
    let edits: &[(&str, Value)] = &[("/projects/1/seats_max", json!(seats))];
    let new = json!({
        "plan_id": plan.id, "reason": "报名人数超出预计，增加名额（演示）", "document": document(place, edits)?
    });
    let amendment = amendments::create(tx, &admin.by()?, &body(new)?)?;
    if come == Come::Drafted {
        return Ok(());
    }
    goes_on(tx);
    let mut amending = Amending { amendment, plan };
    if come == Come::Withdrawn {
        submissions::withdraw(tx, &admin.by()?, &amending)?;
        return Ok(());
    }
    amending = submissions::submit(tx, &admin.by()?, &amending)?;
    if come == Come::Submitted {
        return Ok(());
    }
    let bureau = stage.enters(tx, "demo.bureau")?;
    let id = amending.amendment.filing_id.ok_or_else(|| Refusal::internal("not filed"))?;
    let filing: Filing = bureau.by::<ReadPlans>()?.find(tx, id)?;
    if come == Come::Approved {
        return decide(tx, &bureau, &filing, &Decision::Approve { remark: None });
    }
    let reason = (FilingPart::Projects, "/projects/1/seats_max", "请说明场地能否容纳。（演示）");
    send_back(tx, &bureau, &filing, reason, date!(2024 - 09 - 20))
}
