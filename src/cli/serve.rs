//! `kehou serve`.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use actix_web::{HttpServer, web};
use clap::Args;
use secrecy::SecretString;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::watch;

use super::{Serving, Storage, block_on, demo, logging, warnings};
use crate::app::{App, open_database, open_store, prepare_schema};
use crate::auth::grants::{self, RoleGrantIn};
use crate::auth::password::{Hasher, is_guessable};
use crate::auth::{Role, users};
use crate::background::kinds;
use crate::config::{FileSettings, cores};
use crate::db::{Db, Mode, Origin};
use crate::file_store::Store;
use crate::jobs::{Pace, Runner};
use crate::metrics::Metrics;
use crate::refusal::{Code, Refusal};
use crate::sealing::fresh_secret;
use crate::values::text::{Line, Username};

/// Name of the account that the first start makes.
const FIRST_ADMIN: &str = "admin";

/// How long a start waits for its database.
const DATABASE_COMES_WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Args)]
pub(super) struct ServeArgs {
    /// Serve a demonstration that lives on 2024-09-10: a small Yueyang with plans in every state, or a whole county. It
    /// is kept in `kehou-demo.db` unless a database is named, which must be empty or hold it already
    #[arg(long, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "small")]
    demo: Option<demo::Which>,

    /// Start the demonstration anew: a database that holds one is emptied, any other is refused
    #[arg(long, requires = "demo")]
    fresh: bool,

    #[command(flatten)]
    storage: Storage,
    #[command(flatten)]
    serving: Serving,
    #[command(flatten)]
    files: FileSettings,
}

pub(super) fn run(args: &ServeArgs) -> Result<ExitCode, String> {
    logging::start(args.storage.log_format);
    let storage = args.demo.map_or_else(|| args.storage.clone(), |which| demo::storage(&args.storage, which));
    if args.fresh {
        block_on(demo::start_anew(&storage, &args.files))?;
    }
    let db = open_database(&storage)?;
    let store = open_store(&args.files, &storage)?;
    for said in warnings::at_start(&storage, &args.files, args.demo.map(|_| args.serving.listen)) {
        log::warn!("{said}");
    }
    block_on(serve(db, store, args.serving.clone(), args.demo))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(db: Db, store: Store, serving: Serving, which: Option<demo::Which>) -> Result<(), Refusal> {
    let failed = |what: &str, error: std::io::Error| Refusal::internal(format!("{what}: {error}"));
    prepare_patiently(&db, serving.migrate_on_start || which.is_some()).await?;
    let hasher = Hasher::new()?;
    if which.is_none() {
        create_first_admin(&db, &hasher, serving.first_password_file.as_deref()).await?;
    }
    let app = App::build(db.clone(), store, &serving, hasher).await?;
    if let Some(which) = which {
        demo::prepare(&app, which, serving.listen).await?;
    }
    let metrics = Metrics::new().map_err(Refusal::internal)?;

    let (stop, stopped) = watch::channel(false);
    let runner = actix_web::rt::spawn(
        Runner::new(db.clone(), &kinds(app.gateway.clone(), app.store.clone()), Pace::default()).run(stopped),
    );
    actix_web::rt::spawn(app.clone().keep_fresh());
    let (no_more_reads, reads_ended) = watch::channel(false);
    let access_log = actix_web::rt::spawn(app.access_log.clone().write_regularly(db.clone(), reads_ended));
    if let Some(address) = serving.metrics_listen {
        let server = metrics.clone().serve(address, &db).map_err(|e| failed("KEHOU_METRICS_LISTEN", e))?;
        actix_web::rt::spawn(server);
    }

    let requests = web::Data::new(metrics.requests);
    let threads = serving.http_threads.map_or_else(cores, usize::from);
    let server = HttpServer::new(move || app.service().app_data(requests.clone()))
        .workers(threads)
        .client_request_timeout(Duration::from_secs(10))
        .shutdown_timeout(u64::from(serving.shutdown_seconds))
        .listen(
            listener(serving.listen, Duration::from_secs(u64::from(serving.reader_seconds_max)))
                .map_err(|error| failed("KEHOU_LISTEN", error))?,
        )
        .map_err(|error| failed("KEHOU_LISTEN", error))?;
    let listen = serving.listen;
    println!("Kehou {} serves http://{listen}, docs at http://{listen}/docs/", env!("CARGO_PKG_VERSION"));
    let ended = server.run().await;
    let _ = stop.send(true); // the runner may have ended already
    let _ = tokio::time::timeout(Duration::from_secs(10), runner).await; // a job under way may take its lease
    let _ = no_more_reads.send(true); // the server has answered its last read by now
    let _ = tokio::time::timeout(Duration::from_secs(10), access_log).await; // a database that is gone takes no lines
    ended.map_err(|error| failed("the server stopped", error))
}

/// Connections that wait to be taken.
const BACKLOG: i32 = 1_024;

/// Listens. The kernel lets go of a reader who takes nothing for so long: what was written for it would stay in memory.
fn listener(address: SocketAddr, reader_patience: Duration) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(reader_patience))?; // whoever is accepted inherits it
    #[cfg(not(target_os = "linux"))]
    let _ = reader_patience; // other systems have limits of their own
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Prepares the schema. A database that starts together with the service may come a little later.
async fn prepare_patiently(db: &Db, may_migrate: bool) -> Result<(), Refusal> {
    let began = Instant::now();
    loop {
        match prepare_schema(db, may_migrate).await {
            Err(refusal) if refusal.code() == Some(Code::Unavailable) && began.elapsed() < DATABASE_COMES_WITHIN => {
                actix_web::rt::time::sleep(Duration::from_millis(250)).await;
            }
            outcome => return outcome,
        }
    }
}

/// The password that a file holds for the first account.
fn first_password(file: &Path) -> Result<String, Refusal> {
    let named = |what: String| Refusal::internal(format!("KEHOU_FIRST_PASSWORD_FILE: {}: {what}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| named(error.to_string()))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if Line::<12, 128>::new(text).is_err() || is_guessable(text, FIRST_ADMIN) {
        return Err(named("expected one line of 12 to 128 characters that is not easy to guess".to_owned()));
    }
    Ok(text.to_owned())
}

/// Makes the platform's first account, unless there is any, and says how to get in.
async fn create_first_admin(db: &Db, hasher: &Hasher, file: Option<&Path>) -> Result<(), Refusal> {
    if db.read_one(users::any).await? {
        return Ok(());
    }
    let secret = match file {
        Some(file) => first_password(file)?,
        None => fresh_secret().map_err(Refusal::internal)?,
    };
    let hash = hasher.hash(SecretString::from(secret.clone())).await?;
    let made = db
        .write(Origin::service("first start"), Mode::Commit, move |tx| {
            let username = Username::new(FIRST_ADMIN).map_err(|fault| Refusal::invalid(vec![fault]))?;
            let Some(user) = users::create_first(tx, &username, &hash, true)? else { return Ok(false) };
            let grant = RoleGrantIn {
                user_id: user.row.id,
                role: Role::PlatformAdmin,
                organisation_id: None,
                starts_on: tx.today,
                ends_on: None,
            };
            grants::insert(tx, &grant, String::new())?;
            Ok(true)
        })
        .await;
    match (made, file) {
        (Ok(true), Some(file)) => println!("First start: account {FIRST_ADMIN}, password in {}", file.display()),
        // At once: whatever fails from here on, this is the only time that it can be shown.
        (Ok(true), None) => println!("First start: account {FIRST_ADMIN}, password {secret} (shown once)"),
        (Ok(false), _) => {}
        (Err(refusal), _) if refusal.code() == Some(Code::AlreadyExists) => {} // another replica was faster
        (Err(refusal), _) => return Err(refusal),
    }
    Ok(())
}
