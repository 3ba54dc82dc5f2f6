//! `/venue-checks`.

use actix_web::{get, post};
use time::Date;

use super::model::VenueCheckFilter;
use super::{CheckOutcome, SafetyAspect, VenueCheck, VenueCheckIn};
use crate::auth::permission::{ManageSafety, ReadSafety};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::safety::venue_checks;
use crate::values::iso_date;

out! {
    /// A check of a venue 场地安全检查.
    pub struct VenueCheckOut of (check, by): VenueCheck {
        school_id: Id,
        facility_id: Id,
        #[serde(with = "iso_date")]
        checked_on: Date,
        /// The last day on which it holds.
        #[serde(with = "iso_date")]
        valid_until_on: Date,
        aspects: Vec<SafetyAspect> = check.row.aspects.0.clone(),
        outcome: CheckOutcome,
        /// The member of staff who made it.
        checked_by_id: Id,
        note: Option<String>,
    }
    named {
        school_name: String = Organisation(check.school_id),
        facility_name: String = Facility(check.facility_id),
        /// The member of staff who made it.
        checked_by_name: String = StaffMember(check.checked_by_id),
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_venue_checks).service(create_venue_check).service(get_venue_check);
}

/// Checks in the caller's scope, in the order in which they were entered 场地安全检查列表
#[utoipa::path(tag = "safety", params(List<VenueCheckFilter>),
    responses((status = 200, description = "A page of checks", body = Page<VenueCheckOut>), ReadSafety))]
#[get("/venue-checks")]
async fn list_venue_checks(by: By<ReadSafety>, list: List<VenueCheckFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<VenueCheck>(tx, at)).await
}

/// Enters that a venue was checked 登记场地安全检查
#[utoipa::path(tag = "safety", request_body = VenueCheckIn,
    responses((status = 201, description = "The new check", body = VenueCheckOut), ManageSafety))]
#[post("/venue-checks")]
async fn create_venue_check(by: By<ManageSafety>, write: Write, Valid(body): Valid<VenueCheckIn>) -> Answered {
    write.creates(by, move |tx, by| venue_checks::create(tx, by, &body)).await
}

/// One check 场地安全检查
#[utoipa::path(tag = "safety", params(("id" = Id, Path, description = "The check")),
    responses((status = 200, description = "The check", body = VenueCheckOut), ReadSafety))]
#[get("/venue-checks/{id}")]
async fn get_venue_check(by: By<ReadSafety>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<VenueCheck>(tx, id.0)).await
}
