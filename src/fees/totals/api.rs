//! `/charges/totals`.

use actix_web::get;

use super::model::{ChargeTotalsFilter, ChargeTotalsOut};
use crate::auth::permission::ReadCharges;
use crate::auth::{By, Lookup};
use crate::fees::totals;
use crate::http::{Answered, ServiceConfig};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(total_charges);
}

/// Charges in the caller's scope, counted and summed up by at most two words 收费统计
#[utoipa::path(tag = "charges", params(ChargeTotalsFilter),
    responses((status = 200, description = "The numbers", body = ChargeTotalsOut), ReadCharges))]
#[get("/charges/totals")]
async fn total_charges(by: By<ReadCharges>, lookup: Lookup<ChargeTotalsFilter>) -> Answered {
    lookup
        .counts(by, |tx, by, asked| {
            let numbers = |&(count, amount, conceded, paid, open): &_| [count, amount, conceded, paid, open];
            Ok(ChargeTotalsOut::of(totals::of(tx, by, asked)?, numbers))
        })
        .await
}
