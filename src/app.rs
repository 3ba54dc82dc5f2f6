//! The service put together, the same for `main` and for the tests: [`App::build`].

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{HttpServiceFactory, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::guard::fn_guard;
use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt, OpenApiFactory, scope};
use utoipa_swagger_ui::SwaggerUi;

use crate::auth::access_log::AccessLog;
use crate::auth::invitations::InvitationLinks;
use crate::auth::password::Hasher;
use crate::auth::{self, Access, Issuer, Life, Slice, TokenSettings, keys};
use crate::config::{FileSettings, Serving, Storage};
use crate::contract;
use crate::db::Clock;
use crate::db::{Backend, Db, Mode, Origin, migrate};
use crate::decisions::{publications, reviews, submissions, term_changes};
use crate::enrollments::{agreements, counts as enrollment_counts, enrollments, joint_enrollments, offers};
use crate::fees::{charges, fee_accounts, totals};
use crate::file_store::Store;
use crate::filings::{amendments, filings, uploads};
use crate::http::client::{SignInLimit, TrustedProxies};
use crate::http::cors::cors;
use crate::http::edge::edge;
use crate::http::{Answered, BodyLimits, Fixed, KnownTags, Routes, refuse};
use crate::journal::idempotency::InFlight;
use crate::materials::{self, Desk, UploadLimits};
use crate::messages::{self, CanSend, Gateway};
use crate::notices::notices;
use crate::partners::{partner_agreements, partner_bans, partner_reviews, partners};
use crate::plans::life::Verb;
use crate::plans::{
    checks, committee_opinions, exemptions, overview, plans, project_changes, projects, quality_courses,
};
use crate::refusal::Refusal;
use crate::regulation::{authorities, calendar, policy_profiles, rule_catalogue, terms};
use crate::resources::facilities;
use crate::schools::{classes, schools};
use crate::staff::{
    remuneration_standards, safety_duties, safety_education_records, staff_contracts, staff_members,
    staff_qualifications, staff_vettings,
};
use crate::student_status::{corrections, departures, merges};
use crate::students::{consents, counts as student_counts, disclosures, guardian_invitations, guardianships, students};
use crate::surveys::{results, survey_answers, surveys};
use crate::{background, health, jobs, me};

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
        let contract = contract();
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
            routes: Routes::of(&contract),
            contract: web::Data::new(Fixed::of(&contract)?),
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
        let (app, _) = actix_web::App::new().into_utoipa_app().configure(routes).split_for_parts();
        app.app_data(web::Data::new(self.db.for_requests()))
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
            .route("/openapi.json", web::get().to(serve_contract))
            .route("/docs", web::get().to(|| async { to_docs() }))
            .service(SwaggerUi::new("/docs/{_:.*}").config(utoipa_swagger_ui::Config::from("/openapi.json")))
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

/// What each slice registers, in the order of the contract.
const SLICES: &[Slice] = &[
    Slice { words: &["me"], routes: me::routes, lives: &[] },
    Slice { words: &["sign-in-codes"], routes: messages::routes, lives: &[] },
    Slice { words: &["users"], routes: auth::users::routes, lives: &[auth::users::UserVerb::LIFE] },
    Slice { words: &["users"], routes: auth::secrets::routes, lives: &[] },
    Slice { words: &["role-grants"], routes: auth::grants::routes, lives: &[auth::grants::RoleGrantVerb::LIFE] },
    // What is not the id of one comes before it.
    Slice { words: &["enrollments"], routes: enrollment_counts::routes, lives: &[] },
    Slice {
        words: &["invitations", "account-registrations"],
        routes: auth::invitations::routes,
        lives: &[auth::invitations::InvitationVerb::LIFE],
    },
    Slice { words: &["guardianships"], routes: guardian_invitations::routes, lives: &[] },
    Slice { words: &["classes"], routes: guardian_invitations::class_routes, lives: &[] },
    Slice { words: &["me"], routes: guardian_invitations::own_routes, lives: &[] },
    Slice { words: &["guardian-registrations"], routes: guardian_invitations::open_routes, lives: &[] },
    Slice { words: &["enrollments"], routes: enrollments::routes, lives: &[enrollments::EnrollmentVerb::LIFE] },
    Slice { words: &["enrollments"], routes: agreements::routes, lives: &[] },
    Slice { words: &["enrollments", "students"], routes: joint_enrollments::routes, lives: &[] },
    Slice { words: &["students"], routes: student_counts::routes, lives: &[] },
    Slice { words: &["students"], routes: students::routes, lives: &[students::StudentVerb::LIFE] },
    Slice { words: &["students"], routes: corrections::routes, lives: &[] },
    Slice { words: &["students"], routes: departures::routes, lives: &[] },
    Slice { words: &["students"], routes: disclosures::routes, lives: &[] },
    Slice { words: &["students"], routes: offers::routes, lives: &[] },
    Slice { words: &["persons"], routes: merges::routes, lives: &[] },
    Slice { words: &["guardianships"], routes: guardianships::routes, lives: &[guardianships::GuardianshipVerb::LIFE] },
    Slice { words: &["consents"], routes: consents::routes, lives: &[consents::ConsentVerb::LIFE] },
    Slice { words: &["schools"], routes: schools::routes, lives: &[schools::SchoolVerb::LIFE] },
    Slice { words: &["classes"], routes: classes::routes, lives: &[classes::ClassVerb::LIFE] },
    Slice { words: &["authorities"], routes: authorities::routes, lives: &[authorities::AuthorityVerb::LIFE] },
    Slice {
        words: &["policy-profiles", "profiles-in-force"],
        routes: policy_profiles::routes,
        lives: &[policy_profiles::PolicyProfileVerb::LIFE],
    },
    Slice { words: &["policy-profiles"], routes: filings::recheck_routes, lives: &[] },
    Slice { words: &["rules"], routes: rule_catalogue::routes, lives: &[] },
    Slice { words: &["terms"], routes: terms::routes, lives: &[terms::TermVerb::LIFE] },
    Slice { words: &["terms"], routes: term_changes::routes, lives: &[] },
    Slice { words: &["calendar"], routes: calendar::routes, lives: &[] },
    Slice { words: &["calendar"], routes: calendar::closures::routes, lives: &[calendar::closures::ClosureVerb::LIFE] },
    Slice { words: &["calendar"], routes: calendar::years::routes, lives: &[calendar::years::CalendarYearVerb::LIFE] },
    Slice { words: &["checks"], routes: checks::routes, lives: &[] },
    Slice { words: &["plans"], routes: overview::routes, lives: &[] },
    Slice { words: &["plans"], routes: plans::routes, lives: &[Verb::LIFE] },
    Slice { words: &["projects"], routes: projects::routes, lives: &[projects::ProjectVerb::LIFE] },
    Slice { words: &["projects"], routes: project_changes::routes, lives: &[] },
    Slice { words: &["plan-amendments"], routes: amendments::routes, lives: &[amendments::AmendmentVerb::LIFE] },
    Slice {
        words: &["filings", "plans", "plan-amendments"],
        routes: filings::routes,
        lives: &[filings::FilingVerb::LIFE],
    },
    Slice { words: &["plans", "plan-amendments"], routes: submissions::routes, lives: &[] },
    Slice { words: &["filings"], routes: reviews::routes, lives: &[] },
    Slice { words: &["notices", "published-notices"], routes: notices::routes, lives: &[notices::NoticeVerb::LIFE] },
    Slice { words: &["notices"], routes: publications::routes, lives: &[] },
    Slice { words: &["exemptions"], routes: exemptions::routes, lives: &[exemptions::ExemptionVerb::LIFE] },
    Slice { words: &["committee-opinions"], routes: committee_opinions::routes, lives: &[] },
    Slice {
        words: &["quality-courses"],
        routes: quality_courses::routes,
        lives: &[quality_courses::QualityCourseVerb::LIFE],
    },
    Slice { words: &["fee-accounts"], routes: fee_accounts::routes, lives: &[] },
    Slice { words: &["charges"], routes: totals::routes, lives: &[] },
    Slice { words: &["charges"], routes: charges::routes, lives: &[charges::ChargeVerb::LIFE] },
    Slice { words: &["partners"], routes: partners::routes, lives: &[partners::PartnerVerb::LIFE] },
    Slice { words: &["partner-reviews"], routes: partner_reviews::routes, lives: &[] },
    Slice { words: &["partner-bans"], routes: partner_bans::routes, lives: &[partner_bans::PartnerBanVerb::LIFE] },
    Slice {
        words: &["partner-agreements"],
        routes: partner_agreements::routes,
        lives: &[partner_agreements::PartnerAgreementVerb::LIFE],
    },
    Slice { words: &["staff-members"], routes: staff_members::routes, lives: &[staff_members::StaffMemberVerb::LIFE] },
    Slice {
        words: &["staff-qualifications"],
        routes: staff_qualifications::routes,
        lives: &[staff_qualifications::StaffQualificationVerb::LIFE],
    },
    Slice { words: &["staff-vettings"], routes: staff_vettings::routes, lives: &[] },
    Slice {
        words: &["staff-contracts"],
        routes: staff_contracts::routes,
        lives: &[staff_contracts::ContractVerb::LIFE],
    },
    Slice { words: &["safety-duties"], routes: safety_duties::routes, lives: &[safety_duties::SafetyDutyVerb::LIFE] },
    Slice { words: &["safety-education-records"], routes: safety_education_records::routes, lives: &[] },
    Slice { words: &["remuneration-standards"], routes: remuneration_standards::routes, lives: &[] },
    Slice { words: &["surveys"], routes: surveys::routes, lives: &[surveys::SurveyVerb::LIFE] },
    Slice { words: &["surveys"], routes: results::routes, lives: &[] },
    Slice {
        words: &["survey-answers"],
        routes: survey_answers::routes,
        lives: &[survey_answers::SurveyAnswerVerb::LIFE],
    },
    Slice { words: &["facilities"], routes: facilities::routes, lives: &[facilities::FacilityVerb::LIFE] },
    Slice { words: &["materials"], routes: materials::routes, lives: &[materials::MaterialVerb::LIFE] },
    Slice { words: &["materials"], routes: uploads::routes, lives: &[] },
    Slice { words: &["jobs"], routes: jobs::routes, lives: &[jobs::JobVerb::LIFE] },
];

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
    let base = groups()
        .into_iter()
        .fold(scope::scope(contract::BASE), |base, (words, slices)| base.service(group(words, slices)));
    config
        .configure(health::routes)
        .configure(auth::jwks::routes)
        .configure(auth::sessions::routes)
        .configure(notices::page_routes)
        .service(base);
}

/// A request is compared with the patterns of its own word, not with all two hundred.
fn group(words: Vec<&'static str>, slices: Vec<&'static Slice>) -> impl HttpServiceFactory + OpenApiFactory + 'static {
    let begins = fn_guard(move |at| {
        let path = at.head().uri.path().strip_prefix(contract::BASE).unwrap_or_default();
        path.split('/').nth(1).is_some_and(|word| words.contains(&word))
    });
    slices.into_iter().fold(scope::scope(web::scope("").guard(begins)), |group, slice| group.configure(slice.routes))
}

/// The whole contract.
#[must_use]
pub fn contract() -> OpenApi {
    let app = actix_web::App::new().into_utoipa_app().openapi(contract::blank()).configure(routes);
    let (_, mut document) = app.split_for_parts();
    contract::complete(&mut document);
    document
}

async fn serve_contract(request: HttpRequest, contract: web::Data<Fixed>) -> Answered {
    Ok(contract.unless_known(&KnownTags::of(&request)?))
}

fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}
