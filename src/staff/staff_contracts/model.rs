//! A contract of a member of staff: drafted, signed, ended; and the days on which it runs.

use serde::Serialize;
use time::Date;

use crate::auth::Actor;
use crate::db::{Id, Instant};
use crate::http::AnyOf;
use crate::refusal::{Fault, Refusal};
use crate::rules::document::{Fen, Period};
use crate::staff::staff_members::StaffState;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Kind of contract 合同类别 (四.1). Other kinds may come.
    pub enum ContractKind {
        /// 劳动合同
        LabourContract = "labour_contract",
        /// 服务协议
        ServiceAgreement = "service_agreement",
    }
}

text_enum! {
    /// Where a contract stands 合同状态. Other states may come.
    pub enum ContractState {
        /// 草拟
        Drafted = "drafted",
        /// 已签订
        Signed = "signed",
        /// 已终止
        Ended = "ended",
    }
}

life! {
    /// What can be called on a contract. What was signed is never written again.
    pub ContractVerb of ContractState, "staff-contracts" {
        Update = "update" by ManageStaff { Drafted => same }
        Sign = "sign" by ManageStaff { Drafted => Signed }
        End = "end" by ManageStaff { Signed => Ended }
        /// Makes the one that follows, and leaves this one as it is.
        Renew = "renew" by ManageStaff { Signed | Ended => same }
    }
}

row! {
    /// The row of a contract.
    #[derive(Eq)]
    pub struct StaffContractRow of staff_contracts {
        id: Id,
        school_id: Id,
        staff_member_id: Id,
        /// The contract that this one follows.
        follows_id: Option<Id>,
        kind: ContractKind,
        state: ContractState,
        starts_on: Date,
        ends_on: Date,
        hourly_rate_fen: i64,
        benefits: Option<String>,
        signed_on: Option<Date>,
        ended_on: Option<Date>,
        end_reason: Option<String>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

impl StaffContractRow {
    /// The days on which a signed contract runs, up to where it was ended; nothing for a draft, or for one that was
    /// ended before its first day.
    #[must_use]
    pub fn runs(&self) -> Option<Period> {
        self.signed_on?;
        let to = self.last_day();
        (self.starts_on <= to).then_some(Period { from: self.starts_on, to })
    }

    /// The last day, planned or as it was ended.
    #[must_use]
    pub fn last_day(&self) -> Date {
        self.ended_on.unwrap_or(self.ends_on)
    }

    /// Whether both run on a day.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let both = self.runs().zip(other.runs());
        both.is_some_and(|(one, other)| one.from <= other.to && other.from <= one.to)
    }
}

/// A contract with the path of its school, whether the member of staff is still there, and whether it was renewed.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable)]
pub struct StaffContract {
    #[serde(flatten)]
    pub row: StaffContractRow,
    pub member_state: StaffState,
    /// Another contract follows it: a row of its own.
    #[serde(skip)]
    pub followed: bool,
    pub path: String,
}

resource!(StaffContract { row: StaffContractRow, path }, "staff-contract", "staff-contracts");

impl StaffContract {
    /// The state to which `verb` leads.
    ///
    /// # Errors
    /// 409.
    pub fn led_by(&self, verb: ContractVerb) -> Result<ContractState, Refusal> {
        let state = verb.leads(self.state).filter(|_| self.agrees_to(verb));
        state.ok_or_else(|| verb.refused(self.state, &self.such(|_| true)))
    }

    /// Nothing is agreed with who has left.
    fn agrees_to(&self, verb: ContractVerb) -> bool {
        let agrees = matches!(verb, ContractVerb::Sign | ContractVerb::Renew);
        !(agrees && self.member_state == StaffState::Left)
    }

    /// The verbs that are possible now, as far as they are such. One contract follows another, not two.
    fn such(&self, is: impl Fn(ContractVerb) -> bool) -> Vec<&'static str> {
        let was_called = |verb| verb == ContractVerb::Renew && self.followed;
        ContractVerb::such(self.state, |verb| self.agrees_to(verb) && !was_called(verb) && is(verb))
    }

    /// The verbs that `by` may call now.
    #[must_use]
    pub fn can(&self, by: &Actor) -> Vec<&'static str> {
        self.such(|verb| verb.scope(by).holds_path(&self.path))
    }
}

body! {
    /// A contract of a member of staff, as it is drafted or replaced.
    pub struct StaffContractIn {
        /// Stays as it was drafted.
        staff_member_id: Id,
        kind: ContractKind,
        /// First day.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day.
        #[serde(with = "iso_date")]
        ends_on: Date,
        /// What an hour of service is paid.
        #[schema(inline)]
        hourly_rate_fen: Fen,
        /// Benefits 福利待遇; null for none.
        #[schema(inline)]
        benefits: Option<Line<1, 500>>,
    }
}

impl StaffContractIn {
    /// What the two sides agree on.
    ///
    /// # Errors
    /// 422 for a last day before the first.
    pub fn terms(&self) -> Result<Terms, Refusal> {
        Terms {
            kind: self.kind,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            hourly_rate_fen: self.hourly_rate_fen.get(),
            benefits: self.benefits.as_ref().map(|text| text.as_str().to_owned()),
        }
        .checked()
    }
}

/// What the two sides of a contract agree on.
#[derive(Debug, Clone)]
pub struct Terms {
    pub kind: ContractKind,
    pub starts_on: Date,
    pub ends_on: Date,
    pub hourly_rate_fen: i64,
    pub benefits: Option<String>,
}

impl Terms {
    /// The same where the days go together.
    ///
    /// # Errors
    /// 422 for a last day before the first.
    pub fn checked(self) -> Result<Self, Refusal> {
        if self.ends_on < self.starts_on {
            return Err(Refusal::field("/ends_on", Fault::EndsBeforeStart));
        }
        Ok(self)
    }
}

body! {
    /// When a contract was signed.
    pub struct ContractSigningIn {
        /// Not after today.
        #[serde(with = "iso_date")]
        signed_on: Date,
    }
}

body! {
    /// Why and when a contract ends before its last day.
    pub struct ContractEndIn {
        #[schema(inline)]
        reason: Line<2, 200>,
        /// The day on which it runs last: not before it was signed, not after its planned last day.
        #[serde(with = "iso_date")]
        ended_on: Date,
    }
}

body! {
    /// What is new in the contract that follows.
    pub struct ContractRenewalIn {
        /// Last day of the new contract.
        #[serde(with = "iso_date")]
        ends_on: Date,
        /// Null keeps what an hour is paid.
        #[schema(inline)]
        hourly_rate_fen: Option<Fen>,
    }
}

filter! {
    /// Which contracts a list holds.
    pub struct StaffContractFilter {
        /// Only those of this school.
        school_id: Id,
        /// Only those of this member of staff.
        staff_member_id: Id,
        /// Only those in one of these states.
        state: AnyOf<ContractState>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn contract(starts_on: Date, ends_on: Date, ended_on: Option<Date>) -> StaffContractRow {
        let at = Instant::new(time::OffsetDateTime::UNIX_EPOCH);
        StaffContractRow {
            id: Id::NIL,
            school_id: Id::NIL,
            staff_member_id: Id::NIL,
            follows_id: None,
            kind: ContractKind::ServiceAgreement,
            state: if ended_on.is_some() { ContractState::Ended } else { ContractState::Signed },
            starts_on,
            ends_on,
            hourly_rate_fen: 5_000,
            benefits: None,
            signed_on: Some(date!(2024 - 08 - 01)),
            ended_on,
            end_reason: None,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn signed_contracts_overlap_where_both_run() {
        let first = contract(date!(2024 - 09 - 02), date!(2025 - 01 - 17), None);
        for (starts_on, overlaps) in
            [(date!(2025 - 01 - 16), true), (date!(2025 - 01 - 17), true), (date!(2025 - 01 - 18), false)]
        {
            let second = contract(starts_on, date!(2025 - 07 - 04), None);
            assert_eq!((first.overlaps(&second), second.overlaps(&first)), (overlaps, overlaps), "{starts_on}");
        }
        let second = contract(date!(2024 - 12 - 01), date!(2025 - 07 - 04), None);
        for (ended_on, overlaps) in [(date!(2024 - 11 - 30), false), (date!(2024 - 12 - 01), true)] {
            assert_eq!(
                contract(first.starts_on, first.ends_on, Some(ended_on)).overlaps(&second),
                overlaps,
                "{ended_on}"
            );
        }
        let never_ran = contract(date!(2024 - 12 - 10), date!(2025 - 01 - 17), Some(date!(2024 - 12 - 01)));
        assert!(!never_ran.overlaps(&second) && never_ran.runs().is_none());
        let draft = StaffContractRow { signed_on: None, state: ContractState::Drafted, ..first.clone() };
        assert!(!draft.overlaps(&first));
    }
}
