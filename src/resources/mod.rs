//! What a school has for its after-school service (五.1): the ledger of its resources.

pub mod facilities;
