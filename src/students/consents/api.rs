//! `/consents`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{Consent, NewConsent};
use crate::auth::access_log::Viewing;
use crate::auth::permission::{GiveConsents, ReadConsents};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::refusal::Refusal;
use crate::students::consents;
use crate::values::text::Line;

/// A guardian's consent to one version of the text.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentIn {
    /// A standing guardianship with the right to sign; a guardian's own.
    pub guardianship_id: Id,
    /// Version of the text that was shown, such as `2024-09`.
    #[schema(inline)]
    pub text_version: Line<1, 40>,
    /// The signed paper; required from a school.
    #[schema(inline)]
    pub document: Option<Line<2, 120>>,
}

/// A consent 同意.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentOut {
    pub id: Id,
    /// The child.
    pub person_id: Id,
    pub guardianship_id: Id,
    pub text_version: String,
    pub document: Option<String>,
    pub given_at: Instant,
    /// Null while it stands.
    pub withdrawn_at: Option<Instant>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now, as `POST …/{verb}`.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl ConsentOut {
    fn of(consent: &Consent, actor: &Actor) -> Self {
        let row = &consent.row;
        Self {
            id: row.id,
            person_id: row.person_id,
            guardianship_id: row.guardianship_id,
            text_version: row.text_version.clone(),
            document: row.document.clone(),
            given_at: row.given_at,
            withdrawn_at: row.withdrawn_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: consent.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Whose consents a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConsentQuery {
    /// The pupil.
    #[param(inline)]
    pub student_id: Id,
    /// Consents in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_consents).service(give_consent).service(get_consent).service(withdraw_consent);
}

/// Consents for a pupil; a guardian sees its own 同意列表
#[utoipa::path(tag = "consents", params(ConsentQuery),
    responses((status = 200, description = "A page of consents", body = Page<ConsentOut>), ReadConsents))]
#[get("/consents")]
async fn list_consents(caller: Caller<ReadConsents>, list: List<ConsentQuery>, viewing: Viewing) -> Answered {
    let ConsentQuery { student_id, limit, cursor: text } = list.query.clone();
    let (cursor, limit) = (Cursor::of("consents", &student_id), limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(text.as_ref())?;
    list.page(move |tx| {
        let found = consents::list(tx, &caller.actor, student_id, after, limit)?;
        let page = cursor.page(limit, found, |consent| consent.row.id);
        viewing.note(tx, &caller.actor, "list_consents", page.items.iter().map(Consent::seen_at))?;
        Ok(page.map(|consent| ConsentOut::of(&consent, &caller.actor)))
    })
    .await
}

/// Gives consent, or enters one that was given on paper 记录同意
#[utoipa::path(tag = "consents", request_body = ConsentIn,
    responses((status = 201, description = "The new consent", body = ConsentOut), GiveConsents))]
#[post("/consents")]
async fn give_consent(caller: Caller<GiveConsents>, write: Write, Valid(body): Valid<ConsentIn>) -> Answered {
    let new = NewConsent {
        guardianship_id: body.guardianship_id,
        text_version: body.text_version.as_str().to_owned(),
        document: body.document.map(|text| text.as_str().to_owned()),
    };
    write
        .run(caller, move |tx, actor| {
            let made = consents::give(tx, actor, &new)?;
            let location = format!("/api/v1/consents/{}", made.row.id);
            Answer::created(location, &ConsentOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One consent 同意
#[utoipa::path(tag = "consents", params(("id" = Id, Path, description = "The consent")),
    responses((status = 200, description = "The consent", body = ConsentOut), ReadConsents))]
#[get("/consents/{id}")]
async fn get_consent(caller: Caller<ReadConsents>, id: PathId, read: Read, viewing: Viewing) -> Answered {
    let scope = caller.scope();
    read.one(move |tx| {
        let consent = consents::find(tx, &scope, id.0)?;
        viewing.note(tx, &caller.actor, "get_consent", [consent.seen_at()])?;
        answer(&consent, &caller.actor)
    })
    .await
}

/// Withdraws a consent 撤回同意
#[utoipa::path(tag = "consents", params(("id" = Id, Path, description = "The consent")),
    responses((status = 200, description = "The consent as it is now", body = ConsentOut), GiveConsents))]
#[post("/consents/{id}/withdraw")]
async fn withdraw_consent(caller: Caller<GiveConsents>, id: PathId, write: Write) -> Answered {
    write.versioned(caller, move |tx, actor, seen| answer(&consents::withdraw(tx, actor, id.0, seen)?, actor)).await
}

fn answer(consent: &Consent, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&ConsentOut::of(consent, actor), consent.row.version)
}
