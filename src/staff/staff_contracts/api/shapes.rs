//! Shapes of `/staff-contracts`.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::auth::Actor;
use crate::db::{Id, Instant};
use crate::http::{CursorText, FindingOut, PageLimit};
use crate::rules::document::Fen;
use crate::staff::staff_contracts::{ContractKind, ContractState, NewStaffContract, StaffContract};
use crate::values::iso_date;
use crate::values::text::Line;

/// A contract of a member of staff, as it is drafted or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffContractIn {
    /// Stays as it was drafted.
    pub staff_member_id: Id,
    pub kind: ContractKind,
    /// First day.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day.
    #[serde(with = "iso_date")]
    pub ends_on: Date,
    /// What an hour of service is paid.
    #[schema(inline)]
    pub hourly_rate_fen: Fen,
    /// 福利待遇; null for none.
    #[schema(inline)]
    pub benefits: Option<Line<1, 500>>,
}

impl From<StaffContractIn> for NewStaffContract {
    fn from(body: StaffContractIn) -> Self {
        Self {
            staff_member_id: body.staff_member_id,
            kind: body.kind,
            starts_on: body.starts_on,
            ends_on: body.ends_on,
            hourly_rate_fen: body.hourly_rate_fen.get(),
            benefits: body.benefits.map(|text| text.as_str().to_owned()),
        }
    }
}

/// When a contract was signed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractSigningIn {
    /// Not after today.
    #[serde(with = "iso_date")]
    pub signed_on: Date,
}

/// Why and when a contract ends before its last day.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractEndIn {
    #[schema(inline)]
    pub reason: Line<2, 200>,
    /// The day on which it runs last: not before it was signed, not after its planned last day.
    #[serde(with = "iso_date")]
    pub ended_on: Date,
}

/// What is new in the contract that follows.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractRenewalIn {
    /// Last day of the new contract.
    #[serde(with = "iso_date")]
    pub ends_on: Date,
    /// Null keeps what an hour is paid.
    #[schema(inline)]
    pub hourly_rate_fen: Option<Fen>,
}

/// A contract 聘用协议.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffContractOut {
    pub id: Id,
    pub school_id: Id,
    pub staff_member_id: Id,
    /// The contract that this one follows.
    pub follows_id: Option<Id>,
    pub kind: ContractKind,
    pub state: ContractState,
    /// First day.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day, as planned.
    #[serde(with = "iso_date")]
    pub ends_on: Date,
    /// What an hour of service is paid.
    pub hourly_rate_fen: i64,
    /// 福利待遇
    pub benefits: Option<String>,
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub signed_on: Option<Date>,
    /// The day on which it ran last, of one that was ended.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub ended_on: Option<Date>,
    pub end_reason: Option<String>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `update` is PUT, others are `POST …/{verb}`.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl StaffContractOut {
    pub(super) fn of(contract: &StaffContract, actor: &Actor) -> Self {
        let row = &contract.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            staff_member_id: row.staff_member_id,
            follows_id: row.follows_id,
            kind: row.kind,
            state: row.state,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            hourly_rate_fen: row.hourly_rate_fen,
            benefits: row.benefits.clone(),
            signed_on: row.signed_on,
            ended_on: row.ended_on,
            end_reason: row.end_reason.clone(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: contract.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which contracts a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StaffContractQuery {
    /// Only those of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only those of this member of staff.
    #[param(inline)]
    pub staff_member_id: Option<Id>,
    /// Only those in this state.
    #[param(inline)]
    pub state: Option<ContractState>,
    /// Contracts in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}
