//! `/metrics` for Prometheus, on its own address.

use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, get, web};
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::db::{Db, Tx};
use crate::http::edge::Timings;
use crate::refusal::Refusal;
use crate::{jobs, journal};

/// The service's figures.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    /// Counts and times requests.
    pub requests: Timings,
    statements: IntCounter,
    waiting: IntGaugeVec,
    job_age_seconds: IntGaugeVec,
    jobs_dead: IntGaugeVec,
    journal_unsealed: IntGauge,
}

impl Metrics {
    /// Registers every figure.
    ///
    /// # Errors
    /// When two have one name.
    pub fn new() -> Result<Self, String> {
        let registry = Registry::new();
        let buckets = vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
        let options = HistogramOpts::new("kehou_http_requests_seconds", "Requests and how long they took");
        let requests = HistogramVec::new(options.buckets(buckets), &["method", "route", "status"]);
        let requests = requests.map_err(|error| error.to_string())?;
        registry.register(Box::new(requests.clone())).map_err(|error| error.to_string())?;
        let statements = IntCounter::new("kehou_db_statements_total", "Statements that requests have run");
        let statements = statements.map_err(|error| error.to_string())?;
        registry.register(Box::new(statements.clone())).map_err(|error| error.to_string())?;
        let gauge = |name: &str, help: &str, label: &str| -> Result<IntGaugeVec, String> {
            let gauge = IntGaugeVec::new(Opts::new(name, help), &[label]).map_err(|error| error.to_string())?;
            registry.register(Box::new(gauge.clone())).map_err(|error| error.to_string())?;
            Ok(gauge)
        };
        let waiting = gauge("kehou_db_waiting", "Closures that wait for a database thread", "lane")?;
        let job_age_seconds = gauge("kehou_jobs_oldest_waiting_seconds", "Age of the oldest due job", "pool")?;
        let jobs_dead = gauge("kehou_jobs_dead", "Jobs that are out of tries", "pool")?;
        let journal_unsealed = IntGauge::new("kehou_journal_unsealed", "Journal rows that no chain protects yet");
        let journal_unsealed = journal_unsealed.map_err(|error| error.to_string())?;
        registry.register(Box::new(journal_unsealed.clone())).map_err(|error| error.to_string())?;
        let requests = Timings(requests);
        Ok(Self { registry, requests, statements, waiting, job_age_seconds, jobs_dead, journal_unsealed })
    }

    /// Serves them; the server runs when it is awaited.
    ///
    /// # Errors
    /// When the address is taken.
    pub fn serve(self, address: std::net::SocketAddr, db: &Db) -> std::io::Result<Server> {
        let (metrics, db) = (web::Data::new(self), web::Data::new(db.for_requests()));
        let app = move || App::new().app_data(metrics.clone()).app_data(db.clone()).service(scrape);
        Ok(HttpServer::new(app).workers(1).disable_signals().bind(address)?.run())
    }

    /// Where the database does not answer, its own figures stay as they were last.
    async fn text(&self, db: &Db) -> Result<Vec<u8>, Refusal> {
        self.statements.inc_by(db.asked().saturating_sub(self.statements.get()));
        let (readers, writers) = db.waiting();
        for (lane, length) in [("read", readers), ("write", writers)] {
            self.waiting.with_label_values(&[lane]).set(i64::try_from(length).unwrap_or(i64::MAX));
        }
        let figures = |tx: &mut Tx<'_>| Ok((jobs::oldest_waiting(tx)?, journal::unsealed_count(tx)?));
        let found = db.read(figures).await.inspect_err(|refusal| log::warn!("metrics: {refusal}"));
        let (pools, unsealed) = found.map_or_else(|_| (Vec::new(), None), |(pools, unsealed)| (pools, Some(unsealed)));
        if let Some(unsealed) = unsealed {
            self.journal_unsealed.set(unsealed);
        }
        for pool in pools {
            let age = pool.since.map_or(0, |since| (db.clock().now().at() - since.at()).whole_seconds());
            self.job_age_seconds.with_label_values(&[pool.pool.as_str()]).set(age);
            self.jobs_dead.with_label_values(&[pool.pool.as_str()]).set(pool.dead);
        }
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text).map_err(Refusal::internal)?;
        Ok(text)
    }
}

#[get("/metrics")]
async fn scrape(metrics: web::Data<Metrics>, db: web::Data<Db>) -> HttpResponse {
    match metrics.text(&db).await {
        Ok(text) => HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text),
        Err(refusal) => {
            log::warn!("metrics: {refusal}");
            HttpResponse::ServiceUnavailable().finish()
        }
    }
}
