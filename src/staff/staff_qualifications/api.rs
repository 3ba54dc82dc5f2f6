//! `/staff-qualifications`.

use actix_web::{delete, get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewStaffQualification, QualificationKind, StaffQualification, StaffQualificationFilter};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::refusal::Refusal;
use crate::staff::staff_qualifications;
use crate::values::iso_date;
use crate::values::text::Line;

/// A qualification of a member of staff, as it is entered.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffQualificationIn {
    /// Of which member of staff.
    pub staff_member_id: Id,
    pub kind: QualificationKind,
    /// 证书编号
    #[schema(inline)]
    pub number: Line<1, 60>,
    /// 发证机关
    #[schema(inline)]
    pub issuer: Line<2, 80>,
    /// First day.
    #[serde(with = "iso_date")]
    pub valid_from: Date,
    /// Last day; null if it has no end.
    #[serde(default, with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_until: Option<Date>,
}

impl From<StaffQualificationIn> for NewStaffQualification {
    fn from(body: StaffQualificationIn) -> Self {
        Self {
            staff_member_id: body.staff_member_id,
            kind: body.kind,
            number: body.number.as_str().to_owned(),
            issuer: body.issuer.as_str().to_owned(),
            valid_from: body.valid_from,
            valid_until: body.valid_until,
        }
    }
}

/// A qualification 资质（资格）证书.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffQualificationOut {
    pub id: Id,
    pub school_id: Id,
    pub staff_member_id: Id,
    pub kind: QualificationKind,
    /// 证书编号
    pub number: String,
    /// 发证机关
    pub issuer: String,
    /// First day.
    #[serde(with = "iso_date")]
    pub valid_from: Date,
    /// Last day; null if it has no end.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_until: Option<Date>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `delete` is DELETE.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl StaffQualificationOut {
    fn of(qualification: &StaffQualification, actor: &Actor) -> Self {
        let row = &qualification.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            staff_member_id: row.staff_member_id,
            kind: row.kind,
            number: row.number.clone(),
            issuer: row.issuer.clone(),
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: qualification.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which qualifications a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StaffQualificationQuery {
    /// Only those of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only those of this member of staff.
    #[param(inline)]
    pub staff_member_id: Option<Id>,
    /// Qualifications in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_staff_qualifications)
        .service(create_staff_qualification)
        .service(get_staff_qualification)
        .service(delete_staff_qualification);
}

/// Qualifications in the caller's scope, in the order in which they were entered 资质（资格）证书列表
#[utoipa::path(tag = "staff", params(StaffQualificationQuery),
    responses((status = 200, description = "A page of qualifications", body = Page<StaffQualificationOut>), ReadStaff))]
#[get("/staff-qualifications")]
async fn list_staff_qualifications(caller: Caller<ReadStaff>, list: List<StaffQualificationQuery>) -> Answered {
    let query = &list.query;
    let filter = StaffQualificationFilter { school_id: query.school_id, staff_member_id: query.staff_member_id };
    let paging = Paging::of("staff-qualifications", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = staff_qualifications::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging
            .page(found, |qualification| qualification.row.id)
            .map(|qualification| StaffQualificationOut::of(&qualification, &caller.actor)))
    })
    .await
}

/// Enters a qualification of a member of staff 登记资质（资格）证书
#[utoipa::path(tag = "staff", request_body = StaffQualificationIn,
    responses((status = 201, description = "The new qualification", body = StaffQualificationOut), ManageStaff))]
#[post("/staff-qualifications")]
async fn create_staff_qualification(
    caller: Caller<ManageStaff>,
    write: Write,
    Valid(body): Valid<StaffQualificationIn>,
) -> Answered {
    let new = NewStaffQualification::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = staff_qualifications::create(tx, actor, &new)?;
            let location = format!("/api/v1/staff-qualifications/{}", made.row.id);
            Answer::created(location, &StaffQualificationOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One qualification 资质（资格）证书
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The qualification")),
    responses((status = 200, description = "The qualification", body = StaffQualificationOut), ReadStaff))]
#[get("/staff-qualifications/{id}")]
async fn get_staff_qualification(caller: Caller<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&staff_qualifications::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Takes a qualification back 删除资质（资格）证书
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The qualification")),
    responses((status = 200, description = "The qualification as it was", body = StaffQualificationOut), ManageStaff))]
#[delete("/staff-qualifications/{id}")]
async fn delete_staff_qualification(caller: Caller<ManageStaff>, id: PathId, write: Write) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            let gone = staff_qualifications::delete(tx, actor, id.0, seen)?;
            Answer::ok(
                &StaffQualificationOut { can: Vec::new(), ..StaffQualificationOut::of(&gone, actor) },
                gone.row.version,
            )
        })
        .await
}

fn answer(qualification: &StaffQualification, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&StaffQualificationOut::of(qualification, actor), qualification.row.version)
}
