//! The ways in: [`Read`] for one resource, [`Lookup`] for one thing that a query names, [`List`] for many, [`Write`]
//! for everything that changes something.
//!
//! Every write asks again, inside its transaction, whether the caller's account, role and session still stand. Whatever
//! shows pupils leaves its line in the access log here, a rehearsal too; a handler cannot forget it.

mod kind;
mod list;
mod read;
mod write;

use actix_web::{HttpRequest, web};

pub use self::kind::{Keyed, OfFile, OfSecret};
pub use self::list::{List, Listed};
pub use self::read::{Lookup, Read};
pub use self::write::Write;

use crate::db::Db;
use crate::refusal::Refusal;

fn database(request: &HttpRequest) -> Result<Db, Refusal> {
    let db = request.app_data::<web::Data<Db>>().ok_or_else(|| Refusal::internal("no database"))?;
    Ok(db.get_ref().clone())
}
