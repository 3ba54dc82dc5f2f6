//! `/facilities`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{Facility, FacilityFilter, FacilityKind, FacilityState, NewFacility};
use crate::auth::permission::{ManageFacilities, ReadFacilities};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::refusal::Refusal;
use crate::resources::facilities;
use crate::rules::document::{Weekday, at_most};
use crate::values::iso_date;
use crate::values::text::Line;

/// A row of the resource ledger, as it is added or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FacilityIn {
    /// Stays as it was created.
    pub school_id: Id,
    pub kind: FacilityKind,
    /// Unique among what is in use of its kind at the school.
    #[schema(inline)]
    pub name: Line<1, 80>,
    /// Pupils that it takes at once; null where that means nothing.
    #[schema(minimum = 1, maximum = 100_000)]
    #[validate(range(min = 1, max = 100_000, code = "out-of-range"))]
    pub capacity: Option<i32>,
    /// Pieces, or members of staff; null where that means nothing.
    #[schema(minimum = 1, maximum = 100_000)]
    #[validate(range(min = 1, max = 100_000, code = "out-of-range"))]
    pub quantity: Option<i32>,
    #[schema(inline)]
    pub place: Option<Line<1, 120>>,
    /// 负责人
    #[schema(inline)]
    pub manager_name: Line<1, 60>,
    /// 1 is Monday; each once. Empty where `usable_note` says when.
    #[serde(deserialize_with = "at_most::<_, _, 7>")]
    #[schema(inline, max_items = 7)]
    pub usable_weekdays: Vec<Weekday>,
    #[schema(inline)]
    pub usable_note: Option<Line<1, 200>>,
    /// First day in use, not after today.
    #[serde(with = "iso_date")]
    pub in_use_on: Date,
}

impl From<FacilityIn> for NewFacility {
    fn from(body: FacilityIn) -> Self {
        Self {
            school_id: body.school_id,
            kind: body.kind,
            name: body.name.as_str().to_owned(),
            capacity: body.capacity,
            quantity: body.quantity,
            place: body.place.map(|text| text.as_str().to_owned()),
            manager_name: body.manager_name.as_str().to_owned(),
            usable_weekdays: body.usable_weekdays,
            usable_note: body.usable_note.map(|text| text.as_str().to_owned()),
            in_use_on: body.in_use_on,
        }
    }
}

/// When a row is retired.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FacilityRetireIn {
    /// Last day in use; not before the first, not after today.
    #[serde(with = "iso_date")]
    pub retired_on: Date,
}

/// A row of the resource ledger 工作台帐.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacilityOut {
    pub id: Id,
    pub school_id: Id,
    pub kind: FacilityKind,
    pub name: String,
    pub capacity: Option<i32>,
    pub quantity: Option<i32>,
    pub place: Option<String>,
    pub manager_name: String,
    #[schema(inline)]
    pub usable_weekdays: Vec<Weekday>,
    pub usable_note: Option<String>,
    pub state: FacilityState,
    /// First day in use.
    #[serde(with = "iso_date")]
    pub in_use_on: Date,
    /// Last day in use; null while it is.
    #[serde(with = "iso_date::option")]
    pub retired_on: Option<Date>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `update` is PUT, any other is `POST …/{verb}`.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl FacilityOut {
    fn of(facility: &Facility, actor: &Actor) -> Self {
        let row = &facility.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            kind: row.kind,
            name: row.name.clone(),
            capacity: row.capacity,
            quantity: row.quantity,
            place: row.place.clone(),
            manager_name: row.manager_name.clone(),
            usable_weekdays: facility.usable_weekdays.clone(),
            usable_note: row.usable_note.clone(),
            state: row.state,
            in_use_on: row.in_use_on,
            retired_on: row.retired_on,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: facility.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which rows of the ledger a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FacilityQuery {
    /// Only rows of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only rows of this kind.
    #[param(inline)]
    pub kind: Option<FacilityKind>,
    /// Only rows in this state.
    #[param(inline)]
    pub state: Option<FacilityState>,
    /// Rows in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
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
#[utoipa::path(tag = "facilities", params(FacilityQuery),
    responses((status = 200, description = "A page of the ledger", body = Page<FacilityOut>), ReadFacilities))]
#[get("/facilities")]
async fn list_facilities(caller: Caller<ReadFacilities>, list: List<FacilityQuery>) -> Answered {
    let query = &list.query;
    let filter = FacilityFilter { school_id: query.school_id, kind: query.kind, state: query.state };
    let paging = Paging::of("facilities", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = facilities::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |facility| facility.row.id).map(|facility| FacilityOut::of(&facility, &caller.actor)))
    })
    .await
}

/// Adds a row to a school's resource ledger 登记资源
#[utoipa::path(tag = "facilities", request_body = FacilityIn,
    responses((status = 201, description = "The new row", body = FacilityOut), ManageFacilities))]
#[post("/facilities")]
async fn create_facility(caller: Caller<ManageFacilities>, write: Write, Valid(body): Valid<FacilityIn>) -> Answered {
    let new = NewFacility::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = facilities::create(tx, actor, &new)?;
            let location = format!("/api/v1/facilities/{}", made.row.id);
            Answer::created(location, &FacilityOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One row of the resource ledger 资源
#[utoipa::path(tag = "facilities", params(("id" = Id, Path, description = "The row")),
    responses((status = 200, description = "The row", body = FacilityOut), ReadFacilities))]
#[get("/facilities/{id}")]
async fn get_facility(caller: Caller<ReadFacilities>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&facilities::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Replaces a row that is in use 修改资源
#[utoipa::path(tag = "facilities", params(("id" = Id, Path, description = "The row")), request_body = FacilityIn,
    responses((status = 200, description = "The row as it is now", body = FacilityOut), ManageFacilities))]
#[put("/facilities/{id}")]
async fn update_facility(
    caller: Caller<ManageFacilities>,
    id: PathId,
    write: Write,
    Valid(body): Valid<FacilityIn>,
) -> Answered {
    let to = NewFacility::from(body);
    write
        .versioned(caller, move |tx, actor, seen| answer(&facilities::update(tx, actor, id.0, seen, &to)?, actor))
        .await
}

/// Retires a row; it stays in the ledger 停用资源
#[utoipa::path(tag = "facilities", params(("id" = Id, Path, description = "The row")), request_body = FacilityRetireIn,
    responses((status = 200, description = "The row as it is now", body = FacilityOut), ManageFacilities))]
#[post("/facilities/{id}/retire")]
async fn retire_facility(
    caller: Caller<ManageFacilities>,
    id: PathId,
    write: Write,
    Valid(body): Valid<FacilityRetireIn>,
) -> Answered {
    let on = body.retired_on;
    write.versioned(caller, move |tx, actor, seen| answer(&facilities::retire(tx, actor, id.0, seen, on)?, actor)).await
}

fn answer(facility: &Facility, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&FacilityOut::of(facility, actor), facility.row.version)
}
