//! The service in process, and requests to it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use actix_http::Request;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::test::{TestRequest, init_service};
use clap::Parser;
use futures_util::future::LocalBoxFuture;
use kehou::app::App;
use kehou::auth::password::Hasher;
use kehou::config::Serving;
use kehou::db::Db;
use kehou::file_store::Store;
use kehou::refusal::Refusal;
use kehou::sealing::Sealing;
use kehou::verification::{BATCH, everything};
use serde_json::Value;
use time::Date;

use super::contract::{Given, check};
use super::databases::{Kind, TestDatabase, open, open_under};
use super::examples;
use super::world::World;

type Call = dyn Fn(Request) -> LocalBoxFuture<'static, ServiceResponse>;

/// A running service on a database of its own, with a small world of organisations and accounts.
pub struct TestApp {
    pub app: App,
    pub db: Db,
    pub store: Store,
    pub world: Rc<World>,
    pub kind: Kind,
    pub url: String,
    call: Rc<Call>,
    _database: Option<TestDatabase>,
}

#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    serving: Serving,
}

/// Settings as they are without any environment, except what is given.
pub fn settings(args: &[&str]) -> Serving {
    Settings::parse_from(["kehou"].iter().chain(args)).serving
}

/// A hasher that costs next to nothing.
pub fn hasher() -> Hasher {
    Hasher::with_cost(argon2::Params::new(8, 1, 1, None).unwrap()).unwrap()
}

async fn in_process(app: &App) -> Rc<Call> {
    let service = Rc::new(init_service(app.service()).await);
    Rc::new(move |request| {
        let service = Rc::clone(&service);
        Box::pin(async move { service.call(request).await.unwrap() })
    })
}

impl TestApp {
    /// Starts it, or says nothing where there is no PostgreSQL.
    pub async fn start(kind: Kind) -> Option<Self> {
        Self::start_with(kind, &[]).await
    }

    /// Starts it with settings.
    pub async fn start_with(kind: Kind, args: &[&str]) -> Option<Self> {
        let database = TestDatabase::fresh(kind)?;
        let app = Self::on(&database.url, kind, args).await;
        Some(Self { _database: Some(database), ..app })
    }

    /// Starts it on a migrated database of the test's own.
    pub async fn on(url: &str, kind: Kind, args: &[&str]) -> Self {
        let db = open(url);
        let store = Store::in_memory();
        let app = App::build(db.clone(), store.clone(), &settings(args), hasher()).await.unwrap();
        let world = Rc::new(World::build(&app).await);
        let call = in_process(&app).await;
        Self { app, db, store, world, kind, url: url.to_owned(), call, _database: None }
    }

    /// Starts it on a fresh demonstration, whose accounts are signed in.
    pub async fn demonstration(kind: Kind) -> Option<Self> {
        let (database, store) = TestDatabase::demonstration(kind)?;
        let db = open(&database.url);
        let app = App::build(db.clone(), store.clone(), &settings(&[]), hasher()).await.unwrap();
        let world = Rc::new(World::of_demonstration(&app).await);
        let call = in_process(&app).await;
        Some(Self { app, db, store, world, kind, url: database.url.clone(), call, _database: Some(database) })
    }

    /// Started again on the same database, on another business date.
    pub async fn restarted(self, today: Date) -> Self {
        let db = open(&self.url);
        db.clock().set_today(today);
        let app = App::build(db.clone(), self.store.clone(), &settings(&[]), hasher()).await.unwrap();
        let call = in_process(&app).await;
        Self { app, db, call, ..self }
    }

    /// Started again under another master key.
    pub async fn restarted_under(&self, key: &str) -> Result<Self, Refusal> {
        let db = open_under(&self.url, Arc::new(Sealing::from_base64(key).unwrap()));
        let app = App::build(db.clone(), self.store.clone(), &settings(&[]), hasher()).await?;
        let call = in_process(&app).await;
        let (world, store, url) = (Rc::clone(&self.world), self.store.clone(), self.url.clone());
        Ok(Self { app, db, store, world, kind: self.kind, url, call, _database: None })
    }

    /// A second replica on the same database.
    pub async fn replica(&self) -> Self {
        let db = open(&self.url);
        let store = self.store.clone();
        let app = App::build(db.clone(), store.clone(), &settings(&[]), hasher()).await.unwrap();
        let call = in_process(&app).await;
        let (world, url) = (Rc::clone(&self.world), self.url.clone());
        Self { app, db, store, world, kind: self.kind, url, call, _database: None }
    }

    /// The same with files elsewhere.
    pub async fn keeping(self, store: Store, args: &[&str]) -> Self {
        let app = App::build(self.db.clone(), store.clone(), &settings(args), hasher()).await.unwrap();
        let call = in_process(&app).await;
        Self { app, store, call, ..self }
    }

    /// The same with a hasher of another cost.
    pub async fn hashing_with(self, hasher: Hasher) -> Self {
        let app = App::build(self.db.clone(), self.store.clone(), &settings(&[]), hasher).await.unwrap();
        let call = in_process(&app).await;
        Self { app, call, ..self }
    }

    /// Rows of a table.
    pub async fn count(&self, table: &str) -> i64 {
        self.sql_number(&format!("SELECT count(*) AS number FROM {table}")).await
    }

    /// The `number` that a statement finds.
    pub async fn sql_number(&self, statement: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Number {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            number: i64,
        }
        let statement = statement.to_owned();
        let found = self.db.with_connection(move |conn| {
            Ok(diesel::RunQueryDsl::get_result::<Number>(diesel::sql_query(&statement), conn)?.number)
        });
        found.await.unwrap()
    }

    /// Every column whose name is like a pattern, as `table column`, in order.
    pub async fn columns_like(&self, pattern: &str) -> Vec<String> {
        #[derive(diesel::QueryableByName)]
        struct Line {
            #[diesel(sql_type = diesel::sql_types::Text)]
            line: String,
        }
        let ask = match self.kind {
            Kind::Postgres => format!(
                "SELECT table_name || ' ' || column_name AS line FROM information_schema.columns \
                 WHERE table_schema = 'public' AND column_name LIKE '{pattern}'"
            ),
            Kind::Sqlite => format!(
                "SELECT t.name || ' ' || c.name AS line FROM sqlite_master t, pragma_table_info(t.name) c \
                 WHERE t.type = 'table' AND c.name LIKE '{pattern}'"
            ),
        };
        let found =
            self.db.with_connection(move |conn| Ok(diesel::RunQueryDsl::load::<Line>(diesel::sql_query(&ask), conn)?));
        let mut lines: Vec<String> = found.await.unwrap().into_iter().map(|line| line.line).collect();
        lines.sort();
        lines
    }

    /// Runs a statement behind the service's back.
    pub async fn sql(&self, statement: &str) {
        let statement = statement.to_owned();
        let done =
            self.db.with_connection(move |conn| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(&statement), conn)?));
        done.await.unwrap();
    }

    /// What `kehou verify` says is wrong.
    pub async fn wrong(&self) -> Vec<String> {
        self.db.read(|tx| everything(tx, None, BATCH)).await.unwrap().wrong.kept
    }

    /// Moves the clock to a moment such as `2024-09-14T23:59:59+08:00`; the business date follows.
    pub fn clock_at(&self, moment: &str) {
        let moment = time::OffsetDateTime::parse(moment, &time::format_description::well_known::Rfc3339).unwrap();
        self.db.clock().move_to(moment);
    }

    pub fn get(&self, path: &str) -> Ask<'_> {
        self.ask("GET", path)
    }

    pub fn post(&self, path: &str) -> Ask<'_> {
        self.ask("POST", path)
    }

    pub fn put(&self, path: &str) -> Ask<'_> {
        self.ask("PUT", path)
    }

    pub fn ask(&self, method: &str, path: &str) -> Ask<'_> {
        let (method, path) = (method.to_owned(), path.to_owned());
        Ask { app: self, method, path, headers: Vec::new(), body: Vec::new(), from: None }
    }
}

/// A request that is being made up.
pub struct Ask<'a> {
    app: &'a TestApp,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    from: Option<SocketAddr>,
}

impl Ask<'_> {
    /// From an address of the network; without one it comes from within the process.
    pub fn from(mut self, address: &str) -> Self {
        self.from = Some(SocketAddr::new(address.parse().unwrap(), 40_000));
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub fn if_match(self, tag: &str) -> Self {
        self.header("if-match", tag)
    }

    pub fn english(self) -> Self {
        self.header("accept-language", "en")
    }

    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.bytes("application/x-www-form-urlencoded", body)
    }

    pub fn bytes(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", kind)
    }

    /// Sends it, and holds the answer against the contract.
    pub async fn send(self) -> Answer {
        let (method, path, sent) = (self.method.clone(), self.path.clone(), self.body.clone());
        let answer = self.send_unchecked().await;
        let Answer { status, headers, body } = &answer;
        let given = Given { method: &method, path: &path, status: *status, headers, body };
        check(&given);
        examples::keep(&sent, &given);
        answer
    }

    /// Sends it; for what is no operation, such as a browser's preflight.
    pub async fn send_unchecked(self) -> Answer {
        let method = actix_web::http::Method::from_bytes(self.method.as_bytes()).unwrap();
        let mut request = TestRequest::with_uri(&self.path).method(method);
        for (name, value) in &self.headers {
            request = request.append_header((name.as_str(), value.as_str()));
        }
        if let Some(from) = self.from {
            request = request.peer_addr(from);
        }
        let response = (self.app.call)(request.set_payload(self.body).to_request()).await;
        let status = response.status().as_u16();
        let text = |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers: HashMap<String, String> =
            response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let body = actix_web::test::read_body(response).await.to_vec();
        Answer { status, headers, body }
    }

    /// Sends it and expects this status.
    pub async fn expect(self, status: u16) -> Answer {
        let place = format!("{} {}", self.method, self.path);
        let answer = self.send().await;
        assert_eq!(answer.status, status, "{place}: {}", String::from_utf8_lossy(&answer.body));
        answer
    }
}

/// An answer that the contract describes.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }

    pub fn etag(&self) -> &str {
        self.header("etag")
    }

    /// The code of a problem document.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Pointers and codes of a problem's errors.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
    }

    /// Rule, severity and pointer of every finding of a problem, a check or a write.
    pub fn findings(&self) -> Vec<(String, String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let findings = self.json()["findings"].as_array().cloned().unwrap_or_default();
        findings.iter().map(|f| (text(&f["rule"]), text(&f["severity"]), text(&f["pointer"]))).collect()
    }

    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }
}

impl TestApp {
    /// An id as a literal of the database's own kind.
    pub fn id_literal(&self, id: &str) -> String {
        match self.kind {
            Kind::Sqlite => format!("X'{}'", id.replace('-', "")),
            Kind::Postgres => format!("'{id}'"),
        }
    }
}
