//! The calendar that deadlines follow, for clients that want to show a deadline before it is due; and the closures of
//! authorities, which take service days away and never move a deadline (五.2). Years that are not built in are entered.

mod api;
pub mod closures;
mod model;
pub mod years;

pub use self::api::routes;
pub use self::closures::{Closures, calendar_at, closures_on};
