//! `/charges`.

mod shapes;

use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use self::shapes::{ChargeIn, ChargeOut, ChargePaymentIn, ChargeQuery};
use super::{Charge, ChargeFilter, NewCharge};
use crate::auth::access_log::Viewing;
use crate::auth::permission::{ChargeFees, ReadCharges};
use crate::auth::{Actor, Caller, Keyed, List, Read, Write};
use crate::db::Id;
use crate::fees::charges;
use crate::http::{Answer, Answered, Cursor, Page, PathId, Valid};
use crate::refusal::Refusal;

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_charges).service(create_charge).service(get_charge).service(void_charge).service(pay_charge);
}

/// Charges in the caller's scope; a guardian sees those of its children 收费列表
#[utoipa::path(tag = "charges", params(ChargeQuery),
    responses((status = 200, description = "A page of charges", body = Page<ChargeOut>), ReadCharges))]
#[get("/charges")]
async fn list_charges(caller: Caller<ReadCharges>, list: List<ChargeQuery>, viewing: Viewing) -> Answered {
    let ChargeQuery { school_id, student_id, person_id, state, limit, cursor: text } = list.query.clone();
    let filter = ChargeFilter { school_id, student_id, person_id, state };
    let (cursor, limit) = (Cursor::of("charges", &filter), limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(text.as_ref())?;
    list.snapshot(move |tx| {
        let found = charges::list(tx, &caller.actor, &filter, after, limit)?;
        let page = cursor.page(limit, found, |charge| charge.row.id);
        viewing.note(tx, &caller.actor, "list_charges", page.items.iter().map(Charge::seen_at))?;
        Ok(page.map(|charge| ChargeOut::of(&charge, &caller.actor)))
    })
    .await
}

/// Charges a pupil for a term, by the approved plan and what was signed; needs an `Idempotency-Key` 收费
#[utoipa::path(tag = "charges", params(Keyed), request_body = ChargeIn,
    responses((status = 201, description = "The new charge", body = ChargeOut), ChargeFees))]
#[post("/charges")]
async fn create_charge(caller: Caller<ChargeFees>, write: Write<Keyed>, Valid(body): Valid<ChargeIn>) -> Answered {
    let new = NewCharge::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = charges::create(tx, actor, &new)?;
            let location = format!("/api/v1/charges/{}", made.row.id);
            Answer::created(location, &ChargeOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One charge 收费
#[utoipa::path(tag = "charges", params(("id" = Id, Path, description = "The charge")),
    responses((status = 200, description = "The charge", body = ChargeOut), ReadCharges))]
#[get("/charges/{id}")]
async fn get_charge(caller: Caller<ReadCharges>, id: PathId, read: Read, viewing: Viewing) -> Answered {
    read.snapshot(move |tx| {
        let charge = charges::find(tx, &caller.actor, id.0)?;
        viewing.note(tx, &caller.actor, "get_charge", [charge.seen_at()])?;
        answer(&charge, &caller.actor)
    })
    .await
}

/// Voids a charge of which nothing is paid; the pupil can be charged again 作废
#[utoipa::path(tag = "charges", params(("id" = Id, Path, description = "The charge")),
    responses((status = 200, description = "The charge as it is now", body = ChargeOut), ChargeFees))]
#[post("/charges/{id}/void")]
async fn void_charge(caller: Caller<ChargeFees>, id: PathId, write: Write) -> Answered {
    write.versioned(caller, move |tx, actor, seen| answer(&charges::void(tx, actor, id.0, seen)?, actor)).await
}

/// Enters what came in for a charge, all or a part; needs an `Idempotency-Key` 缴费
#[utoipa::path(tag = "charges", params(("id" = Id, Path, description = "The charge"), Keyed),
    request_body = ChargePaymentIn,
    responses((status = 200, description = "The charge as it is now", body = ChargeOut), ChargeFees))]
#[post("/charges/{id}/pay")]
async fn pay_charge(
    caller: Caller<ChargeFees>,
    id: PathId,
    write: Write<Keyed>,
    Valid(body): Valid<ChargePaymentIn>,
) -> Answered {
    let paid = (body.amount_fen.get(), body.method);
    write.versioned(caller, move |tx, actor, seen| answer(&charges::pay(tx, actor, id.0, seen, paid)?, actor)).await
}

fn answer(charge: &Charge, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&ChargeOut::of(charge, actor), charge.row.version)
}
