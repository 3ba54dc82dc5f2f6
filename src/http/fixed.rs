//! What never changes while the service runs: written once, compressed once, shared by all who ask.

use std::sync::{Arc, OnceLock};

use actix_web::HttpRequest;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ContentEncoding, ETAG, VARY};
use actix_web::web::Bytes;
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
    plain: Bytes,
    forms: Arc<[OnceLock<Bytes>; 2]>,
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
        Self { media_type, kept: KEPT, etag: entity_tag(1, &plain), plain, forms: Arc::default() }
    }

    /// The same, kept by others as `Cache-Control` says.
    #[must_use]
    pub fn kept(self, kept: &'static str) -> Self {
        Self { kept, ..self }
    }

    fn form(&self, coding: ContentEncoding) -> Bytes {
        let place = match coding {
            ContentEncoding::Brotli => self.forms.first(),
            ContentEncoding::Gzip => self.forms.last(),
            _ => None,
        };
        place.map_or_else(|| self.plain.clone(), |form| form.get_or_init(|| compressed(coding, &self.plain)).clone())
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
