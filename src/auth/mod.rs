//! Who calls, what they may do, and the one way in which requests read and write.
//!
//! A handler's first argument is [`By<P>`]: the permission stands in its type, so it cannot be forgotten. Writes go
//! through [`Write`], which asks for the account again inside the transaction.

pub mod access;
pub mod access_log;
mod actor;
pub mod batch;
mod caller;
pub mod counted;
pub mod grants;
pub mod invitations;
pub mod jwks;
pub mod keys;
mod life;
mod names;
mod nothing_yet;
pub mod organisations;
pub mod password;
pub mod permission;
mod request;
mod role;
pub mod scope;
pub mod secrets;
mod seen;
pub mod sessions;
mod shown;
pub mod sign_in_codes;
mod slice;
pub mod standing;
mod token;
pub mod tries;
pub mod users;

pub use self::access::Access;
pub use self::actor::Actor;
pub use self::caller::By;
pub use self::life::{Life, LifeVerb, Standing};
pub use self::names::learn as learn_names;
pub use self::request::{
    Keyed, Linked, List, Lookup, Marking, OfFile, OfMany, OfSecret, Printed, Read, Unsigned, Write,
};
pub use self::role::Role;
pub use self::scope::Scope;
pub use self::seen::{Found, Seen, known};
pub use self::shown::{Shown, shape, shaped};
pub use self::slice::Slice;
pub use self::token::{Issuer, TokenSettings};
