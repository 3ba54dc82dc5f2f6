//! `/fee-accounts`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{FeeAccount, FeeAccountState, NewFeeAccount};
use crate::auth::permission::{ManageFeeAccounts, ReadFeeAccounts};
use crate::auth::{Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::fees::fee_accounts;
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::values::identifiers::BankAccountNumber;
use crate::values::text::Line;

/// The dedicated account of a school, as it is opened.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeAccountIn {
    /// A school has one.
    pub school_id: Id,
    /// 户名
    #[schema(inline)]
    pub name: Line<2, 80>,
    /// 开户行
    #[schema(inline)]
    pub bank_name: Line<2, 80>,
    /// 账号: sealed at rest, answered masked.
    #[schema(inline)]
    pub account_number: BankAccountNumber,
}

/// A dedicated account 专账.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeeAccountOut {
    pub id: Id,
    pub school_id: Id,
    /// 户名
    pub name: String,
    /// 开户行
    pub bank_name: String,
    /// The last four digits stay readable.
    pub account_number_masked: String,
    pub state: FeeAccountState,
    /// Counts changes.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl FeeAccountOut {
    fn of(account: &FeeAccount) -> Self {
        let row = &account.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            name: row.name.clone(),
            bank_name: row.bank_name.clone(),
            account_number_masked: row.account_number_masked.clone(),
            state: row.state,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: Vec::new(),
            findings: None,
        }
    }
}

/// Which fee accounts a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FeeAccountQuery {
    /// Only the account of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Accounts in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_fee_accounts).service(open_fee_account).service(get_fee_account);
}

/// Dedicated accounts in the caller's scope 专账列表
#[utoipa::path(tag = "fee-accounts", params(FeeAccountQuery),
    responses((status = 200, description = "A page of fee accounts", body = Page<FeeAccountOut>), ReadFeeAccounts))]
#[get("/fee-accounts")]
async fn list_fee_accounts(caller: Caller<ReadFeeAccounts>, list: List<FeeAccountQuery>) -> Answered {
    let FeeAccountQuery { school_id, limit, cursor: text } = list.query.clone();
    let (cursor, limit) = (Cursor::of("fee-accounts", &school_id), limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(text.as_ref())?;
    list.page(move |tx| {
        let found = fee_accounts::list(tx, &caller.actor, school_id, after, limit)?;
        Ok(cursor.page(limit, found, |account| account.row.id).map(|account| FeeAccountOut::of(&account)))
    })
    .await
}

/// Opens the dedicated account of a school; nothing is charged without it 设立专账
#[utoipa::path(tag = "fee-accounts", request_body = FeeAccountIn,
    responses((status = 201, description = "The new fee account", body = FeeAccountOut), ManageFeeAccounts))]
#[post("/fee-accounts")]
async fn open_fee_account(
    caller: Caller<ManageFeeAccounts>,
    write: Write,
    Valid(body): Valid<FeeAccountIn>,
) -> Answered {
    let new = NewFeeAccount {
        school_id: body.school_id,
        name: body.name.as_str().to_owned(),
        bank_name: body.bank_name.as_str().to_owned(),
        account_number: body.account_number,
    };
    write
        .run(caller, move |tx, actor| {
            let made = fee_accounts::open(tx, actor, &new)?;
            let location = format!("/api/v1/fee-accounts/{}", made.row.id);
            Answer::created(location, &FeeAccountOut::of(&made), made.row.version)
        })
        .await
}

/// One dedicated account 专账
#[utoipa::path(tag = "fee-accounts", params(("id" = Id, Path, description = "The fee account")),
    responses((status = 200, description = "The fee account", body = FeeAccountOut), ReadFeeAccounts))]
#[get("/fee-accounts/{id}")]
async fn get_fee_account(caller: Caller<ReadFeeAccounts>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| {
        let account = fee_accounts::find(tx, &caller.actor, id.0)?;
        Answer::ok(&FeeAccountOut::of(&account), account.row.version)
    })
    .await
}
