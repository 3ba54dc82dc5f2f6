//! A pay sheet, what it says of each person, and its lines.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use crate::auth::Actor;
use crate::db::{Id, Instant, Json, Placed};
use crate::http::AnyOf;
use crate::rules::Finding;
use crate::rules::document::StaffKind;
use crate::rules::pay::Hold;
use crate::values::month::Month;
use crate::{body, filter, life, row, text_enum};

text_enum! {
    /// Where a pay sheet stands 报酬表状态. Other states may come.
    pub enum PaySheetState {
        /// 待批准
        Drafted = "drafted",
        /// 已批准
        Approved = "approved",
    }
}

text_enum! {
    /// Why there is a line on a pay sheet 报酬类别. Other kinds may come.
    pub enum PayLineKind {
        /// 当月服务
        Regular = "regular",
        /// 补发以前月份
        Late = "late",
        /// 更正以前月份
        Correction = "correction",
    }
}

text_enum! {
    /// Why somebody is not paid for a session that was served 暂不计发原因. Other reasons may come.
    pub enum PayHold {
        /// 集体讲课或讲授新课，待主管部门同意
        Teaching = "teaching",
        /// 没有覆盖当日的已签订合同
        NoContract = "no_contract",
        /// 没有适用的报酬标准
        NoStandard = "no_standard",
    }
}

impl PayHold {
    /// The word for a reason.
    #[must_use]
    pub const fn of(hold: Hold) -> Self {
        match hold {
            Hold::Teaching => Self::Teaching,
            Hold::NoContract => Self::NoContract,
            Hold::NoStandard => Self::NoStandard,
        }
    }

    /// The reason.
    #[must_use]
    pub const fn hold(self) -> Hold {
        match self {
            Self::Teaching => Hold::Teaching,
            Self::NoContract => Hold::NoContract,
            Self::NoStandard => Hold::NoStandard,
        }
    }
}

life! {
    /// What is called on a pay sheet. What was approved is never computed again.
    pub PaySheetVerb of PaySheetState, "pay-sheets" for PaySheet {
        Compute = "compute" by ComputePay { Drafted => same }
        Approve = "approve" by ApprovePay { Drafted => Approved }
    }
}

/// What a sheet pays one person, all lines together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonPay {
    pub staff_member_id: Id,
    pub staff_member_name: String,
    pub staff_kind: StaffKind,
    /// Sessions that are paid, corrections not counted.
    pub sessions: i32,
    /// Minutes that are paid; corrections may take some away.
    pub minutes: i32,
    pub amount_fen: i64,
    /// Minutes that were served and are not paid yet.
    pub held_minutes: i32,
    /// Benefits that the contract agrees on 福利待遇; null for none.
    pub benefits: Option<String>,
}

row! {
    /// The row of a sheet.
    pub struct PaySheetRow of pay_sheets, "pay-sheet", "pay-sheets" {
        id: Id,
        school_id: Id,
        month_on: Date,
        state: PaySheetState,
        line_count: i32,
        own_fen: i64,
        external_fen: i64,
        total_fen: i64,
        people: Json<Vec<PersonPay>>,
        findings: Json<Vec<Finding>>,
        lines_hash: String,
        computed_on: Date,
        computed_by_id: Id,
        approved_on: Option<Date>,
        approved_by_id: Option<Id>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A sheet with the path of its school.
pub type PaySheet = Placed<PaySheetRow>;

row! {
    /// The row of a line: what one member of staff is paid for one session. The sheet keeps a hash over its lines.
    pub struct PayLineRow of pay_lines, "pay-line", "pay-lines" {
        id: Id,
        school_id: Id,
        pay_sheet_id: Id,
        session_staff_id: Id,
        session_id: Id,
        staff_member_id: Id,
        staff_kind: StaffKind,
        held_on: Date,
        kind: PayLineKind,
        minutes: i32,
        hourly_fen: Option<i64>,
        staff_contract_id: Option<Id>,
        remuneration_standard_id: Option<Id>,
        amount_fen: i64,
        hold: Option<PayHold>,
        held_minutes: i32,
        /// Counts what was approved of one serving; none in a draft.
        #[serde(skip)]
        number: Option<i32>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A line with the path of its school.
pub type PayLine = Placed<PayLineRow>;

impl PayLine {
    /// Nothing is called on it: the sheet is computed and approved.
    #[must_use]
    pub fn can(&self, _: &Actor) -> Vec<&'static str> {
        Vec::new()
    }
}

body! {
    /// Which month of which school.
    pub struct PaySheetIn {
        school_id: Id,
        /// Not after the month of today.
        month: Month,
    }
}

filter! {
    /// Which sheets a list holds.
    pub struct PaySheetFilter {
        /// Only those of this school.
        school_id: Id,
        /// Only of this month.
        month: Month,
        /// Only those that are in one of these states.
        state: AnyOf<PaySheetState>,
    }
}

filter! {
    /// Which lines a list holds.
    pub struct PayLineFilter {
        /// Only those of this sheet.
        pay_sheet_id: Id,
        /// Only what this member of staff is paid.
        staff_member_id: Id,
        /// Only what is paid for this session.
        session_id: Id,
        /// Only those of this school.
        school_id: Id,
        /// Only those of this kind.
        kind: PayLineKind,
    }
}
