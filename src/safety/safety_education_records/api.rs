//! `/safety-education-records`.

use actix_web::{get, post};
use time::Date;

use super::model::{SafetyEducationRecord, SafetyEducationRecordFilter, SafetyEducationRecordIn};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::safety::safety_education_records;
use crate::values::iso_date;

out! {
    /// A record 安全卫生教育记录.
    pub struct SafetyEducationRecordOut of (record, by): SafetyEducationRecord {
        school_id: Id,
        /// Not after today.
        #[serde(with = "iso_date")]
        held_on: Date,
        topic: String,
        /// How many took part.
        headcount: i64,
    }
    named { school_name: String = Organisation(record.school_id) }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_safety_education_records)
        .service(create_safety_education_record)
        .service(get_safety_education_record);
}

/// Records in the caller's scope, in the order in which they were entered 安全卫生教育记录列表
#[utoipa::path(tag = "safety", params(List<SafetyEducationRecordFilter>),
    responses((status = 200, description = "A page of records", body = Page<SafetyEducationRecordOut>), ReadStaff))]
#[get("/safety-education-records")]
async fn list_safety_education_records(by: By<ReadStaff>, list: List<SafetyEducationRecordFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<SafetyEducationRecord>(tx, at)).await
}

/// Enters that safety education was held 登记安全卫生教育
#[utoipa::path(tag = "safety", request_body = SafetyEducationRecordIn,
    responses((status = 201, description = "The new record", body = SafetyEducationRecordOut), ManageStaff))]
#[post("/safety-education-records")]
async fn create_safety_education_record(
    by: By<ManageStaff>,
    write: Write,
    Valid(body): Valid<SafetyEducationRecordIn>,
) -> Answered {
    write.creates(by, move |tx, by| safety_education_records::create(tx, by, &body)).await
}

/// One record 安全卫生教育记录
#[utoipa::path(tag = "safety", params(("id" = Id, Path, description = "The record")),
    responses((status = 200, description = "The record", body = SafetyEducationRecordOut), ReadStaff))]
#[get("/safety-education-records/{id}")]
async fn get_safety_education_record(by: By<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<SafetyEducationRecord>(tx, id.0)).await
}
