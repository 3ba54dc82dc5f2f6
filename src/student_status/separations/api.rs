//! `/persons/{id}` of a record that was joined with another, and `/persons/{id}/separate`.

use actix_web::{get, post};

use crate::auth::permission::MergePersons;
use crate::auth::{By, Read, Write};
use crate::body;
use crate::db::Id;
use crate::http::{Answered, PathId, ServiceConfig, Valid};
use crate::student_status::merges::MergedPersonOut;
use crate::student_status::separations;
use crate::students::persons;
use crate::values::text::Line;

body! {
    /// Why two records that were joined are of two children.
    pub struct SeparationIn {
        /// The document that shows it.
        #[schema(inline)]
        document: Line<2, 120>,
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_merged_person).service(separate_person);
}

/// A record that was joined with another 已合并的人员记录
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The person that went")),
    responses((status = 200, description = "What remains of the record", body = MergedPersonOut), MergePersons))]
#[get("/persons/{id}")]
async fn get_merged_person(by: By<MergePersons>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| persons::tombstone(tx, by, id.0)).await
}

/// Takes two children apart who were joined by mistake; each has again what was its own 拆分误合并的人员
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The person that went")),
    request_body = SeparationIn,
    responses((status = 200, description = "The person as it is again", body = MergedPersonOut), MergePersons))]
#[post("/persons/{id}/separate")]
async fn separate_person(by: By<MergePersons>, id: PathId, write: Write, Valid(body): Valid<SeparationIn>) -> Answered {
    write.changes(by, move |tx, by, seen| separations::separate(tx, by, id.0, seen, body.document.as_str())).await
}
