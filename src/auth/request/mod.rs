//! The ways in: [`Read`] for one resource, [`Lookup`] for one thing that a query names, [`List`] for many, [`Write`]
//! for everything that changes something.
//!
//! Every write asks again, inside its transaction, whether the caller's account, role and session still stand. Whatever
//! shows pupils leaves its line in the access log here, a rehearsal too; a handler cannot forget it.

mod batch;
mod database;
mod kind;
mod list;
mod read;
mod trace;
mod unsigned;
mod write;

pub use self::kind::{Keyed, Marking, OfFile, OfMany, OfSecret};
pub use self::list::List;
pub use self::read::{Linked, Lookup, Printed, Read};
pub use self::unsigned::Unsigned;
pub use self::write::Write;
