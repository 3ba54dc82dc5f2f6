//! An agreement, as it is read and as it was signed.

use serde::Serialize;

use crate::db::{Id, Instant};
use crate::row;

row! {
    /// The row of a signed agreement.
    pub struct AgreementRow of agreements {
        id: Id,
        enrollment_id: Id,
        #[serde(skip)]
        text: String,
        sha256: String,
        filing_id: Id,
        notice_id: Id,
        signed_by_id: Id,
        signed_at: Instant,
        /// Since when it is not in force any more, because the terms have changed.
        superseded_at: Option<Instant>,
    }
}

/// A signed agreement with the path of its school.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
