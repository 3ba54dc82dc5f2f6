//! Answers that are worth it go out compressed, as the caller accepts it.

use std::io::Write as _;

use actix_http::encoding::Encoder;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::{
    ACCEPT_ENCODING, AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ContentEncoding, Encoding, Header,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

/// Below this a packet is a packet.
const BYTES_MIN: u64 = 1 << 10;

/// What is written in words; images, archives and office documents are compressed already.
const KINDS: [&str; 7] = [
    "application/json",
    "application/problem+json",
    "text/html",
    "text/css",
    "text/javascript",
    "image/svg+xml",
    "text/plain",
];

/// The codings that a caller takes; none where it does not say.
#[derive(Debug, Clone)]
pub struct Accepted(ContentEncoding);

impl Accepted {
    /// Of a request.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let offered = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
        let named = request.headers().contains_key(ACCEPT_ENCODING);
        let wanted = named.then(|| AcceptEncoding::parse(request).ok()).flatten();
        Self(match wanted.and_then(|wanted| wanted.negotiate(offered.iter())) {
            Some(Encoding::Known(coding)) => coding,
            _ => ContentEncoding::Identity,
        })
    }

    /// The one that is best for both.
    #[must_use]
    pub fn best(&self) -> ContentEncoding {
        self.0
    }

    /// The answer in it, if that is worth it. What nobody may keep holds a secret: beside what a caller sent, its
    /// length after compressing could tell of it.
    pub(super) fn applied(&self, response: HttpResponse) -> HttpResponse {
        let headers = response.headers();
        let is_long = matches!(response.body().size(), BodySize::Sized(bytes) if bytes >= BYTES_MIN);
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_text = KINDS.iter().any(|text| kind.starts_with(text));
        let is_secret = headers.get(CACHE_CONTROL).is_some_and(|kept| kept == "no-store");
        if !is_long || !is_text || is_secret || headers.contains_key(CONTENT_ENCODING) {
            return response;
        }
        let coding = self.0;
        response.map_body(|head, body| Encoder::response(coding, head, body).boxed()).map_into_boxed_body()
    }
}

/// Some bytes in a coding, as small as it gets in reasonable time; as they are where it fails.
pub(super) fn compressed(coding: ContentEncoding, plain: &Bytes) -> Bytes {
    let written = match coding {
        ContentEncoding::Brotli => {
            let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, 6, 22);
            writer.write_all(plain).and_then(|()| writer.flush()).map(|()| writer.into_inner())
        }
        ContentEncoding::Gzip => {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            writer.write_all(plain).and_then(|()| writer.finish())
        }
        _ => return plain.clone(),
    };
    // A writer into memory does not fail.
    written.map_or_else(|_| plain.clone(), Bytes::from)
}
