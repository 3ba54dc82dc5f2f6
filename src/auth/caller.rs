//! The caller of a request: known by token, allowed by role, before anything else of the request is looked at.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use super::access::Access;
use super::actor::Actor;
use super::permission::{Permission, WhileSecretChangeIsDue};
use super::scope::Scope;
use crate::http::edge::CallerNote;
use crate::refusal::{Code, Refusal};

/// An [`Actor`] who has the permission `P`.
#[derive(Debug, Clone)]
pub struct Caller<P> {
    pub actor: Actor,
    permission: PhantomData<P>,
}

impl<P: Permission> Caller<P> {
    /// What this caller sees under `P`.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::of::<P>(&self.actor)
    }
}

/// Decides without waiting, so that it comes before the body is read: 401, then 403.
impl<P: Permission> FromRequest for Caller<P> {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(identify(request).map_err(|refusal| refusal.needing(P::NAME)).and_then(|actor| {
            let forbidden = |code| Err(Refusal::of(code).needing(P::NAME));
            if P::reach(actor.role).is_none() {
                return forbidden(Code::Forbidden);
            }
            if actor.secret_change_due && P::WHILE_SECRET_CHANGE_IS_DUE == WhileSecretChangeIsDue::Refused {
                return forbidden(Code::SecretChangeDue);
            }
            Ok(Self { actor, permission: PhantomData })
        }))
    }
}

fn identify(request: &HttpRequest) -> Result<Actor, Refusal> {
    let refused = || Refusal::of(Code::Unauthenticated);
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(refused)?;
    let (scheme, token) = header.split_once(' ').ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refused());
    }
    let access = request.app_data::<web::Data<Access>>().ok_or_else(|| Refusal::internal("no access table"))?;
    let actor = access.identify(token.trim())?;
    request.extensions_mut().insert(CallerNote(actor.user_id.to_string()));
    Ok(actor)
}
