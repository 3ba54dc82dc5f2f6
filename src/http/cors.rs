//! Browsers of other origins.

use actix_cors::Cors;
use actix_web::http::header::{self, HeaderName};

/// Browsers of the named origins may call; without any the service answers no preflight.
pub fn cors(origins: &[String]) -> Cors {
    let name = HeaderName::from_static;
    let cors = origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    cors.allowed_methods(["GET", "POST", "PUT", "DELETE"])
        .allowed_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::ACCEPT_LANGUAGE,
            name("idempotency-key"),
            name("x-request-id"),
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::LINK,
            header::RETRY_AFTER,
            name("idempotency-replayed"),
            name("x-request-id"),
        ])
        .max_age(3_600)
}
