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
        /// The account that signed …
        signed_by_id: Option<Id>,
        /// … or the paper that a guardian has signed.
        paper_form_id: Option<Id>,
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
    /// None until it is signed.
    pub signed: Option<Signed>,
}

/// Who signs: an account, or whoever the paper names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    Account(Id),
    Paper(Id),
}

/// A signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// The agreement.
    pub id: Id,
    pub by: Option<Signer>,
    pub at: Instant,
}

impl AgreementRow {
    /// Who signed it.
    #[must_use]
    pub fn signer(&self) -> Option<Signer> {
        self.signed_by_id.map(Signer::Account).or_else(|| self.paper_form_id.map(Signer::Paper))
    }
}

impl AgreementText {
    /// The text as it was signed.
    #[must_use]
    pub fn signed(row: AgreementRow) -> Self {
        let signed = Signed { id: row.id, by: row.signer(), at: row.signed_at };
        let AgreementRow { text, sha256, filing_id, notice_id, .. } = row;
        Self { text, sha256, filing_id, notice_id, signed: Some(signed) }
    }
}
