//! `/health/live` and `/health/ready`.

use actix_web::{HttpResponse, get, web};
use diesel::connection::SimpleConnection;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::db::Db;
use crate::on_backend;
use crate::refusal::Refusal;

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

/// The database answers 就绪检查
#[utoipa::path(tag = "health", responses(
    (status = 200, description = "Requests can be served", body = HealthOut),
    (status = 503, description = "The database is out of reach", body = crate::http::Problem,
        content_type = "application/problem+json")))]
#[get("/health/ready")]
async fn get_ready(db: web::Data<Db>) -> Result<HttpResponse, Refusal> {
    db.read_one(|tx| {
        on_backend!(tx.conn, postgres: |pg| pg.batch_execute("SELECT 1"), sqlite: |lite| lite.batch_execute("SELECT 1"))
            .map_err(Refusal::from)
    })
    .await?;
    Ok(ok())
}
