//! How far the schools of an authority are with their plans of a term.

use serde::Deserialize;
use time::Date;
use utoipa::IntoParams;

use crate::db::Id;
use crate::plans::life::PlanState;
use crate::plans::plans::FilingState;
use crate::rules::document::Season;
use crate::values::identifiers::SchoolYear;
use crate::{counts, text_enum};

text_enum! {
    /// How far it is filed 报备进度: the state of the plan, or that there is none. Other states may come.
    pub enum PlanProgress {
        /// 未报备
        NotFiled = "not_filed",
        /// 草稿
        Draft = "draft",
        /// 已提交
        Submitted = "submitted",
        /// 已退回
        Returned = "returned",
        /// 审核同意
        Approved = "approved",
        /// 已撤回
        Withdrawn = "withdrawn",
        /// 已结束
        Closed = "closed",
    }
}

impl PlanProgress {
    /// Of a school with this plan, or with none.
    #[must_use]
    pub const fn of(plan: Option<PlanState>) -> Self {
        match plan {
            None => Self::NotFiled,
            Some(PlanState::Draft) => Self::Draft,
            Some(PlanState::Submitted) => Self::Submitted,
            Some(PlanState::Returned) => Self::Returned,
            Some(PlanState::Approved) => Self::Approved,
            Some(PlanState::Withdrawn) => Self::Withdrawn,
            Some(PlanState::Closed) => Self::Closed,
        }
    }
}

/// A school with its plan of the term, as the database has them.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct SchoolRow {
    pub school_id: Id,
    pub school_code: String,
    pub school_name: String,
    pub path: String,
    pub authority_id: Id,
    pub authority_name: String,
    pub plan: Option<PlanOf>,
    pub filing: Option<FilingOf>,
}

/// The plan that stands, else one that was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct PlanOf {
    pub id: Id,
    pub state: PlanState,
    pub first_submitted_on: Option<Date>,
    pub filing_deadline_on: Option<Date>,
}

/// The submission that it stands on.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct FilingOf {
    pub id: Id,
    pub case_number: String,
    pub state: FilingState,
    pub due_on: Option<Date>,
    pub escalated_on: Option<Date>,
}

/// A school and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolPlan {
    pub row: SchoolRow,
    pub progress: PlanProgress,
    /// None where the authority has not set the term, or nothing judges it yet.
    pub deadline: Option<Date>,
    pub filed_on: Option<Date>,
    pub is_late: bool,
}

impl SchoolPlan {
    /// As things stand on `today`; what was filed keeps the deadline that judged it.
    #[must_use]
    pub fn of(row: SchoolRow, deadline: Option<Date>, today: Date) -> Self {
        let progress = PlanProgress::of(row.plan.as_ref().map(|plan| plan.state));
        let filed = row.plan.as_ref().filter(|plan| plan.state != PlanState::Withdrawn);
        let filed_on = filed.and_then(|plan| plan.first_submitted_on);
        let deadline = filed.and_then(|plan| plan.filing_deadline_on).or(deadline);
        let is_late = deadline.is_some_and(|deadline| filed_on.unwrap_or(today) > deadline);
        Self { row, progress, deadline, filed_on, is_late }
    }
}

counts! {
    /// By what schools may be counted.
    pub enum OverviewGroup as OverviewGroups {
        Authority = "authority" {
            /// To which the school files.
            authority_id: Id = |key| key.id,
            authority_name: String = |key| key.name.clone(),
        },
        State = "state" { state: PlanProgress = |key| key.word.as_deref().and_then(PlanProgress::parse) },
    }
    /// Schools in numbers.
    pub struct PlanTotalsOut {
        items: PlanTotalOut,
        /// How many schools.
        schools,
        /// How many of them filed after their deadline, or have not filed although it is over.
        late,
    }
}

/// Of which term, and of which schools.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OverviewQuery {
    #[param(inline)]
    pub school_year: SchoolYear,
    #[param(inline)]
    pub season: Season,
    /// Only schools of this authority and of those below it.
    #[param(inline)]
    pub authority_id: Option<Id>,
    /// One or both of `authority` and `state`, with a comma between: then the answer has the totals alone. Without it
    /// they are by `state`, and every school is told.
    #[param(inline)]
    pub group_by: Option<OverviewGroups>,
}
