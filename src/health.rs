//! `/health/live` and `/health/ready`.

use std::time::Duration;

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Db;
use crate::http::ServiceConfig;
use crate::refusal::Refusal;

/// Whoever asks waits two seconds, as a rule; the answer is there before.
const READY_WITHIN: Duration = Duration::from_millis(1_500);

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthOut {
    /// Always `ok`; anything else is a problem document.
    pub status: String,
    /// The service's version.
    pub version: String,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_live).service(get_ready);
}

fn ok() -> HttpResponse {
    HttpResponse::Ok().json(HealthOut { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
}

/// The process runs 存活检查
#[utoipa::path(tag = "health", responses((status = 200, description = "It runs", body = HealthOut)))]
#[get("/health/live")]
async fn get_live() -> HttpResponse {
    ok()
}

/// The database answers, and takes writes 就绪检查
#[utoipa::path(tag = "health", responses(
    (status = 200, description = "Requests can be served", body = HealthOut),
    (status = 503, description = "The database is out of reach, or takes no writes", body = crate::http::Problem,
        content_type = "application/problem+json")))]
#[get("/health/ready")]
async fn get_ready(db: web::Data<Db>) -> Result<HttpResponse, Refusal> {
    let late = |_| Err(Refusal::unavailable("the database does not answer in time"));
    tokio::time::timeout(READY_WITHIN, db.ready()).await.unwrap_or_else(late)?;
    Ok(ok())
}
