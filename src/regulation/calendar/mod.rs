//! The calendar that deadlines follow, for clients that want to show a deadline before it is due.

mod api;
mod model;

pub use self::api::routes;
