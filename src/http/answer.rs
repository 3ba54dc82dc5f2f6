//! What an operation answers, as bytes and headers, so that it can be stored with its effect and repeated later.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, LINK, LOCATION,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::page::{CursorSeal, Page};
use super::precondition::{KnownTags, entity_tag};
use crate::file_store::FileStream;
use crate::refusal::Refusal;

/// What every handler returns.
pub type Answered = Result<HttpResponse, Refusal>;

/// An answer that is not tied to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub etag: Option<String>,
    /// RFC 9530, of what was hashed and is now given to the byte.
    pub repr_digest: Option<String>,
    pub body: String,
}

impl Answer {
    /// A body, and nothing else.
    #[must_use]
    pub fn bare(status: u16, body: String) -> Self {
        Self { status, location: None, etag: None, repr_digest: None, body }
    }

    /// 200 with a body of a version.
    fn of(body: String, version: i64) -> Self {
        Self { etag: Some(entity_tag(version, body.as_bytes())), ..Self::bare(200, body) }
    }

    /// 200 with a resource.
    ///
    /// # Errors
    /// A defect: the shape cannot be written as JSON.
    pub fn ok<T: Serialize>(shape: &T, version: i64) -> Result<Self, Refusal> {
        Ok(Self::of(json(shape)?, version))
    }

    /// 201 with a new resource and where it is.
    ///
    /// # Errors
    /// As [`Answer::ok`].
    pub fn created<T: Serialize>(location: String, shape: &T, version: i64) -> Result<Self, Refusal> {
        Ok(Self { status: 201, location: Some(location), ..Self::ok(shape, version)? })
    }

    /// 200 with JSON that was written before, to the byte, and its digest.
    #[must_use]
    pub fn verbatim(body: String, version: i64) -> Self {
        let digest = STANDARD.encode(Sha256::digest(body.as_bytes()));
        Self { repr_digest: Some(format!("sha-256=:{digest}:")), ..Self::of(body, version) }
    }

    /// 200 with something that has no version.
    ///
    /// # Errors
    /// As [`Answer::ok`].
    pub fn plain<T: Serialize>(shape: &T) -> Result<Self, Refusal> {
        Ok(Self::bare(200, json(shape)?))
    }

    /// 204.
    #[must_use]
    pub fn empty() -> Self {
        Self::bare(204, String::new())
    }

    /// The answer as a response.
    #[must_use]
    pub fn into_response(self) -> HttpResponse {
        let mut response = builder(self.status);
        if let Some(location) = self.location {
            response.insert_header((LOCATION, location));
        }
        if let Some(etag) = self.etag {
            response.insert_header((ETAG, etag));
        }
        if let Some(digest) = self.repr_digest {
            response.insert_header(("repr-digest", digest));
        }
        if self.body.is_empty() {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, "application/json"));
        response.body(self.body)
    }

    /// The answer to a GET: 304 when the caller has it already.
    #[must_use]
    pub fn unless_known(self, known: &KnownTags) -> HttpResponse {
        match &self.etag {
            Some(tag) if known.hold(tag) => builder(304).insert_header((ETAG, tag.as_str())).finish(),
            _ => self.into_response(),
        }
    }

    /// A page, with a `Link` to the next one.
    ///
    /// # Errors
    /// As [`Answer::ok`].
    pub fn page<T: Serialize>(request: &HttpRequest, page: Page<T>) -> Answered {
        let page = page.signed(&CursorSeal::of(request)?);
        let mut response = builder(200);
        if let Some(cursor) = &page.next_cursor {
            let kept =
                request.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
            let query = kept.chain([format!("cursor={cursor}").as_str()]).collect::<Vec<_>>().join("&");
            response.insert_header((LINK, format!("<{}?{query}>; rel=\"next\"", request.path())));
        }
        response.insert_header((CONTENT_TYPE, "application/json"));
        Ok(response.body(json(&page)?))
    }
}

/// Nothing in what is shown or saved may load or run anything, or stand in somebody else's page.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// What is no JSON: a page or a file, with its version.
#[derive(Debug, Clone)]
pub struct File {
    pub media_type: &'static str,
    /// Under which name a browser keeps it; a page is shown instead.
    pub save_as: Option<String>,
    pub bytes: Vec<u8>,
    pub version: i64,
}

impl File {
    /// The answer to a GET: 304 when the caller has it already. Nothing in it may load or run anything.
    #[must_use]
    pub fn unless_known(self, known: &KnownTags) -> HttpResponse {
        let etag = entity_tag(self.version, &self.bytes);
        if known.hold(&etag) {
            return builder(304).insert_header((ETAG, etag)).finish();
        }
        let mut response = builder(200);
        response.insert_header((ETAG, etag)).insert_header((CONTENT_TYPE, self.media_type));
        response.insert_header((CONTENT_SECURITY_POLICY, POLICY));
        if let Some(name) = self.save_as {
            response.insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
        }
        response.body(self.bytes)
    }

    /// 200 with a page that holds what nobody may keep: no cache, and no tag.
    #[must_use]
    pub fn for_nobody_else(self) -> HttpResponse {
        let mut response = builder(200);
        response.insert_header((CONTENT_TYPE, self.media_type)).insert_header((CONTENT_SECURITY_POLICY, POLICY));
        response.insert_header((CACHE_CONTROL, "no-store"));
        response.body(self.bytes)
    }
}

/// A kept file, which is saved and never shown: its content is other people's.
pub struct Download {
    pub media_type: &'static str,
    pub name: String,
    /// SHA-256 of the content.
    pub sha256: String,
    /// None where it is only known at its end.
    pub bytes: Option<u64>,
    pub content: FileStream,
}

impl Download {
    /// The tag of a content, with its quotes.
    #[must_use]
    pub fn tag(sha256: &str) -> String {
        format!("\"{sha256}\"")
    }

    /// 304: the caller has the content already.
    #[must_use]
    pub fn unchanged(sha256: &str) -> HttpResponse {
        builder(304).insert_header((ETAG, Self::tag(sha256))).finish()
    }

    /// 200 with the content as it comes. Nothing in it may load or run anything.
    #[must_use]
    pub fn into_response(self) -> HttpResponse {
        let mut response = builder(200);
        response.insert_header((ETAG, Self::tag(&self.sha256))).insert_header((CONTENT_TYPE, self.media_type));
        response.insert_header((CONTENT_SECURITY_POLICY, POLICY));
        response.insert_header((CONTENT_DISPOSITION, save_as(&self.name)));
        if let Some(bytes) = self.bytes {
            response.no_chunking(bytes);
        }
        response.streaming(self.content)
    }
}

/// RFC 6266: a plain name for old readers, and the real one in RFC 5987 form.
fn save_as(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let fallback: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let mut real = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            real.push(char::from(byte));
        } else {
            let _ = write!(real, "%{byte:02X}"); // a String takes everything
        }
    }
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{real}")
}

pub(super) fn builder(status: u16) -> HttpResponseBuilder {
    HttpResponseBuilder::new(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
}

pub(super) fn json<T: Serialize>(shape: &T) -> Result<String, Refusal> {
    serde_json::to_string(shape).map_err(Refusal::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_in_both_forms() {
        assert_eq!(
            save_as("实施 \"方案\".pdf"),
            "attachment; filename=\"__ ____.pdf\"; filename*=UTF-8''%E5%AE%9E%E6%96%BD%20%22%E6%96%B9%E6%A1%88%22.pdf"
        );
    }
}
