//! An agreement between a school and a partner: its days, who pays, and its states.

use time::Date;

use crate::db::{Id, Instant, Placed};
use crate::http::AnyOf;
use crate::partners::partners::PartnerKind;
use crate::refusal::{Fault, FieldError};
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, row, text_enum};

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

life! {
    /// What is called on an agreement.
    pub PartnerAgreementVerb of PartnerAgreementState, "partner-agreements" for PartnerAgreement {
        Update = "update" by WritePartnerAgreements { Drafted => same }
        Sign = "sign" by WritePartnerAgreements { Drafted => Signed }
        End = "end" by WritePartnerAgreements { Drafted | Signed => Ended }
    }
}

row! {
    /// The row of an agreement. Both days belong to it; of one that was ended, the day on which it was.
    pub struct PartnerAgreementRow of partner_agreements, "partner-agreement", "partner-agreements" {
        id: Id,
        school_id: Id,
        partner_id: Id,
        title: String,
        starts_on: Date,
        ends_on: Date,
        who_pays: WhoPays,
        fee_terms: Option<String>,
        necessity: Option<String>,
        state: PartnerAgreementState,
        signed_on: Option<Date>,
        document: Option<String>,
        ended_on: Option<Date>,
        end_reason: Option<String>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// An agreement with the path of its school.
pub type PartnerAgreement = Placed<PartnerAgreementRow>;

impl PartnerAgreementRow {
    /// A draft of these terms.
    #[must_use]
    pub fn draft(new: &PartnerAgreementIn, now: Instant) -> Self {
        Self {
            id: Id::fresh(),
            school_id: new.school_id,
            partner_id: new.partner_id,
            title: new.title.as_str().to_owned(),
            starts_on: new.starts_on,
            ends_on: new.ends_on,
            who_pays: new.who_pays,
            fee_terms: new.fee_terms.as_ref().map(|terms| terms.as_str().to_owned()),
            necessity: new.necessity.as_ref().map(|necessity| necessity.as_str().to_owned()),
            state: PartnerAgreementState::Drafted,
            signed_on: None,
            document: None,
            ended_on: None,
            end_reason: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The last day on which it holds.
    #[must_use]
    pub fn holds_to(&self) -> Date {
        self.ended_on.map_or(self.ends_on, |ended| ended.min(self.ends_on))
    }

    /// Everything that does not go together with a partner of a kind, all at once.
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

filter! {
    /// Which agreements a list holds.
    pub struct PartnerAgreementFilter {
        /// Only agreements of this school.
        school_id: Id,
        /// Only agreements with this partner.
        partner_id: Id,
        /// Only agreements in one of these states.
        state: AnyOf<PartnerAgreementState>,
    }
}

body! {
    /// An agreement between a school and a partner, as it is drafted or replaced.
    pub struct PartnerAgreementIn {
        /// Stays as it was created.
        school_id: Id,
        /// Stays as it was created.
        partner_id: Id,
        #[schema(inline)]
        title: Line<2, 120>,
        /// First day.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day.
        #[serde(with = "iso_date")]
        ends_on: Date,
        who_pays: WhoPays,
        /// What is paid and when; required where the school pays, null where nobody does.
        #[schema(inline)]
        fee_terms: Option<Line<1, 1000>>,
        /// Why the school's own staff do not suffice (四.3): required for an institution, null for a public-interest
        /// organisation.
        #[schema(inline)]
        necessity: Option<Line<1, 1000>>,
    }
}

body! {
    /// That an agreement was signed.
    pub struct PartnerAgreementSignIn {
        /// Not after today.
        #[serde(with = "iso_date")]
        signed_on: Date,
        /// Name of the scan.
        #[schema(inline)]
        document: Line<1, 200>,
    }
}

body! {
    /// Why an agreement ends.
    pub struct PartnerAgreementEndIn {
        #[schema(inline)]
        reason: Line<1, 400>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::OffsetDateTime;
    use time::macros::date;

    #[test]
    fn payment_has_terms_and_an_institution_is_needed() -> Result<(), FieldError> {
        let text = Line::new("说明")?;
        let text = |given: bool| given.then(|| text.clone());
        for (kind, who_pays, terms, needed, expected) in [
            (PartnerKind::Institution, WhoPays::School, true, true, vec![]),
            (PartnerKind::Institution, WhoPays::Nobody, false, true, vec![]),
            (PartnerKind::Institution, WhoPays::School, false, false, vec!["/fee_terms", "/necessity"]),
            (PartnerKind::PublicInterest, WhoPays::Nobody, false, false, vec![]),
            (PartnerKind::PublicInterest, WhoPays::Nobody, true, true, vec!["/fee_terms", "/necessity"]),
        ] {
            let new = PartnerAgreementIn {
                school_id: Id::NIL,
                partner_id: Id::NIL,
                title: Line::new("合作协议")?,
                starts_on: date!(2024 - 09 - 02),
                ends_on: date!(2024 - 09 - 02),
                who_pays,
                fee_terms: text(terms),
                necessity: text(needed),
            };
            let draft = PartnerAgreementRow::draft(&new, Instant::new(OffsetDateTime::UNIX_EPOCH));
            let found: Vec<String> = draft.faults(kind).into_iter().map(|fault| fault.pointer).collect();
            assert_eq!(found, expected, "{kind:?} {who_pays:?}");
        }
        Ok(())
    }
}
