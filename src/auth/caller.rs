//! The caller of a request: known by token, allowed by role, before anything else of the request is looked at.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use super::access::Access;
use super::actor::Actor;
use super::permission::{Permission, WhileSecretChangeIsDue};
use super::scope::Scope;
use crate::http::edge::{CallerNote, RequestInfo};
use crate::refusal::{Code, Refusal};

/// An [`Actor`] who has the permission `P`: what a handler takes first, and hands into verbs.
#[derive(Debug, Clone)]
pub struct By<P> {
    pub actor: Actor,
    permission: PhantomData<P>,
}

impl<P: Permission> By<P> {
    /// An actor under `P`.
    ///
    /// # Errors
    /// 403 for a role that does not have it.
    pub fn of(actor: Actor) -> Result<Self, Refusal> {
        match P::reach(actor.role) {
            Some(_) => Ok(Self { actor, permission: PhantomData }),
            None => Err(Refusal::of(Code::Forbidden).needing(P::NAME)),
        }
    }

    /// What this caller sees under `P`.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::of::<P>(&self.actor)
    }

    /// Whether something at `path` lies within that.
    #[must_use]
    pub fn holds(&self, path: &str) -> bool {
        self.scope().holds_path(path)
    }
}

impl<P> Deref for By<P> {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}

/// Decides without waiting, so that it comes before the body is read: 401, then 403.
impl<P: Permission> FromRequest for By<P> {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(identify(request).map_err(|refusal| refusal.needing(P::NAME)).and_then(|actor| {
            let by = Self::of(actor)?;
            if by.secret_change_due && P::WHILE_SECRET_CHANGE_IS_DUE == WhileSecretChangeIsDue::Refused {
                return Err(Refusal::of(Code::SecretChangeDue).needing(P::NAME));
            }
            Ok(by)
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
    let actor = Actor { language: RequestInfo::of(request).language, ..access.identify(token.trim())? };
    request.extensions_mut().insert(CallerNote(actor.user_id.to_string()));
    Ok(actor)
}
