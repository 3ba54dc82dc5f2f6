//! `/staff-qualifications`.

use actix_web::{delete, get, post};
use time::Date;

use super::model::{QualificationKind, StaffQualification, StaffQualificationFilter, StaffQualificationIn};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{By, List, Read, Write, shape};
use crate::db::Id;
use crate::http::{Answer, Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::staff::staff_qualifications;
use crate::values::iso_date;

out! {
    /// A qualification 资质（资格）证书.
    pub struct StaffQualificationOut of (qualification, by): StaffQualification {
        school_id: Id,
        staff_member_id: Id,
        kind: QualificationKind,
        /// Number of the certificate 证书编号.
        number: String,
        /// Who issued it 发证机关.
        issuer: String,
        /// First day.
        #[serde(with = "iso_date")]
        valid_from: Date,
        /// Last day; null if it has no end.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        valid_until: Option<Date>,
    }
    named {
        school_name: String = Organisation(qualification.school_id),
        staff_member_name: String = StaffMember(qualification.staff_member_id),
    }
    can "What this caller may call on it now: `delete` is DELETE."
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
#[utoipa::path(tag = "staff", params(List<StaffQualificationFilter>),
    responses((status = 200, description = "A page of qualifications", body = Page<StaffQualificationOut>), ReadStaff))]
#[get("/staff-qualifications")]
async fn list_staff_qualifications(by: By<ReadStaff>, list: List<StaffQualificationFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<StaffQualification>(tx, at)).await
}

/// Enters a qualification of a member of staff 登记资质（资格）证书
#[utoipa::path(tag = "staff", request_body = StaffQualificationIn,
    responses((status = 201, description = "The new qualification", body = StaffQualificationOut), ManageStaff))]
#[post("/staff-qualifications")]
async fn create_staff_qualification(
    by: By<ManageStaff>,
    write: Write,
    Valid(body): Valid<StaffQualificationIn>,
) -> Answered {
    write.creates(by, move |tx, by| staff_qualifications::create(tx, by, &body)).await
}

/// One qualification 资质（资格）证书
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The qualification")),
    responses((status = 200, description = "The qualification", body = StaffQualificationOut), ReadStaff))]
#[get("/staff-qualifications/{id}")]
async fn get_staff_qualification(by: By<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<StaffQualification>(tx, id.0)).await
}

/// Takes a qualification back 删除资质（资格）证书
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The qualification")),
    responses((status = 200, description = "The qualification as it was", body = StaffQualificationOut), ManageStaff))]
#[delete("/staff-qualifications/{id}")]
async fn delete_staff_qualification(by: By<ManageStaff>, id: PathId, write: Write) -> Answered {
    write
        .versioned(by, move |tx, by, seen| {
            let gone = staff_qualifications::delete(tx, by, id.0, seen)?;
            Answer::ok(&StaffQualificationOut { can: Vec::new(), ..shape(tx, &gone, by)? }, gone.version)
        })
        .await
}
