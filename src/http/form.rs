//! Form bodies: OAuth wants them.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::query::NoQuery;
use super::{json, query};
use crate::refusal::{Code, Refusal};

/// A parsed `application/x-www-form-urlencoded` body.
#[derive(Debug)]
pub struct Form<T>(pub T);

/// Most bytes of a form.
const FORM_BYTES_MAX: usize = 4_096;

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            // Secrets must not stand in URLs, and nothing else belongs there.
            let NoQuery {} = query::parse(request.query_string())?;
            json::expect_content_type(&request, "application/x-www-form-urlencoded")?;
            let bytes = json::read(&request, payload).await?;
            let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::of(Code::OauthInvalidRequest))?;
            if text.len() > FORM_BYTES_MAX {
                return Err(Refusal::of(Code::BodyTooLarge).with("max", FORM_BYTES_MAX));
            }
            query::parse_form(Code::OauthInvalidRequest, text).map(Form)
        })
    }
}
