//! The public halves of the signing keys, for everybody.

mod api;

pub use self::api::routes;
