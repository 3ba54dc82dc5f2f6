//! `/safety-education-records`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewSafetyEducationRecord, SafetyEducationRecord, SafetyEducationRecordFilter};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::refusal::Refusal;
use crate::rules::document::Whole;
use crate::staff::safety_education_records;
use crate::values::iso_date;
use crate::values::text::Line;

/// A record, as it is entered.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyEducationRecordIn {
    /// Of which school.
    pub school_id: Id,
    /// Not after today.
    #[serde(with = "iso_date")]
    pub held_on: Date,
    #[schema(inline)]
    pub topic: Line<2, 120>,
    /// How many took part.
    #[schema(inline)]
    pub headcount: Whole<1, 100_000>,
}

impl From<SafetyEducationRecordIn> for NewSafetyEducationRecord {
    fn from(body: SafetyEducationRecordIn) -> Self {
        Self {
            school_id: body.school_id,
            held_on: body.held_on,
            topic: body.topic.as_str().to_owned(),
            headcount: body.headcount.get(),
        }
    }
}

/// A record 安全卫生教育记录.
#[derive(Debug, Serialize, ToSchema)]
pub struct SafetyEducationRecordOut {
    pub id: Id,
    pub school_id: Id,
    /// Not after today.
    #[serde(with = "iso_date")]
    pub held_on: Date,
    pub topic: String,
    /// How many took part.
    pub headcount: i64,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl SafetyEducationRecordOut {
    fn of(record: &SafetyEducationRecord) -> Self {
        let row = &record.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            held_on: row.held_on,
            topic: row.topic.clone(),
            headcount: row.headcount,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: Vec::new(),
            findings: None,
        }
    }
}

/// Which records a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SafetyEducationRecordQuery {
    /// Only those of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Records in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_safety_education_records)
        .service(create_safety_education_record)
        .service(get_safety_education_record);
}

/// Records in the caller's scope, in the order in which they were entered 安全卫生教育记录列表
#[utoipa::path(tag = "safety", params(SafetyEducationRecordQuery),
    responses((status = 200, description = "A page of records", body = Page<SafetyEducationRecordOut>), ReadStaff))]
#[get("/safety-education-records")]
async fn list_safety_education_records(caller: Caller<ReadStaff>, list: List<SafetyEducationRecordQuery>) -> Answered {
    let query = &list.query;
    let filter = SafetyEducationRecordFilter { school_id: query.school_id };
    let paging = Paging::of("safety-education-records", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = safety_education_records::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |record| record.row.id).map(|record| SafetyEducationRecordOut::of(&record)))
    })
    .await
}

/// Enters that safety education was held 登记安全卫生教育
#[utoipa::path(tag = "safety", request_body = SafetyEducationRecordIn,
    responses((status = 201, description = "The new record", body = SafetyEducationRecordOut), ManageStaff))]
#[post("/safety-education-records")]
async fn create_safety_education_record(
    caller: Caller<ManageStaff>,
    write: Write,
    Valid(body): Valid<SafetyEducationRecordIn>,
) -> Answered {
    let new = NewSafetyEducationRecord::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = safety_education_records::create(tx, actor, &new)?;
            let location = format!("/api/v1/safety-education-records/{}", made.row.id);
            Answer::created(location, &SafetyEducationRecordOut::of(&made), made.row.version)
        })
        .await
}

/// One record 安全卫生教育记录
#[utoipa::path(tag = "safety", params(("id" = Id, Path, description = "The record")),
    responses((status = 200, description = "The record", body = SafetyEducationRecordOut), ReadStaff))]
#[get("/safety-education-records/{id}")]
async fn get_safety_education_record(caller: Caller<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&safety_education_records::find(tx, &caller.actor, id.0)?)).await
}

fn answer(record: &SafetyEducationRecord) -> Result<Answer, Refusal> {
    Answer::ok(&SafetyEducationRecordOut::of(record), record.row.version)
}
