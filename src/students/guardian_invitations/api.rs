//! `/guardianships/{id}/invite`, `/classes/{id}/invitations`, `/guardian-registrations`, `/me/guardianships`.

use actix_web::{post, web};

use super::{Brought, page};
use crate::auth::invitations::{InvitationLinks, IssuedInvitationOut, RegisteredOut, RegistrationIn, registers};
use crate::auth::password::Hasher;
use crate::auth::permission::{ClaimGuardianships, ManageGuardianships};
use crate::auth::tries::Try;
use crate::auth::{By, OfSecret, Unsigned, Write};
use crate::body;
use crate::db::Id;
use crate::http::client::ClientAddress;
use crate::http::{Answer, Answered, PathId, ServiceConfig, Valid};
use crate::refusal::Code;
use crate::students::guardian_invitations;
use crate::students::guardianships::GuardianshipOut;
use crate::values::text::Line;

body! {
    /// By what a guardian takes on a further child.
    pub struct GuardianshipClaimIn {
        /// As it was printed or sent: capitals or not, with or without hyphens.
        #[schema(inline)]
        code: Line<1, 64>,
        /// The last four digits of the telephone that the school has on record for this guardianship.
        #[schema(inline)]
        phone_last_four: Line<4, 4>,
    }
}

/// Routes below guardianships.
pub fn routes(config: &mut ServiceConfig) {
    config.service(invite_guardian);
}

/// Routes below classes.
pub fn class_routes(config: &mut ServiceConfig) {
    config.service(invite_class);
}

/// Routes of one's own account.
pub fn own_routes(config: &mut ServiceConfig) {
    config.service(claim_guardianship);
}

/// Routes for who has no account.
pub fn open_routes(config: &mut ServiceConfig) {
    config.service(register_guardian);
}

/// Invites a guardian to make an account; the code is shown this once, and a code of before ends 邀请家长
#[utoipa::path(tag = "guardianships", params(("id" = Id, Path, description = "The guardianship"), OfSecret),
    responses((status = 200, description = "The code, which is kept nowhere", body = IssuedInvitationOut),
        ManageGuardianships))]
#[post("/guardianships/{id}/invite")]
async fn invite_guardian(
    by: By<ManageGuardianships>,
    id: PathId,
    write: Write<OfSecret>,
    links: web::Data<InvitationLinks>,
) -> Answered {
    write
        .versioned(by, move |tx, by, seen| {
            let issued = guardian_invitations::invite(tx, by, id.0, seen)?;
            Answer::ok(&IssuedInvitationOut::of(tx, &issued, &links)?, issued.invitation.version)
        })
        .await
}

/// Invites every guardian of a class who has no account: a page to print, with new codes 打印班级邀请函
#[utoipa::path(tag = "guardianships", params(("id" = Id, Path, description = "The class"), OfSecret),
    responses((status = 200, description = "The page; its codes are kept nowhere", body = String,
        content_type = "text/html; charset=utf-8"), ManageGuardianships))]
#[post("/classes/{id}/invitations")]
async fn invite_class(
    by: By<ManageGuardianships>,
    id: PathId,
    write: Write<OfSecret>,
    links: web::Data<InvitationLinks>,
) -> Answered {
    let language = by.language;
    let print = move |letters| page::render(&letters, &links, language);
    write.prints(by, move |tx, by, seen| guardian_invitations::invite_class(tx, by, id.0, seen), print).await
}

/// Makes a guardian's account by a code of the school; for everybody who has one 家长凭邀请码注册
#[utoipa::path(tag = "guardianships", params(OfSecret), request_body = RegistrationIn,
    responses((status = 201, description = "The account, which can sign in", body = RegisteredOut)))]
#[post("/guardian-registrations")]
async fn register_guardian(
    unsigned: Unsigned,
    Valid(body): Valid<RegistrationIn>,
    hasher: web::Data<Hasher>,
) -> Answered {
    registers(unsigned, body, &hasher, guardian_invitations::register).await
}

/// Takes on a further child by a code of its school 添加孩子
#[utoipa::path(tag = "guardianships", params(OfSecret), request_body = GuardianshipClaimIn,
    responses((status = 201, description = "The guardianship, which is the caller's now", body = GuardianshipOut),
        ClaimGuardianships))]
#[post("/me/guardianships")]
async fn claim_guardianship(
    by: By<ClaimGuardianships>,
    write: Write<OfSecret>,
    from: ClientAddress,
    Valid(body): Valid<GuardianshipClaimIn>,
) -> Answered {
    let from = Try::of_code(from.0);
    write
        .attempts(by, Code::CodeRefused, move |tx, by| {
            let brought = Brought { code: body.code.as_str(), digits: body.phone_last_four.as_str(), from: &from };
            guardian_invitations::take_on(tx, by, &brought)
        })
        .await
}
