//! A charge, its lines and what was paid.

use serde::Serialize;
use time::Date;

use crate::auth::access_log::SeenPerson;
use crate::auth::{Actor, Role};
use crate::db::{Id, Instant};
use crate::http::{AnyOf, TimeSort};
use crate::rules::charging::FeeItem;
use crate::rules::document::{Collector, FeeItemKind, Fen, Season, Whole, at_most};
use crate::values::identifiers::SchoolYear;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

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
    /// Way of paying 缴费方式. Other ways may come.
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

life! {
    /// What is called on a charge: it is void while nothing is paid, or never.
    pub ChargeVerb of ChargeState, "charges" {
        /// Of a paid charge only where nothing was to be paid.
        Void = "void" by ChargeFees { Open | Paid => Void }
        Pay = "pay" by ChargeFees { Open | PartlyPaid => [PartlyPaid, Paid] }
    }
}

row! {
    /// The row of a charge.
    pub struct ChargeRow of charges {
        id: Id,
        person_id: Id,
        student_id: Id,
        school_id: Id,
        plan_id: Id,
        filing_id: Id,
        fee_account_id: Id,
        school_year: String,
        season: Season,
        state: ChargeState,
        /// As it is approved for the pupil.
        amount_fen: i64,
        paid_fen: i64,
        /// What of it the pupil need not pay.
        #[serde(skip_serializing_if = "is_nothing")]
        conceded_fen: i64,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// Rows of before there were concessions are recorded as they were.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_nothing(fen: &i64) -> bool {
    *fen == 0
}

impl ChargeRow {
    /// What the pupil pays of it.
    #[must_use]
    pub const fn due_fen(&self) -> i64 {
        self.amount_fen - self.conceded_fen
    }
}

row! {
    /// The row that guards a term of a person.
    pub struct TermFeeRow of term_fees {
        person_id: Id,
        school_year: String,
        season: Season,
        charge_id: Id,
    }
}

row! {
    /// What one project of a charge comes to.
    pub struct ChargeLineRow of charge_lines {
        charge_id: Id,
        position: i32,
        enrollment_id: Id,
        project_id: Id,
        name: String,
        lessons: Option<i64>,
        unit_fen: i64,
        /// What the pupil pays of the approved fee, if that is less.
        pays_percent: Option<i32>,
        amount_fen: i64,
        /// The day from which its lessons count; none in rows of before.
        joins_on: Option<Date>,
    }
}

row! {
    /// Money that came in for a charge.
    pub struct PaymentRow of payments {
        id: Id,
        school_id: Id,
        charge_id: Id,
        amount_fen: i64,
        method: PaymentMethod,
        paid_on: Date,
        created_at: Instant,
    }
}

/// A charge with its lines, its payments and the path of its school.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Charge {
    #[serde(flatten)]
    pub row: ChargeRow,
    pub lines: Vec<ChargeLineRow>,
    pub payments: Vec<PaymentRow>,
    #[serde(skip)]
    pub student_name: String,
    pub path: String,
}

resource!(Charge { row: ChargeRow, path }, "charge", "charges");

impl Charge {
    /// Whether a verb can be called now: it is void while nothing is paid, or never.
    #[must_use]
    pub fn allows(&self, verb: ChargeVerb) -> bool {
        verb.leads(self.state).is_some() && (verb != ChargeVerb::Void || self.paid_fen == 0)
    }

    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        ChargeVerb::such(self.state, |verb| self.allows(verb) && verb.scope(actor).holds_path(&self.path))
    }

    /// The pupil whose class `actor` is told: a guardian who only pays sees what is to be paid, and nothing else.
    #[must_use]
    pub fn class_told_to(&self, actor: &Actor) -> Option<Id> {
        (actor.role != Role::Guardian).then_some(self.student_id)
    }

    /// The pupil, and where it was charged.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.person_id, school_id: Some(self.school_id) }
    }
}

body! {
    /// Which pupil to charge, for which term. The lines come from the approved plan.
    pub struct ChargeIn {
        /// A pupil of a school in the caller's scope.
        student_id: Id,
        /// Two years: `2024-2025`.
        #[schema(inline)]
        school_year: SchoolYear,
        season: Season,
        /// Who takes the money: the school, which is also meant when it is not given. Others are refused.
        #[serde(default = "the_school")]
        collector: Collector,
        /// What is to be charged beside the plan: each is refused with its place.
        #[serde(default, deserialize_with = "at_most::<_, _, 50>")]
        #[schema(max_items = 50)]
        items: Vec<ChargeItemIn>,
    }
}

fn the_school() -> Collector {
    Collector::School
}

body! {
    /// Something beside the plan.
    pub struct ChargeItemIn {
        kind: FeeItemKind,
        #[schema(inline)]
        name: Line<1, 60>,
        #[schema(inline)]
        amount_fen: Fen,
    }
}

impl ChargeIn {
    /// What somebody wants to charge beside the plan.
    #[must_use]
    pub fn fee_items(&self) -> Vec<FeeItem> {
        let item = |item: &ChargeItemIn| FeeItem {
            kind: item.kind,
            name: item.name.as_str().to_owned(),
            amount_fen: item.amount_fen.get(),
        };
        self.items.iter().map(item).collect()
    }
}

body! {
    /// What came in.
    pub struct ChargePaymentIn {
        /// Not more than is left to pay.
        #[schema(inline)]
        amount_fen: Whole<1, 1_000_000_000_000>,
        method: PaymentMethod,
    }
}

filter! {
    /// Which charges a list holds.
    pub struct ChargeFilter {
        /// Only charges of this school.
        school_id: Id,
        /// Only charges of this pupil.
        student_id: Id,
        /// Only charges of this person.
        person_id: Id,
        /// Only charges in one of these states.
        state: AnyOf<ChargeState>,
        /// Only of pupils who are in this class now.
        class_id: Id,
        /// Only of schools of this authority.
        authority_id: Id,
        /// Only of this school year.
        school_year: SchoolYear,
        /// Only of this season.
        season: Season,
    }
    polled by TimeSort
}
