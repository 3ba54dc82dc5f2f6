//! A partner: what it is, and its licence.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use crate::auth::{Actor, Standing};
use crate::db::{Id, Instant, Json};
use crate::http::CodeSort;
use crate::refusal::{Fault, FieldError};
use crate::rules::document::ProviderKind;
use crate::values::identifiers::{CreditCode, Phone};
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

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

life! {
    /// What is called on a partner.
    pub PartnerVerb of Standing, "partners" {
        Update = "update" by ManagePartners { Standing => same }
    }
}

row! {
    /// The row of a partner; the telephone is sealed.
    pub struct PartnerRow of partners {
        id: Id,
        kind: PartnerKind,
        licence_number: String,
        licence_document: String,
        licence_starts_on: Date,
        licence_ends_on: Option<Date>,
        contact_name: String,
        #[serde(skip)]
        contact_phone_sealed: String,
        /// What the present licence has replaced, oldest first.
        earlier_licences: Json<Vec<EarlierLicence>>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A licence that was renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EarlierLicence {
    pub licence_number: String,
    pub licence_document: String,
    #[serde(with = "iso_date")]
    pub licence_starts_on: Date,
    #[serde(with = "iso_date")]
    pub licence_ends_on: Date,
}

/// Licences that are remembered.
const EARLIER_MAX: usize = 20;

impl PartnerRow {
    /// The licences that `next` has replaced: a later one with another number is a renewal, anything else corrects
    /// what was entered.
    #[must_use]
    pub fn replaced_by(&self, next: &PartnerIn) -> Vec<EarlierLicence> {
        let mut earlier = self.earlier_licences.0.clone();
        let is_renewed =
            next.licence_number.as_str() != self.licence_number && next.licence_starts_on > self.licence_starts_on;
        if let Some(day_before) = next.licence_starts_on.previous_day().filter(|_| is_renewed) {
            earlier.push(EarlierLicence {
                licence_number: self.licence_number.clone(),
                licence_document: self.licence_document.clone(),
                licence_starts_on: self.licence_starts_on,
                licence_ends_on: self.licence_ends_on.unwrap_or(day_before),
            });
        }
        let forgotten = earlier.len().saturating_sub(EARLIER_MAX);
        earlier.split_off(forgotten)
    }
}

/// A partner with its node of the tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

resource!(Partner { row: PartnerRow, path }, "partner", "partners");

impl Partner {
    /// The verbs that `by` may call now.
    #[must_use]
    pub fn can(&self, by: &Actor) -> Vec<&'static str> {
        PartnerVerb::can(by, Standing::Standing, &self.path)
    }

    /// The telephone as `by` sees it: whole for those who manage the partner, masked for others.
    #[must_use]
    pub fn phone_for(&self, by: &Actor) -> String {
        let manages = PartnerVerb::Update.scope(by).holds_path(&self.path);
        if manages { self.contact_phone.reveal().to_owned() } else { self.contact_phone.masked() }
    }
}

filter! {
    /// Which partners a list holds.
    pub struct PartnerFilter {
        /// Only partners that this authority keeps.
        authority_id: Id,
        /// Only partners of this kind.
        kind: PartnerKind,
        /// Only the partner of this code.
        credit_code: CreditCode,
        /// Beginning of the name, or of the initials of its pinyin; letters in either case.
        q: Line<1, 32>,
    }
    sorted by CodeSort
}

body! {
    /// A partner, as it is entered or replaced.
    pub struct PartnerIn {
        kind: PartnerKind,
        /// Its full name.
        #[schema(inline)]
        name: Line<2, 80>,
        /// Credit code 统一社会信用代码. Stays as it was created.
        #[schema(inline)]
        credit_code: CreditCode,
        /// The authority that keeps it: of a county, or of the city for a partner of several. Stays as it was created.
        authority_id: Id,
        /// Number of the registration or licence 登记证书、办学许可证号.
        #[schema(inline)]
        licence_number: Line<1, 60>,
        /// The copy of its legal registration (五.2): name or number of the document.
        #[schema(inline)]
        licence_document: Line<1, 200>,
        /// First day of the licence.
        #[serde(with = "iso_date")]
        licence_starts_on: Date,
        /// Last day of the licence; null for no end.
        #[serde(default, with = "iso_date::option")]
        licence_ends_on: Option<Date>,
        /// Whom to ask 联系人.
        #[schema(inline)]
        contact_name: Line<1, 60>,
        /// Sealed at rest.
        #[schema(inline)]
        contact_phone: Phone,
    }
}

impl PartnerIn {
    /// Everything that does not go together.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let backwards = self.licence_ends_on.is_some_and(|last| last < self.licence_starts_on);
        backwards.then(|| FieldError::new("/licence_ends_on", Fault::EndsBeforeStart)).into_iter().collect()
    }
}
