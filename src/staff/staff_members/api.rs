//! `/staff-members`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewStaffMember, StaffMember, StaffMemberFilter, StaffState};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::refusal::Refusal;
use crate::rules::document::StaffKind;
use crate::staff::staff_members;
use crate::values::identifiers::{IdNumber, Phone};
use crate::values::iso_date;
use crate::values::text::Line;

/// A member of staff, as it is entered or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffMemberIn {
    /// Stays as it was entered.
    pub school_id: Id,
    pub kind: StaffKind,
    #[schema(inline)]
    pub name: Line<1, 60>,
    /// 公民身份号码, sealed at rest and masked in answers. Null keeps what is known.
    #[schema(inline)]
    pub id_number: Option<IdNumber>,
    /// Sealed at rest and masked in answers. Null keeps what is known.
    #[schema(inline)]
    pub phone: Option<Phone>,
    /// 任教学科; null for none.
    #[schema(inline)]
    pub subject: Option<Line<1, 40>>,
    /// First day.
    #[serde(with = "iso_date")]
    pub entered_on: Date,
}

impl From<StaffMemberIn> for NewStaffMember {
    fn from(body: StaffMemberIn) -> Self {
        Self {
            school_id: body.school_id,
            kind: body.kind,
            name: body.name.as_str().to_owned(),
            id_number: body.id_number,
            phone: body.phone,
            subject: body.subject.map(|text| text.as_str().to_owned()),
            entered_on: body.entered_on,
        }
    }
}

/// When a member of staff left.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffLeaveIn {
    /// Last day; not before the first, not after today.
    #[serde(with = "iso_date")]
    pub left_on: Date,
}

/// A member of staff 服务人员.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffMemberOut {
    pub id: Id,
    pub school_id: Id,
    pub kind: StaffKind,
    pub name: String,
    /// Masked, such as `4306**********002X`.
    pub id_number: Option<String>,
    /// Masked, such as `138****1234`.
    pub phone: Option<String>,
    /// 任教学科
    pub subject: Option<String>,
    pub state: StaffState,
    /// First day.
    #[serde(with = "iso_date")]
    pub entered_on: Date,
    /// Last day, of who has left.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub left_on: Option<Date>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `update` is PUT, others are `POST …/{verb}`.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl StaffMemberOut {
    fn of(member: &StaffMember, actor: &Actor) -> Self {
        let row = &member.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            kind: row.kind,
            name: row.name.clone(),
            id_number: member.id_number.as_ref().map(IdNumber::masked),
            phone: member.phone.as_ref().map(Phone::masked),
            subject: row.subject.clone(),
            state: row.state,
            entered_on: row.entered_on,
            left_on: row.left_on,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: member.can(actor).iter().map(|verb| (*verb).to_owned()).collect(),
            findings: None,
        }
    }
}

/// Which members of staff a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StaffMemberQuery {
    /// Only those of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only those of this kind.
    #[param(inline)]
    pub kind: Option<StaffKind>,
    /// Only those in this state.
    #[param(inline)]
    pub state: Option<StaffState>,
    /// Members of staff in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_staff_members)
        .service(create_staff_member)
        .service(get_staff_member)
        .service(update_staff_member)
        .service(leave_staff_member);
}

/// Members of staff in the caller's scope, in the order in which they were entered 服务人员列表
#[utoipa::path(tag = "staff", params(StaffMemberQuery),
    responses((status = 200, description = "A page of members of staff", body = Page<StaffMemberOut>), ReadStaff))]
#[get("/staff-members")]
async fn list_staff_members(caller: Caller<ReadStaff>, list: List<StaffMemberQuery>) -> Answered {
    let query = &list.query;
    let filter = StaffMemberFilter { school_id: query.school_id, kind: query.kind, state: query.state };
    let paging = Paging::of("staff-members", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = staff_members::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |member| member.row.id).map(|member| StaffMemberOut::of(&member, &caller.actor)))
    })
    .await
}

/// Enters a member of staff of a school: own, external, or a volunteer 登记服务人员
#[utoipa::path(tag = "staff", request_body = StaffMemberIn,
    responses((status = 201, description = "The new member of staff", body = StaffMemberOut), ManageStaff))]
#[post("/staff-members")]
async fn create_staff_member(caller: Caller<ManageStaff>, write: Write, Valid(body): Valid<StaffMemberIn>) -> Answered {
    let new = NewStaffMember::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = staff_members::create(tx, actor, &new)?;
            let location = format!("/api/v1/staff-members/{}", made.row.id);
            Answer::created(location, &StaffMemberOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One member of staff 服务人员
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The member of staff")),
    responses((status = 200, description = "The member of staff", body = StaffMemberOut), ReadStaff))]
#[get("/staff-members/{id}")]
async fn get_staff_member(caller: Caller<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&staff_members::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Replaces what is known of an active member of staff 修改服务人员
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The member of staff")),
    request_body = StaffMemberIn,
    responses((status = 200, description = "The member of staff as it is now", body = StaffMemberOut), ManageStaff))]
#[put("/staff-members/{id}")]
async fn update_staff_member(
    caller: Caller<ManageStaff>,
    id: PathId,
    write: Write,
    Valid(body): Valid<StaffMemberIn>,
) -> Answered {
    let to = NewStaffMember::from(body);
    write
        .versioned(caller, move |tx, actor, seen| answer(&staff_members::update(tx, actor, id.0, seen, &to)?, actor))
        .await
}

/// Lets a member of staff leave; the record stays 服务人员离岗
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The member of staff")),
    request_body = StaffLeaveIn,
    responses((status = 200, description = "The member of staff as it is now", body = StaffMemberOut), ManageStaff))]
#[post("/staff-members/{id}/leave")]
async fn leave_staff_member(
    caller: Caller<ManageStaff>,
    id: PathId,
    write: Write,
    Valid(body): Valid<StaffLeaveIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            answer(&staff_members::leave(tx, actor, id.0, seen, body.left_on)?, actor)
        })
        .await
}

fn answer(member: &StaffMember, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&StaffMemberOut::of(member, actor), member.row.version)
}
