//! `/staff-contracts`.

mod shapes;

use actix_web::{get, post, put};
use utoipa_actix_web::service_config::ServiceConfig;

pub use self::shapes::{ContractEndIn, ContractRenewalIn, ContractSigningIn, StaffContractIn, StaffContractOut};

use self::shapes::StaffContractQuery;
use super::{NewStaffContract, StaffContract, StaffContractFilter};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::Id;
use crate::http::{Answer, Answered, Page, Paging, PathId, Valid};
use crate::refusal::Refusal;
use crate::rules::document::Whole;
use crate::staff::staff_contracts;

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
#[utoipa::path(tag = "staff", params(StaffContractQuery),
    responses((status = 200, description = "A page of contracts", body = Page<StaffContractOut>), ReadStaff))]
#[get("/staff-contracts")]
async fn list_staff_contracts(caller: Caller<ReadStaff>, list: List<StaffContractQuery>) -> Answered {
    let query = &list.query;
    let filter =
        StaffContractFilter { school_id: query.school_id, staff_member_id: query.staff_member_id, state: query.state };
    let paging = Paging::of("staff-contracts", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = staff_contracts::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging
            .page(found, |contract| contract.row.id)
            .map(|contract| StaffContractOut::of(&contract, &caller.actor)))
    })
    .await
}

/// Drafts a contract of a member of staff 草拟聘用协议
#[utoipa::path(tag = "staff", request_body = StaffContractIn,
    responses((status = 201, description = "The new contract", body = StaffContractOut), ManageStaff))]
#[post("/staff-contracts")]
async fn create_staff_contract(
    caller: Caller<ManageStaff>,
    write: Write,
    Valid(body): Valid<StaffContractIn>,
) -> Answered {
    let new = NewStaffContract::from(body);
    write.run(caller, move |tx, actor| created(&staff_contracts::create(tx, actor, &new)?, actor)).await
}

/// One contract 聘用协议
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The contract")),
    responses((status = 200, description = "The contract", body = StaffContractOut), ReadStaff))]
#[get("/staff-contracts/{id}")]
async fn get_staff_contract(caller: Caller<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&staff_contracts::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Replaces a drafted contract 修改聘用协议
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The contract")),
    request_body = StaffContractIn,
    responses((status = 200, description = "The contract as it is now", body = StaffContractOut), ManageStaff))]
#[put("/staff-contracts/{id}")]
async fn update_staff_contract(
    caller: Caller<ManageStaff>,
    id: PathId,
    write: Write,
    Valid(body): Valid<StaffContractIn>,
) -> Answered {
    let to = NewStaffContract::from(body);
    write
        .versioned(caller, move |tx, actor, seen| answer(&staff_contracts::update(tx, actor, id.0, seen, &to)?, actor))
        .await
}

/// Enters that a drafted contract was signed; signed ones of one person never overlap 签订聘用协议
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The contract")),
    request_body = ContractSigningIn,
    responses((status = 200, description = "The contract as it is now", body = StaffContractOut), ManageStaff))]
#[post("/staff-contracts/{id}/sign")]
async fn sign_staff_contract(
    caller: Caller<ManageStaff>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ContractSigningIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            answer(&staff_contracts::sign(tx, actor, id.0, seen, body.signed_on)?, actor)
        })
        .await
}

/// Ends a signed contract before its last day 终止聘用协议
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The contract")),
    request_body = ContractEndIn,
    responses((status = 200, description = "The contract as it is now", body = StaffContractOut), ManageStaff))]
#[post("/staff-contracts/{id}/end")]
async fn end_staff_contract(
    caller: Caller<ManageStaff>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ContractEndIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            let ended = staff_contracts::end(tx, actor, id.0, seen, body.ended_on, body.reason.as_str())?;
            answer(&ended, actor)
        })
        .await
}

/// Drafts the contract that follows this one, from the day after its last 续签聘用协议
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The contract")),
    request_body = ContractRenewalIn,
    responses((status = 201, description = "The contract that follows", body = StaffContractOut), ManageStaff))]
#[post("/staff-contracts/{id}/renew")]
async fn renew_staff_contract(
    caller: Caller<ManageStaff>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ContractRenewalIn>,
) -> Answered {
    let rate = body.hourly_rate_fen.map(Whole::get);
    write
        .versioned(caller, move |tx, actor, seen| {
            created(&staff_contracts::renew(tx, actor, id.0, seen, body.ends_on, rate)?, actor)
        })
        .await
}

fn created(made: &StaffContract, actor: &Actor) -> Result<Answer, Refusal> {
    let location = format!("/api/v1/staff-contracts/{}", made.row.id);
    Answer::created(location, &StaffContractOut::of(made, actor), made.row.version)
}

fn answer(contract: &StaffContract, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&StaffContractOut::of(contract, actor), contract.row.version)
}
