//! A partner: what it is, and its licence.

use serde::Serialize;
use time::Date;

use crate::auth::permission::ManagePartners;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::ProviderKind;
use crate::text_enum;
use crate::values::identifiers::{CreditCode, Phone};

text_enum! {
    /// What a partner is. Other kinds may come.
    pub enum PartnerKind {
        /// 公益组织 (四.2)
        PublicInterest = "public_interest",
        /// 社会机构 (四.3)
        Institution = "institution",
    }
}

impl PartnerKind {
    /// The same, as plan documents have it.
    #[must_use]
    pub const fn provider_kind(self) -> ProviderKind {
        match self {
            Self::PublicInterest => ProviderKind::PublicInterest,
            Self::Institution => ProviderKind::Institution,
        }
    }
}

/// The row of a partner; the telephone is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::partners, check_for_backend(crate::db::MultiBackend))]
pub struct PartnerRow {
    pub id: Id,
    pub kind: PartnerKind,
    pub licence_number: String,
    pub licence_document: String,
    pub licence_starts_on: Date,
    pub licence_ends_on: Option<Date>,
    pub contact_name: String,
    #[serde(skip)]
    pub contact_phone_sealed: String,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A partner with its node of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Partner {
    #[serde(flatten)]
    pub row: PartnerRow,
    #[serde(skip)]
    pub contact_phone: Phone,
    pub credit_code: String,
    pub name: String,
    /// The authority that keeps it.
    pub authority_id: Option<Id>,
    pub path: String,
}

impl Partner {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if self.is_managed_by(actor) { vec!["update"] } else { Vec::new() }
    }

    /// The telephone as `actor` sees it: whole for those who manage the partner, masked for others.
    #[must_use]
    pub fn phone_for(&self, actor: &Actor) -> String {
        if self.is_managed_by(actor) { self.contact_phone.reveal().to_owned() } else { self.contact_phone.masked() }
    }

    fn is_managed_by(&self, actor: &Actor) -> bool {
        Scope::of::<ManagePartners>(actor).holds_path(&self.path)
    }
}

/// What a partner is made from.
#[derive(Debug, Clone)]
pub struct NewPartner {
    pub kind: PartnerKind,
    pub name: String,
    pub credit_code: CreditCode,
    pub authority_id: Id,
    pub licence_number: String,
    pub licence_document: String,
    pub licence_starts_on: Date,
    pub licence_ends_on: Option<Date>,
    pub contact_name: String,
    pub contact_phone: Phone,
}

impl NewPartner {
    /// Everything that does not go together.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let backwards = self.licence_ends_on.is_some_and(|last| last < self.licence_starts_on);
        backwards.then(|| FieldError::new("/licence_ends_on", Fault::EndsBeforeStart)).into_iter().collect()
    }
}
