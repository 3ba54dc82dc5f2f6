//! `/.well-known/jwks.json`: the public keys that verify access tokens (RFC 7517).

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Issuer;
use crate::http::ServiceConfig;

/// A set of public keys (RFC 7517 §5).
#[derive(Debug, Serialize, ToSchema)]
pub struct JwksOut {
    pub keys: Vec<JwkOut>,
}

/// An Ed25519 public key (RFC 8037 §2).
#[derive(Debug, Serialize, ToSchema)]
pub struct JwkOut {
    /// Key type: `OKP`.
    pub kty: String,
    /// Curve: `Ed25519`.
    pub crv: String,
    /// Key id, as in a token's header.
    pub kid: String,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// Always `EdDSA`.
    pub alg: String,
    /// The public key, base64url.
    pub x: String,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_jwks);
}

/// The public keys of access tokens 公钥集
#[utoipa::path(tag = "sign-in", responses(
    (status = 200, description = "All keys that may have signed a token", body = JwksOut)))]
#[get("/.well-known/jwks.json")]
async fn get_jwks(issuer: web::Data<Issuer>) -> HttpResponse {
    let keys = issuer.keys();
    let keys = keys.published().iter().map(|key| JwkOut {
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        kid: key.id.clone(),
        usage: "sig".to_owned(),
        alg: "EdDSA".to_owned(),
        x: key.x.clone(),
    });
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=300")).json(JwksOut { keys: keys.collect() })
}
