//! `/guardianships`.

use actix_web::{get, post};
use time::Date;

use super::model::{GuardianshipFilter, GuardianshipLinkIn};
use super::{
    GuardianKind, Guardianship, GuardianshipBlockIn, GuardianshipEndIn, GuardianshipIn, GuardianshipState, Relation,
    Right,
};
use crate::auth::permission::{ManageGuardianships, ReadGuardianships};
use crate::auth::{By, List, OfMany, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, Rows, ServiceConfig, Valid};
use crate::students::guardianships;
use crate::values::iso_date;
use crate::{batch, out};

out! {
    /// A guardianship 监护关系.
    pub struct GuardianshipOut of (held, by): Guardianship {
        /// The child.
        person_id: Id,
        /// The guardian's account; null until there is one.
        user_id: Option<Id>,
        kind: GuardianKind,
        organisation_name: Option<String>,
        relation: Relation,
        contact_name: String,
        /// Whole for the school and the guardian, masked for others.
        contact_phone: Option<String> = held.phone_for(by),
        rights: Vec<Right> = held.rights(),
        /// First day.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day; null for no end.
        #[serde(with = "iso_date::option")]
        ends_on: Option<Date>,
        state: GuardianshipState,
        /// Why it was ended or blocked; `merged` when two records of the child were joined.
        closing_reason: Option<String>,
        closing_document: Option<String>,
        /// The document that allowed it after a block.
        restoring_document: Option<String>,
    }
    named {
        student_name: String = Person(held.person_id),
        /// Display name of the account.
        user_name: Option<String> = Account(held.user_id),
    }
    can "What this caller may call on it now, as `POST …/{verb}`." shows [held.seen_at()]
}

batch! {
    /// Guardians that are entered together, such as those of a class.
    pub struct GuardianshipBatchIn of GuardianshipIn;
    /// What became of guardians that were entered together.
    pub struct GuardianshipBatchOut, GuardianshipBatchItemOut of Guardianship as GuardianshipOut;
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_guardianships)
        .service(create_guardianship)
        .service(create_guardianship_batch)
        .service(get_guardianship)
        .service(link_guardianship)
        .service(end_guardianship)
        .service(block_guardianship);
}

/// Guardianships of the children in the caller's scope; a guardian sees its own while they hold 监护关系列表
#[utoipa::path(tag = "guardianships", params(List<GuardianshipFilter>),
    responses((status = 200, description = "A page of guardianships", body = Page<GuardianshipOut>),
        ReadGuardianships))]
#[get("/guardianships")]
async fn list_guardianships(by: By<ReadGuardianships>, list: List<GuardianshipFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Guardianship>(tx, at)).await
}

/// Enters a guardian of a child 登记监护关系
#[utoipa::path(tag = "guardianships", request_body = GuardianshipIn, responses(
    (status = 201, description = "The new guardianship", body = GuardianshipOut), ManageGuardianships))]
#[post("/guardianships")]
async fn create_guardianship(
    by: By<ManageGuardianships>,
    write: Write,
    Valid(body): Valid<GuardianshipIn>,
) -> Answered {
    write.creates(by, move |tx, by| guardianships::create(tx, by, &body)).await
}

/// Enters up to 200 guardians, each as by itself or all or none; needs an `Idempotency-Key` 批量登记监护关系
#[utoipa::path(tag = "guardianships", params(OfMany), request_body = GuardianshipBatchIn,
    responses((status = 200, description = "What became of each row", body = GuardianshipBatchOut),
        ManageGuardianships))]
#[post("/guardianships/batch")]
async fn create_guardianship_batch(
    by: By<ManageGuardianships>,
    write: Write<OfMany>,
    rows: Rows<GuardianshipIn>,
) -> Answered {
    write.creates_many(by, rows, guardianships::create).await
}

/// One guardianship 监护关系
#[utoipa::path(tag = "guardianships", params(("id" = Id, Path, description = "The guardianship")),
    responses((status = 200, description = "The guardianship", body = GuardianshipOut), ReadGuardianships))]
#[get("/guardianships/{id}")]
async fn get_guardianship(by: By<ReadGuardianships>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Guardianship>(tx, id.0)).await
}

/// Gives a guardianship the account of its guardian 关联家长账号
#[utoipa::path(tag = "guardianships", params(("id" = Id, Path, description = "The guardianship")),
    request_body = GuardianshipLinkIn, responses(
    (status = 200, description = "The guardianship as it is now", body = GuardianshipOut), ManageGuardianships))]
#[post("/guardianships/{id}/link")]
async fn link_guardianship(
    by: By<ManageGuardianships>,
    id: PathId,
    write: Write,
    Valid(body): Valid<GuardianshipLinkIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| guardianships::link(tx, by, id.0, seen, body.user_id)).await
}

/// Ends a guardianship; from now on it reads, signs and receives nothing 终止监护关系
#[utoipa::path(tag = "guardianships", params(("id" = Id, Path, description = "The guardianship")),
    request_body = GuardianshipEndIn, responses(
    (status = 200, description = "The guardianship as it is now", body = GuardianshipOut), ManageGuardianships))]
#[post("/guardianships/{id}/end")]
async fn end_guardianship(
    by: By<ManageGuardianships>,
    id: PathId,
    write: Write,
    Valid(body): Valid<GuardianshipEndIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| guardianships::end(tx, by, id.0, seen, &body)).await
}

/// Blocks a guardian; only a document brings it back 禁止监护关系
#[utoipa::path(tag = "guardianships", params(("id" = Id, Path, description = "The guardianship")),
    request_body = GuardianshipBlockIn, responses(
    (status = 200, description = "The guardianship as it is now", body = GuardianshipOut), ManageGuardianships))]
#[post("/guardianships/{id}/block")]
async fn block_guardianship(
    by: By<ManageGuardianships>,
    id: PathId,
    write: Write,
    Valid(body): Valid<GuardianshipBlockIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| guardianships::block(tx, by, id.0, seen, &body)).await
}
