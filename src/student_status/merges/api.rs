//! `/persons/{id}/merge`: two records of one person become one.

use actix_web::post;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::auth::access_log::SeenPerson;
use crate::auth::permission::MergePersons;
use crate::auth::{Actor, By, Shown, Write};
use crate::db::{Id, Instant, Names};
use crate::http::{Answered, FindingOut, PathId, ServiceConfig, Valid};
use crate::student_status::merges::{self, MergedPerson};
use crate::students::persons::{Merge, Person};
use crate::values::text::Line;

/// Which person is to remain.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeIn {
    /// The person that remains.
    pub into_person_id: Id,
    /// Where both have an ID number: the document that shows that the one of the record that goes is wrong.
    #[schema(inline)]
    pub document: Option<Line<2, 120>>,
}

/// A person that was merged into another 已合并的人员记录.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergedPersonOut {
    pub id: Id,
    /// The person that remains.
    pub merged_into_id: Option<Id>,
    pub merge_document: Option<String>,
    /// What showed that it was joined by mistake; null but for a record that was taken apart again.
    pub separation_document: Option<String>,
    /// Memberships of schools that came to the person that remains; null but in answers to a merge, as the next ones.
    pub students_moved: Option<i64>,
    /// Guardianships that did.
    pub guardianships_moved: Option<i64>,
    /// Enrollments that did.
    pub enrollments_moved: Option<i64>,
    /// Charges that did.
    pub charges_moved: Option<i64>,
    /// Whether both records were at one school on one day: look again whether they are of two children, such as twins.
    pub attended_together: Option<bool>,
    /// Counts changes.
    pub version: i64,
    pub updated_at: Instant,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl Shown for Person {
    type Out = MergedPersonOut;
    const SHOWS_PUPILS: bool = true;

    fn shown_to(&self, _: &Actor, _: &Names) -> MergedPersonOut {
        MergedPersonOut {
            id: self.id,
            merged_into_id: self.merged_into_id,
            merge_document: self.merge_document.clone(),
            separation_document: self.separation_document.clone(),
            students_moved: None,
            guardianships_moved: None,
            enrollments_moved: None,
            charges_moved: None,
            attended_together: None,
            version: self.version,
            updated_at: self.updated_at,
            findings: None,
        }
    }

    fn persons(&self) -> Vec<SeenPerson> {
        vec![self.seen()]
    }
}

impl Shown for MergedPerson {
    type Out = MergedPersonOut;
    const SHOWS_PUPILS: bool = true;

    fn shown_to(&self, by: &Actor, names: &Names) -> MergedPersonOut {
        MergedPersonOut {
            students_moved: Some(self.with.students),
            guardianships_moved: Some(self.with.guardianships),
            enrollments_moved: Some(self.with.enrollments),
            charges_moved: Some(self.with.charges),
            attended_together: Some(self.with.together),
            ..self.person.shown_to(by, names)
        }
    }

    fn persons(&self) -> Vec<SeenPerson> {
        vec![self.person.seen()]
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(merge_person);
}

/// Joins two records of one person; `If-Match` takes `person_version` 合并重复人员
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The person that goes")),
    request_body = MergeIn,
    responses((status = 200, description = "What remains of the record", body = MergedPersonOut), MergePersons))]
#[post("/persons/{id}/merge")]
async fn merge_person(by: By<MergePersons>, id: PathId, write: Write, Valid(body): Valid<MergeIn>) -> Answered {
    let asked = Merge { into: body.into_person_id, document: body.document.map(|text| text.as_str().to_owned()) };
    write.changes(by, move |tx, by, seen| merges::merge(tx, by, id.0, seen, &asked)).await
}
