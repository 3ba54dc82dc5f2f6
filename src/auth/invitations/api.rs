//! `/invitations` and `/account-registrations`.

use actix_web::{get, post, web};
use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::InvitationFilter;
use super::{Invitation, InvitationIn, InvitationLinks, InvitationState, Issued, RegistrationIn};
use crate::auth::grants::{RoleGrant, RoleGrantState};
use crate::auth::password::{Hasher, is_guessable};
use crate::auth::permission::{ManageRoleGrants, ReadUsers};
use crate::auth::tries::Try;
use crate::auth::users::User;
use crate::auth::{By, List, OfSecret, Read, Role, Unsigned, Write, invitations, organisations};
use crate::contract::BASE;
use crate::db::{Id, Instant, Tx};
use crate::http::{Answer, Answered, FindingOut, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::refusal::{Code, Fault, Refusal};

out! {
    /// An invitation; its code was shown once, and is kept nowhere.
    pub struct InvitationOut of (invitation, by): Invitation {
        /// Where the role will be held; for a guardian the school that invites.
        organisation_id: Option<Id>,
        role: Role,
        /// For a guardian, who is told by it; null for anybody else.
        guardianship_id: Option<Id>,
        /// Null for a guardian.
        display_name: Option<String>,
        state: InvitationState,
        /// From then on the code is good for nothing.
        expires_at: Instant,
        /// How often it was tried with the wrong telephone.
        tries: i32,
        invited_by_id: Id,
        /// The account that was made of it.
        user_id: Option<Id>,
    }
    named {
        organisation_name: Option<String> = Organisation(invitation.organisation_id),
        invited_by_name: String = Account(invitation.invited_by_id),
    }
    can "What this caller may call on it now, as `POST …/{verb}`."
}

/// A code, shown this once 邀请码.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedInvitationOut {
    /// The invitation.
    pub id: Id,
    pub organisation_id: Option<Id>,
    pub organisation_name: Option<String>,
    pub role: Role,
    pub guardianship_id: Option<Id>,
    /// Twelve symbols in groups; capitals or not, and hyphens, do not matter where it is typed.
    #[schema(example = "7K3M-9QXR-2BHT")]
    pub code: String,
    /// Opens the app with the code; null where the service knows no app.
    pub url: Option<String>,
    /// The address, or else the code, as a QR code in SVG.
    pub qr_svg: String,
    pub expires_at: Instant,
    /// The invitation's version.
    pub version: i64,
    /// What the rules said about this write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl IssuedInvitationOut {
    /// The code with its picture.
    ///
    /// # Errors
    /// When the database fails. A defect: the address of the app is too long for a picture.
    pub fn of(tx: &mut Tx<'_>, issued: &Issued, links: &InvitationLinks) -> Result<Self, Refusal> {
        let Issued { invitation, code } = issued;
        let organisation = invitation.organisation_id.map(|id| organisations::find(tx, id)).transpose()?.flatten();
        Ok(Self {
            id: invitation.id,
            organisation_id: invitation.organisation_id,
            organisation_name: organisation.map(|organisation| organisation.name),
            role: invitation.role,
            guardianship_id: invitation.guardianship_id,
            code: code.shown(),
            url: links.address(code),
            qr_svg: links.picture(code)?,
            expires_at: invitation.expires_at,
            version: invitation.version,
            findings: None,
        })
    }
}

/// An account that somebody has made for themselves 注册结果.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisteredOut {
    pub user_id: Id,
    pub username: String,
    pub role: Role,
    pub organisation_id: Option<Id>,
    /// `waiting` where a second person confirms the role first; until then nobody signs in with it.
    pub role_state: RoleGrantState,
}

impl RegisteredOut {
    /// 201 with it; its place is one's own account.
    ///
    /// # Errors
    /// A defect: it cannot be written as JSON.
    fn answer(user: &User, grant: &RoleGrant) -> Result<Answer, Refusal> {
        let out = Self {
            user_id: user.id,
            username: user.username.clone(),
            role: grant.role,
            organisation_id: grant.organisation_id,
            role_state: grant.state(),
        };
        Answer::created(format!("{BASE}/me"), &out, user.version)
    }
}

/// Makes an account of who has a code, by `work`; nothing of it means that the code is good for nothing. The hash of
/// the password is made before the code is looked at, so that a right and a wrong one take as long.
///
/// # Errors
/// 422 for a password that is easy to guess or such a code, 503 when no turn comes free in time, and what `work`
/// refused.
pub async fn registers<W>(unsigned: Unsigned, new: RegistrationIn, hasher: &Hasher, work: W) -> Answered
where
    W: Fn(&mut Tx<'_>, &RegistrationIn, &str, &Try) -> Result<Option<(User, RoleGrant)>, Refusal> + Send + 'static,
{
    if is_guessable(new.password.as_str(), new.username.as_str()) {
        return Err(Refusal::field("/password", Fault::Guessable));
    }
    let hash = hasher.hash(SecretString::from(new.password.as_str())).await?;
    let from = Try::of_code(unsigned.address);
    let made = unsigned.runs("registration", move |tx| work(tx, &new, &hash, &from)).await?;
    let (user, grant) = made.ok_or_else(|| Refusal::of(Code::CodeRefused))?;
    Ok(Unsigned::answers(RegisteredOut::answer(&user, &grant)?))
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_invitations)
        .service(create_invitation)
        .service(get_invitation)
        .service(revoke_invitation)
        .service(register_account);
}

/// Invitations to organisations in the caller's scope 邀请列表
#[utoipa::path(tag = "invitations", params(List<InvitationFilter>),
    responses((status = 200, description = "A page of invitations", body = Page<InvitationOut>), ReadUsers))]
#[get("/invitations")]
async fn list_invitations(by: By<ReadUsers>, list: List<InvitationFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Invitation>(tx, at)).await
}

/// Invites somebody to a role; the code is shown this once 邀请
#[utoipa::path(tag = "invitations", params(OfSecret), request_body = InvitationIn,
    responses((status = 201, description = "The code, which is kept nowhere", body = IssuedInvitationOut),
        ManageRoleGrants))]
#[post("/invitations")]
async fn create_invitation(
    by: By<ManageRoleGrants>,
    write: Write<OfSecret>,
    Valid(body): Valid<InvitationIn>,
    links: web::Data<InvitationLinks>,
) -> Answered {
    write
        .transact(by, move |tx, by| {
            let issued = invitations::create(tx, by, &body)?;
            let place = format!("{BASE}/invitations/{}", issued.invitation.id);
            Answer::created(place, &IssuedInvitationOut::of(tx, &issued, &links)?, issued.invitation.version)
        })
        .await
}

/// One invitation 邀请
#[utoipa::path(tag = "invitations", params(("id" = Id, Path, description = "The invitation")),
    responses((status = 200, description = "The invitation", body = InvitationOut), ReadUsers))]
#[get("/invitations/{id}")]
async fn get_invitation(by: By<ReadUsers>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Invitation>(tx, id.0)).await
}

/// Takes an invitation back; its code is good for nothing from now on 撤回邀请
#[utoipa::path(tag = "invitations", params(("id" = Id, Path, description = "The invitation")),
    responses((status = 200, description = "The invitation as it is now", body = InvitationOut), ManageRoleGrants))]
#[post("/invitations/{id}/revoke")]
async fn revoke_invitation(by: By<ManageRoleGrants>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| invitations::revoke(tx, by, id.0, seen)).await
}

/// Makes an account by the code of an invitation; for everybody who has one 凭邀请码注册账号
#[utoipa::path(tag = "invitations", params(OfSecret), request_body = RegistrationIn,
    responses((status = 201, description = "The account, which can sign in", body = RegisteredOut)))]
#[post("/account-registrations")]
async fn register_account(
    unsigned: Unsigned,
    Valid(body): Valid<RegistrationIn>,
    hasher: web::Data<Hasher>,
) -> Answered {
    registers(unsigned, body, &hasher, invitations::register).await
}
