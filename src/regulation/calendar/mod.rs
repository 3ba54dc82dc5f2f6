//! The calendar that deadlines follow, for clients that want to show a deadline before it is due; and the closures of
//! authorities, which take service days away and never move a deadline (五.2).

mod api;
pub mod closures;
mod model;

pub use self::api::routes;
pub use self::closures::{Closures, calendar_at, closures_on};
