//! Who calls, what they may do, and the one way in which requests read and write.
//!
//! A handler's first argument is [`Caller<P>`]: the permission stands in its type, so it cannot be forgotten. Writes go
//! through [`Write`], which asks for the account again inside the transaction.

pub mod access;
mod actor;
mod caller;
pub mod grants;
pub mod jwks;
pub mod keys;
pub mod me;
pub mod organisations;
pub mod password;
pub mod permission;
mod request;
mod role;
pub mod scope;
pub mod sessions;
pub mod standing;
mod token;
pub mod tries;
pub mod users;

pub use self::access::Access;
pub use self::actor::Actor;
pub use self::caller::Caller;
pub use self::request::{List, Lookup, Read, Write};
pub use self::role::Role;
pub use self::scope::Scope;
pub use self::token::{Issuer, TokenSettings};
