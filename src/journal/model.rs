//! A journal row and the link it makes in the chain.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::db::{Id, Instant, as_hashed};
use crate::refusal::Refusal;

/// A row as it was written, without its seal.
#[derive(Debug, Clone, Serialize, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::db::schema::journal_entries, check_for_backend(crate::db::MultiBackend))]
pub struct Entry {
    pub number: i64,
    pub at: Instant,
    pub action: String,
    pub resource: String,
    pub resource_id: Id,
    pub scope_path: String,
    pub user_id: Option<Id>,
    pub role: String,
    pub request_id: String,
    pub before_hash: Option<String>,
    pub after_hash: Option<String>,
}

/// The link of a row: SHA-256 over the RFC 8785 form of its place, the link before it, and the row.
///
/// # Errors
/// A defect: the row cannot be written as JSON.
pub fn chain_hash(position: i64, entry: &Entry, previous: &str) -> Result<[u8; 32], Refusal> {
    #[derive(Serialize)]
    struct Link<'a> {
        position: i64,
        previous: &'a str,
        entry: &'a Entry,
    }
    let link = Link { position, previous, entry };
    let bytes = as_hashed(|| serde_json_canonicalizer::to_vec(&link)).map_err(Refusal::internal)?;
    Ok(Sha256::digest(bytes).into())
}
