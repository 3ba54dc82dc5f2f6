//! An agreement, as it is read and as it was signed.

use serde::Serialize;

use crate::db::{Id, Instant};

/// The row of a signed agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::agreements, check_for_backend(crate::db::MultiBackend))]
#[diesel(treat_none_as_default_value = false)]
pub struct AgreementRow {
    pub id: Id,
    pub enrollment_id: Id,
    /// The journal keeps its hash.
    #[serde(skip)]
    pub text: String,
    pub sha256: String,
    pub filing_id: Id,
    pub notice_id: Id,
    pub signed_by_id: Id,
    pub signed_at: Instant,
    /// Since when it is not in force any more, because the terms have changed.
    pub superseded_at: Option<Instant>,
}

/// A signed agreement with the path of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agreement {
    #[serde(flatten)]
    pub row: AgreementRow,
    pub path: String,
}

/// The text of an agreement, signed or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementText {
    pub text: String,
    pub sha256: String,
    pub filing_id: Id,
    pub notice_id: Id,
    /// The agreement's id, who signed it, and when.
    pub signed: Option<(Id, Id, Instant)>,
}

impl AgreementText {
    /// The text as it was signed.
    #[must_use]
    pub fn signed(row: AgreementRow) -> Self {
        let AgreementRow { id, text, sha256, filing_id, notice_id, signed_by_id, signed_at, .. } = row;
        Self { text, sha256, filing_id, notice_id, signed: Some((id, signed_by_id, signed_at)) }
    }
}
