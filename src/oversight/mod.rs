//! What bureaus look at 监管. Rooms above raise it, in the transaction in which something happens.

pub mod signals;
