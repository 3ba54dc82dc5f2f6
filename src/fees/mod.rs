//! Fees 收费 (六.2): the dedicated account of a school, the ledger behind it, and one charge per pupil and term.

pub mod charges;
pub mod fee_accounts;
pub mod ledger;
pub mod totals;
