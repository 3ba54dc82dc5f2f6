//! Changing something, once.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::database::database;
use super::kind::{Kind, OfSecret, Plain};
use super::trace::{note, trace_of};
use crate::auth::access::Access;
use crate::auth::access_log::{REHEARSAL, Trace};
use crate::auth::actor::Actor;
use crate::auth::caller::By;
use crate::auth::permission::Permission;
use crate::auth::shown::{Shown, made, shape, shown};
use crate::auth::standing;
use crate::db::{Db, Mode, Origin, Tx};
use crate::http::edge::RequestInfo;
use crate::http::{Answer, Answered, BodyDigest, File, IfMatchVersion, Query, client, findings_out};
use crate::journal::idempotency::{self, Claim, InFlight};
use crate::refusal::{Code, Fault, Refusal};
use crate::sealing::hex;

const IDEMPOTENCY_KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Longest key.
const KEY_LENGTH_MAX: usize = 255;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct WriteQuery {
    #[serde(default)]
    validate_only: bool,
}

/// Changes something, once; `K` says what kind of write it is.
pub struct Write<K = Plain> {
    request: HttpRequest,
    db: Db,
    mode: Mode,
    key: Option<String>,
    cuts_off: bool,
    kind: PhantomData<K>,
}

impl<K: Kind> FromRequest for Write<K> {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let query = Query::<WriteQuery>::from_request(request, payload).into_inner();
        ready(query.and_then(|Query(query)| {
            let mode = if query.validate_only { Mode::Rehearse } else { Mode::Commit };
            let key = idempotency_key(request)?;
            K::check(key.is_some(), mode)?;
            let db = database(request)?;
            Ok(Self { request: request.clone(), db, mode, key, cuts_off: false, kind: PhantomData })
        }))
    }
}

/// The key of a POST: visible ASCII, as the header's draft standard has it.
fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, Refusal> {
    let mut given = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(value) = given.next() else { return Ok(None) };
    let plain = |key: &str| !key.is_empty() && key.len() <= KEY_LENGTH_MAX && key.chars().all(|c| c.is_ascii_graphic());
    match value.to_str() {
        Ok(key) if plain(key) && given.next().is_none() && request.method() == actix_web::http::Method::POST => {
            Ok(Some(key.to_owned()))
        }
        _ => Err(Refusal::at(Code::HeaderInvalid, "Idempotency-Key", Fault::Format)),
    }
}

enum Ran {
    Now(Answer),
    Before(Answer),
}

impl<K: Kind> Write<K> {
    /// Whether nothing of it stays.
    #[must_use]
    pub fn rehearses(&self) -> bool {
        self.mode == Mode::Rehearse
    }

    /// Who writes, for what, and from where.
    fn origin(&self, actor: &Actor) -> Origin {
        Origin {
            user_id: Some(actor.user_id),
            role: actor.role.as_str().to_owned(),
            request_id: self.request_id(),
            address: client::address(&self.request),
        }
    }

    /// Names this request in the service's log.
    pub(super) fn request_id(&self) -> String {
        RequestInfo::of(&self.request).id.clone()
    }

    /// Says that this write ends tokens: this replica then knows at once.
    #[must_use]
    pub fn cutting_off(self) -> Self {
        Self { cuts_off: true, ..self }
    }

    /// Makes a thing and answers 201 with it and its place.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn creates<P, T, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        T: Shown,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<T, Refusal> + Send + 'static,
    {
        const { assert!(T::SHOWS_PUPILS || !P::SHOWS_PUPILS, "what shows pupils says whom") };
        let rehearsal = self.rehearsal::<T>()?;
        self.settle(by, move |tx, by| {
            let thing = work(tx, by)?;
            note(rehearsal.as_ref(), tx, by, REHEARSAL, || thing.persons())?;
            made(tx, &thing, by)
        })
        .await
    }

    /// Changes a thing that the caller has seen in one of these versions, and answers 200 with it as it is now.
    ///
    /// # Errors
    /// 428 without `If-Match`, and what `work` refused.
    pub async fn changes<P, T, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        T: Shown,
        F: Fn(&mut Tx<'_>, &By<P>, &IfMatchVersion) -> Result<T, Refusal> + Send + 'static,
    {
        let seen = IfMatchVersion::required(&self.request)?;
        const { assert!(T::SHOWS_PUPILS || !P::SHOWS_PUPILS, "what shows pupils says whom") };
        let rehearsal = self.rehearsal::<T>()?;
        self.settle(by, move |tx, by| {
            let thing = work(tx, by, &seen)?;
            note(rehearsal.as_ref(), tx, by, REHEARSAL, || thing.persons())?;
            shown(tx, &thing, by)
        })
        .await
    }

    /// Does something and answers 200 with what it came to, which is no single resource.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn answers<P, T, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        T: Shown,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<T, Refusal> + Send + 'static,
    {
        const { assert!(T::SHOWS_PUPILS || !P::SHOWS_PUPILS, "what shows pupils says whom") };
        let rehearsal = self.rehearsal::<T>()?;
        self.settle(by, move |tx, by| {
            let thing = work(tx, by)?;
            note(rehearsal.as_ref(), tx, by, REHEARSAL, || thing.persons())?;
            Answer::plain(&shape(tx, &thing, by)?)
        })
        .await
    }

    /// Runs `work` in one transaction with the row versions that the caller saw.
    ///
    /// # Errors
    /// 428 without `If-Match`, and what `work` refused.
    pub async fn versioned<P, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        F: Fn(&mut Tx<'_>, &By<P>, &IfMatchVersion) -> Result<Answer, Refusal> + Send + 'static,
    {
        let seen = IfMatchVersion::required(&self.request)?;
        self.transact(by, move |tx, by| work(tx, by, &seen)).await
    }

    /// Runs `work` in one transaction, for an answer of its own shape: not about pupils, unless it cannot be rehearsed.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn transact<P, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<Answer, Refusal> + Send + 'static,
    {
        const { assert!(!P::SHOWS_PUPILS || !K::REHEARSES, "what shows pupils says whom") };
        self.settle(by, work).await
    }

    pub(super) async fn settle<P, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<Answer, Refusal> + Send + 'static,
    {
        let info = RequestInfo::of(&self.request);
        let actor = by;
        let claim = self.claim(&actor);
        let in_flight = self.request.app_data::<web::Data<InFlight>>().map(|keys| keys.get_ref().clone());
        let _held = match (&claim, in_flight) {
            (Some(claim), Some(keys)) => Some(keys.hold(claim).await?),
            _ => None,
        };
        let origin = self.origin(&actor);
        let mode = self.mode;
        let ran = self.db.write(origin, mode, move |tx| {
            standing::confirm(tx, &actor)?;
            if let Some(claim) = &claim
                && let Some(answer) = idempotency::claim(tx, claim)?
            {
                return Ok(Ran::Before(answer));
            }
            let mut answer = work(tx, &actor)?;
            debug_assert!(tx.recorded > 0 || K::MAY_DO_NOTHING, "a write that leaves no journal row");
            if mode == Mode::Rehearse || !tx.findings.is_empty() {
                add_findings(&mut answer, tx, &info)?;
            }
            match &claim {
                Some(claim) if tx.recorded > 0 => idempotency::store(tx, claim, &answer)?,
                Some(claim) => idempotency::give_back(tx, claim)?,
                None => {}
            }
            Ok(Ran::Now(answer))
        });
        let ran = ran.await?;
        if self.cuts_off {
            refresh_cut_offs(&self.request, &self.db).await;
        }
        Ok(match ran {
            Ran::Now(answer) if mode == Mode::Rehearse => rehearsed(answer),
            Ran::Now(answer) if K::IS_SECRET => for_nobody_else(answer),
            Ran::Now(answer) => answer.into_response(),
            Ran::Before(answer) => replayed(answer),
        })
    }

    /// The trace of a write that is only tried: what stays has its journal row.
    pub(super) fn rehearsal<T: Shown>(&self) -> Result<Option<Trace>, Refusal> {
        if self.rehearses() { trace_of::<T>(&self.request) } else { Ok(None) }
    }

    /// The key with what it was used for; a rehearsal has none.
    fn claim(&self, actor: &Actor) -> Option<Claim> {
        let key = self.key.clone().filter(|_| self.mode == Mode::Commit)?;
        let body = self.request.extensions().get::<BodyDigest>().map_or([0; 32], |digest| digest.0);
        let mut digest = Sha256::new();
        for part in [
            self.request.method().as_str().as_bytes(),
            self.request.path().as_bytes(),
            self.request.query_string().as_bytes(),
            body.as_slice(),
            actor.role_grant_id.0.as_bytes(),
        ] {
            digest.update(part);
            digest.update([0]);
        }
        Some(Claim { user_id: actor.user_id, key, fingerprint: hex(&digest.finalize()) })
    }
}

impl Write<OfSecret> {
    /// Changes something by what somebody knows, and answers 201 with the thing: nothing means that they did not know
    /// it, and what was counted stays.
    ///
    /// # Errors
    /// `refused` where there is nothing, and what `work` refused.
    pub async fn attempts<P, T, F>(self, by: By<P>, refused: Code, work: F) -> Answered
    where
        P: Permission,
        T: Shown,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<Option<T>, Refusal> + Send + 'static,
    {
        let done = self.commits(by, move |tx, by| work(tx, by)?.map(|thing| made(tx, &thing, by)).transpose()).await?;
        done.map(for_nobody_else).ok_or_else(|| Refusal::of(refused))
    }

    /// Changes something that the caller has seen in one of these versions, and answers 200 with a page about it that
    /// nobody keeps. The page is written outside the transaction; the work itself leaves the lines of the access log.
    ///
    /// # Errors
    /// 428 without `If-Match`, and what `work` or `page` refused.
    pub async fn prints<P, T, F>(self, by: By<P>, work: F, page: impl FnOnce(T) -> Result<File, Refusal>) -> Answered
    where
        P: Permission,
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &By<P>, &IfMatchVersion) -> Result<T, Refusal> + Send + 'static,
    {
        let seen = IfMatchVersion::required(&self.request)?;
        let found = self.commits(by, move |tx, by| work(tx, by, &seen)).await?;
        Ok(page(found)?.for_nobody_else())
    }

    async fn commits<P, T, F>(self, by: By<P>, work: F) -> Result<T, Refusal>
    where
        P: Permission,
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<T, Refusal> + Send + 'static,
    {
        let origin = self.origin(&by);
        self.db
            .write(origin, Mode::Commit, move |tx| {
                standing::confirm(tx, &by)?;
                work(tx, &by)
            })
            .await
    }
}

async fn refresh_cut_offs(request: &HttpRequest, db: &Db) {
    let Some(access) = request.app_data::<web::Data<Access>>() else { return };
    if let Err(refusal) = access.refresh(db).await {
        log::warn!("cut-off accounts: {refusal}"); // the write is done; the next refresh is 15 s away
    }
}

/// Puts the rules' findings into an answer, where the contract has a field for them.
fn add_findings(answer: &mut Answer, tx: &Tx<'_>, info: &RequestInfo) -> Result<(), Refusal> {
    let findings = serde_json::to_string(&findings_out(&tx.findings, info.language)).map_err(Refusal::internal)?;
    if let Some(open) = answer.body.strip_suffix('}') {
        answer.body = format!("{open},\"findings\":{findings}}}");
    }
    Ok(())
}

/// What would have been answered, without the promise that it exists.
fn rehearsed(answer: Answer) -> HttpResponse {
    Answer::bare(200, answer.body).into_response()
}

/// An answer that no cache keeps. A tag would carry a digest of the secret.
pub(super) fn for_nobody_else(answer: Answer) -> HttpResponse {
    let mut response = Answer { etag: None, ..answer }.into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn replayed(answer: Answer) -> HttpResponse {
    let mut response = answer.into_response();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
