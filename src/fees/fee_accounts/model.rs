//! A school's dedicated account.

use serde::Serialize;

use crate::db::{Id, Instant};
use crate::text_enum;
use crate::values::identifiers::BankAccountNumber;

text_enum! {
    /// Whether money goes through it. Other states may come.
    pub enum FeeAccountState {
        /// 启用
        Open = "open",
        /// 停用
        Closed = "closed",
    }
}

/// The row of a fee account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::fee_accounts, check_for_backend(crate::db::MultiBackend))]
pub struct FeeAccountRow {
    pub id: Id,
    pub school_id: Id,
    pub name: String,
    pub bank_name: String,
    #[serde(skip)]
    pub account_number_sealed: String,
    pub account_number_masked: String,
    pub state: FeeAccountState,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A fee account with the path of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeeAccount {
    #[serde(flatten)]
    pub row: FeeAccountRow,
    pub path: String,
}

/// What a fee account is opened with.
#[derive(Debug, Clone)]
pub struct NewFeeAccount {
    pub school_id: Id,
    pub name: String,
    pub bank_name: String,
    pub account_number: BankAccountNumber,
}
