//! `/remuneration-standards`.

use actix_web::{get, post};
use time::Date;

use super::model::{RemunerationStandard, RemunerationStandardFilter, RemunerationStandardIn};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::staff::remuneration_standards;
use crate::values::iso_date;

out! {
    /// A standard 报酬标准.
    pub struct RemunerationStandardOut of (standard, by): RemunerationStandard {
        school_id: Id,
        /// What is paid, such as `作业辅导`.
        item: String,
        /// For an hour.
        amount_fen: i64,
        /// The document that sets it.
        document: String,
        /// First day; not before it, the standard before this one holds.
        #[serde(with = "iso_date")]
        starts_on: Date,
    }
    named { school_name: String = Organisation(standard.school_id) }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_remuneration_standards)
        .service(create_remuneration_standard)
        .service(get_remuneration_standard);
}

/// Standards in the caller's scope, in the order in which they were entered 报酬标准列表
#[utoipa::path(tag = "staff", params(List<RemunerationStandardFilter>),
    responses((status = 200, description = "A page of standards", body = Page<RemunerationStandardOut>), ReadStaff))]
#[get("/remuneration-standards")]
async fn list_remuneration_standards(by: By<ReadStaff>, list: List<RemunerationStandardFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<RemunerationStandard>(tx, at)).await
}

/// Sets a remuneration standard of a school 制定报酬标准
#[utoipa::path(tag = "staff", request_body = RemunerationStandardIn,
    responses((status = 201, description = "The new standard", body = RemunerationStandardOut), ManageStaff))]
#[post("/remuneration-standards")]
async fn create_remuneration_standard(
    by: By<ManageStaff>,
    write: Write,
    Valid(body): Valid<RemunerationStandardIn>,
) -> Answered {
    write.creates(by, move |tx, by| remuneration_standards::create(tx, by, &body)).await
}

/// One standard 报酬标准
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The standard")),
    responses((status = 200, description = "The standard", body = RemunerationStandardOut), ReadStaff))]
#[get("/remuneration-standards/{id}")]
async fn get_remuneration_standard(by: By<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<RemunerationStandard>(tx, id.0)).await
}
