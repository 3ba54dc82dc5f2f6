//! `/enrollments/{id}/agreement` and `/enrollments/{id}/sign`.

use actix_web::{get, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{AgreementRow, AgreementText, Signer};
use crate::auth::access_log::SeenPerson;
use crate::auth::permission::{ReadEnrollments, SignAgreements};
use crate::auth::{Actor, By, Read, Shown, Write};
use crate::body;
use crate::db::{Id, Instant, Names};
use crate::enrollments::agreements;
use crate::enrollments::enrollments::{EnrollmentOut, With};
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::values::identifiers::Sha256Hex;

body! {
    /// A guardian's signature.
    pub struct SignatureIn {
        /// Of the text that was read: `sha256` of the agreement.
        #[schema(inline)]
        sha256: Sha256Hex,
    }
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
    /// The account that signed; null until it is signed, and for what was signed on paper.
    pub signed_by_id: Option<Id>,
    /// The paper that was signed; null for what was signed with an account.
    pub paper_form_id: Option<Id>,
    pub signed_at: Option<Instant>,
    /// Since when it is not in force any more, because the terms have changed; else null.
    pub superseded_at: Option<Instant>,
}

impl AgreementOut {
    fn of(enrollment_id: Id, agreement: AgreementText) -> Self {
        let AgreementText { text, sha256, filing_id, notice_id, signed } = agreement;
        let (signed_by_id, paper_form_id) = match signed.and_then(|signed| signed.by) {
            Some(Signer::Account(account)) => (Some(account), None),
            Some(Signer::Paper(form)) => (None, Some(form)),
            None => (None, None),
        };
        Self {
            id: signed.map(|signed| signed.id),
            enrollment_id,
            text,
            sha256,
            filing_id,
            notice_id,
            signed_by_id,
            paper_form_id,
            signed_at: signed.map(|signed| signed.at),
            superseded_at: None,
        }
    }

    /// As it was signed.
    #[must_use]
    pub fn signed(row: AgreementRow) -> Self {
        let superseded_at = row.superseded_at;
        Self { superseded_at, ..Self::of(row.enrollment_id, AgreementText::signed(row)) }
    }
}

/// It has the version of its enrollment.
impl Shown for With<AgreementText> {
    type Out = AgreementOut;
    const SHOWS_PUPILS: bool = true;

    fn shown_to(&self, _: &Actor, _: &Names) -> AgreementOut {
        AgreementOut::of(self.id, self.with.clone())
    }

    fn persons(&self) -> Vec<SeenPerson> {
        vec![self.seen_at()]
    }
}

impl Shown for With<Vec<AgreementRow>> {
    type Out = Page<AgreementOut>;
    const SHOWS_PUPILS: bool = true;

    fn shown_to(&self, _: &Actor, _: &Names) -> Page<AgreementOut> {
        Page { items: self.with.iter().cloned().map(AgreementOut::signed).collect(), next_cursor: None, note: None }
    }

    fn persons(&self) -> Vec<SeenPerson> {
        vec![self.seen_at()]
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
async fn get_agreement(by: By<ReadEnrollments>, id: PathId, read: Read) -> Answered {
    read.shows_whole(by, move |tx, by| agreements::find(tx, by, id.0)).await
}

/// All agreements that were signed of an enrollment, the latest first 历次签订的协议
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The enrollment")),
    responses((status = 200, description = "The agreements, on one page", body = Page<AgreementOut>), ReadEnrollments))]
#[get("/enrollments/{id}/agreements")]
async fn list_agreements(by: By<ReadEnrollments>, id: PathId, read: Read) -> Answered {
    read.shows_whole(by, move |tx, by| agreements::signed(tx, by, id.0)).await
}

/// Signs the agreement of an allocated enrollment, which is active from then on 签订协议
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The enrollment")),
    request_body = SignatureIn,
    responses((status = 200, description = "The enrollment as it is now", body = EnrollmentOut), SignAgreements))]
#[post("/enrollments/{id}/sign")]
async fn sign_agreement(by: By<SignAgreements>, id: PathId, write: Write, Valid(body): Valid<SignatureIn>) -> Answered {
    write.changes(by, move |tx, by, seen| agreements::sign(tx, by, id.0, seen, body.sha256.as_str())).await
}
