//! `/safety-duties`.

use actix_web::{delete, get, post};
use time::Date;

use super::model::{SafetyDuty, SafetyDutyFilter, SafetyDutyIn};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{By, List, Read, Write, shape};
use crate::db::Id;
use crate::http::{Answer, Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::safety::safety_duties;
use crate::values::iso_date;

out! {
    /// A duty 安全职责.
    pub struct SafetyDutyOut of (duty, by): SafetyDuty {
        school_id: Id,
        staff_member_id: Id,
        /// What the member of staff answers for.
        duty: String,
        /// First day.
        #[serde(with = "iso_date")]
        from_on: Date,
        /// Last day; null until somebody else answers for it.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        to_on: Option<Date>,
    }
    named {
        school_name: String = Organisation(duty.school_id),
        staff_member_name: String = StaffMember(duty.staff_member_id),
    }
    can "What this caller may call on it now: `delete` is DELETE."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_safety_duties).service(create_safety_duty).service(get_safety_duty).service(delete_safety_duty);
}

/// Duties in the caller's scope, in the order in which they were entered 安全职责列表
#[utoipa::path(tag = "safety", params(List<SafetyDutyFilter>),
    responses((status = 200, description = "A page of duties", body = Page<SafetyDutyOut>), ReadStaff))]
#[get("/safety-duties")]
async fn list_safety_duties(by: By<ReadStaff>, list: List<SafetyDutyFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<SafetyDuty>(tx, at)).await
}

/// Gives a member of staff a safety duty 落实安全职责
#[utoipa::path(tag = "safety", request_body = SafetyDutyIn,
    responses((status = 201, description = "The new duty", body = SafetyDutyOut), ManageStaff))]
#[post("/safety-duties")]
async fn create_safety_duty(by: By<ManageStaff>, write: Write, Valid(body): Valid<SafetyDutyIn>) -> Answered {
    write.creates(by, move |tx, by| safety_duties::create(tx, by, &body)).await
}

/// One duty 安全职责
#[utoipa::path(tag = "safety", params(("id" = Id, Path, description = "The duty")),
    responses((status = 200, description = "The duty", body = SafetyDutyOut), ReadStaff))]
#[get("/safety-duties/{id}")]
async fn get_safety_duty(by: By<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<SafetyDuty>(tx, id.0)).await
}

/// Takes a duty back 删除安全职责
#[utoipa::path(tag = "safety", params(("id" = Id, Path, description = "The duty")),
    responses((status = 200, description = "The duty as it was", body = SafetyDutyOut), ManageStaff))]
#[delete("/safety-duties/{id}")]
async fn delete_safety_duty(by: By<ManageStaff>, id: PathId, write: Write) -> Answered {
    write
        .versioned(by, move |tx, by, seen| {
            let gone = safety_duties::delete(tx, by, id.0, seen)?;
            Answer::ok(&SafetyDutyOut { can: Vec::new(), ..shape(tx, &gone, by)? }, gone.version)
        })
        .await
}
