//! The database of the service that a request has come to.

use actix_web::{HttpRequest, web};

use crate::db::Db;
use crate::refusal::Refusal;

pub(super) fn database(request: &HttpRequest) -> Result<Db, Refusal> {
    let db = request.app_data::<web::Data<Db>>().ok_or_else(|| Refusal::internal("no database"))?;
    Ok(db.get_ref().clone())
}
