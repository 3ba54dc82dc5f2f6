//! `/staff-contracts`.

use actix_web::{get, post, put};
use time::Date;

use super::model::{ContractEndIn, ContractKind, ContractRenewalIn, ContractSigningIn, ContractState};
use super::model::{StaffContract, StaffContractFilter, StaffContractIn};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{By, List, Read, Write, shape};
use crate::contract::BASE;
use crate::db::Id;
use crate::http::{Answer, Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::staff::staff_contracts;
use crate::values::iso_date;

out! {
    /// A contract 聘用协议.
    pub struct StaffContractOut of (contract, by): StaffContract {
        school_id: Id,
        staff_member_id: Id,
        /// The contract that this one follows.
        follows_id: Option<Id>,
        kind: ContractKind,
        state: ContractState,
        /// First day.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day, as planned.
        #[serde(with = "iso_date")]
        ends_on: Date,
        /// What an hour of service is paid.
        hourly_rate_fen: i64,
        /// Benefits 福利待遇.
        benefits: Option<String>,
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        signed_on: Option<Date>,
        /// The day on which it ran last, of one that was ended.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        ended_on: Option<Date>,
        end_reason: Option<String>,
    }
    named {
        school_name: String = Organisation(contract.school_id),
        staff_member_name: String = StaffMember(contract.staff_member_id),
    }
    can "What this caller may call on it now: `update` is PUT, others are `POST …/{verb}`."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_staff_contracts)
        .service(create_staff_contract)
        .service(get_staff_contract)
        .service(update_staff_contract)
        .service(sign_staff_contract)
        .service(end_staff_contract)
        .service(renew_staff_contract);
}

/// Contracts of staff in the caller's scope, in the order in which they were drafted 聘用协议列表
#[utoipa::path(tag = "staff", params(List<StaffContractFilter>),
    responses((status = 200, description = "A page of contracts", body = Page<StaffContractOut>), ReadStaff))]
#[get("/staff-contracts")]
async fn list_staff_contracts(by: By<ReadStaff>, list: List<StaffContractFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<StaffContract>(tx, at)).await
}

/// Drafts a contract of a member of staff 草拟聘用协议
#[utoipa::path(tag = "staff", request_body = StaffContractIn,
    responses((status = 201, description = "The new contract", body = StaffContractOut), ManageStaff))]
#[post("/staff-contracts")]
async fn create_staff_contract(by: By<ManageStaff>, write: Write, Valid(body): Valid<StaffContractIn>) -> Answered {
    write.creates(by, move |tx, by| staff_contracts::create(tx, by, &body)).await
}

/// One contract 聘用协议
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The contract")),
    responses((status = 200, description = "The contract", body = StaffContractOut), ReadStaff))]
#[get("/staff-contracts/{id}")]
async fn get_staff_contract(by: By<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<StaffContract>(tx, id.0)).await
}

/// Replaces a drafted contract 修改聘用协议
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The contract")),
    request_body = StaffContractIn,
    responses((status = 200, description = "The contract as it is now", body = StaffContractOut), ManageStaff))]
#[put("/staff-contracts/{id}")]
async fn update_staff_contract(
    by: By<ManageStaff>,
    id: PathId,
    write: Write,
    Valid(body): Valid<StaffContractIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| staff_contracts::update(tx, by, id.0, seen, &body)).await
}

/// Enters that a drafted contract was signed; signed ones of one person never overlap 签订聘用协议
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The contract")),
    request_body = ContractSigningIn,
    responses((status = 200, description = "The contract as it is now", body = StaffContractOut), ManageStaff))]
#[post("/staff-contracts/{id}/sign")]
async fn sign_staff_contract(
    by: By<ManageStaff>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ContractSigningIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| staff_contracts::sign(tx, by, id.0, seen, &body)).await
}

/// Ends a signed contract before its last day 终止聘用协议
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The contract")),
    request_body = ContractEndIn,
    responses((status = 200, description = "The contract as it is now", body = StaffContractOut), ManageStaff))]
#[post("/staff-contracts/{id}/end")]
async fn end_staff_contract(
    by: By<ManageStaff>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ContractEndIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| staff_contracts::end(tx, by, id.0, seen, &body)).await
}

/// Drafts the contract that follows this one, from the day after its last 续签聘用协议
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The contract")),
    request_body = ContractRenewalIn,
    responses((status = 201, description = "The contract that follows", body = StaffContractOut), ManageStaff))]
#[post("/staff-contracts/{id}/renew")]
async fn renew_staff_contract(
    by: By<ManageStaff>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ContractRenewalIn>,
) -> Answered {
    write
        .versioned(by, move |tx, by, seen| {
            let next = staff_contracts::renew(tx, by, id.0, seen, &body)?;
            let place = format!("{BASE}/staff-contracts/{}", next.id);
            Answer::created(place, &shape(tx, &next, by)?, next.version)
        })
        .await
}
