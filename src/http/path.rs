//! The id in a path.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::db::Id;
use crate::refusal::{Code, Fault, Refusal};

/// `{id}` of a path, as a hyphenated UUID.
#[derive(Debug, Clone, Copy)]
pub struct PathId(pub Id);

impl FromRequest for PathId {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = request.match_info().get("id").and_then(|text| text.parse().ok());
        ready(parsed.map(PathId).ok_or_else(|| Refusal::at(Code::ParameterInvalid, "id", Fault::Format)))
    }
}
