//! `/charges`.

use actix_web::{get, post};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::model::{ChargeFilter, ChargeLineRow, PaymentRow};
use super::{Charge, ChargeIn, ChargePaymentIn, ChargeState, PaymentMethod};
use crate::auth::permission::{ChargeFees, ReadCharges};
use crate::auth::{By, Keyed, List, Read, Write};
use crate::db::Id;
use crate::fees::charges;
use crate::http::{Answered, Key, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::rules::document::Season;
use crate::values::iso_date;

/// What one project comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChargeLineOut {
    pub enrollment_id: Id,
    pub project_id: Id,
    /// As the approved plan names it.
    pub name: String,
    /// Lessons of the term; null where the fee is for the term.
    pub lessons: Option<i64>,
    /// For one lesson, or for the term.
    pub unit_fen: i64,
    /// What the pupil pays of it in percent, where the policy lets it pay less; else null. Why is not said.
    pub pays_percent: Option<i32>,
    pub amount_fen: i64,
    /// The day from which its lessons count; null for charges of before this was kept.
    #[serde(with = "iso_date::option")]
    pub joins_on: Option<Date>,
}

impl From<&ChargeLineRow> for ChargeLineOut {
    fn from(line: &ChargeLineRow) -> Self {
        let ChargeLineRow {
            enrollment_id,
            project_id,
            name,
            lessons,
            unit_fen,
            pays_percent,
            amount_fen,
            joins_on,
            ..
        } = line.clone();
        Self { enrollment_id, project_id, name, lessons, unit_fen, pays_percent, amount_fen, joins_on }
    }
}

/// A payment of a charge.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChargePaymentOut {
    pub id: Id,
    pub amount_fen: i64,
    pub method: PaymentMethod,
    #[serde(with = "iso_date")]
    pub paid_on: Date,
}

impl From<&PaymentRow> for ChargePaymentOut {
    fn from(payment: &PaymentRow) -> Self {
        let PaymentRow { id, amount_fen, method, paid_on, .. } = *payment;
        Self { id, amount_fen, method, paid_on }
    }
}

out! {
    /// A charge 收费.
    pub struct ChargeOut of (charge, by): Charge {
        person_id: Id,
        student_id: Id,
        /// Of the pupil: also for who only pays for it.
        student_name: String,
        school_id: Id,
        plan_id: Id,
        /// The approved filing that prices it.
        filing_id: Id,
        /// Where the money goes.
        fee_account_id: Id,
        school_year: String,
        season: Season,
        state: ChargeState,
        /// What is to be paid: the sum of the lines.
        amount_fen: i64 = charge.due_fen(),
        /// What is conceded to the pupil beside it 减免; with nothing to pay it is the whole fee.
        conceded_fen: i64,
        paid_fen: i64,
        lines: Vec<ChargeLineOut> = charge.lines.iter().map(ChargeLineOut::from).collect(),
        payments: Vec<ChargePaymentOut> = charge.payments.iter().map(ChargePaymentOut::from).collect(),
    }
    named {
        /// Of the class that the pupil is in now; null where it is in none, and for guardians.
        class_name: Option<String> = ClassOfStudent(charge.class_told_to(by)),
        school_name: String = Organisation(charge.school_id),
    }
    can "What this caller may call on it now, as `POST …/{verb}`." shows [charge.seen_at()]
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_charges).service(create_charge).service(get_charge).service(void_charge).service(pay_charge);
}

/// Charges in the caller's scope; a guardian sees those of the children for whom it reads or pays 收费列表
#[utoipa::path(tag = "charges", params(List<ChargeFilter, Key>),
    responses((status = 200, description = "A page of charges", body = Page<ChargeOut>), ReadCharges))]
#[get("/charges")]
async fn list_charges(by: By<ReadCharges>, list: List<ChargeFilter, Key>) -> Answered {
    list.shows_whole(by, |tx, by, at| by.list::<Charge>(tx, at)).await
}

/// Charges a pupil for a term, by the approved plan and what was signed; needs an `Idempotency-Key` 收费
#[utoipa::path(tag = "charges", params(Keyed), request_body = ChargeIn,
    responses((status = 201, description = "The new charge", body = ChargeOut), ChargeFees))]
#[post("/charges")]
async fn create_charge(by: By<ChargeFees>, write: Write<Keyed>, Valid(body): Valid<ChargeIn>) -> Answered {
    write.creates(by, move |tx, by| charges::create(tx, by, &body)).await
}

/// One charge 收费
#[utoipa::path(tag = "charges", params(("id" = Id, Path, description = "The charge")),
    responses((status = 200, description = "The charge", body = ChargeOut), ReadCharges))]
#[get("/charges/{id}")]
async fn get_charge(by: By<ReadCharges>, id: PathId, read: Read) -> Answered {
    read.shows_whole(by, move |tx, by| by.find::<Charge>(tx, id.0)).await
}

/// Voids a charge of which nothing is paid; the pupil can be charged again 作废
#[utoipa::path(tag = "charges", params(("id" = Id, Path, description = "The charge")),
    responses((status = 200, description = "The charge as it is now", body = ChargeOut), ChargeFees))]
#[post("/charges/{id}/void")]
async fn void_charge(by: By<ChargeFees>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| charges::void(tx, by, id.0, seen)).await
}

/// Enters what came in for a charge, all or a part; needs an `Idempotency-Key` 缴费
#[utoipa::path(tag = "charges", params(("id" = Id, Path, description = "The charge"), Keyed),
    request_body = ChargePaymentIn,
    responses((status = 200, description = "The charge as it is now", body = ChargeOut), ChargeFees))]
#[post("/charges/{id}/pay")]
async fn pay_charge(
    by: By<ChargeFees>,
    id: PathId,
    write: Write<Keyed>,
    Valid(body): Valid<ChargePaymentIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| charges::pay(tx, by, id.0, seen, &body)).await
}
