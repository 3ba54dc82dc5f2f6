//! A school's dedicated account.

use crate::auth::Actor;
use crate::db::{Id, Instant, Placed};
use crate::values::identifiers::BankAccountNumber;
use crate::values::text::Line;
use crate::{body, filter, row, text_enum};

text_enum! {
    /// Whether money goes through it. Other states may come.
    pub enum FeeAccountState {
        /// 启用
        Open = "open",
        /// 停用
        Closed = "closed",
    }
}

row! {
    /// The row of a fee account.
    pub struct FeeAccountRow of fee_accounts, "fee-account", "fee-accounts" {
        id: Id,
        school_id: Id,
        name: String,
        bank_name: String,
        #[serde(skip)]
        account_number_sealed: String,
        account_number_masked: String,
        state: FeeAccountState,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A fee account with the path of its school.
pub type FeeAccount = Placed<FeeAccountRow>;

impl FeeAccount {
    /// The verbs that `by` may call now: there is none yet.
    #[must_use]
    pub fn can(&self, _by: &Actor) -> Vec<&'static str> {
        Vec::new()
    }
}

body! {
    /// The dedicated account of a school, as it is opened.
    pub struct FeeAccountIn {
        /// A school has one.
        school_id: Id,
        /// Name of the account 户名.
        #[schema(inline)]
        name: Line<2, 80>,
        /// Bank 开户行.
        #[schema(inline)]
        bank_name: Line<2, 80>,
        /// Account number 账号: sealed at rest, answered masked.
        #[schema(inline)]
        account_number: BankAccountNumber,
    }
}

filter! {
    /// Which fee accounts a list holds.
    pub struct FeeAccountFilter {
        /// Only the account of this school.
        school_id: Id,
    }
}
