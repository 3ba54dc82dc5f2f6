//! Reading one thing.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::database::database;
use super::trace::{note, trace_of};
use crate::auth::access_log::{READ, SeenPerson, Trace};
use crate::auth::actor::Actor;
use crate::auth::caller::By;
use crate::auth::counted::Counts;
use crate::auth::permission::Permission;
use crate::auth::role::Role;
use crate::auth::shown::{Shown, shown};
use crate::db::{Db, Id, Tx};
use crate::http::edge::RequestInfo;
use crate::http::{Answer, Answered, File, KnownTags, Language, NoQuery, Query};
use crate::refusal::Refusal;

/// Reads one resource.
pub struct Read {
    known: KnownTags,
    db: Db,
    request: HttpRequest,
}

impl FromRequest for Read {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let no_query = Query::<NoQuery>::from_request(request, payload).into_inner();
        ready(no_query.and_then(|_| {
            Ok(Self { known: KnownTags::of(request)?, db: database(request)?, request: request.clone() })
        }))
    }
}

impl Read {
    /// Answers with a thing that one statement finds, or 304.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn shows<P, T, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        T: Shown,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<T, Refusal> + Send + 'static,
    {
        const { assert!(T::SHOWS_PUPILS || !P::SHOWS_PUPILS, "what shows pupils says whom") };
        let trace = trace_of::<T>(&self.request)?;
        let answer = self.db.read_one(move |tx| traced(&work(tx, &by)?, &by, tx, trace.as_ref())).await?;
        Ok(answer.unless_known(&self.known))
    }

    /// Answers with a thing that several statements find in one snapshot, or 304.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn shows_whole<P, T, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        T: Shown,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<T, Refusal> + Send + 'static,
    {
        const { assert!(T::SHOWS_PUPILS || !P::SHOWS_PUPILS, "what shows pupils says whom") };
        let trace = trace_of::<T>(&self.request)?;
        let answer = self.db.read(move |tx| traced(&work(tx, &by)?, &by, tx, trace.as_ref())).await?;
        Ok(answer.unless_known(&self.known))
    }

    /// Answers in a shape of its own with what one statement finds, or 304.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn one<P, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<Answer, Refusal> + Send + 'static,
    {
        const { assert!(!P::SHOWS_PUPILS, "what shows pupils says whom") };
        let answer = self.db.read_one(move |tx| work(tx, &by)).await?;
        Ok(answer.unless_known(&self.known))
    }

    /// Answers in a shape of its own with what several statements find in one snapshot, or 304.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn snapshot<P, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<Answer, Refusal> + Send + 'static,
    {
        let (answer, known) = self.found(by, work).await?;
        Ok(answer.unless_known(&known))
    }

    /// What `work` finds in one snapshot, and what the caller has already: for answers that need more than the
    /// database.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn found<P, T, F>(self, by: By<P>, work: F) -> Result<(T, KnownTags), Refusal>
    where
        P: Permission,
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<T, Refusal> + Send + 'static,
    {
        const { assert!(!P::SHOWS_PUPILS, "what shows pupils says whom") };
        let found = self.db.read(move |tx| work(tx, &by)).await?;
        Ok((found, self.known))
    }

    /// The same with what tells of pupils: the line in the access log is left before anything is handed out.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn finds<P, T, F>(self, by: By<P>, work: F) -> Result<(T, KnownTags), Refusal>
    where
        P: Permission,
        T: Shown + Send + 'static,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<T, Refusal> + Send + 'static,
    {
        const { assert!(T::SHOWS_PUPILS, "what shows pupils says whom") };
        let trace = trace_of::<T>(&self.request)?;
        let found = self.db.read_one(move |tx| {
            let thing = work(tx, &by)?;
            note(trace.as_ref(), tx, &by, READ, || thing.persons())?;
            Ok(thing)
        });
        Ok((found.await?, self.known))
    }

    /// Answers with what anybody may read, signed in or not, or 304.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn for_everybody(
        self,
        work: impl Fn(&mut Tx<'_>) -> Result<Answer, Refusal> + Send + 'static,
    ) -> Answered {
        let answer = self.db.read(work).await?;
        Ok(answer.unless_known(&self.known))
    }

    /// Answers with a file to whoever has a secret link, or 304: the line in the access log is that of the account
    /// whose link it is.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn by_link(
        self,
        work: impl Fn(&mut Tx<'_>, Language) -> Result<Linked, Refusal> + Send + 'static,
    ) -> Answered {
        let (trace, language) = (Trace::of(&self.request)?, RequestInfo::of(&self.request).language);
        let file = self.db.read(move |tx| {
            let Linked { file, user_id, role, persons } = work(tx, language)?;
            trace.leave_of(tx, (user_id, role), READ, persons)?;
            Ok(file)
        });
        Ok(file.await?.unless_known(&self.known))
    }
}

/// A file behind a secret link, whose link it is, and the pupils of whom it tells.
#[derive(Debug, Clone)]
pub struct Linked {
    pub file: File,
    pub user_id: Id,
    pub role: Role,
    pub persons: Vec<SeenPerson>,
}

/// A page, and the pupils of whom it tells.
#[derive(Debug, Clone)]
pub struct Printed {
    pub file: File,
    pub persons: Vec<SeenPerson>,
}

/// Reads one thing that the query `Q` names.
pub struct Lookup<Q> {
    /// The parsed query.
    pub query: Q,
    known: KnownTags,
    language: Language,
    db: Db,
    request: HttpRequest,
}

impl<Q: DeserializeOwned + IntoParams> FromRequest for Lookup<Q> {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let query = Query::<Q>::from_request(request, payload).into_inner();
        let language = RequestInfo::of(request).language;
        ready(query.and_then(|Query(query)| {
            let known = KnownTags::of(request)?;
            Ok(Self { query, known, language, db: database(request)?, request: request.clone() })
        }))
    }
}

impl<Q> Lookup<Q> {
    /// Answers with a file that anybody may read, signed in or not, or 304.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn file_for_everybody(
        self,
        work: impl Fn(&mut Tx<'_>) -> Result<File, Refusal> + Send + 'static,
    ) -> Answered {
        let file = self.db.read(work).await?;
        Ok(file.unless_known(&self.known))
    }

    /// Answers with a page about pupils that several statements find in one snapshot, or 304.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn prints<P, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<Printed, Refusal> + Send + 'static,
    {
        let trace = Trace::of(&self.request)?;
        let file = self.db.read(move |tx| {
            let Printed { file, persons } = work(tx, &by)?;
            note(Some(&trace), tx, &by, READ, || persons)?;
            Ok(file)
        });
        Ok(file.await?.unless_known(&self.known))
    }

    /// The reader's language, or that of the page's address.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }
}

impl<Q: Send + 'static> Lookup<Q> {
    /// Answers with numbers of what the caller may read, or 304. They tell of nobody: no line is left.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn counts<P, C, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        C: Counts,
        F: Fn(&mut Tx<'_>, &By<P>, &Q) -> Result<C, Refusal> + Send + 'static,
    {
        let query = self.query;
        // They follow from many rows, so the digest alone tells one answer from another.
        let answer = self.db.read(move |tx| Answer::ok(&work(tx, &by, &query)?, 1)).await?;
        Ok(answer.unless_known(&self.known))
    }

    /// Answers with a thing of which the query says more, found by several statements in one snapshot, or 304.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn shows_whole<P, T, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        T: Shown,
        F: Fn(&mut Tx<'_>, &By<P>, &Q) -> Result<T, Refusal> + Send + 'static,
    {
        const { assert!(T::SHOWS_PUPILS || !P::SHOWS_PUPILS, "what shows pupils says whom") };
        let (query, trace) = (self.query, trace_of::<T>(&self.request)?);
        let answer = self.db.read(move |tx| traced(&work(tx, &by, &query)?, &by, tx, trace.as_ref())).await?;
        Ok(answer.unless_known(&self.known))
    }
}

impl<Q> Lookup<Q> {
    /// Answers with what `work` finds in one snapshot, or 304.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn one<P, F>(self, by: By<P>, work: F) -> Answered
    where
        P: Permission,
        F: Fn(&mut Tx<'_>, &By<P>) -> Result<Answer, Refusal> + Send + 'static,
    {
        const { assert!(!P::SHOWS_PUPILS, "what shows pupils says whom") };
        let answer = self.db.read(move |tx| work(tx, &by)).await?;
        Ok(answer.unless_known(&self.known))
    }
}

/// A thing as it is shown, with the line that says so.
fn traced<T: Shown>(thing: &T, by: &Actor, tx: &mut Tx<'_>, trace: Option<&Trace>) -> Result<Answer, Refusal> {
    note(trace, tx, by, READ, || thing.persons())?;
    shown(tx, thing, by)
}
