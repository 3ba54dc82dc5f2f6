//! One's own account: who this token stands for, and changing one's secret.

mod api;

pub use self::api::routes;
