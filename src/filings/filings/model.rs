//! A filing: what was submitted, word for word, and what became of it.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};

use crate::auth::Actor;
use crate::db::{Id, Instant, Json};
use crate::finding::Finding;
use crate::http::{AnyOf, Sort, Sorted, TimeSort};
use crate::plans::plans::FilingState;
use crate::rules::document::Season;
use crate::values::identifiers::SchoolYear;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{life, resource, row, text_enum};

text_enum! {
    /// What was decided 审核结论. Other decisions may come.
    pub enum ReviewDecision {
        /// 同意
        Approved = "approved",
        /// 退回修改
        Returned = "returned",
    }
}

text_enum! {
    /// Part of what is filed that is to be corrected 需修改的部分 (五.2). Other parts may come.
    pub enum FilingPart {
        /// 实施方案
        ImplementationPlan = "implementation_plan",
        /// 服务项目
        Projects = "projects",
        /// 收费标准
        Fees = "fees",
        /// At which times 服务时间.
        Times = "times",
        /// 设施设备和管理人员配备
        FacilitiesAndManagers = "facilities_and_managers",
        /// 临聘人员
        TemporaryStaff = "temporary_staff",
        /// 安全管理制度与应急预案
        Safety = "safety",
        /// 报酬标准
        Remuneration = "remuneration",
        /// 经费筹措与使用
        Funding = "funding",
        /// 告知家长的内容
        Notice = "notice",
        /// 合作单位
        Partners = "partners",
        /// 其他
        Other = "other",
    }
}

/// What is to be corrected, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReturnReasonOut)]
pub struct ReturnReason {
    pub part: FilingPart,
    /// JSON pointer into the filed document.
    pub pointer: Option<String>,
    pub text: String,
}

/// A review 审核.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReviewOut)]
pub struct Review {
    pub decision: ReviewDecision,
    pub remark: Option<String>,
    /// What to correct; empty once it is approved.
    pub reasons: Vec<ReturnReason>,
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    pub reviewer_id: Id,
    pub reviewer_name: String,
    pub at: Instant,
}

/// A state that a filing had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = FilingStepOut)]
pub struct FilingStep {
    pub state: FilingState,
    pub at: Instant,
    pub by_id: Id,
    pub by_name: String,
    /// The role in which they acted.
    pub role: String,
}

life! {
    /// What is decided on a filing. It is withdrawn with its plan or amendment, and superseded by the next in force.
    pub FilingVerb of FilingState, "filings" {
        Approve = "approve" by ReviewFilings { Submitted => Approved }
        Return = "return" by ReviewFilings { Submitted => Returned }
        Withdraw = "withdraw" by SubmitPlans by way of "plans/withdraw" { Submitted | Returned => Withdrawn }
        Supersede = "supersede" by ReviewFilings by way of "filings/approve" { Approved => Superseded }
    }
}

row! {
    /// The row of a filing.
    pub struct FilingRow of filings {
        id: Id,
        plan_id: Id,
        /// The amendment that it submits; none for the plan itself.
        amendment_id: Option<Id>,
        school_id: Id,
        /// Where it was filed.
        authority_id: Id,
        /// The how-many-eth submission of its plan it is.
        ordinal: i32,
        year: i32,
        /// In the gapless series of its authority and year.
        number: i32,
        case_number: String,
        state: FilingState,
        /// RFC 8785 form of the plan document, as it was submitted.
        document: String,
        sha256: String,
        /// The profile that judged it.
        profile_code: String,
        profile_document: String,
        findings: Json<Vec<Finding>>,
        not_judged: Json<Vec<String>>,
        /// When the review is to be reminded of, or the corrected plan is due.
        due_on: Option<Date>,
        /// When somebody was reminded that it is late.
        reminded_on: Option<Date>,
        /// When the authority above was told that its review does not come …
        escalated_on: Option<Date>,
        /// … and which one that is.
        escalated_to_id: Option<Id>,
        review: Option<Json<Review>>,
        steps: Json<Vec<FilingStep>>,
        /// Who has filed the plan so far; filings of before name in their steps who filed them.
        #[serde(skip)]
        filed_by: Option<Json<Vec<Id>>>,
        /// RFC 8785 form of what judged it; none where it was filed before that was kept, and nobody was charged by it
        /// since.
        #[serde(skip_serializing_if = "Option::is_none")]
        judged_by: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        judged_by_sha256: Option<String>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A filing with its school's node of the tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Filing {
    #[serde(flatten)]
    pub row: FilingRow,
    pub school_code: String,
    pub school_name: String,
    pub path: String,
    /// Whether something is late: a review that was not made, or a correction that did not come.
    #[serde(skip)]
    pub overdue: bool,
}

resource!(Filing { row: FilingRow, path }, "filing", "filings");

/// Work queues, as queries over state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FilingNeed {
    /// 待审核: the authority's work.
    Review,
    /// 待修改: the school's work.
    Correction,
}

impl FilingNeed {
    /// In which state a filing needs it.
    #[must_use]
    pub const fn state(self) -> FilingState {
        match self {
            Self::Review => FilingState::Submitted,
            Self::Correction => FilingState::Returned,
        }
    }
}

/// Which filings a list holds.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FilingFilter {
    /// Only submissions of this plan.
    #[param(inline)]
    pub plan_id: Option<Id>,
    /// Only filings of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only filings to this authority.
    #[param(inline)]
    pub authority_id: Option<Id>,
    /// Only the filing of this case number.
    #[param(inline)]
    pub case_number: Option<Line<1, 40>>,
    /// Only filings in one of these states.
    #[param(inline)]
    pub state: Option<AnyOf<FilingState>>,
    /// Only of this school year.
    #[param(inline)]
    pub school_year: Option<SchoolYear>,
    /// Only of this season.
    #[param(inline)]
    pub season: Option<Season>,
    /// Only what waits for a review, or for a correction; not together with another `state`.
    #[param(inline)]
    pub needs: Option<FilingNeed>,
    /// `true`: only what is late.
    #[serde(default)]
    #[param(inline)]
    pub overdue: bool,
    /// `true`: only what the authority above was told of, because its review does not come.
    #[serde(default)]
    #[param(inline)]
    pub escalated: bool,
    /// Only what was entered or changed at this instant or later.
    #[param(inline)]
    pub updated_since: Option<Instant>,
    /// In which order; a cursor goes on in its own.
    #[param(inline)]
    pub sort: Option<TimeSort>,
}

impl Sorted for FilingFilter {
    fn sort(&self) -> Sort {
        self.sort.unwrap_or_default().into()
    }
}

impl Filing {
    /// Who submitted it; never the one who reviews it.
    #[must_use]
    pub fn submitted_by(&self) -> Option<Id> {
        self.steps.first().map(|step| step.by_id)
    }

    /// Whether an account has filed this plan, now or before: a colleague who files it last changes nothing about that.
    #[must_use]
    pub fn is_filed_by(&self, user: Id) -> bool {
        self.submitted_by() == Some(user) || self.filed_by.as_ref().is_some_and(|filers| filers.contains(&user))
    }

    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if self.is_filed_by(actor.user_id) {
            return Vec::new(); // nobody decides on their own
        }
        FilingVerb::can(actor, self.state, &self.path)
    }

    /// Whether it is not decided, or is to be corrected: then it can be taken back.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, FilingState::Submitted | FilingState::Returned)
    }

    /// Whether something is late on `today`.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.is_open() && self.due_on.is_some_and(|due| due < today)
    }
}

/// The case number of an authority's series: `430602-2024-0007`.
#[must_use]
pub fn case_number(authority_code: &str, year: i32, number: i32) -> String {
    format!("{authority_code}-{year}-{number:04}")
}
