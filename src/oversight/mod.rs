//! What bureaus look at 监管: signals, and what raises them.

pub mod coercion;
pub mod signals;
