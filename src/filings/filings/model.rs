//! A filing: what was submitted, word for word, and what became of it.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::auth::Actor;
use crate::db::{Id, Instant, Json};
use crate::finding::Finding;
use crate::plans::plans::FilingState;
use crate::values::iso_date;
use crate::{life, text_enum};

text_enum! {
    /// 审核结论. Other decisions may come.
    pub enum ReviewDecision {
        /// 同意
        Approved = "approved",
        /// 退回修改
        Returned = "returned",
    }
}

text_enum! {
    /// 需修改的部分, of what is filed (五.2). Other parts may come.
    pub enum FilingPart {
        /// 实施方案
        ImplementationPlan = "implementation_plan",
        /// 服务项目
        Projects = "projects",
        /// 收费标准
        Fees = "fees",
        /// 服务时间
        Times = "times",
        /// 场地及管理人员
        FacilitiesAndManagers = "facilities_and_managers",
        /// 外聘人员
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnReason {
    pub part: FilingPart,
    /// JSON pointer into the filed document.
    pub pointer: Option<String>,
    pub text: String,
}

/// The authority's decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    pub decision: ReviewDecision,
    pub remark: Option<String>,
    pub reasons: Vec<ReturnReason>,
    /// When a returned plan is due again.
    #[serde(with = "iso_date::option")]
    pub due_on: Option<Date>,
    pub reviewer_id: Id,
    pub reviewer_name: String,
    pub at: Instant,
}

/// A state that a filing had, since when, and who brought it there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilingStep {
    pub state: FilingState,
    pub at: Instant,
    pub by_id: Id,
    pub by_name: String,
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

/// The row of a filing.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::filings, check_for_backend(crate::db::MultiBackend))]
pub struct FilingRow {
    pub id: Id,
    pub plan_id: Id,
    /// The amendment that it submits; none for the plan itself.
    pub amendment_id: Option<Id>,
    pub school_id: Id,
    /// Where it was filed.
    pub authority_id: Id,
    /// The how-many-eth submission of its plan it is.
    pub ordinal: i32,
    pub year: i32,
    /// In the gapless series of its authority and year.
    pub number: i32,
    pub case_number: String,
    pub state: FilingState,
    /// RFC 8785 form of the plan document, as it was submitted.
    pub document: String,
    pub sha256: String,
    /// The profile that judged it.
    pub profile_code: String,
    pub profile_document: String,
    #[serde(skip)]
    pub findings: Json,
    #[serde(skip)]
    pub not_judged: Json,
    /// When the review is to be reminded of, or the corrected plan is due.
    pub due_on: Option<Date>,
    /// When somebody was reminded that it is late.
    pub reminded_on: Option<Date>,
    /// When the authority above was told that its review does not come …
    pub escalated_on: Option<Date>,
    /// … and which one that is.
    pub escalated_to_id: Option<Id>,
    #[serde(skip)]
    pub review: Option<Json>,
    #[serde(skip)]
    pub steps: Json,
    /// RFC 8785 form of what judged it; none where it was filed before that was kept, and nobody was charged by it
    /// since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judged_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judged_by_sha256: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A filing with its school's node of the tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Filing {
    #[serde(flatten)]
    pub row: FilingRow,
    pub findings: Vec<Finding>,
    pub not_judged: Vec<String>,
    pub review: Option<Review>,
    pub steps: Vec<FilingStep>,
    pub school_code: String,
    pub school_name: String,
    pub path: String,
}

impl Filing {
    /// Who submitted it; never the one who reviews it.
    #[must_use]
    pub fn submitted_by(&self) -> Option<Id> {
        self.steps.first().map(|step| step.by_id)
    }

    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if self.submitted_by() == Some(actor.user_id) {
            return Vec::new(); // nobody decides on their own
        }
        FilingVerb::can(actor, self.row.state, &self.path)
    }

    /// Whether it is not decided, or is to be corrected: then it can be taken back.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.row.state, FilingState::Submitted | FilingState::Returned)
    }

    /// Whether something is late on `today`: a review that was not made, or a correction that did not come.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.is_open() && self.row.due_on.is_some_and(|due| due < today)
    }
}

/// The case number of an authority's series: `430602-2024-0007`.
#[must_use]
pub fn case_number(authority_code: &str, year: i32, number: i32) -> String {
    format!("{authority_code}-{year}-{number:04}")
}
