//! What never changes while the service runs: written once, compressed once, shared by all who ask.

use std::io::Read;
use std::sync::{Arc, OnceLock};

use actix_web::HttpRequest;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ContentEncoding, ETAG, VARY};
use actix_web::web::Bytes;
use flate2::read::GzDecoder;
use serde::Serialize;

use super::answer::{Answered, builder, json};
use super::compression::{Accepted, compressed};
use super::precondition::{KnownTags, entity_tag};
use crate::refusal::Refusal;

/// Bytes of a large answer that wait for a slow reader at a time.
const SLICE_BYTES: usize = 32 << 10;

/// Unless it says otherwise, those who may keep it ask again after five minutes whether it is still the same.
const KEPT: &str = "public, max-age=300";

/// The content and its compressed forms, each made when it is first asked for.
#[derive(Debug, Clone)]
pub struct Fixed {
    media_type: &'static str,
    kept: &'static str,
    etag: String,
    content: Content,
    forms: Arc<[OnceLock<Bytes>; 2]>,
}

/// What is given.
#[derive(Debug, Clone)]
enum Content {
    Plain(Bytes),
    /// In the binary as gzip, and unpacked when somebody asks for it otherwise.
    Packed(&'static [u8], Arc<OnceLock<Bytes>>),
}

impl Fixed {
    /// Writes a shape as JSON.
    ///
    /// # Errors
    /// A defect: the shape cannot be written as JSON.
    pub fn of<T: Serialize>(shape: &T) -> Result<Self, Refusal> {
        Ok(Self::new("application/json", Bytes::from(json(shape)?)))
    }

    /// Some bytes of a media type.
    #[must_use]
    pub fn new(media_type: &'static str, plain: Bytes) -> Self {
        let etag = entity_tag(1, &plain);
        Self { media_type, kept: KEPT, etag, content: Content::Plain(plain), forms: Arc::default() }
    }

    /// What the binary carries as gzip.
    #[must_use]
    pub fn packed(media_type: &'static str, packed: &'static [u8]) -> Self {
        let content = Content::Packed(packed, Arc::default());
        Self { media_type, kept: KEPT, etag: entity_tag(1, packed), content, forms: Arc::default() }
    }

    /// The content as it is.
    #[must_use]
    pub fn plain(&self) -> Bytes {
        match &self.content {
            Content::Plain(plain) => plain.clone(),
            Content::Packed(packed, plain) => plain.get_or_init(|| unpacked(packed)).clone(),
        }
    }

    /// The same, kept by others as `Cache-Control` says.
    #[must_use]
    pub fn kept(self, kept: &'static str) -> Self {
        Self { kept, ..self }
    }

    fn form(&self, coding: ContentEncoding) -> Bytes {
        let place = match (coding, &self.content) {
            (ContentEncoding::Gzip, Content::Packed(packed, _)) => return Bytes::from_static(packed),
            (ContentEncoding::Brotli, _) => self.forms.first(),
            (ContentEncoding::Gzip, _) => self.forms.last(),
            _ => None,
        };
        place.map_or_else(|| self.plain(), |form| form.get_or_init(|| compressed(coding, &self.plain())).clone())
    }

    /// The answer to a GET: 304 when the caller has it already. It goes out in slices, so that one who does not read
    /// holds no copy of it.
    ///
    /// # Errors
    /// 400 when `If-None-Match` is no list of entity tags.
    pub fn answer(&self, request: &HttpRequest) -> Answered {
        let is_known = KnownTags::of(request)?.hold(&self.etag);
        let mut response = builder(if is_known { 304 } else { 200 });
        response.insert_header((ETAG, self.etag.as_str())).insert_header((CACHE_CONTROL, self.kept));
        response.append_header((VARY, "Accept-Encoding"));
        if is_known {
            return Ok(response.finish());
        }
        response.insert_header((CONTENT_TYPE, self.media_type));
        let coding = Accepted::of(request).best();
        if coding != ContentEncoding::Identity {
            response.insert_header((CONTENT_ENCODING, coding.as_str()));
        }
        let body = self.form(coding);
        let length = body.len();
        let slices = (0..length)
            .step_by(SLICE_BYTES)
            .map(move |from| Ok::<_, std::io::Error>(body.slice(from..length.min(from + SLICE_BYTES))));
        response.no_chunking(u64::try_from(length).unwrap_or(u64::MAX));
        Ok(response.streaming(futures_util::stream::iter(slices)))
    }
}

/// What was packed when the binary was made; nothing of what is damaged, which no build is.
fn unpacked(packed: &[u8]) -> Bytes {
    let mut plain = Vec::new();
    let read = GzDecoder::new(packed).read_to_end(&mut plain);
    Bytes::from(read.map_or_else(|_| Vec::new(), |_| plain))
}
