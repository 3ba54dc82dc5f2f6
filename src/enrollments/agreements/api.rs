//! `/enrollments/{id}/agreement` and `/enrollments/{id}/sign`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::model::{AgreementRow, AgreementText};
use crate::auth::access_log::Viewing;
use crate::auth::permission::{ReadEnrollments, SignAgreements};
use crate::auth::{Caller, Read, Write};
use crate::db::{Id, Instant};
use crate::enrollments::agreements;
use crate::enrollments::enrollments::EnrollmentOut;
use crate::http::{Answer, Answered, Page, PathId, Valid};
use crate::values::identifiers::Sha256Hex;

/// A guardian's signature.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureIn {
    /// Of the text that was read: `sha256` of the agreement.
    #[schema(inline)]
    pub sha256: Sha256Hex,
}

/// The agreement of an enrollment 课后服务协议: as it was signed, else as it would be signed now.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementOut {
    /// Null until it is signed.
    pub id: Option<Id>,
    pub enrollment_id: Id,
    /// Plain text in Chinese. The pupil is named by the enrollment alone.
    pub text: String,
    /// SHA-256 of the text in UTF-8; a signature names it.
    pub sha256: String,
    /// The filing that the text is made from …
    pub filing_id: Id,
    /// … and the notice.
    pub notice_id: Id,
    pub signed_by_id: Option<Id>,
    pub signed_at: Option<Instant>,
    /// Since when it is not in force any more, because the terms have changed; else null.
    pub superseded_at: Option<Instant>,
}

impl AgreementOut {
    fn of(enrollment_id: Id, agreement: AgreementText) -> Self {
        let AgreementText { text, sha256, filing_id, notice_id, signed } = agreement;
        let id = signed.map(|(id, ..)| id);
        let signed_by_id = signed.map(|(_, by, _)| by);
        let signed_at = signed.map(|(.., at)| at);
        Self { id, enrollment_id, text, sha256, filing_id, notice_id, signed_by_id, signed_at, superseded_at: None }
    }

    fn signed(row: AgreementRow) -> Self {
        let superseded_at = row.superseded_at;
        Self { superseded_at, ..Self::of(row.enrollment_id, AgreementText::signed(row)) }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_agreement).service(list_agreements).service(sign_agreement);
}

/// The agreement of an enrollment: as it was signed, else as it would be signed now 服务协议
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The enrollment")),
    responses((status = 200, description = "The agreement", body = AgreementOut), ReadEnrollments))]
#[get("/enrollments/{id}/agreement")]
async fn get_agreement(caller: Caller<ReadEnrollments>, id: PathId, read: Read, viewing: Viewing) -> Answered {
    let scope = caller.scope();
    read.snapshot(move |tx| {
        let (enrollment, agreement) = agreements::find(tx, &scope, id.0)?;
        viewing.note(tx, &caller.actor, "get_agreement", [enrollment.seen_at()])?;
        Answer::ok(&AgreementOut::of(enrollment.row.id, agreement), enrollment.row.version)
    })
    .await
}

/// All agreements that were signed of an enrollment, the latest first 历次签订的协议
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The enrollment")),
    responses((status = 200, description = "The agreements, on one page", body = Page<AgreementOut>), ReadEnrollments))]
#[get("/enrollments/{id}/agreements")]
async fn list_agreements(caller: Caller<ReadEnrollments>, id: PathId, read: Read, viewing: Viewing) -> Answered {
    let scope = caller.scope();
    read.snapshot(move |tx| {
        let (enrollment, rows) = agreements::signed(tx, &scope, id.0)?;
        viewing.note(tx, &caller.actor, "list_agreements", [enrollment.seen_at()])?;
        let items = rows.into_iter().map(AgreementOut::signed).collect();
        Answer::ok(&Page { items, next_cursor: None }, enrollment.row.version)
    })
    .await
}

/// Signs the agreement of an allocated enrollment, which is active from then on 签订协议
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The enrollment")),
    request_body = SignatureIn,
    responses((status = 200, description = "The enrollment as it is now", body = EnrollmentOut), SignAgreements))]
#[post("/enrollments/{id}/sign")]
async fn sign_agreement(
    caller: Caller<SignAgreements>,
    id: PathId,
    write: Write,
    Valid(body): Valid<SignatureIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            let after = agreements::sign(tx, actor, id.0, seen, body.sha256.as_str())?;
            EnrollmentOut::answer(tx, &after, actor)
        })
        .await
}
