//! `/staff-vettings`.

use actix_web::{get, post};
use time::Date;

use super::model::{StaffVetting, StaffVettingFilter, StaffVettingIn, VettingOutcome};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::rules::document::VettingKind;
use crate::staff::staff_vettings;
use crate::values::iso_date;

out! {
    /// A vetting 人员审查记录.
    pub struct StaffVettingOut of (vetting, by): StaffVetting {
        school_id: Id,
        staff_member_id: Id,
        kind: VettingKind,
        /// When it was made; not after today.
        #[serde(with = "iso_date")]
        checked_on: Date,
        /// The last day on which it holds.
        #[serde(with = "iso_date")]
        valid_until: Date,
        outcome: VettingOutcome,
        /// What shows it.
        document: String,
    }
    named {
        school_name: String = Organisation(vetting.school_id),
        staff_member_name: String = StaffMember(vetting.staff_member_id),
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_staff_vettings).service(create_staff_vetting).service(get_staff_vetting);
}

/// Vettings in the caller's scope, in the order in which they were entered 人员审查记录列表
#[utoipa::path(tag = "staff", params(List<StaffVettingFilter>),
    responses((status = 200, description = "A page of vettings", body = Page<StaffVettingOut>), ReadStaff))]
#[get("/staff-vettings")]
async fn list_staff_vettings(by: By<ReadStaff>, list: List<StaffVettingFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<StaffVetting>(tx, at)).await
}

/// Adds a vetting of a member of staff 登记人员审查
#[utoipa::path(tag = "staff", request_body = StaffVettingIn,
    responses((status = 201, description = "The new vetting", body = StaffVettingOut), ManageStaff))]
#[post("/staff-vettings")]
async fn create_staff_vetting(by: By<ManageStaff>, write: Write, Valid(body): Valid<StaffVettingIn>) -> Answered {
    write.creates(by, move |tx, by| staff_vettings::add(tx, by, &body)).await
}

/// One vetting 人员审查记录
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The vetting")),
    responses((status = 200, description = "The vetting", body = StaffVettingOut), ReadStaff))]
#[get("/staff-vettings/{id}")]
async fn get_staff_vetting(by: By<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<StaffVetting>(tx, id.0)).await
}
