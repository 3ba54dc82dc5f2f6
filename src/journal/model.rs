//! A journal row: what it says, its seal, and the link that it makes in the chain.

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::db::{Id, Instant, as_hashed};
use crate::refusal::Refusal;
use crate::sealing::{Sealing, hex};

/// Stands in front of a link that is keyed. Links of before are SHA-256 that anybody can make.
const KEYED: &str = "2.";

/// A row as it was written, without its place in the chain.
#[derive(Debug, Clone, Serialize, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::db::schema::journal_entries, check_for_backend(crate::db::MultiBackend))]
pub struct Entry {
    pub number: i64,
    #[serde(serialize_with = "as_rfc3339")]
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
    /// Keyed hash of what it says; rows of before have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
}

/// The chain keeps its form, whatever answers make of an instant.
fn as_rfc3339<S: Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    time::serde::rfc3339::serialize(&at.at(), serializer)
}

/// What a row says.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Said<'a> {
    #[serde(serialize_with = "as_rfc3339")]
    pub at: Instant,
    pub action: &'a str,
    pub resource: &'a str,
    pub resource_id: Id,
    pub scope_path: &'a str,
    pub user_id: Option<Id>,
    pub role: &'a str,
    pub request_id: &'a str,
    pub before_hash: Option<&'a str>,
    pub after_hash: Option<&'a str>,
}

impl Said<'_> {
    /// The seal of a row that says this: nobody without the key makes one, nor takes hashes of one row into another.
    ///
    /// # Errors
    /// A defect: the row cannot be written as JSON.
    pub fn seal(&self, sealing: &Sealing) -> Result<String, Refusal> {
        let bytes = serde_json_canonicalizer::to_vec(self).map_err(Refusal::internal)?;
        Ok(sealing.journal_hash("row", &bytes))
    }
}

impl Entry {
    /// What it says.
    pub(super) fn said(&self) -> Said<'_> {
        Said {
            at: self.at,
            action: &self.action,
            resource: &self.resource,
            resource_id: self.resource_id,
            scope_path: &self.scope_path,
            user_id: self.user_id,
            role: &self.role,
            request_id: &self.request_id,
            before_hash: self.before_hash.as_deref(),
            after_hash: self.after_hash.as_deref(),
        }
    }

    /// The row for people: its number, what happened, to what.
    pub(super) fn named(&self) -> String {
        format!("journal row {} ({} of {})", self.number, self.action, self.resource_id)
    }
}

/// The link of a row: keyed hash over the RFC 8785 form of its place, the link before it, and the row.
///
/// # Errors
/// A defect: the row cannot be written as JSON.
pub(super) fn link(sealing: &Sealing, position: i64, entry: &Entry, previous: &str) -> Result<String, Refusal> {
    Ok(format!("{KEYED}{}", sealing.journal_hash("link", &link_bytes(position, entry, previous)?)))
}

/// Whether a link is keyed.
pub(super) fn is_keyed(link: &str) -> bool {
    link.starts_with(KEYED)
}

/// The link that stands beside a row, made again in its own form.
///
/// # Errors
/// A defect: the row cannot be written as JSON.
pub(super) fn link_like(
    stored: &str,
    sealing: &Sealing,
    position: i64,
    entry: &Entry,
    previous: &str,
) -> Result<String, Refusal> {
    if is_keyed(stored) {
        return link(sealing, position, entry, previous);
    }
    Ok(hex(&Sha256::digest(link_bytes(position, entry, previous)?)))
}

fn link_bytes(position: i64, entry: &Entry, previous: &str) -> Result<Vec<u8>, Refusal> {
    #[derive(Serialize)]
    struct Link<'a> {
        position: i64,
        previous: &'a str,
        entry: &'a Entry,
    }
    let link = Link { position, previous, entry };
    as_hashed(|| serde_json_canonicalizer::to_vec(&link)).map_err(Refusal::internal)
}

/// The last sealed row: how far the chain goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::db::schema::journal_heads, check_for_backend(crate::db::MultiBackend))]
pub struct Head {
    pub position: i64,
    pub chain_hash: String,
    /// Keyed hash of both; a head of before has none.
    pub seal: Option<String>,
}

impl Head {
    /// The head at a position.
    #[must_use]
    pub(super) fn at(sealing: &Sealing, position: i64, chain_hash: String) -> Self {
        let seal = Some(sealing.journal_hash("head", format!("{position} {chain_hash}").as_bytes()));
        Self { position, chain_hash, seal }
    }

    /// Whether this service moved it here; a head of before cannot say so.
    #[must_use]
    pub fn holds(&self, sealing: &Sealing) -> bool {
        match &self.seal {
            None => !is_keyed(&self.chain_hash),
            Some(_) => *self == Self::at(sealing, self.position, self.chain_hash.clone()),
        }
    }
}
