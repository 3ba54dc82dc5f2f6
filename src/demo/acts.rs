//! What people of a demonstration do, each as it is done by everybody.

use serde_json::json;
use time::Date;

use super::papers;
use super::stage::{Person, Stage, body};
use crate::auth::By;
use crate::auth::permission::ReadPlans;
use crate::db::{Id, Tx};
use crate::decisions::reviews::{self, Decision};
use crate::decisions::{publications, submissions};
use crate::enrollments::agreements;
use crate::enrollments::enrollments::Enrollment;
use crate::fees::charges::{self, Charge, PaymentMethod};
use crate::fees::fee_accounts;
use crate::filings::filings::{self, Filing, FilingPart, ReturnReason};
use crate::http::{IfMatchVersion, Listing};
use crate::notices::notices::{self, Notice};
use crate::plans::plans::{self, Plan, PlanFilter};
use crate::refusal::Refusal;
use crate::rules::document::PlanDocument;
use crate::schools::classes;

/// As it was seen.
pub(super) fn seen(version: i64) -> IfMatchVersion {
    IfMatchVersion::of(version)
}

/// A plan with its materials.
pub(super) fn draft(tx: &mut Tx<'_>, stage: &Stage, admin: &Person, document: &PlanDocument) -> Result<Plan, Refusal> {
    let plan = plans::create(tx, &admin.by()?, document)?;
    papers::upload(tx, &admin.by()?, stage.papers(), &plan)?;
    Ok(plan)
}

/// The same, and files it.
pub(super) fn file(tx: &mut Tx<'_>, stage: &Stage, admin: &Person, document: &PlanDocument) -> Result<Plan, Refusal> {
    let plan = draft(tx, stage, admin, document)?;
    submissions::submit(tx, &admin.by()?, &plan)
}

/// A notice that says what its plan says.
pub(super) fn draw_up_notice(tx: &mut Tx<'_>, admin: &Person, plan: &Plan) -> Result<Notice, Refusal> {
    let new = json!({"plan_id": plan.id, "items": {}, "contact_name": "教务处", "contact_phone": "0730-8880001"});
    notices::create(tx, &admin.by()?, &body(new)?)
}

/// The same, published.
pub(super) fn publish(tx: &mut Tx<'_>, admin: &Person, plan: &Plan) -> Result<(), Refusal> {
    let notice = draw_up_notice(tx, admin, plan)?;
    publications::publish(tx, &admin.by()?, notice.id, &seen(notice.version))?;
    Ok(())
}

/// The latest plan that a school's administrator sees: its own.
pub(super) fn latest_plan(tx: &mut Tx<'_>, admin: &Person) -> Result<Plan, Refusal> {
    let by: By<ReadPlans> = admin.by()?;
    let found = by.list::<Plan>(tx, &Listing::all(PlanFilter::default()))?;
    found.into_iter().next_back().ok_or_else(|| Refusal::internal("no plan"))
}

/// Of the submission on which a plan stands.
pub(super) fn approve(tx: &mut Tx<'_>, bureau: &Person, plan: &Plan) -> Result<(), Refusal> {
    let filing = latest_filing(tx, plan)?;
    decide(tx, bureau, &filing, &Decision::Approve { remark: None })
}

/// Returns a submission for one reason, to be corrected by a day.
pub(super) fn send_back(
    tx: &mut Tx<'_>,
    bureau: &Person,
    filing: &Filing,
    (part, pointer, text): (FilingPart, &str, &str),
    due_on: Date,
) -> Result<(), Refusal> {
    let reasons = vec![ReturnReason { part, pointer: Some(pointer.to_owned()), text: text.to_owned() }];
    decide(tx, bureau, filing, &Decision::Return { reasons, due_on })
}

pub(super) fn decide(tx: &mut Tx<'_>, bureau: &Person, filing: &Filing, decision: &Decision) -> Result<(), Refusal> {
    reviews::review(tx, &bureau.by()?, filing.id, &seen(filing.version), &filing.sha256, decision)?;
    Ok(())
}

pub(super) fn latest_filing(tx: &mut Tx<'_>, plan: &Plan) -> Result<Filing, Refusal> {
    filings::latest(tx, plan)?.ok_or_else(|| Refusal::internal("not filed"))
}

pub(super) fn open_account(tx: &mut Tx<'_>, opener: &Person, school_id: Id) -> Result<(), Refusal> {
    let new = json!({
        "school_id": school_id, "name": "课后服务专账", "bank_name": "岳阳农商银行",
        "account_number": "8201000012345678"
    });
    fee_accounts::open(tx, &opener.by()?, &body(new)?)?;
    Ok(())
}

/// A class of this school year.
pub(super) fn open_class(tx: &mut Tx<'_>, admin: &Person, school_id: Id, grade: u8) -> Result<Id, Refusal> {
    let name = format!("{grade}年级1班");
    let new = json!({"school_id": school_id, "school_year": "2024-2025", "grade": grade, "name": name});
    Ok(classes::create(tx, &admin.by()?, &body(new)?)?.id)
}

/// Reads the agreement and signs it.
pub(super) fn sign(tx: &mut Tx<'_>, guardian: &Person, made: &Enrollment) -> Result<(), Refusal> {
    let shown = agreements::find(tx, &guardian.by()?, made.id)?;
    agreements::sign(tx, &guardian.by()?, made.id, &seen(made.version), &shown.with.sha256)?;
    Ok(())
}

/// Charges a pupil for a term.
pub(super) fn charge(
    tx: &mut Tx<'_>,
    finance: &Person,
    student_id: Id,
    (school_year, season): (&str, &str),
) -> Result<Charge, Refusal> {
    let new = json!({"student_id": student_id, "school_year": school_year, "season": season, "items": []});
    charges::create(tx, &finance.by()?, &body(new)?)
}

pub(super) fn pay(
    tx: &mut Tx<'_>,
    finance: &Person,
    charge: &Charge,
    amount_fen: i64,
    method: PaymentMethod,
) -> Result<(), Refusal> {
    let paid = body(json!({"amount_fen": amount_fen, "method": method}))?;
    charges::pay(tx, &finance.by()?, charge.id, &seen(charge.version), &paid)?;
    Ok(())
}
