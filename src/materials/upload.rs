//! Reads an upload (`multipart/form-data`) part by part. Its file stays in memory until all of it is read, counted,
//! hashed and recognised: whatever is refused, or breaks off, has never reached the file store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::Bytes;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::media::{HEAD_LENGTH, MediaType};
use super::model::{Stored, check_name};
use crate::db::Id;
use crate::http::{escape, expect_content_type};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::sealing::hex;

/// The field that is the file.
const FILE: &str = "file";

/// Most bytes of everything in an upload that is not the file.
const FRAME_BYTES_MAX: usize = 64 << 10;

/// Most bytes of a field that is no file.
const FIELD_BYTES_MAX: usize = 256;

/// Uploads that are read at the same time: so many files may stand in memory.
const UPLOADS_MAX: usize = 8;

/// Uploads of one account among them: whoever sends slowly holds up nobody else.
const UPLOADS_OF_ONE_MAX: usize = 2;

/// How long an upload waits for its turn.
const TURN: Duration = Duration::from_secs(5);

/// Limits of uploads.
#[derive(Debug, Clone)]
pub struct UploadLimits {
    /// Most bytes of a file.
    pub bytes: usize,
    /// Longest wait for the whole upload.
    pub patience: Duration,
    turns: Arc<Semaphore>,
    /// The shares of accounts that upload now.
    shares: Arc<Mutex<HashMap<Id, Weak<Semaphore>>>>,
}

/// Held as long as the file stands in memory: a turn, and one of its account.
struct Held {
    _turn: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

impl UploadLimits {
    /// Limits of this process.
    #[must_use]
    pub fn new(bytes: usize, patience: Duration) -> Self {
        Self { bytes, patience, turns: Arc::new(Semaphore::new(UPLOADS_MAX)), shares: Arc::default() }
    }

    /// The share of an account; the permits that are out hold it, and the last one takes it along.
    fn share(&self, account: Id) -> Arc<Semaphore> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        shares.retain(|_, share| share.strong_count() > 0);
        let known = shares.get(&account).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let fresh = Arc::new(Semaphore::new(UPLOADS_OF_ONE_MAX));
            shares.insert(account, Arc::downgrade(&fresh));
            fresh
        })
    }

    async fn turn(&self, account: Id) -> Result<Held, Refusal> {
        let both = async {
            let own = self.share(account).acquire_owned().await?;
            Ok::<_, AcquireError>(Held { _own: own, _turn: Arc::clone(&self.turns).acquire_owned().await? })
        };
        let turn = tokio::time::timeout(TURN, both).await;
        turn.ok().and_then(Result::ok).ok_or_else(|| Refusal::unavailable("too many uploads at once"))
    }

    fn too_large(&self) -> Refusal {
        Refusal::of(Code::BodyTooLarge).with("max", self.bytes)
    }
}

/// A field of an upload that is no file.
#[derive(Debug, Clone, Copy)]
pub struct FormField {
    pub name: &'static str,
    pub is_required: bool,
    /// Most times that it may come.
    pub times_max: usize,
    /// What is wrong with a value, said before the file is read.
    check: fn(&str) -> Result<(), FieldError>,
}

impl FormField {
    /// A field that is needed, once.
    #[must_use]
    pub const fn required(name: &'static str, check: fn(&str) -> Result<(), FieldError>) -> Self {
        Self { name, is_required: true, times_max: 1, check }
    }

    /// A field that may be left out.
    #[must_use]
    pub const fn optional(name: &'static str, check: fn(&str) -> Result<(), FieldError>) -> Self {
        Self { is_required: false, ..Self::required(name, check) }
    }

    /// A field that is needed, and may come several times.
    #[must_use]
    pub const fn several(name: &'static str, times_max: usize, check: fn(&str) -> Result<(), FieldError>) -> Self {
        Self { times_max, ..Self::required(name, check) }
    }

    fn pointer(&self) -> String {
        format!("/{}", self.name)
    }
}

/// An id.
///
/// # Errors
/// The fault `format`.
pub fn id(text: &str) -> Result<Id, FieldError> {
    text.parse().map_err(|_| FieldError::new("", Fault::Format).said("id"))
}

/// One of some words.
///
/// # Errors
/// The fault `not-one-of`, with all of them.
pub fn word<T>(parse: impl Fn(&str) -> Option<T>, words: &[&str], text: &str) -> Result<T, FieldError> {
    parse(text).ok_or_else(|| FieldError::new("", Fault::NotOneOf).with("allowed", words.join(", ")))
}

/// An upload that has passed every check of its shape.
pub struct Upload {
    fields: Vec<(&'static str, String)>,
    /// The name of the file.
    pub name: String,
    pub stored: Stored,
    pub content: Vec<Bytes>,
    _held: Held,
}

impl Upload {
    /// What a field holds, each time that it came; it was checked before.
    pub fn all<T, E>(&self, name: &str, read: impl Fn(&str) -> Result<T, E>) -> Vec<T> {
        let values = self.fields.iter().filter(|(field, _)| *field == name);
        values.filter_map(|(_, text)| read(text).ok()).collect()
    }

    /// What a field holds that may be left out.
    pub fn optional<T, E>(&self, name: &str, read: impl Fn(&str) -> Result<T, E>) -> Option<T> {
        self.all(name, read).into_iter().next()
    }

    /// What a field holds that is required.
    ///
    /// # Errors
    /// A defect: the field was not asked for.
    pub fn one<T, E>(&self, name: &str, read: impl Fn(&str) -> Result<T, E>) -> Result<T, Refusal> {
        self.optional(name, read).ok_or_else(|| Refusal::internal(format!("{name} was not asked for")))
    }
}

/// Reads a whole upload of an account within the limits, with these fields beside its `file`. It takes its turn once
/// its first bytes are there.
///
/// # Errors
/// 415 for another media type, 413 when the file is too large, 408 when it comes too slowly, 400 when it breaks off,
/// 422 with a pointer for what is wrong in it.
pub async fn read(
    request: &HttpRequest,
    mut payload: Payload,
    account: Id,
    limits: &UploadLimits,
    fields: &'static [FormField],
) -> Result<Upload, Refusal> {
    expect_content_type(request, "multipart/form-data")?;
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.bytes + FRAME_BYTES_MAX) {
        return Err(limits.too_large());
    }
    let too_late = |_| Err(Refusal::of(Code::RequestTimeout));
    let whole = async {
        let first = payload.next().await;
        let held = limits.turn(account).await?;
        let payload = futures_util::stream::iter(first).chain(payload);
        Form::read(request, payload, limits, fields).await?.finish(fields, held)
    };
    tokio::time::timeout(limits.patience, whole).await.unwrap_or_else(too_late)
}

/// What comes of a body, piece by piece.
trait Chunks: futures_util::Stream<Item = Result<Bytes, PayloadError>> {}

impl<S: futures_util::Stream<Item = Result<Bytes, PayloadError>>> Chunks for S {}

/// A payload that ends in an error once it is longer than it may be.
fn counted(payload: impl Chunks, most: usize) -> impl Chunks {
    let mut seen = 0;
    payload.map(move |chunk| {
        let chunk = chunk?;
        seen += chunk.len();
        if seen > most { Err(PayloadError::Overflow) } else { Ok(chunk) }
    })
}

struct File {
    name: String,
    content: Vec<Bytes>,
    bytes: usize,
    sha256: String,
}

/// The fields, as far as they have come.
#[derive(Default)]
struct Form {
    fields: Vec<(&'static str, String)>,
    file: Option<File>,
}

impl Form {
    async fn read(
        request: &HttpRequest,
        payload: impl Chunks + 'static,
        limits: &UploadLimits,
        fields: &'static [FormField],
    ) -> Result<Self, Refusal> {
        let mut parts = Multipart::new(request.headers(), counted(payload, limits.bytes + FRAME_BYTES_MAX));
        let mut form = Self::default();
        while let Some(part) = parts.next().await {
            let mut part = part.map_err(|error| broken(&error, limits))?;
            let name = part.name().unwrap_or_default().to_owned();
            if name == FILE {
                if form.file.is_some() {
                    return Err(Refusal::field("/file", Fault::Duplicate));
                }
                form.file = Some(file(&mut part, limits).await?);
                continue;
            }
            let field = fields.iter().find(|field| field.name == name).ok_or_else(|| unknown(&name))?;
            let pointer = field.pointer();
            if form.fields.iter().filter(|(known, _)| *known == name).count() == field.times_max {
                let fault = if field.times_max == 1 { Fault::Duplicate } else { Fault::TooMany };
                return Err(Refusal::invalid(vec![FieldError::new(pointer, fault).with("max", field.times_max)]));
            }
            let text = text(&mut part, &pointer, limits).await?;
            (field.check)(&text).map_err(|fault| Refusal::invalid(vec![FieldError { pointer, ..fault }]))?;
            form.fields.push((field.name, text));
        }
        Ok(form)
    }

    /// Everything that is needed, and a file that is what its name says.
    fn finish(self, fields: &[FormField], held: Held) -> Result<Upload, Refusal> {
        let came = |field: &FormField| self.fields.iter().any(|(name, _)| *name == field.name);
        if let Some(missing) = fields.iter().find(|field| field.is_required && !came(field)) {
            return Err(Refusal::field(&missing.pointer(), Fault::Required));
        }
        let file = self.file.ok_or_else(|| Refusal::field("/file", Fault::Required))?;
        let File { name, content, bytes, sha256 } = file;
        let media_type = media_type(&content).filter(|found| found.ends(&name));
        let media_type = media_type.ok_or_else(|| Refusal::field("/file", Fault::FileType))?;
        let shard = sha256.get(..2).unwrap_or_default();
        let object = format!("{shard}/{sha256}.{}", Id::fresh());
        let bytes = i64::try_from(bytes).map_err(Refusal::internal)?;
        let stored = Stored { object, sha256, bytes, media_type };
        Ok(Upload { fields: self.fields, name, stored, content, _held: held })
    }
}

/// Only an archive has to be seen as a whole.
fn media_type(content: &[Bytes]) -> Option<MediaType> {
    let head: Vec<u8> = content.iter().flatten().copied().take(HEAD_LENGTH).collect();
    if head.starts_with(b"PK") { MediaType::of(&content.concat()) } else { MediaType::of(&head) }
}

async fn text(part: &mut Field, pointer: &str, limits: &UploadLimits) -> Result<String, Refusal> {
    let too_long =
        || Refusal::invalid(vec![FieldError::new(pointer, Fault::TooLong).said("bytes").with("max", FIELD_BYTES_MAX)]);
    let bytes = part.bytes(FIELD_BYTES_MAX).await.map_err(|_| too_long())?;
    let bytes = bytes.map_err(|error| broken(&error, limits))?;
    String::from_utf8(bytes.to_vec()).map_err(|_| Refusal::field(pointer, Fault::Format))
}

/// The file's name is judged before its content is read.
async fn file(part: &mut Field, limits: &UploadLimits) -> Result<File, Refusal> {
    let given = part.content_disposition().and_then(|disposition| {
        let extended = || disposition.get_filename_ext().map(|name| String::from_utf8_lossy(&name.value).into_owned());
        disposition.get_filename().map(str::to_owned).or_else(extended)
    });
    let name = given.ok_or_else(|| Refusal::field("/file", Fault::Required))?;
    check_name(&name).map_err(|fault| Refusal::invalid(vec![fault]))?;
    let (mut content, mut bytes, mut digest) = (Vec::new(), 0, Sha256::new());
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|error| broken(&error, limits))?;
        bytes += chunk.len();
        if bytes > limits.bytes {
            return Err(limits.too_large());
        }
        digest.update(&chunk);
        content.push(chunk);
    }
    Ok(File { name, content, bytes, sha256: hex(&digest.finalize()) })
}

fn unknown(name: &str) -> Refusal {
    Refusal::field(&format!("/{}", escape(name)), Fault::Unknown)
}

fn broken(error: &MultipartError, limits: &UploadLimits) -> Refusal {
    match error {
        MultipartError::Payload(PayloadError::Overflow) => limits.too_large(),
        other => Refusal::of(Code::Malformed).because(other),
    }
}
