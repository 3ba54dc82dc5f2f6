//! A charge, its lines and what was paid.

use serde::Serialize;
use time::Date;

use crate::auth::access_log::SeenPerson;
use crate::auth::permission::ChargeFees;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::rules::charging::FeeItem;
use crate::rules::document::{Collector, Season};
use crate::text_enum;

text_enum! {
    /// Where a charge stands. Other states may come.
    pub enum ChargeState {
        /// 待缴
        Open = "open",
        /// 部分缴纳
        PartlyPaid = "partly_paid",
        /// 已缴
        Paid = "paid",
        /// 已作废
        Void = "void",
        /// 已结算
        Settled = "settled",
    }
}

text_enum! {
    /// 缴费方式. Other ways may come.
    pub enum PaymentMethod {
        /// 银行转账
        BankTransfer = "bank_transfer",
        /// 刷卡
        Card = "card",
        /// 微信支付
        Wechat = "wechat",
        /// 支付宝
        Alipay = "alipay",
        /// 现金存入专账
        Cash = "cash",
        /// 其他
        Other = "other",
    }
}

/// A verb on a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeVerb {
    Void,
    Pay,
}

impl ChargeVerb {
    /// The last segment of its path.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::Pay => "pay",
        }
    }
}

impl ChargeState {
    /// The verbs that this state allows: a charge is void while nothing is paid, or never.
    #[must_use]
    pub const fn verbs(self) -> &'static [ChargeVerb] {
        match self {
            Self::Open => &[ChargeVerb::Void, ChargeVerb::Pay],
            Self::PartlyPaid => &[ChargeVerb::Pay],
            Self::Paid | Self::Void | Self::Settled => &[],
        }
    }
}

/// The row of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::charges, check_for_backend(crate::db::MultiBackend))]
pub struct ChargeRow {
    pub id: Id,
    pub person_id: Id,
    pub student_id: Id,
    pub school_id: Id,
    pub plan_id: Id,
    pub filing_id: Id,
    pub fee_account_id: Id,
    pub school_year: String,
    pub season: Season,
    pub state: ChargeState,
    pub amount_fen: i64,
    pub paid_fen: i64,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The row that guards a term of a person.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::term_fees, check_for_backend(crate::db::MultiBackend))]
pub struct TermFeeRow {
    pub person_id: Id,
    pub school_year: String,
    pub season: Season,
    pub charge_id: Id,
}

/// What one project of a charge comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::charge_lines, check_for_backend(crate::db::MultiBackend))]
pub struct ChargeLineRow {
    pub charge_id: Id,
    pub position: i32,
    pub enrollment_id: Id,
    pub project_id: Id,
    pub name: String,
    pub lessons: Option<i64>,
    pub unit_fen: i64,
    /// What the pupil pays of the approved fee, if that is less.
    pub pays_percent: Option<i32>,
    pub amount_fen: i64,
}

/// Money that came in for a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::payments, check_for_backend(crate::db::MultiBackend))]
pub struct PaymentRow {
    pub id: Id,
    pub school_id: Id,
    pub charge_id: Id,
    pub amount_fen: i64,
    pub method: PaymentMethod,
    pub paid_on: Date,
    pub created_at: Instant,
}

/// A charge with its lines, its payments and the path of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Charge {
    #[serde(flatten)]
    pub row: ChargeRow,
    pub lines: Vec<ChargeLineRow>,
    pub payments: Vec<PaymentRow>,
    pub path: String,
}

impl Charge {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if !Scope::of::<ChargeFees>(actor).holds_path(&self.path) {
            return Vec::new();
        }
        self.row.state.verbs().iter().map(|verb| verb.as_str()).collect()
    }

    /// The pupil, and where it was charged.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.row.person_id, school_id: Some(self.row.school_id) }
    }
}

/// What a charge is asked for with.
#[derive(Debug, Clone)]
pub struct NewCharge {
    pub student_id: Id,
    pub school_year: String,
    pub season: Season,
    pub collector: Collector,
    /// What somebody wants to charge beside the plan.
    pub items: Vec<FeeItem>,
}
