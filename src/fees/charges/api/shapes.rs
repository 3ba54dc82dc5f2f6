//! Shapes of `/charges`.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::auth::Actor;
use crate::db::{Id, Instant};
use crate::fees::charges::{Charge, ChargeState, NewCharge, PaymentMethod};
use crate::http::{CursorText, FindingOut, PageLimit};
use crate::rules::charging::FeeItem;
use crate::rules::document::{Collector, FeeItemKind, Fen, Season, Whole, at_most};
use crate::values::identifiers::SchoolYear;
use crate::values::iso_date;
use crate::values::text::Line;

/// Which pupil to charge, for which term. The lines come from the approved plan.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChargeIn {
    /// A pupil of a school in the caller's scope.
    pub student_id: Id,
    /// Two years: `2024-2025`.
    #[schema(inline)]
    pub school_year: SchoolYear,
    pub season: Season,
    /// Who takes the money: the school, which is also meant when it is not given. Others are refused.
    #[serde(default = "the_school")]
    pub collector: Collector,
    /// What is to be charged beside the plan: each is refused with its place.
    #[serde(default, deserialize_with = "at_most::<_, _, 50>")]
    #[schema(max_items = 50)]
    pub items: Vec<ChargeItemIn>,
}

fn the_school() -> Collector {
    Collector::School
}

/// Something beside the plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChargeItemIn {
    pub kind: FeeItemKind,
    #[schema(inline)]
    pub name: Line<1, 60>,
    #[schema(inline)]
    pub amount_fen: Fen,
}

impl From<ChargeIn> for NewCharge {
    fn from(body: ChargeIn) -> Self {
        let item = |item: ChargeItemIn| FeeItem {
            kind: item.kind,
            name: item.name.as_str().to_owned(),
            amount_fen: item.amount_fen.get(),
        };
        Self {
            student_id: body.student_id,
            school_year: body.school_year.as_str().to_owned(),
            season: body.season,
            collector: body.collector,
            items: body.items.into_iter().map(item).collect(),
        }
    }
}

/// What came in.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChargePaymentIn {
    /// Not more than is left to pay.
    #[schema(inline)]
    pub amount_fen: Whole<1, 1_000_000_000_000>,
    pub method: PaymentMethod,
}

/// What one project comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChargeLineOut {
    pub enrollment_id: Id,
    pub project_id: Id,
    /// As the approved plan names it.
    pub name: String,
    /// Lessons of the term; null where the fee is for the term.
    pub lessons: Option<i64>,
    /// For one lesson, or for the term.
    pub unit_fen: i64,
    /// What the pupil pays of it in percent, where the policy lets it pay less; else null. Why is not said.
    pub pays_percent: Option<i32>,
    pub amount_fen: i64,
}

/// A payment of a charge.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChargePaymentOut {
    pub id: Id,
    pub amount_fen: i64,
    pub method: PaymentMethod,
    #[serde(with = "iso_date")]
    pub paid_on: Date,
}

/// A charge 收费.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChargeOut {
    pub id: Id,
    pub person_id: Id,
    pub student_id: Id,
    pub school_id: Id,
    pub plan_id: Id,
    /// The approved filing that prices it.
    pub filing_id: Id,
    /// Where the money goes.
    pub fee_account_id: Id,
    pub school_year: String,
    pub season: Season,
    pub state: ChargeState,
    /// The sum of the lines, or the plan's ceiling for a pupil's term if that is less.
    pub amount_fen: i64,
    pub paid_fen: i64,
    pub lines: Vec<ChargeLineOut>,
    pub payments: Vec<ChargePaymentOut>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now, as `POST …/{verb}`.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl ChargeOut {
    pub(super) fn of(charge: &Charge, actor: &Actor) -> Self {
        let row = &charge.row;
        let lines = charge.lines.iter().map(|line| ChargeLineOut {
            enrollment_id: line.enrollment_id,
            project_id: line.project_id,
            name: line.name.clone(),
            lessons: line.lessons,
            unit_fen: line.unit_fen,
            pays_percent: line.pays_percent,
            amount_fen: line.amount_fen,
        });
        let payments = charge.payments.iter().map(|payment| ChargePaymentOut {
            id: payment.id,
            amount_fen: payment.amount_fen,
            method: payment.method,
            paid_on: payment.paid_on,
        });
        Self {
            id: row.id,
            person_id: row.person_id,
            student_id: row.student_id,
            school_id: row.school_id,
            plan_id: row.plan_id,
            filing_id: row.filing_id,
            fee_account_id: row.fee_account_id,
            school_year: row.school_year.clone(),
            season: row.season,
            state: row.state,
            amount_fen: row.amount_fen,
            paid_fen: row.paid_fen,
            lines: lines.collect(),
            payments: payments.collect(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: charge.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which charges a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChargeQuery {
    /// Only charges of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only charges of this pupil.
    #[param(inline)]
    pub student_id: Option<Id>,
    /// Only charges of this person.
    #[param(inline)]
    pub person_id: Option<Id>,
    /// Only charges in this state.
    #[param(inline)]
    pub state: Option<ChargeState>,
    /// Charges in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}
