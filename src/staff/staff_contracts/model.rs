//! A contract of a member of staff: drafted, signed, ended; and the days on which it runs.

use serde::Serialize;
use time::Date;

use crate::auth::permission::ManageStaff;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::Period;
use crate::staff::staff_members::StaffState;
use crate::text_enum;

text_enum! {
    /// 合同类别 (四.1). Other kinds may come.
    pub enum ContractKind {
        /// 劳动合同
        LabourContract = "labour_contract",
        /// 服务协议
        ServiceAgreement = "service_agreement",
    }
}

text_enum! {
    /// 合同状态. Other states may come.
    pub enum ContractState {
        /// 草拟
        Drafted = "drafted",
        /// 已签订
        Signed = "signed",
        /// 已终止
        Ended = "ended",
    }
}

/// What can be called on a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractVerb {
    Update,
    Sign,
    End,
    /// Makes the one that follows, and leaves this one as it is.
    Renew,
}

impl ContractVerb {
    /// The word in `can` and in the path.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Sign => "sign",
            Self::End => "end",
            Self::Renew => "renew",
        }
    }
}

impl ContractState {
    /// The verbs that this state allows. What was signed is never written again.
    #[must_use]
    pub const fn verbs(self) -> &'static [ContractVerb] {
        match self {
            Self::Drafted => &[ContractVerb::Update, ContractVerb::Sign],
            Self::Signed => &[ContractVerb::End, ContractVerb::Renew],
            Self::Ended => &[ContractVerb::Renew],
        }
    }
}

/// The row of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::staff_contracts, check_for_backend(crate::db::MultiBackend))]
pub struct StaffContractRow {
    pub id: Id,
    pub school_id: Id,
    pub staff_member_id: Id,
    /// The contract that this one follows.
    pub follows_id: Option<Id>,
    pub kind: ContractKind,
    pub state: ContractState,
    pub starts_on: Date,
    pub ends_on: Date,
    pub hourly_rate_fen: i64,
    pub benefits: Option<String>,
    pub signed_on: Option<Date>,
    pub ended_on: Option<Date>,
    pub end_reason: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
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

/// A contract with the path of its school, and whether the member of staff is still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaffContract {
    #[serde(flatten)]
    pub row: StaffContractRow,
    pub member_state: StaffState,
    pub path: String,
    /// Whether another contract follows it.
    #[serde(skip)]
    pub is_followed: bool,
}

impl StaffContract {
    /// Whether the row allows `verb`: nothing is agreed with who has left.
    #[must_use]
    pub fn allows(&self, verb: ContractVerb) -> bool {
        let agrees = matches!(verb, ContractVerb::Sign | ContractVerb::Renew);
        self.row.state.verbs().contains(&verb) && !(agrees && self.member_state == StaffState::Left)
    }

    /// The verbs that are possible now, whoever calls: one contract follows another.
    #[must_use]
    pub fn possible(&self) -> Vec<&'static str> {
        let verbs = self.row.state.verbs().iter();
        let follows = |verb: ContractVerb| verb == ContractVerb::Renew && self.is_followed;
        verbs.filter(|verb| self.allows(**verb) && !follows(**verb)).map(|verb| verb.as_str()).collect()
    }

    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if Scope::of::<ManageStaff>(actor).holds_path(&self.path) { self.possible() } else { Vec::new() }
    }
}

/// What a contract is made from.
#[derive(Debug, Clone)]
pub struct NewStaffContract {
    pub staff_member_id: Id,
    pub kind: ContractKind,
    pub starts_on: Date,
    pub ends_on: Date,
    pub hourly_rate_fen: i64,
    pub benefits: Option<String>,
}

impl NewStaffContract {
    /// Everything that does not go together.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let wrong = self.ends_on < self.starts_on;
        wrong.then(|| FieldError::new("/ends_on", Fault::EndsBeforeStart)).into_iter().collect()
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
