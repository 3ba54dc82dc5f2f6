//! `/fee-accounts`.

use actix_web::{get, post};

use super::model::FeeAccountFilter;
use super::{FeeAccount, FeeAccountIn, FeeAccountState};
use crate::auth::permission::{ManageFeeAccounts, ReadFeeAccounts};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::fees::fee_accounts;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;

out! {
    /// A dedicated account 专账.
    pub struct FeeAccountOut of (account, by): FeeAccount {
        school_id: Id,
        /// Name of the account 户名.
        name: String,
        /// Bank 开户行.
        bank_name: String,
        /// The last four digits stay readable.
        account_number_masked: String,
        state: FeeAccountState,
    }
    named { school_name: String = Organisation(account.school_id) }
    version "Counts changes." can "What this caller may call on it now."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_fee_accounts).service(create_fee_account).service(get_fee_account);
}

/// Dedicated accounts in the caller's scope 专账列表
#[utoipa::path(tag = "fee-accounts", params(List<FeeAccountFilter>),
    responses((status = 200, description = "A page of fee accounts", body = Page<FeeAccountOut>), ReadFeeAccounts))]
#[get("/fee-accounts")]
async fn list_fee_accounts(by: By<ReadFeeAccounts>, list: List<FeeAccountFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<FeeAccount>(tx, at)).await
}

/// Opens the dedicated account of a school; nothing is charged without it 设立专账
#[utoipa::path(tag = "fee-accounts", request_body = FeeAccountIn,
    responses((status = 201, description = "The new fee account", body = FeeAccountOut), ManageFeeAccounts))]
#[post("/fee-accounts")]
async fn create_fee_account(by: By<ManageFeeAccounts>, write: Write, Valid(body): Valid<FeeAccountIn>) -> Answered {
    write.creates(by, move |tx, by| fee_accounts::open(tx, by, &body)).await
}

/// One dedicated account 专账
#[utoipa::path(tag = "fee-accounts", params(("id" = Id, Path, description = "The fee account")),
    responses((status = 200, description = "The fee account", body = FeeAccountOut), ReadFeeAccounts))]
#[get("/fee-accounts/{id}")]
async fn get_fee_account(by: By<ReadFeeAccounts>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<FeeAccount>(tx, id.0)).await
}
