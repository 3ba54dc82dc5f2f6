//! What a filing and its review look like from outside.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;
use validator::Validate;

use crate::auth::Actor;
use crate::db::{Id, Instant};
use crate::http::{FindingOut, Language, findings_out};
use crate::identifiers::Sha256Hex;
use crate::iso_date;
use crate::plans::filings::model::{FilingPart, FilingStep, ReturnReason, Review, ReviewDecision};
use crate::plans::filings::{Decision, Filing};
use crate::plans::plans::FilingState;
use crate::rules::document::{Prose, some};
use crate::text::Line;

/// What approves a filing.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalIn {
    /// Of the bytes that were read: `sha256` of the filing.
    #[schema(inline)]
    pub sha256: Sha256Hex,
    /// 审核意见, shown to the school.
    #[serde(default)]
    #[schema(inline)]
    pub remark: Option<Prose<2000>>,
}

/// What sends a filing back.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnIn {
    /// Of the bytes that were read: `sha256` of the filing.
    #[schema(inline)]
    pub sha256: Sha256Hex,
    /// What to correct, at least one.
    #[serde(deserialize_with = "some::<_, _, 50>")]
    #[schema(min_items = 1, max_items = 50)]
    pub reasons: Vec<ReturnReasonIn>,
    /// By when, today at the earliest.
    #[serde(with = "iso_date")]
    pub due_on: Date,
}

/// What is to be corrected, and where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnReasonIn {
    pub part: FilingPart,
    /// JSON pointer into the filed document.
    #[serde(default)]
    #[schema(inline)]
    pub pointer: Option<Line<1, 200>>,
    #[schema(inline)]
    pub text: Prose<2000>,
}

impl From<ReturnIn> for Decision {
    fn from(body: ReturnIn) -> Self {
        let reason = |reason: ReturnReasonIn| ReturnReason {
            part: reason.part,
            pointer: reason.pointer.map(|pointer| pointer.as_str().to_owned()),
            text: reason.text.as_str().to_owned(),
        };
        Self::Return { reasons: body.reasons.into_iter().map(reason).collect(), due_on: body.due_on }
    }
}

/// A filing 报备. What was filed, to the byte, is `GET /filings/{id}/document`.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilingOut {
    pub id: Id,
    pub plan_id: Id,
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
    pub(super) fn of(filing: &Filing, actor: &Actor, today: Date, language: Language) -> Self {
        let row = &filing.row;
        Self {
            id: row.id,
            plan_id: row.plan_id,
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
