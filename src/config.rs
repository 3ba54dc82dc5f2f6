//! Every setting of the service: its name, unit, limits and default. One struct is the configuration, its help and its
//! checks; a wrong value stops the start with its name.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use time::Date;

use crate::db::{Backend, Limits};
use crate::file_store::{Bucket, Place};
use crate::sealing::Sealing;
use crate::values::iso_date;

/// The database when none is named.
pub const SQLITE_DEFAULT: &str = "sqlite://kehou.db";

/// The folder of uploaded files when none is named.
const FOLDER_DEFAULT: &str = "kehou-files";

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// Where the data is, and under which key.
#[derive(Debug, Clone, Args)]
pub struct Storage {
    /// `sqlite://PATH` or `postgres://USER@HOST/NAME`
    #[arg(
        long, env = "DATABASE_URL", default_value = SQLITE_DEFAULT,
        value_parser = database_url, hide_env_values = true
    )]
    pub database_url: String,

    /// Master key: 32 bytes in base64. Made beside the file on SQLite; needed on PostgreSQL
    #[arg(long, env = "KEHOU_KEY", hide_env_values = true)]
    pub key: Option<String>,

    /// Database threads, each with one connection (1-64); twice as many as cores, but 4 to 16, if unset
    #[arg(long, env = "KEHOU_DB_THREADS", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub db_threads: Option<u32>,

    /// Requests that may wait for a database thread (1-100000)
    #[arg(
        long, env = "KEHOU_DB_QUEUE", default_value_t = 512,
        value_parser = clap::value_parser!(u32).range(1..=100_000)
    )]
    pub db_queue: u32,

    /// Business date, for demonstrations and tests; the real date if unset
    #[arg(long, env = "KEHOU_TODAY", value_parser = date)]
    pub today: Option<Date>,

    /// How log lines look
    #[arg(long, env = "KEHOU_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

/// Where uploaded files are kept.
#[derive(Debug, Clone, Args)]
pub struct FileSettings {
    /// Folder of uploaded files, or `s3://BUCKET/PREFIX`; `kehou-files` beside the `SQLite` file or in the working
    /// directory if unset
    #[arg(long, env = "KEHOU_STORE")]
    pub store: Option<String>,

    /// Address of the S3 service; that of AWS if unset
    #[arg(long, env = "KEHOU_S3_ENDPOINT")]
    pub s3_endpoint: Option<String>,

    /// Region of the bucket
    #[arg(long, env = "KEHOU_S3_REGION", default_value = "us-east-1")]
    pub s3_region: String,

    /// Access key of the S3 service; needed with s3://
    #[arg(long, env = "KEHOU_S3_ACCESS_KEY_ID")]
    pub s3_access_key_id: Option<String>,

    /// Secret of the access key; needed with s3://
    #[arg(long, env = "KEHOU_S3_SECRET_ACCESS_KEY", hide_env_values = true)]
    pub s3_secret_access_key: Option<String>,
}

/// How the service listens and what it allows.
#[derive(Debug, Clone, Args)]
pub struct Serving {
    /// Address of the API
    #[arg(long, env = "KEHOU_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Address of /metrics; not served if unset
    #[arg(long, env = "KEHOU_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,

    /// HTTP threads (1-64); as many as cores if unset
    #[arg(long, env = "KEHOU_HTTP_THREADS", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub http_threads: Option<u16>,

    /// File that holds the password of the first account, which is to be replaced at its first sign-in; one is made up
    /// and printed if unset
    #[arg(long, env = "KEHOU_FIRST_PASSWORD_FILE")]
    pub first_password_file: Option<PathBuf>,

    /// Apply migrations at start; always so on SQLite
    #[arg(long, env = "KEHOU_MIGRATE_ON_START", default_value_t = false)]
    pub migrate_on_start: bool,

    /// `iss` of access tokens: this service's public address
    #[arg(long, env = "KEHOU_ISSUER", default_value = "http://localhost:8080")]
    pub issuer: String,

    /// `aud` of access tokens
    #[arg(long, env = "KEHOU_AUDIENCE", default_value = "kehou")]
    pub audience: String,

    /// Origins that browsers may call from, comma-separated; none if unset
    #[arg(long, env = "KEHOU_CORS_ORIGINS", value_delimiter = ',', value_parser = origin)]
    pub cors_origins: Vec<String>,

    /// Address of the app for guardians and staff, to which QR codes of invitations lead, the code as its fragment; the
    /// code alone if unset
    #[arg(long, env = "KEHOU_APP_URL", value_parser = app_url)]
    pub app_url: Option<String>,

    /// Address of the HTTP gateway that sends messages to telephones; nobody signs in by a code if neither this nor a
    /// file is set
    #[arg(long, env = "KEHOU_SMS_URL", value_parser = app_url)]
    pub sms_url: Option<String>,

    /// Bearer token for the gateway
    #[arg(long, env = "KEHOU_SMS_TOKEN", hide_env_values = true)]
    pub sms_token: Option<String>,

    /// File to which messages are written in the place of a gateway, for development
    #[arg(long, env = "KEHOU_SMS_FILE")]
    pub sms_file: Option<PathBuf>,

    /// Networks of proxies whose X-Forwarded-For is believed, comma-separated
    #[arg(long, env = "KEHOU_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<IpNet>,

    /// Largest JSON or form body, in bytes (1024-16777216)
    #[arg(
        long, env = "KEHOU_BODY_BYTES_MAX", default_value_t = 1 << 20,
        value_parser = clap::value_parser!(u32).range(1_024..=1 << 24)
    )]
    pub body_bytes_max: u32,

    /// Longest wait for a body, in seconds (1-600)
    #[arg(
        long, env = "KEHOU_BODY_SECONDS_MAX", default_value_t = 30,
        value_parser = clap::value_parser!(u16).range(1..=600)
    )]
    pub body_seconds_max: u16,

    /// Largest uploaded file, in bytes (1024-268435456)
    #[arg(
        long, env = "KEHOU_FILE_BYTES_MAX", default_value_t = 20 << 20,
        value_parser = clap::value_parser!(u32).range(1_024..=1 << 28)
    )]
    pub file_bytes_max: u32,

    /// Longest wait for an uploaded file, in seconds (1-3600)
    #[arg(
        long, env = "KEHOU_FILE_SECONDS_MAX", default_value_t = 300,
        value_parser = clap::value_parser!(u16).range(1..=3_600)
    )]
    pub file_seconds_max: u16,

    /// Longest time in which a reader takes nothing of an answer, in seconds (1-600); Linux only
    #[arg(
        long, env = "KEHOU_READER_SECONDS_MAX", default_value_t = 30,
        value_parser = clap::value_parser!(u16).range(1..=600)
    )]
    pub reader_seconds_max: u16,

    /// Sign-ins per minute from one address (1-1000000)
    #[arg(long, env = "KEHOU_SIGN_INS_PER_MINUTE", default_value = "120", value_parser = sign_ins)]
    pub sign_ins_per_minute: NonZeroU32,

    /// How long a stop waits for requests under way, in seconds (0-600)
    #[arg(
        long, env = "KEHOU_SHUTDOWN_SECONDS", default_value_t = 30,
        value_parser = clap::value_parser!(u16).range(0..=600)
    )]
    pub shutdown_seconds: u16,
}

impl Storage {
    /// The keys made of the master key.
    ///
    /// # Errors
    /// Names the setting that is missing or wrong.
    pub fn sealing(&self) -> Result<Sealing, String> {
        match (&self.key, Backend::of_url(&self.database_url)?) {
            (Some(key), _) => Sealing::from_base64(key).map_err(|error| format!("KEHOU_KEY: {error}")),
            (None, Backend::Sqlite) => {
                let path = self.database_url.trim_start_matches("sqlite://");
                Sealing::beside(&PathBuf::from(path))
            }
            (None, Backend::Postgres) => Err("KEHOU_KEY: needed on PostgreSQL, the same for every replica; \
                 `head -c 32 /dev/urandom | base64` makes one"
                .to_owned()),
        }
    }

    /// Limits of the database threads. More connections than the database has work for make it slower: each has caches
    /// of its own, and on two cores eight enroll a tenth fewer than four.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let threads = self.db_threads.unwrap_or_else(|| u32::try_from(2 * cores()).unwrap_or(16).clamp(4, 16));
        Limits { threads, queue: usize::try_from(self.db_queue).unwrap_or(512), ..Limits::default() }
    }
}

impl FileSettings {
    /// Where the files of a database are kept.
    ///
    /// # Errors
    /// Names the setting that is missing or wrong.
    pub fn place(&self, database_url: &str) -> Result<Place, String> {
        let Some(store) = &self.store else {
            let database = database_url.strip_prefix("sqlite://").map(Path::new);
            return Ok(Place::Folder(database.and_then(Path::parent).unwrap_or(Path::new("")).join(FOLDER_DEFAULT)));
        };
        let Some(bucket) = store.strip_prefix("s3://") else {
            let folder = !store.is_empty() && !store.contains("://");
            let folder = folder.then(|| Place::Folder(PathBuf::from(store)));
            return folder.ok_or_else(|| "KEHOU_STORE: expected a folder or s3://BUCKET/PREFIX".to_owned());
        };
        let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
        if name.is_empty() {
            return Err("KEHOU_STORE: expected a folder or s3://BUCKET/PREFIX".to_owned());
        }
        let needed =
            |value: &Option<String>, name: &str| value.clone().ok_or_else(|| format!("{name}: needed with s3://"));
        Ok(Place::S3(Bucket {
            name: name.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint: self.s3_endpoint.clone(),
            region: self.s3_region.clone(),
            access_key_id: needed(&self.s3_access_key_id, "KEHOU_S3_ACCESS_KEY_ID")?,
            secret_access_key: needed(&self.s3_secret_access_key, "KEHOU_S3_SECRET_ACCESS_KEY")?,
        }))
    }
}

/// Cores that the process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get)
}

fn database_url(text: &str) -> Result<String, String> {
    Backend::of_url(text).map(|_| text.to_owned())
}

/// Reads a date of the command line.
///
/// # Errors
/// A sentence that says what is expected.
pub fn date(text: &str) -> Result<Date, String> {
    iso_date::parse(text).map_err(|_| "expected a date such as 2024-09-10".to_owned())
}

fn sign_ins(text: &str) -> Result<NonZeroU32, String> {
    let limit = text.parse::<NonZeroU32>().ok().filter(|limit| limit.get() <= 1_000_000);
    limit.ok_or_else(|| "expected 1 to 1000000".to_owned())
}

/// The longest address that a QR code is easily read of.
const APP_URL_LENGTH_MAX: usize = 200;

fn app_url(text: &str) -> Result<String, String> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", ""));
    let plain = rest.bytes().all(|byte| byte.is_ascii_graphic()) && !rest.is_empty() && !rest.contains(['#', '"', '<']);
    if plain && text.len() <= APP_URL_LENGTH_MAX && matches!(scheme, "http" | "https") {
        return Ok(text.to_owned());
    }
    Err("expected an address such as https://app.example.cn/join, without #".to_owned())
}

fn origin(text: &str) -> Result<String, String> {
    let (scheme, host) = text.split_once("://").unwrap_or(("", ""));
    let plain = !host.is_empty() && !host.contains(['/', '*', ' ', '?', '#']);
    if plain && matches!(scheme, "http" | "https") {
        return Ok(text.to_owned());
    }
    Err("expected origins such as https://app.example.cn".to_owned())
}
