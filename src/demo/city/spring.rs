//! The spring of 紫藤小学, which is over: asked, filed, approved, chosen, charged, paid and closed.

use serde_json::json;
use time::macros::date;

use super::entering::{Child, SINCE_SPRING, by_code, enter, number_of, pupils_of, username};
use super::{SCHOOLS, SPRING};
use crate::db::Tx;
use crate::decisions::submissions;
use crate::demo::acts::{approve, charge, file, latest_plan, open_account, pay, publish, seen, sign};
use crate::demo::documents;
use crate::demo::groundwork::{ask, close_surveys, enter_ledger};
use crate::demo::stage::{Stage, body, goes_on};
use crate::enrollments::enrollments;
use crate::fees::charges::PaymentMethod;
use crate::plans::projects;
use crate::refusal::Refusal;
use crate::students::guardian_invitations;

const ADMIN: &str = "demo.school7";

/// Numbers of the accounts that were made in spring begin here, behind those of July.
const ACCOUNTS_FROM: usize = 100;

/// 2024-02-26: the ledger, a survey, the first pupils, each of whose guardians is invited and makes an account.
pub(super) fn ground(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let (admin, school_id) = (stage.enters(tx, ADMIN)?, stage.school(6)?);
    enter_ledger(tx, &admin, school_id)?;
    ask(tx, &admin, school_id, SPRING, date!(2024 - 02 - 29))?;
    let finance = stage.enters(tx, "demo.finance7")?;
    open_account(tx, &finance, school_id)?;
    for (pupil, grade) in (0..SINCE_SPRING).zip([2, 3, 4, 5].into_iter().cycle()) {
        let admin = stage.enters(tx, ADMIN)?;
        let (number, since) = (number_of(6, pupil), "2023-09-01");
        let child = Child { school_id, class_id: None, grade, number, family: None, since };
        let (_, held) = enter(tx, &admin, &child)?;
        let issued = guardian_invitations::invite(tx, &admin.by()?, held.id, &seen(held.version))?;
        by_code(tx, stage, &issued.code.shown(), &held, &username(6, ACCOUNTS_FROM + pupil))?;
    }
    Ok(())
}

/// 2024-03-01: the survey is closed, the plan filed, approved and told.
pub(super) fn plan(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, ADMIN)?;
    close_surveys(tx, &admin)?;
    let plan = file(tx, stage, &admin, &documents::spring(&SCHOOLS[6])?)?;
    let bureau = stage.enters(tx, "demo.bureau")?;
    approve(tx, &bureau, &plan)?;
    let admin = stage.enters(tx, ADMIN)?;
    let plan = latest_plan(tx, &admin)?;
    publish(tx, &admin, &plan)
}

/// 2024-03-04: families choose and sign; the school charges, and all but one have paid.
pub(super) fn families(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, ADMIN)?;
    let plan = latest_plan(tx, &admin)?;
    let offered = projects::ids(tx, plan.id)?;
    for pupil in 0..SINCE_SPRING {
        let guardian = stage.enters(tx, &username(6, ACCOUNTS_FROM + pupil))?;
        let children = pupils_of(tx, &guardian)?;
        let Some(child) = children.first() else { continue };
        for project_id in offered.iter().take(1 + pupil % 2) {
            goes_on(tx);
            let new = body(json!({"student_id": child.id, "project_id": project_id}))?;
            let made = enrollments::create(tx, &guardian.by()?, &new)?;
            sign(tx, &guardian, &made)?;
        }
        let finance = stage.enters(tx, "demo.finance7")?;
        let charged = charge(tx, &finance, child.id, SPRING)?;
        if pupil > 0 && charged.amount_fen > 0 {
            pay(tx, &finance, &charged, charged.amount_fen, PaymentMethod::Wechat)?;
        }
    }
    Ok(())
}

/// 2024-07-01: the term is over.
pub(super) fn ends(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, ADMIN)?;
    let plan = latest_plan(tx, &admin)?;
    submissions::close(tx, &admin.by()?, plan.id, &seen(plan.version))?;
    Ok(())
}
