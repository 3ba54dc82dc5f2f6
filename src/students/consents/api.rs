//! `/consents`.

use actix_web::{get, post};

use super::model::ConsentFilter;
use super::{Consent, ConsentIn};
use crate::auth::permission::{GiveConsents, ReadConsents};
use crate::auth::{By, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::students::consents;

out! {
    /// A consent 同意.
    pub struct ConsentOut of (consent, by): Consent {
        /// The child.
        person_id: Id,
        guardianship_id: Id,
        text_version: String,
        document: Option<String>,
        given_at: Instant,
        /// Null while it stands.
        withdrawn_at: Option<Instant>,
    }
    named { student_name: String = Person(consent.person_id) }
    can "What this caller may call on it now, as `POST …/{verb}`." shows [consent.seen_at()]
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_consents).service(create_consent).service(get_consent).service(withdraw_consent);
}

/// Consents for a pupil; a guardian sees its own 同意列表
#[utoipa::path(tag = "consents", params(List<ConsentFilter>),
    responses((status = 200, description = "A page of consents", body = Page<ConsentOut>), ReadConsents))]
#[get("/consents")]
async fn list_consents(by: By<ReadConsents>, list: List<ConsentFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Consent>(tx, at)).await
}

/// Gives consent, or enters one that was given on paper 记录同意
#[utoipa::path(tag = "consents", request_body = ConsentIn,
    responses((status = 201, description = "The new consent", body = ConsentOut), GiveConsents))]
#[post("/consents")]
async fn create_consent(by: By<GiveConsents>, write: Write, Valid(body): Valid<ConsentIn>) -> Answered {
    write.creates(by, move |tx, by| consents::give(tx, by, &body)).await
}

/// One consent 同意
#[utoipa::path(tag = "consents", params(("id" = Id, Path, description = "The consent")),
    responses((status = 200, description = "The consent", body = ConsentOut), ReadConsents))]
#[get("/consents/{id}")]
async fn get_consent(by: By<ReadConsents>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Consent>(tx, id.0)).await
}

/// Withdraws a consent 撤回同意
#[utoipa::path(tag = "consents", params(("id" = Id, Path, description = "The consent")),
    responses((status = 200, description = "The consent as it is now", body = ConsentOut), GiveConsents))]
#[post("/consents/{id}/withdraw")]
async fn withdraw_consent(by: By<GiveConsents>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| consents::withdraw(tx, by, id.0, seen)).await
}
