//! What a filing and its review look like from outside.

use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use crate::auth::Actor;
use crate::db::{Id, Instant};
use crate::filings::filings::model::{FilingPart, FilingStep, ReturnReason, Review, ReviewDecision};
use crate::filings::filings::{Change, ChangeKind, Comparison, Filing};
use crate::http::{FindingOut, Language, findings_out};
use crate::plans::plans::FilingState;
use crate::values::iso_date;

/// A filing 报备. What was filed, to the byte, is `GET /filings/{id}/document`.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilingOut {
    pub id: Id,
    pub plan_id: Id,
    /// The amendment that it submits; null for the plan itself.
    pub amendment_id: Option<Id>,
    pub school_id: Id,
    pub school_code: String,
    pub school_name: String,
    pub authority_id: Id,
    /// 案卷号: of a series without gaps of the authority and the year.
    #[schema(example = "430602-2024-0007")]
    pub case_number: String,
    /// The how-many-eth submission of its plan it is.
    pub ordinal: i32,
    pub state: FilingState,
    /// SHA-256 of the filed bytes, in hex: `sha256sum` of the downloaded document gives it again.
    pub sha256: String,
    /// The profile that judged it.
    pub profile_code: String,
    /// Its policy document.
    pub profile_document: String,
    /// What the rules said when it was submitted.
    pub recorded_findings: Vec<FindingOut>,
    /// Rules whose facts were not all there then.
    pub not_judged: Vec<String>,
    /// While it waits: when the review is reminded of. Once returned: when the corrected plan is due.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    /// Whether that day is over.
    pub overdue: bool,
    /// When somebody was reminded of that.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub reminded_on: Option<Date>,
    /// When the authority above was told that the review does not come.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub escalated_on: Option<Date>,
    /// Which authority that is.
    pub escalated_to_id: Option<Id>,
    /// The authority's decision; null while it waits.
    pub review: Option<ReviewOut>,
    /// Its states, who brought it there and when; the first is the submission.
    pub steps: Vec<FilingStepOut>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

/// A review 审核.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewOut {
    pub decision: ReviewDecision,
    pub remark: Option<String>,
    /// What to correct; empty once it is approved.
    pub reasons: Vec<ReturnReasonOut>,
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    pub reviewer_id: Id,
    pub reviewer_name: String,
    pub at: Instant,
}

/// What is to be corrected, and where.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnReasonOut {
    pub part: FilingPart,
    /// JSON pointer into the filed document.
    pub pointer: Option<String>,
    pub text: String,
}

/// A state that a filing had.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilingStepOut {
    pub state: FilingState,
    pub at: Instant,
    pub by_id: Id,
    pub by_name: String,
    /// The role in which they acted.
    pub role: String,
}

impl ReviewOut {
    fn of(review: &Review) -> Self {
        let reason = |reason: &ReturnReason| ReturnReasonOut {
            part: reason.part,
            pointer: reason.pointer.clone(),
            text: reason.text.clone(),
        };
        Self {
            decision: review.decision,
            remark: review.remark.clone(),
            reasons: review.reasons.iter().map(reason).collect(),
            due_on: review.due_on,
            reviewer_id: review.reviewer_id,
            reviewer_name: review.reviewer_name.clone(),
            at: review.at,
        }
    }
}

impl FilingStepOut {
    fn of(step: &FilingStep) -> Self {
        let FilingStep { state, at, by_id, by_name, role } = step.clone();
        Self { state, at, by_id, by_name, role }
    }
}

impl FilingOut {
    /// The filing as `actor` sees it.
    #[must_use]
    pub fn of(filing: &Filing, actor: &Actor, today: Date, language: Language) -> Self {
        let row = &filing.row;
        Self {
            id: row.id,
            plan_id: row.plan_id,
            amendment_id: row.amendment_id,
            school_id: row.school_id,
            school_code: filing.school_code.clone(),
            school_name: filing.school_name.clone(),
            authority_id: row.authority_id,
            case_number: row.case_number.clone(),
            ordinal: row.ordinal,
            state: row.state,
            sha256: row.sha256.clone(),
            profile_code: row.profile_code.clone(),
            profile_document: row.profile_document.clone(),
            recorded_findings: findings_out(&filing.findings, language),
            not_judged: filing.not_judged.clone(),
            due_on: row.due_on,
            overdue: filing.is_overdue(today),
            reminded_on: row.reminded_on,
            escalated_on: row.escalated_on,
            escalated_to_id: row.escalated_to_id,
            review: filing.review.as_ref().map(ReviewOut::of),
            steps: filing.steps.iter().map(FilingStepOut::of).collect(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: filing.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// What lies between two filings of a plan 报备对照.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparisonOut {
    pub earlier: ComparedFilingOut,
    pub later: ComparedFilingOut,
    /// Fields that differ; projects are the same by their names.
    pub changes: Vec<ChangeOut>,
}

/// One of two filings that are compared.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedFilingOut {
    pub id: Id,
    /// 案卷号
    pub case_number: String,
    pub state: FilingState,
    pub sha256: String,
}

/// A field that differs.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeOut {
    pub kind: ChangeKind,
    /// JSON pointer into the later document; of what was removed into the earlier one.
    pub pointer: String,
    /// The project, or another thing with a name, that it belongs to.
    pub of: Option<String>,
    /// A text as it is, anything else as JSON; null for what was added.
    pub before: Option<String>,
    /// The same; null for what was removed.
    pub after: Option<String>,
}

impl From<Comparison> for ComparisonOut {
    fn from(comparison: Comparison) -> Self {
        let filing = |filing: Filing| ComparedFilingOut {
            id: filing.row.id,
            case_number: filing.row.case_number,
            state: filing.row.state,
            sha256: filing.row.sha256,
        };
        let change = |change: Change| {
            let Change { kind, pointer, of, before, after } = change;
            ChangeOut { kind, pointer, of, before, after }
        };
        let changes = comparison.changes.into_iter().map(change).collect();
        Self { earlier: filing(comparison.earlier), later: filing(comparison.later), changes }
    }
}
