//! `/staff-vettings`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewStaffVetting, StaffVetting, StaffVettingFilter, VettingOutcome};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::refusal::Refusal;
use crate::rules::document::VettingKind;
use crate::staff::staff_vettings;
use crate::values::iso_date;
use crate::values::text::Line;

/// A vetting of a member of staff, as it is entered.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffVettingIn {
    /// Of which member of staff.
    pub staff_member_id: Id,
    pub kind: VettingKind,
    /// When it was made; not after today.
    #[serde(with = "iso_date")]
    pub checked_on: Date,
    /// The last day on which it holds.
    #[serde(with = "iso_date")]
    pub valid_until: Date,
    pub outcome: VettingOutcome,
    /// What shows it.
    #[schema(inline)]
    pub document: Line<2, 120>,
}

impl From<StaffVettingIn> for NewStaffVetting {
    fn from(body: StaffVettingIn) -> Self {
        Self {
            staff_member_id: body.staff_member_id,
            kind: body.kind,
            checked_on: body.checked_on,
            valid_until: body.valid_until,
            outcome: body.outcome,
            document: body.document.as_str().to_owned(),
        }
    }
}

/// A vetting 人员审查记录.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffVettingOut {
    pub id: Id,
    pub school_id: Id,
    pub staff_member_id: Id,
    pub kind: VettingKind,
    /// When it was made; not after today.
    #[serde(with = "iso_date")]
    pub checked_on: Date,
    /// The last day on which it holds.
    #[serde(with = "iso_date")]
    pub valid_until: Date,
    pub outcome: VettingOutcome,
    /// What shows it.
    pub document: String,
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

impl StaffVettingOut {
    fn of(vetting: &StaffVetting) -> Self {
        let row = &vetting.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            staff_member_id: row.staff_member_id,
            kind: row.kind,
            checked_on: row.checked_on,
            valid_until: row.valid_until,
            outcome: row.outcome,
            document: row.document.clone(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: Vec::new(),
            findings: None,
        }
    }
}

/// Which vettings a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StaffVettingQuery {
    /// Only those of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only those of this member of staff.
    #[param(inline)]
    pub staff_member_id: Option<Id>,
    /// Vettings in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_staff_vettings).service(add_staff_vetting).service(get_staff_vetting);
}

/// Vettings in the caller's scope, in the order in which they were entered 人员审查记录列表
#[utoipa::path(tag = "staff", params(StaffVettingQuery),
    responses((status = 200, description = "A page of vettings", body = Page<StaffVettingOut>), ReadStaff))]
#[get("/staff-vettings")]
async fn list_staff_vettings(caller: Caller<ReadStaff>, list: List<StaffVettingQuery>) -> Answered {
    let query = &list.query;
    let filter = StaffVettingFilter { school_id: query.school_id, staff_member_id: query.staff_member_id };
    let paging = Paging::of("staff-vettings", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = staff_vettings::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |vetting| vetting.row.id).map(|vetting| StaffVettingOut::of(&vetting)))
    })
    .await
}

/// Adds a vetting of a member of staff 登记人员审查
#[utoipa::path(tag = "staff", request_body = StaffVettingIn,
    responses((status = 201, description = "The new vetting", body = StaffVettingOut), ManageStaff))]
#[post("/staff-vettings")]
async fn add_staff_vetting(caller: Caller<ManageStaff>, write: Write, Valid(body): Valid<StaffVettingIn>) -> Answered {
    let new = NewStaffVetting::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = staff_vettings::add(tx, actor, &new)?;
            let location = format!("/api/v1/staff-vettings/{}", made.row.id);
            Answer::created(location, &StaffVettingOut::of(&made), made.row.version)
        })
        .await
}

/// One vetting 人员审查记录
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The vetting")),
    responses((status = 200, description = "The vetting", body = StaffVettingOut), ReadStaff))]
#[get("/staff-vettings/{id}")]
async fn get_staff_vetting(caller: Caller<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&staff_vettings::find(tx, &caller.actor, id.0)?)).await
}

fn answer(vetting: &StaffVetting) -> Result<Answer, Refusal> {
    Answer::ok(&StaffVettingOut::of(vetting), vetting.row.version)
}
