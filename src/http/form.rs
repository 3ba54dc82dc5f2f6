//! Form bodies: OAuth wants them.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::{json, query};
use crate::refusal::{Code, Fault, FieldError, Refusal};

/// A parsed `application/x-www-form-urlencoded` body. `T` denies unknown fields.
#[derive(Debug)]
pub struct Form<T>(pub T);

/// Longest value of a field.
const VALUE_LENGTH_MAX: usize = 4_096;

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            query::parse::<std::collections::BTreeMap<String, String>>(request.query_string()).and_then(no_query)?;
            json::expect_content_type(&request, "application/x-www-form-urlencoded")?;
            let bytes = json::read(&request, payload).await?;
            let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::of(Code::OauthInvalidRequest))?;
            if text.len() > VALUE_LENGTH_MAX {
                return Err(Refusal::of(Code::OauthInvalidRequest));
            }
            query::parse_as(Code::OauthInvalidRequest, text).map(Form)
        })
    }
}

/// Secrets must not stand in URLs, and nothing else belongs there.
fn no_query(query: std::collections::BTreeMap<String, String>) -> Result<(), Refusal> {
    match query.keys().next() {
        None => Ok(()),
        Some(name) => {
            let name = name.chars().take(64).collect::<String>();
            Err(Refusal::listing(Code::ParameterInvalid, vec![FieldError::new(name, Fault::Unknown)]))
        }
    }
}
