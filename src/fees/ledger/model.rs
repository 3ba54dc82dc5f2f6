//! Accounts and transfers.

use time::Date;

use crate::db::{Id, Instant};
use crate::text_enum;

text_enum! {
    /// 科目. Other kinds may come.
    pub enum LedgerKind {
        /// 银行存款
        Bank = "bank",
        /// 应收家长服务费
        ReceivableGuardians = "receivable_guardians",
        /// 应退款
        RefundsPayable = "refunds_payable",
        /// 服务费收入
        IncomeFees = "income_fees",
        /// 财政补助收入
        IncomeSubsidy = "income_subsidy",
        /// 学校投入
        IncomeSchool = "income_school",
        /// 捐赠收入
        IncomeDonation = "income_donation",
        /// 支出
        Expense = "expense",
    }
}

/// An entry of one transfer, before it is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    pub fee_account_id: Id,
    pub debit: LedgerKind,
    pub credit: LedgerKind,
    pub amount_fen: i64,
    pub charge_id: Option<Id>,
}

/// The row of an account.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::ledger_accounts, check_for_backend(crate::db::MultiBackend))]
pub struct LedgerAccountRow {
    pub id: Id,
    pub fee_account_id: Id,
    pub kind: LedgerKind,
    pub category: String,
    pub created_at: Instant,
}

/// The row of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::ledger_transfers, check_for_backend(crate::db::MultiBackend))]
pub struct Transfer {
    pub id: Id,
    pub entry_id: Id,
    pub fee_account_id: Id,
    pub debit_account_id: Id,
    pub credit_account_id: Id,
    pub amount_fen: i64,
    pub charge_id: Option<Id>,
    pub reverses_entry_id: Option<Id>,
    pub posted_on: Date,
    pub created_at: Instant,
}
