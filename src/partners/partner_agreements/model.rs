//! An agreement between a school and a partner: its days, who pays, and its states.

use serde::Serialize;
use time::Date;

use crate::auth::permission::WritePartnerAgreements;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::partners::partners::PartnerKind;
use crate::refusal::{Fault, FieldError};
use crate::text_enum;

text_enum! {
    /// Who pays the partner. Others may come.
    pub enum WhoPays {
        /// 无偿
        Nobody = "nobody",
        /// 学校支付
        School = "school",
    }
}

text_enum! {
    /// Where an agreement stands. Other states may come.
    pub enum PartnerAgreementState {
        /// 拟稿
        Drafted = "drafted",
        /// 已签订, from its first day to its last
        Signed = "signed",
        /// 已终止
        Ended = "ended",
    }
}

/// A verb on an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartnerAgreementVerb {
    Update,
    Sign,
    End,
}

impl PartnerAgreementState {
    /// The verbs that the state allows.
    #[must_use]
    pub const fn possible(self) -> &'static [&'static str] {
        match self {
            Self::Drafted => &["update", "sign", "end"],
            Self::Signed => &["end"],
            Self::Ended => &[],
        }
    }
}

impl PartnerAgreementVerb {
    /// The state to which it leads; nothing where the state does not allow it.
    #[must_use]
    pub const fn leads(self, from: PartnerAgreementState) -> Option<PartnerAgreementState> {
        use PartnerAgreementState::{Drafted, Ended, Signed};
        match (self, from) {
            (Self::Update, Drafted) => Some(Drafted),
            (Self::Sign, Drafted) => Some(Signed),
            (Self::End, Drafted | Signed) => Some(Ended),
            _ => None,
        }
    }
}

/// The row of an agreement. Both days belong to it; of one that was ended, the day on which it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::partner_agreements, check_for_backend(crate::db::MultiBackend))]
pub struct PartnerAgreementRow {
    pub id: Id,
    pub school_id: Id,
    pub partner_id: Id,
    pub title: String,
    pub starts_on: Date,
    pub ends_on: Date,
    pub who_pays: WhoPays,
    pub fee_terms: Option<String>,
    pub necessity: Option<String>,
    pub state: PartnerAgreementState,
    pub signed_on: Option<Date>,
    pub document: Option<String>,
    pub ended_on: Option<Date>,
    pub end_reason: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl PartnerAgreementRow {
    /// The last day on which it holds.
    #[must_use]
    pub fn holds_to(&self) -> Date {
        self.ended_on.map_or(self.ends_on, |ended| ended.min(self.ends_on))
    }
}

/// An agreement with the path of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartnerAgreement {
    #[serde(flatten)]
    pub row: PartnerAgreementRow,
    pub path: String,
}

impl PartnerAgreement {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let reached = Scope::of::<WritePartnerAgreements>(actor).holds_path(&self.path);
        if reached { self.row.state.possible().to_vec() } else { Vec::new() }
    }
}

/// What an agreement is made from.
#[derive(Debug, Clone)]
pub struct NewPartnerAgreement {
    pub school_id: Id,
    pub partner_id: Id,
    pub title: String,
    pub starts_on: Date,
    pub ends_on: Date,
    pub who_pays: WhoPays,
    pub fee_terms: Option<String>,
    pub necessity: Option<String>,
}

impl NewPartnerAgreement {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self, kind: PartnerKind) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut wrong = |pointer: &str, fault| faults.push(FieldError::new(pointer, fault));
        if self.ends_on < self.starts_on {
            wrong("/ends_on", Fault::EndsBeforeStart);
        }
        match (self.who_pays, &self.fee_terms) {
            (WhoPays::Nobody, Some(_)) => wrong("/fee_terms", Fault::NotForThis),
            (WhoPays::School, None) => wrong("/fee_terms", Fault::Required),
            _ => {}
        }
        // Bought in only where the school's own staff do not suffice and pupils want it (四.3).
        match (kind, &self.necessity) {
            (PartnerKind::Institution, None) => wrong("/necessity", Fault::Required),
            (PartnerKind::PublicInterest, Some(_)) => wrong("/necessity", Fault::NotForThis),
            _ => {}
        }
        faults
    }
}

/// When an agreement was signed, and the scan of it.
#[derive(Debug, Clone)]
pub struct Signature {
    pub signed_on: Date,
    pub document: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn payment_has_terms_and_an_institution_is_needed() {
        let text = |given: bool| given.then(|| "说明".to_owned());
        for (kind, who_pays, terms, needed, expected) in [
            (PartnerKind::Institution, WhoPays::School, true, true, vec![]),
            (PartnerKind::Institution, WhoPays::Nobody, false, true, vec![]),
            (PartnerKind::Institution, WhoPays::School, false, false, vec!["/fee_terms", "/necessity"]),
            (PartnerKind::PublicInterest, WhoPays::Nobody, false, false, vec![]),
            (PartnerKind::PublicInterest, WhoPays::Nobody, true, true, vec!["/fee_terms", "/necessity"]),
        ] {
            let new = NewPartnerAgreement {
                school_id: Id::NIL,
                partner_id: Id::NIL,
                title: "合作协议".to_owned(),
                starts_on: date!(2024 - 09 - 02),
                ends_on: date!(2024 - 09 - 02),
                who_pays,
                fee_terms: text(terms),
                necessity: text(needed),
            };
            let found: Vec<String> = new.faults(kind).into_iter().map(|fault| fault.pointer).collect();
            assert_eq!(found, expected, "{kind:?} {who_pays:?}");
        }
    }

    #[test]
    fn what_can_be_done_is_what_leads_somewhere() {
        use PartnerAgreementVerb::{End, Sign, Update};
        for state in PartnerAgreementState::ALL {
            for (verb, word) in [(Update, "update"), (Sign, "sign"), (End, "end")] {
                assert_eq!(verb.leads(*state).is_some(), state.possible().contains(&word), "{word} {state:?}");
            }
        }
    }
}
