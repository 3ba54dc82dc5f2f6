//! `/hazards`.

use actix_web::{get, post};
use time::Date;

use super::model::HazardFilter;
use super::{Hazard, HazardClearanceIn, HazardIn, HazardState};
use crate::auth::permission::{ManageSafety, ReadSafety};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::safety::hazards;
use crate::safety::venue_checks::SafetyAspect;
use crate::values::iso_date;

out! {
    /// A hazard 安全隐患.
    pub struct HazardOut of (hazard, by): Hazard {
        school_id: Id,
        facility_id: Id,
        aspect: SafetyAspect,
        /// Whether no service is held there until it is cleared.
        is_serious: bool,
        description: String,
        #[serde(with = "iso_date")]
        found_on: Date,
        state: HazardState,
        /// Null while it is open.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        cleared_on: Option<Date>,
        /// What was done; null while it is open.
        clearance: Option<String>,
    }
    named {
        school_name: String = Organisation(hazard.school_id),
        facility_name: String = Facility(hazard.facility_id),
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_hazards).service(create_hazard).service(get_hazard).service(clear_hazard);
}

/// Hazards in the caller's scope, in the order in which they were entered 安全隐患列表
#[utoipa::path(tag = "safety", params(List<HazardFilter>),
    responses((status = 200, description = "A page of hazards", body = Page<HazardOut>), ReadSafety))]
#[get("/hazards")]
async fn list_hazards(by: By<ReadSafety>, list: List<HazardFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Hazard>(tx, at)).await
}

/// Enters a hazard that was found 登记安全隐患
#[utoipa::path(tag = "safety", request_body = HazardIn,
    responses((status = 201, description = "The new hazard", body = HazardOut), ManageSafety))]
#[post("/hazards")]
async fn create_hazard(by: By<ManageSafety>, write: Write, Valid(body): Valid<HazardIn>) -> Answered {
    write.creates(by, move |tx, by| hazards::create(tx, by, &body)).await
}

/// One hazard 安全隐患
#[utoipa::path(tag = "safety", params(("id" = Id, Path, description = "The hazard")),
    responses((status = 200, description = "The hazard", body = HazardOut), ReadSafety))]
#[get("/hazards/{id}")]
async fn get_hazard(by: By<ReadSafety>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Hazard>(tx, id.0)).await
}

/// Says that a hazard is cleared 排除安全隐患
#[utoipa::path(tag = "safety", params(("id" = Id, Path, description = "The hazard")), request_body = HazardClearanceIn,
    responses((status = 200, description = "The hazard as it is now", body = HazardOut), ManageSafety))]
#[post("/hazards/{id}/clear")]
async fn clear_hazard(
    by: By<ManageSafety>,
    id: PathId,
    write: Write,
    Valid(body): Valid<HazardClearanceIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| hazards::clear(tx, by, id.0, seen, &body)).await
}
