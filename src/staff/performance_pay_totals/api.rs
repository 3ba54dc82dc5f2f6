//! `/performance-pay-totals`.

use actix_web::{get, post};
use time::Date;

use super::model::{PerformancePayTotal, PerformancePayTotalFilter, PerformancePayTotalIn};
use crate::auth::permission::{GivePerformancePay, ReadPaySheets};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::staff::performance_pay_totals;
use crate::values::iso_date;

out! {
    /// The total within which own staff is paid 绩效工资总量.
    pub struct PerformancePayTotalOut of (total, by): PerformancePayTotal {
        school_id: Id,
        /// First day of the service that it pays.
        #[serde(with = "iso_date")]
        from_on: Date,
        /// Last day of the service that it pays.
        #[serde(with = "iso_date")]
        to_on: Date,
        /// For all own staff together.
        amount_fen: i64,
        /// The document that gives it.
        document: String,
    }
    named { school_name: String = Organisation(total.school_id) }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_performance_pay_totals)
        .service(create_performance_pay_total)
        .service(get_performance_pay_total);
}

/// Totals in the caller's scope, in the order in which they were given 绩效工资总量列表
#[utoipa::path(tag = "pay", params(List<PerformancePayTotalFilter>),
    responses((status = 200, description = "A page of totals", body = Page<PerformancePayTotalOut>), ReadPaySheets))]
#[get("/performance-pay-totals")]
async fn list_performance_pay_totals(by: By<ReadPaySheets>, list: List<PerformancePayTotalFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<PerformancePayTotal>(tx, at)).await
}

/// Gives a school the total within which it pays its own staff; of the same days the last one holds 核定绩效工资总量
#[utoipa::path(tag = "pay", request_body = PerformancePayTotalIn,
    responses((status = 201, description = "The new total", body = PerformancePayTotalOut), GivePerformancePay))]
#[post("/performance-pay-totals")]
async fn create_performance_pay_total(
    by: By<GivePerformancePay>,
    write: Write,
    Valid(body): Valid<PerformancePayTotalIn>,
) -> Answered {
    write.creates(by, move |tx, by| performance_pay_totals::give(tx, by, &body)).await
}

/// One total 绩效工资总量
#[utoipa::path(tag = "pay", params(("id" = Id, Path, description = "The total")),
    responses((status = 200, description = "The total", body = PerformancePayTotalOut), ReadPaySheets))]
#[get("/performance-pay-totals/{id}")]
async fn get_performance_pay_total(by: By<ReadPaySheets>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<PerformancePayTotal>(tx, id.0)).await
}
