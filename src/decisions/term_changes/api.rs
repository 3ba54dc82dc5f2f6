//! `PUT /terms/{id}`.

use actix_web::put;

use crate::auth::permission::ManageTerms;
use crate::auth::{By, Write};
use crate::db::Id;
use crate::decisions::term_changes;
use crate::http::{Answered, PathId, ServiceConfig, Valid};
use crate::regulation::terms::{TermIn, TermOut};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(update_term);
}

/// Replaces a term's days; the findings name the plans whose service lies outside of them now 修改学期
#[utoipa::path(tag = "terms", params(("id" = Id, Path, description = "The term")), request_body = TermIn,
    responses((status = 200, description = "The term as it is now", body = TermOut), ManageTerms))]
#[put("/terms/{id}")]
async fn update_term(by: By<ManageTerms>, id: PathId, write: Write, Valid(body): Valid<TermIn>) -> Answered {
    write.changes(by, move |tx, by, seen| term_changes::update(tx, by, id.0, seen, &body)).await
}
