//! Changing something for who has no account yet: counted by address, and with an answer that nobody keeps.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};

use super::database::database;
use super::write::for_nobody_else;
use crate::db::{Db, Mode, Origin, Tx};
use crate::http::client::{self, SignInLimit};
use crate::http::edge::RequestInfo;
use crate::http::{Answer, Language, NoQuery, Query};
use crate::refusal::{Code, Refusal};

/// A write by nobody in particular.
pub struct Unsigned {
    /// Where it comes from.
    pub address: Option<IpAddr>,
    /// In which they read.
    pub language: Language,
    request_id: String,
    db: Db,
}

impl FromRequest for Unsigned {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let no_query = Query::<NoQuery>::from_request(request, payload).into_inner();
        ready(no_query.and_then(|_| {
            if request.headers().contains_key("idempotency-key") {
                return Err(Refusal::of(Code::KeyRefused));
            }
            let address = client::address(request);
            if let Some(limit) = request.app_data::<web::Data<SignInLimit>>() {
                limit.count(address)?;
            }
            let RequestInfo { id, language } = RequestInfo::of(request);
            Ok(Self { address, language, request_id: id, db: database(request)? })
        }))
    }
}

impl Unsigned {
    /// Runs `work` in one transaction, as `role` in the journal. What it gives stays, also where it is a refusal.
    ///
    /// # Errors
    /// What `work` refused.
    pub async fn runs<T, F>(self, role: &str, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    {
        let origin = Origin { role: role.to_owned(), request_id: self.request_id, ..Origin::default() };
        self.db.write(origin, Mode::Commit, work).await
    }

    /// An answer that no cache keeps.
    #[must_use]
    pub fn answers(answer: Answer) -> HttpResponse {
        for_nobody_else(answer)
    }
}
