//! Reading many things, page by page.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::database::database;
use super::trace::{note, trace_of};
use crate::auth::access_log::{READ, Trace};
use crate::auth::actor::Actor;
use crate::auth::caller::By;
use crate::auth::nothing_yet;
use crate::auth::permission::Permission;
use crate::auth::shown::{Shown, shaped};
use crate::db::{Db, Id, Resource, Tx};
use crate::http::{Answer, Answered, Key, Listing, Page, PageAsk, Sort, SortBy, Sorted, listed};
use crate::refusal::Refusal;

/// Reads a list whose filter is `F`, behind a key `K`.
pub struct List<F, K = Id> {
    /// What is asked for.
    pub at: Listing<F, K>,
    request: HttpRequest,
    db: Db,
}

impl<F: DeserializeOwned + IntoParams, K: DeserializeOwned + Serialize> FromRequest for List<F, K> {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(listed::<F>(request).and_then(|(filter, ask, asked)| {
            let at = Listing::of(filter, &format!("{}?{asked}", request.path()), &ask)?;
            Ok(Self { at, request: request.clone(), db: database(request)? })
        }))
    }
}

/// The parameters of the filter, and those of every list.
impl<F: IntoParams, K> IntoParams for List<F, K> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parameters = F::into_params(&place);
        parameters.extend(PageAsk::into_params(&place));
        parameters
    }
}

impl<F: Send + 'static, K: Send + 'static> List<F, K> {
    /// Answers with a page that several statements find, all in one snapshot.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn page<P, T, W>(self, by: By<P>, work: W) -> Answered
    where
        P: Permission,
        T: Serialize + Send + 'static,
        W: Fn(&mut Tx<'_>, &By<P>, &Listing<F, K>) -> Result<Page<T>, Refusal> + Send + 'static,
    {
        const { assert!(!P::SHOWS_PUPILS, "what shows pupils says whom") };
        let (at, actor) = (self.at, Actor::clone(&by));
        let page = self.db.read(move |tx| work(tx, &by, &at)).await?;
        told::<P, _>(&self.request, page, &actor, &self.db).await
    }
}

impl<F: Send + 'static, K: DeserializeOwned + Serialize + Send + 'static> List<F, K> {
    /// Answers with a page of things that one statement finds in an order of their own; `key` says where one stands.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn shows_by<P, T, W>(self, by: By<P>, key: fn(&T) -> K, work: W) -> Answered
    where
        P: Permission,
        T: Shown + 'static,
        W: Fn(&mut Tx<'_>, &By<P>, &Listing<F, K>) -> Result<Vec<T>, Refusal> + Send + 'static,
    {
        const { assert!(T::SHOWS_PUPILS || !P::SHOWS_PUPILS, "what shows pupils says whom") };
        let (at, trace) = (self.at, trace_of::<T>(&self.request)?);
        let actor = Actor::clone(&by);
        let page = self.db.read_one(move |tx| page_of(work(tx, &by, &at)?, &at, key, &by, tx, trace.as_ref())).await?;
        told::<P, _>(&self.request, page, &actor, &self.db).await
    }
}

impl<F: Send + 'static> List<F> {
    /// Answers with a page of what anybody may read, signed in or not.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn for_everybody<T, W>(self, work: W) -> Answered
    where
        T: Serialize + Send + 'static,
        W: Fn(&mut Tx<'_>, &Listing<F>) -> Result<Page<T>, Refusal> + Send + 'static,
    {
        let at = self.at;
        let page = self.db.read_one(move |tx| work(tx, &at)).await?;
        Answer::page(&self.request, page)
    }

    /// Answers with a page of things that one statement finds.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn shows<P, T, W>(self, by: By<P>, work: W) -> Answered
    where
        P: Permission,
        T: Shown + 'static,
        W: Fn(&mut Tx<'_>, &By<P>, &Listing<F>) -> Result<Vec<T>, Refusal> + Send + 'static,
    {
        self.shows_by(by, Resource::id, work).await
    }

    /// Answers with a page of things that several statements find, all in one snapshot.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn shows_whole<P, T, W>(self, by: By<P>, work: W) -> Answered
    where
        P: Permission,
        T: Shown,
        W: Fn(&mut Tx<'_>, &By<P>, &Listing<F>) -> Result<Vec<T>, Refusal> + Send + 'static,
    {
        const { assert!(T::SHOWS_PUPILS || !P::SHOWS_PUPILS, "what shows pupils says whom") };
        let (at, trace) = (self.at, trace_of::<T>(&self.request)?);
        let actor = Actor::clone(&by);
        let page =
            self.db.read(move |tx| page_of(work(tx, &by, &at)?, &at, Resource::id, &by, tx, trace.as_ref())).await?;
        told::<P, _>(&self.request, page, &actor, &self.db).await
    }
}

impl<F: Sorted + Send + 'static> List<F, Key> {
    /// Answers with a page of things that one statement finds, in the order that was asked for.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn shows<P, T, W>(self, by: By<P>, work: W) -> Answered
    where
        P: Permission,
        T: Shown + 'static,
        W: Fn(&mut Tx<'_>, &By<P>, &Listing<F, Key>) -> Result<Vec<T>, Refusal> + Send + 'static,
    {
        self.shows_coded(by, |_| String::new(), work).await
    }

    /// The same of things that have a code, which `code` says.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn shows_coded<P, T, W>(self, by: By<P>, code: fn(&T) -> String, work: W) -> Answered
    where
        P: Permission,
        T: Shown + 'static,
        W: Fn(&mut Tx<'_>, &By<P>, &Listing<F, Key>) -> Result<Vec<T>, Refusal> + Send + 'static,
    {
        const { assert!(T::SHOWS_PUPILS || !P::SHOWS_PUPILS, "what shows pupils says whom") };
        let (at, trace) = (self.at, trace_of::<T>(&self.request)?);
        let actor = Actor::clone(&by);
        let found = self.db.read_one(move |tx| {
            let found = work(tx, &by, &at)?;
            page_of(found, &at, key_in(at.filter.sort(), code), &by, tx, trace.as_ref())
        });
        told::<P, _>(&self.request, found.await?, &actor, &self.db).await
    }

    /// Answers with a page of things that several statements find, all in one snapshot, in the order asked for.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn shows_whole<P, T, W>(self, by: By<P>, work: W) -> Answered
    where
        P: Permission,
        T: Shown + 'static,
        W: Fn(&mut Tx<'_>, &By<P>, &Listing<F, Key>) -> Result<Vec<T>, Refusal> + Send + 'static,
    {
        const { assert!(T::SHOWS_PUPILS || !P::SHOWS_PUPILS, "what shows pupils says whom") };
        let (at, trace) = (self.at, trace_of::<T>(&self.request)?);
        let actor = Actor::clone(&by);
        let found = self.db.read(move |tx| {
            let found = work(tx, &by, &at)?;
            page_of(found, &at, key_in(at.filter.sort(), |_| String::new()), &by, tx, trace.as_ref())
        });
        told::<P, _>(&self.request, found.await?, &actor, &self.db).await
    }
}

/// The page, with why it is empty where the caller sees nothing whatever is asked for.
async fn told<P: Permission, T: Serialize>(request: &HttpRequest, page: Page<T>, by: &Actor, db: &Db) -> Answered {
    Answer::page(request, nothing_yet::told::<P, T>(page, by, db).await?)
}

/// Where a thing stands in an order.
fn key_in<T: Shown>(sort: Sort, code: fn(&T) -> String) -> impl Fn(&T) -> Key {
    move |thing| match (sort.by, thing.changed_at()) {
        (SortBy::Updated, Some(at)) => Key::Updated(at, thing.id()),
        (SortBy::Code, _) => Key::Code(code(thing)),
        _ => Key::Row(thing.id()),
    }
}

/// The page that things make, with the line that says whom it shows: not the one that only tells of another page.
fn page_of<T: Shown, F, K: DeserializeOwned + Serialize>(
    found: Vec<T>,
    at: &Listing<F, K>,
    key: impl Fn(&T) -> K,
    by: &Actor,
    tx: &mut Tx<'_>,
    trace: Option<&Trace>,
) -> Result<Page<T::Out>, Refusal> {
    let page = at.page(found, key);
    note(trace, tx, by, READ, || page.items.iter().flat_map(Shown::persons).collect())?;
    let items = shaped(tx, &page.items, by)?;
    Ok(Page { items, next_cursor: page.next_cursor, note: None })
}
