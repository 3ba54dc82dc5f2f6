//! The service put together, the same for `main` and for the tests: [`App::build`].

mod described;
mod slices;
mod words;

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::guard::{Guard, fn_guard};
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::{AppExt, scope};

use self::slices::SLICES;
use crate::auth::access_log::AccessLog;
use crate::auth::invitations::InvitationLinks;
use crate::auth::password::Hasher;
use crate::auth::{self, Access, Issuer, Life, Slice, TokenSettings, keys};
use crate::code_tables::CodeTables;
use crate::config::{FileSettings, Serving, Storage};
use crate::contract::{self, code_tables::CodeTable};
use crate::db::Clock;
use crate::db::{Backend, Db, Mode, Origin, migrate};
use crate::docs_page::{self, DocsPage};
use crate::enrollments::notice_pages;
use crate::file_store::Store;
use crate::http::client::{SignInLimit, TrustedProxies};
use crate::http::cors::cors;
use crate::http::edge::edge;
use crate::http::{Answered, BodyLimits, Fixed, Routes, ServiceConfig, refuse};
use crate::journal::idempotency::InFlight;
use crate::materials::{Desk, UploadLimits};
use crate::messages::{CanSend, Gateway};
use crate::refusal::Refusal;
use crate::regulation::{authorities, policy_profiles};
use crate::{background, health};

/// The contract as it is committed: to make it takes longer, and more memory, than all else at the start.
const CONTRACT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/v1.json"));

/// Its operations.
const OPERATIONS: &str = include_str!("../openapi/operations.txt");

/// Everything that the HTTP threads share.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub access: Access,
    pub issuer: Issuer,
    pub hasher: Hasher,
    /// Reads of pupils' data that wait to be written; whoever serves writes them, see [`AccessLog`].
    pub access_log: AccessLog,
    /// Uploaded files.
    pub store: Store,
    desk: web::Data<Desk>,
    invitation_links: web::Data<InvitationLinks>,
    /// The way of messages to telephones, if there is one.
    pub gateway: Option<Gateway>,
    in_flight: InFlight,
    sign_in_limit: web::Data<SignInLimit>,
    trusted_proxies: web::Data<TrustedProxies>,
    body_limits: BodyLimits,
    cors_origins: Arc<Vec<String>>,
    contract: web::Data<Fixed>,
    code_tables: web::Data<CodeTables>,
    docs_page: web::Data<DocsPage>,
    routes: Routes,
}

/// Opens the database that the settings name.
///
/// # Errors
/// Names the setting that is missing or wrong.
pub fn open_database(storage: &Storage) -> Result<Db, String> {
    let sealing = Arc::new(storage.sealing()?);
    Db::open(&storage.database_url, storage.limits(), Clock::new(storage.today), sealing)
}

/// Opens the place of uploaded files that the settings name.
///
/// # Errors
/// Names the setting that is missing or wrong.
pub fn open_store(files: &FileSettings, storage: &Storage) -> Result<Store, String> {
    Store::open(&files.place(&storage.database_url)?)
}

/// Opens a database that must exist: a mistyped path is an error, never a new file.
///
/// # Errors
/// As [`open_database`].
pub fn open_existing(storage: &Storage) -> Result<Db, String> {
    let path = storage.database_url.strip_prefix("sqlite://").map(std::path::Path::new);
    match path {
        Some(path) if !path.exists() => Err(format!("DATABASE_URL: there is no {}", path.display())),
        _ => open_database(storage),
    }
}

/// Applies migrations, or refuses when some are missing and nobody asked to apply them.
///
/// # Errors
/// Names what is missing or failed.
pub async fn prepare_schema(db: &Db, may_migrate: bool) -> Result<(), Refusal> {
    if may_migrate || db.backend() == Backend::Sqlite {
        let applied = db.with_connection(migrate::up).await?;
        if !applied.is_empty() {
            log::info!("applied migrations {}", applied.join(", "));
        }
        return Ok(());
    }
    let missing = db.with_connection(migrate::pending).await?;
    if missing.is_empty() {
        return Ok(());
    }
    Err(Refusal::internal(format!("migrations {} are missing; run `kehou migrate`", missing.join(", "))))
}

fn gateway_of(serving: &Serving) -> Result<Option<Gateway>, Refusal> {
    let (url, token) = (serving.sms_url.as_deref(), serving.sms_token.as_deref());
    Gateway::of(url, token, serving.sms_file.clone()).map_err(Refusal::internal)
}

impl App {
    /// Loads or creates the signing keys, plans the standing jobs, and puts the service together on a migrated
    /// database.
    ///
    /// # Errors
    /// When the database cannot be used or the master key is not the one it was sealed with.
    pub async fn build(db: Db, store: Store, serving: &Serving, hasher: Hasher) -> Result<Self, Refusal> {
        keys::unlock(&db).await?;
        let keys = db
            .write(Origin::service("start"), Mode::Commit, |tx| {
                background::plan_standing(tx)?;
                authorities::install_built_in(tx)?;
                policy_profiles::install_built_in(tx)?;
                keys::load_or_create(tx)
            })
            .await?;
        let settings = TokenSettings { issuer: serving.issuer.clone(), audience: serving.audience.clone() };
        let issuer = Issuer::new(settings, keys);
        let access = Access::new(issuer.clone(), db.clock().clone());
        access.refresh(&db).await?;
        let limits = UploadLimits::new(
            usize::try_from(serving.file_bytes_max).unwrap_or(20 << 20),
            Duration::from_secs(u64::from(serving.file_seconds_max)),
        );
        let desk = Desk::new(store.clone(), limits);
        Ok(Self {
            store,
            desk: web::Data::new(desk),
            gateway: gateway_of(serving)?,
            invitation_links: web::Data::new(InvitationLinks { app_url: serving.app_url.clone() }),
            db,
            access,
            issuer,
            hasher,
            access_log: AccessLog::default(),
            in_flight: InFlight::default(),
            sign_in_limit: web::Data::new(SignInLimit::per_minute(serving.sign_ins_per_minute)),
            trusted_proxies: web::Data::new(TrustedProxies(serving.trusted_proxies.clone())),
            body_limits: BodyLimits {
                bytes: usize::try_from(serving.body_bytes_max).unwrap_or(1 << 20),
                patience: Duration::from_secs(u64::from(serving.body_seconds_max)),
            },
            cors_origins: Arc::new(serving.cors_origins.clone()),
            routes: Routes::of(OPERATIONS),
            code_tables: web::Data::new(CodeTables::default()),
            contract: web::Data::new(Fixed::packed("application/json", CONTRACT)),
            docs_page: web::Data::new(DocsPage::default()),
        })
    }

    /// The service for one HTTP thread.
    pub fn service(
        &self,
    ) -> actix_web::App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<BoxBody>,
            Error = actix_web::Error,
            InitError = (),
        > + use<>,
    > {
        actix_web::App::new()
            .configure(|config| routes(&mut ServiceConfig::Serving(config)))
            .app_data(web::Data::new(self.db.for_requests()))
            .app_data(web::Data::new(self.access.clone()))
            .app_data(web::Data::new(self.issuer.clone()))
            .app_data(web::Data::new(self.hasher.clone()))
            .app_data(web::Data::new(self.in_flight.clone()))
            .app_data(web::Data::new(self.access_log.clone()))
            .app_data(self.sign_in_limit.clone())
            .app_data(self.desk.clone())
            .app_data(self.invitation_links.clone())
            .app_data(web::Data::new(CanSend(self.gateway.is_some())))
            .app_data(self.trusted_proxies.clone())
            .app_data(web::Data::new(self.body_limits))
            .app_data(web::Data::new(self.routes.clone()))
            .app_data(self.contract.clone())
            .app_data(self.code_tables.clone())
            .route("/openapi.json", web::get().to(serve_contract))
            .app_data(self.docs_page.clone())
            .configure(docs_page::routes)
            .default_service(web::to(refuse))
            .wrap(cors(&self.cors_origins))
            .wrap(from_fn(edge))
    }

    /// Asks again and again who was cut off and which keys there are, and forgets what is no longer needed. Ends with
    /// the process.
    pub async fn keep_fresh(self) {
        loop {
            tokio::time::sleep(auth::access::REFRESH_EVERY).await;
            if let Err(refusal) = self.access.refresh(&self.db).await {
                log::warn!("cut-off accounts: {refusal}");
            }
            if let Err(refusal) = self.issuer.refresh(&self.db).await {
                log::warn!("signing keys: {refusal}");
            }
            self.sign_in_limit.forget_quiet();
        }
    }
}

/// The lives of all things.
pub fn lives() -> impl Iterator<Item = &'static Life> {
    SLICES.iter().flat_map(|slice| slice.lives)
}

/// Slices whose paths begin with the same words, together: the first group whose word fits takes a request.
fn groups() -> Vec<(Vec<&'static str>, Vec<&'static Slice>)> {
    let mut groups: Vec<(Vec<&'static str>, Vec<&'static Slice>)> = Vec::new();
    for slice in SLICES {
        let shares = |words: &[&str]| slice.words.iter().any(|word| words.contains(word));
        let (with, without) = groups.into_iter().partition::<Vec<_>, _>(|(words, _)| shares(words));
        let mut group = (slice.words.to_vec(), Vec::new());
        for (words, slices) in with {
            group.0.extend(words);
            group.1.extend(slices);
        }
        group.1.push(slice);
        groups = without;
        groups.push(group);
    }
    groups
}

/// Every route of the service.
fn routes(config: &mut ServiceConfig) {
    config
        .configure(health::routes)
        .configure(auth::jwks::routes)
        .configure(auth::sessions::routes)
        .configure(notice_pages::routes);
    match config {
        ServiceConfig::Serving(config) => {
            let base = groups().into_iter().fold(web::scope(contract::BASE), |base, (words, slices)| {
                let group = web::scope("").guard(begins_with(words));
                base.service(slices.into_iter().fold(group, |group, slice| {
                    group.configure(|config| (slice.routes)(&mut ServiceConfig::Serving(config)))
                }))
            });
            config.service(base);
        }
        ServiceConfig::Described(config) => {
            let base = SLICES.iter().fold(scope::scope(contract::BASE), |base, slice| {
                base.configure(|config| (slice.routes)(&mut ServiceConfig::Described(config)))
            });
            config.service(base);
        }
    }
}

/// A request is compared with the patterns of its own word, not with all two hundred.
fn begins_with(words: Vec<&'static str>) -> impl Guard {
    fn_guard(move |at| {
        let path = at.head().uri.path().strip_prefix(contract::BASE).unwrap_or_default();
        path.split('/').nth(1).is_some_and(|word| words.contains(&word))
    })
}

/// The whole contract.
#[must_use]
pub fn contract() -> OpenApi {
    told().0
}

/// The whole contract, and what the words of its enums are called.
#[must_use]
pub fn told() -> (OpenApi, Vec<CodeTable>) {
    let app = actix_web::App::new().into_utoipa_app().openapi(contract::blank());
    let app = app.configure(|config| routes(&mut ServiceConfig::Described(config)));
    let (_, mut document) = app.split_for_parts();
    contract::complete(&mut document);
    let lives: Vec<&Life> = lives().collect();
    let tables = words::refer_to_all(&mut document, &lives);
    described::describe_all(&mut document, &lives);
    contract::finish(&mut document);
    (document, tables)
}

async fn serve_contract(request: HttpRequest, contract: web::Data<Fixed>) -> Answered {
    contract.answer(&request)
}
