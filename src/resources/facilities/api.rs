//! `/facilities`.

use actix_web::{get, post, put};
use time::Date;

use super::model::{FacilityFilter, FacilityRetireIn, FacilityState};
use super::{Facility, FacilityIn, FacilityKind};
use crate::auth::permission::{ManageFacilities, ReadFacilities};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::resources::facilities;
use crate::rules::document::Weekday;
use crate::values::iso_date;

out! {
    /// A row of the resource ledger 工作台帐.
    pub struct FacilityOut of (facility, by): Facility {
        school_id: Id,
        kind: FacilityKind,
        name: String,
        capacity: Option<i32>,
        quantity: Option<i32>,
        place: Option<String>,
        manager_name: String,
        #[schema(inline)]
        usable_weekdays: Vec<Weekday> = facility.usable_weekdays.0.clone(),
        usable_note: Option<String>,
        state: FacilityState,
        /// First day in use.
        #[serde(with = "iso_date")]
        in_use_on: Date,
        /// Last day in use; null while it is.
        #[serde(with = "iso_date::option")]
        retired_on: Option<Date>,
    }
    named { school_name: String = Organisation(facility.school_id) }
    can "What this caller may call on it now: `update` is PUT, any other is `POST …/{verb}`."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_facilities)
        .service(create_facility)
        .service(get_facility)
        .service(update_facility)
        .service(retire_facility);
}

/// The resource ledgers in the caller's scope, in the order in which rows were added 资源台帐
#[utoipa::path(tag = "facilities", params(List<FacilityFilter>),
    responses((status = 200, description = "A page of the ledger", body = Page<FacilityOut>), ReadFacilities))]
#[get("/facilities")]
async fn list_facilities(by: By<ReadFacilities>, list: List<FacilityFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Facility>(tx, at)).await
}

/// Adds a row to a school's resource ledger 登记资源
#[utoipa::path(tag = "facilities", request_body = FacilityIn,
    responses((status = 201, description = "The new row", body = FacilityOut), ManageFacilities))]
#[post("/facilities")]
async fn create_facility(by: By<ManageFacilities>, write: Write, Valid(body): Valid<FacilityIn>) -> Answered {
    write.creates(by, move |tx, by| facilities::create(tx, by, &body)).await
}

/// One row of the resource ledger 资源
#[utoipa::path(tag = "facilities", params(("id" = Id, Path, description = "The row")),
    responses((status = 200, description = "The row", body = FacilityOut), ReadFacilities))]
#[get("/facilities/{id}")]
async fn get_facility(by: By<ReadFacilities>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Facility>(tx, id.0)).await
}

/// Replaces a row that is in use 修改资源
#[utoipa::path(tag = "facilities", params(("id" = Id, Path, description = "The row")), request_body = FacilityIn,
    responses((status = 200, description = "The row as it is now", body = FacilityOut), ManageFacilities))]
#[put("/facilities/{id}")]
async fn update_facility(
    by: By<ManageFacilities>,
    id: PathId,
    write: Write,
    Valid(body): Valid<FacilityIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| facilities::update(tx, by, id.0, seen, &body)).await
}

/// Retires a row; it stays in the ledger 停用资源
#[utoipa::path(tag = "facilities", params(("id" = Id, Path, description = "The row")), request_body = FacilityRetireIn,
    responses((status = 200, description = "The row as it is now", body = FacilityOut), ManageFacilities))]
#[post("/facilities/{id}/retire")]
async fn retire_facility(
    by: By<ManageFacilities>,
    id: PathId,
    write: Write,
    Valid(body): Valid<FacilityRetireIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| facilities::retire(tx, by, id.0, seen, &body)).await
}
