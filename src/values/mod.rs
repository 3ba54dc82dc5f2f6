//! Values with limits, which refuse while they are read: texts, dates, times, sums of money, identifiers.

pub mod check_digits;
pub mod fault;
pub mod identifiers;
pub mod iso_date;
pub mod later;
pub mod local_time;
pub mod marks;
pub mod money;
pub mod month;
pub mod name_key;
pub mod text;
