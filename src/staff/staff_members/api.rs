//! `/staff-members`.

use actix_web::{get, post, put};
use time::Date;

use super::model::{StaffLeaveIn, StaffMember, StaffMemberFilter, StaffMemberIn, StaffState};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{By, List, OfMany, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Key, Page, PathId, Rows, ServiceConfig, Valid};
use crate::rules::document::StaffKind;
use crate::staff::staff_members;
use crate::values::identifiers::{IdNumber, Phone};
use crate::values::iso_date;
use crate::{batch, out};

out! {
    /// A member of staff 服务人员.
    pub struct StaffMemberOut of (member, by): StaffMember {
        school_id: Id,
        kind: StaffKind,
        name: String,
        /// Masked, such as `4306**********002X`.
        id_number: Option<String> = member.id_number.as_ref().map(IdNumber::masked),
        /// Masked, such as `138****1234`.
        phone: Option<String> = member.phone.as_ref().map(Phone::masked),
        /// Subject that is taught 任教学科.
        subject: Option<String>,
        state: StaffState,
        /// First day.
        #[serde(with = "iso_date")]
        entered_on: Date,
        /// Last day, of who has left.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        left_on: Option<Date>,
        /// Its account; null for none.
        user_id: Option<Id>,
    }
    named { school_name: String = Organisation(member.school_id) }
    can "What this caller may call on it now: `update` is PUT, others are `POST …/{verb}`."
}

batch! {
    /// Members of staff that are entered together.
    pub struct StaffMemberBatchIn of StaffMemberIn;
    /// What became of members of staff that were entered together.
    pub struct StaffMemberBatchOut, StaffMemberBatchItemOut of StaffMember as StaffMemberOut;
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_staff_members)
        .service(create_staff_member)
        .service(create_staff_member_batch)
        .service(get_staff_member)
        .service(update_staff_member)
        .service(leave_staff_member);
}

/// Members of staff in the caller's scope, in the order in which they were entered 服务人员列表
#[utoipa::path(tag = "staff", params(List<StaffMemberFilter, Key>),
    responses((status = 200, description = "A page of members of staff", body = Page<StaffMemberOut>), ReadStaff))]
#[get("/staff-members")]
async fn list_staff_members(by: By<ReadStaff>, list: List<StaffMemberFilter, Key>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<StaffMember>(tx, at)).await
}

/// Enters a member of staff of a school: own, external, or a volunteer 登记服务人员
#[utoipa::path(tag = "staff", request_body = StaffMemberIn,
    responses((status = 201, description = "The new member of staff", body = StaffMemberOut), ManageStaff))]
#[post("/staff-members")]
async fn create_staff_member(by: By<ManageStaff>, write: Write, Valid(body): Valid<StaffMemberIn>) -> Answered {
    write.creates(by, move |tx, by| staff_members::create(tx, by, &body)).await
}

/// Enters up to 200 members of staff, each as by itself or all or none; needs an `Idempotency-Key` 批量登记服务人员
#[utoipa::path(tag = "staff", params(OfMany), request_body = StaffMemberBatchIn,
    responses((status = 200, description = "What became of each row", body = StaffMemberBatchOut), ManageStaff))]
#[post("/staff-members/batch")]
async fn create_staff_member_batch(by: By<ManageStaff>, write: Write<OfMany>, rows: Rows<StaffMemberIn>) -> Answered {
    write.creates_many(by, rows, staff_members::create).await
}

/// One member of staff 服务人员
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The member of staff")),
    responses((status = 200, description = "The member of staff", body = StaffMemberOut), ReadStaff))]
#[get("/staff-members/{id}")]
async fn get_staff_member(by: By<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<StaffMember>(tx, id.0)).await
}

/// Replaces what is known of an active member of staff 修改服务人员
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The member of staff")),
    request_body = StaffMemberIn,
    responses((status = 200, description = "The member of staff as it is now", body = StaffMemberOut), ManageStaff))]
#[put("/staff-members/{id}")]
async fn update_staff_member(
    by: By<ManageStaff>,
    id: PathId,
    write: Write,
    Valid(body): Valid<StaffMemberIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| staff_members::update(tx, by, id.0, seen, &body)).await
}

/// Lets a member of staff leave; the record stays 服务人员离岗
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The member of staff")),
    request_body = StaffLeaveIn,
    responses((status = 200, description = "The member of staff as it is now", body = StaffMemberOut), ManageStaff))]
#[post("/staff-members/{id}/leave")]
async fn leave_staff_member(
    by: By<ManageStaff>,
    id: PathId,
    write: Write,
    Valid(body): Valid<StaffLeaveIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| staff_members::leave(tx, by, id.0, seen, &body)).await
}
