//! What filings, their comparison and their recheck look like from outside.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};

use crate::db::Id;
use crate::filings::filings::{Change, Comparison, Filing, FilingStep, Rechecked, Review};
use crate::http::{FindingOut, Language, findings_out};
use crate::out;
use crate::plans::plans::FilingState;
use crate::rules::document::Season;
use crate::values::iso_date;

out! {
    /// A filing 报备. What was filed, to the byte, is `GET /filings/{id}/document`.
    pub struct FilingOut of (filing, by): Filing {
        plan_id: Id,
        /// The amendment that it submits; null for the plan itself.
        amendment_id: Option<Id>,
        school_id: Id,
        school_code: String,
        school_name: String,
        authority_id: Id,
        /// Case number 案卷号: of a series without gaps of the authority and the year.
        #[schema(example = "430602-2024-0007")]
        case_number: String,
        /// The how-many-eth submission of its plan it is.
        ordinal: i32,
        state: FilingState,
        /// SHA-256 of the filed bytes, in hex: `sha256sum` of the downloaded document gives it again.
        sha256: String,
        /// The profile that judged it.
        profile_code: String,
        /// Its policy document.
        profile_document: String,
        /// What the rules said when it was submitted.
        recorded_findings: Vec<FindingOut> = findings_out(&filing.row.findings, by.language),
        /// Rules whose facts were not all there then.
        not_judged: Vec<String> = filing.not_judged.0.clone(),
        /// While it waits: when the review is reminded of. Once returned: when the corrected plan is due.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        due_on: Option<Date>,
        /// Whether that day is over.
        overdue: bool,
        /// When somebody was reminded of that.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        reminded_on: Option<Date>,
        /// When the authority above was told that the review does not come.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        escalated_on: Option<Date>,
        /// Which authority that is.
        escalated_to_id: Option<Id>,
        /// The authority's decision; null while it waits.
        review: Option<Review> = filing.review.as_ref().map(|review| review.0.clone()),
        /// Its states, who brought it there and when; the first is the submission.
        steps: Vec<FilingStep> = filing.steps.0.clone(),
    }
    named {
        authority_name: String = Organisation(filing.authority_id),
        escalated_to_name: Option<String> = Organisation(filing.escalated_to_id),
    }
}

/// What lies between two filings of a plan 报备对照.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparisonOut {
    /// Null where the filing is the first of its plan: nothing is said otherwise then.
    pub earlier: Option<ComparedFilingOut>,
    pub later: ComparedFilingOut,
    /// Fields that differ; projects are the same by their names.
    pub changes: Vec<Change>,
}

/// One of two filings that are compared.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedFilingOut {
    pub id: Id,
    /// Case number 案卷号.
    pub case_number: String,
    pub state: FilingState,
    pub sha256: String,
}

impl From<Filing> for ComparedFilingOut {
    fn from(filing: Filing) -> Self {
        let row = filing.row;
        Self { id: row.id, case_number: row.case_number, state: row.state, sha256: row.sha256 }
    }
}

impl From<Comparison> for ComparisonOut {
    fn from(comparison: Comparison) -> Self {
        let Comparison { earlier, later, changes, .. } = comparison;
        Self { earlier: earlier.map(Into::into), later: later.into(), changes }
    }
}

/// With which filing one is compared.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ComparisonQuery {
    /// An earlier or later filing of the same plan; the one submitted before it if it is left out.
    #[param(inline)]
    pub with: Option<Id>,
}

/// A filing, and what it would be told under another profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecheckedFilingOut {
    pub filing_id: Id,
    pub plan_id: Id,
    pub school_id: Id,
    pub school_name: String,
    /// Case number 案卷号.
    pub case_number: String,
    pub school_year: String,
    pub season: Season,
    /// Whether nothing would have stopped it.
    pub passes: bool,
    pub findings: Vec<FindingOut>,
    /// Ids of rules whose facts are not kept with the filing.
    pub not_judged: Vec<String>,
}

impl RecheckedFilingOut {
    /// In the reader's language.
    #[must_use]
    pub fn of(rechecked: &Rechecked, language: Language) -> Self {
        let Rechecked { filing, document, report } = rechecked;
        Self {
            filing_id: filing.id,
            plan_id: filing.plan_id,
            school_id: filing.school_id,
            school_name: filing.school_name.clone(),
            case_number: filing.case_number.clone(),
            school_year: document.term.school_year.as_str().to_owned(),
            season: document.term.season,
            passes: !report.has_errors(),
            findings: findings_out(&report.findings, language),
            not_judged: report.not_judged.iter().map(|rule| (*rule).to_owned()).collect(),
        }
    }
}

/// A recheck is narrowed to nothing: it is of every filing in force.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecheckFilter {}
