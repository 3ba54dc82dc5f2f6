//! The page `/notices/{id}`: for everybody, and outside the versioned API, because its address is handed to people.

use actix_web::get;

use super::page;
use crate::auth::Lookup;
use crate::db::Id;
use crate::enrollments::notice_pages;
use crate::http::{Answered, PageQuery, PathId, Problem, ServiceConfig};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(show_notice_page);
}

/// A published notice as a page for phones and paper, in the reader's language; for everybody 告知页面
///
/// A browser (`Accept: text/html`) is refused with a page, too.
#[utoipa::path(tag = "notices", params(("id" = Id, Path, description = "The notice"), PageQuery),
    responses((status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8"),
        (status = 400, description = "Cannot be parsed",
            content((Problem = "application/problem+json"), (String = "text/html; charset=utf-8"))),
        (status = 404, description = "No notice that is shown now",
            content((Problem = "application/problem+json"), (String = "text/html; charset=utf-8"))),
        (status = 503, description = "Cannot be answered now; see `Retry-After`",
            content((Problem = "application/problem+json"), (String = "text/html; charset=utf-8")))))]
#[get("/notices/{id}")]
async fn show_notice_page(id: PathId, lookup: Lookup<PageQuery>) -> Answered {
    let language = lookup.query.lang.unwrap_or(lookup.language());
    lookup.file_for_everybody(move |tx| page::render(&notice_pages::told(tx, id.0)?, language)).await
}
