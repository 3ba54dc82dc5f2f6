//! The id in a path, or the year.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::Routes;
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
        // A word in the place of an id is a path of its own, which may not have this method.
        let routes = request.app_data::<web::Data<Routes>>();
        let other = || routes.and_then(|routes| routes.refused_method(request));
        let refusal = || other().unwrap_or_else(|| Refusal::at(Code::ParameterInvalid, "id", Fault::Format));
        ready(parsed.map(PathId).ok_or_else(refusal))
    }
}

/// `{secret}` of a path, whatever it is.
#[derive(Clone)]
pub struct PathSecret(pub String);

impl FromRequest for PathSecret {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.match_info().get("secret").unwrap_or_default().to_owned())))
    }
}

/// `{year}` of a path, in four digits.
#[derive(Debug, Clone, Copy)]
pub struct PathYear(pub i32);

impl FromRequest for PathYear {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.match_info().get("year").unwrap_or_default();
        let plain = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let year = text.parse().ok().filter(|_| plain);
        ready(year.map(PathYear).ok_or_else(|| Refusal::at(Code::ParameterInvalid, "year", Fault::Format)))
    }
}
