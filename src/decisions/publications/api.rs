//! `/notices/{id}/publish`.

use actix_web::post;

use crate::auth::permission::PublishNotices;
use crate::auth::{By, Write};
use crate::db::Id;
use crate::decisions::publications;
use crate::http::{Answered, PathId, ServiceConfig};
use crate::notices::notices::NoticeOut;

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(publish_notice);
}

/// Publishes a draft once its plan is submitted; the one before is superseded 公布告知
#[utoipa::path(tag = "notices", params(("id" = Id, Path, description = "The notice")),
    responses((status = 200, description = "The published notice", body = NoticeOut), PublishNotices))]
#[post("/notices/{id}/publish")]
async fn publish_notice(by: By<PublishNotices>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| publications::publish(tx, by, id.0, seen)).await
}
