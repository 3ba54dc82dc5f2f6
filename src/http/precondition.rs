//! ETags: `"<version>-<digest>"`. The version guards writes, the digest answers `If-None-Match`: an answer may change
//! while the version does not (seats taken, verbs that the caller may call).

use actix_web::HttpRequest;
use actix_web::http::header::{Header, IF_MATCH, IF_NONE_MATCH, IfMatch, IfNoneMatch};
use sha2::{Digest, Sha256};

use crate::refusal::{Code, Fault, Refusal};

/// The entity tag of a representation, with its quotes.
#[must_use]
pub fn entity_tag(version: i64, body: &[u8]) -> String {
    let digest: [u8; 32] = Sha256::digest(body).into();
    let [a, b, c, d, ..] = digest;
    format!("\"{version}-{a:02x}{b:02x}{c:02x}{d:02x}\"")
}

/// The representations that the caller has already.
#[derive(Debug, Clone)]
pub struct KnownTags(Vec<String>);

impl KnownTags {
    /// Reads `If-None-Match`; no header is no tag.
    ///
    /// # Errors
    /// 400 when it is no list of entity tags.
    pub fn of(request: &HttpRequest) -> Result<Self, Refusal> {
        if !request.headers().contains_key(IF_NONE_MATCH) {
            return Ok(Self(Vec::new()));
        }
        match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Items(tags)) if !tags.is_empty() => {
                Ok(Self(tags.iter().map(|known| known.tag().to_owned()).collect()))
            }
            _ => Err(Refusal::at(Code::HeaderInvalid, "If-None-Match", Fault::Format)),
        }
    }

    /// Whether the caller has the representation of this tag.
    #[must_use]
    pub fn hold(&self, tag: &str) -> bool {
        self.0.iter().any(|known| known == tag.trim_matches('"'))
    }
}

/// The versions that `If-Match` accepts.
#[derive(Debug, Clone)]
pub struct IfMatchVersion(Vec<i64>);

impl IfMatchVersion {
    /// Reads the header. A weak tag is taken: proxies that compress weaken ours.
    ///
    /// # Errors
    /// 428 without the header, 400 when it is no list of entity tags.
    pub fn required(request: &HttpRequest) -> Result<Self, Refusal> {
        if !request.headers().contains_key(IF_MATCH) {
            return Err(Refusal::of(Code::PreconditionRequired));
        }
        match IfMatch::parse(request) {
            Ok(IfMatch::Items(tags)) if !tags.is_empty() => {
                let version = |tag: &str| tag.split('-').next()?.parse().ok();
                Ok(Self(tags.iter().filter_map(|tag| version(tag.tag())).collect()))
            }
            _ => Err(Refusal::at(Code::HeaderInvalid, "If-Match", Fault::Format)),
        }
    }

    /// The version of a row that the service itself has just read.
    #[must_use]
    pub fn of(version: i64) -> Self {
        Self(vec![version])
    }

    /// Refuses unless the row still has a version that the caller saw.
    ///
    /// # Errors
    /// 412.
    pub fn expect(&self, version: i64) -> Result<(), Refusal> {
        if self.0.contains(&version) { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
    }
}
