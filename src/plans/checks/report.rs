//! The shape of a check, the same over HTTP and from `kehou check`.

use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use crate::http::{FindingOut, Language, findings_out};
use crate::rules::Report;
use crate::rules::profile::Profile;
use crate::rules::summary::Summary;
use crate::values::iso_date;

/// What the rules say about a plan document, all at once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanCheckOut {
    /// Whether nothing would stop the submission, as far as the rules could be asked: see `not_judged`.
    pub passes: bool,
    pub profile: PlanCheckProfileOut,
    /// Days of the term on which any project meets; null where no profile is in force.
    pub service_days: Option<i64>,
    /// Of them, days for which no calendar is announced: they, and fees that hang on them, are provisional.
    pub provisional_days: i64,
    /// The last day to file (五.2); null where it cannot be counted.
    #[serde(with = "iso_date::option")]
    pub filing_deadline: Option<Date>,
    /// In the order of the catalogue.
    pub findings: Vec<FindingOut>,
    /// Ids of rules whose facts were not all there. That they found nothing does not mean that the plan passes them.
    pub not_judged: Vec<String>,
}

/// The policy profile that judged, or the one that came closest when none is in force on the opening date.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanCheckProfileOut {
    #[schema(example = "yueyang-2019")]
    pub id: String,
    /// Number of the policy document.
    #[schema(example = "岳教体发〔2019〕11号")]
    pub document: String,
}

impl PlanCheckOut {
    /// The report in a reader's language.
    #[must_use]
    pub fn of(report: &Report, summary: &Summary<'_>, profile: &Profile, language: Language) -> Self {
        Self {
            passes: !report.has_errors(),
            profile: PlanCheckProfileOut { id: profile.id.clone(), document: profile.document.clone() },
            service_days: summary.service_days,
            provisional_days: summary.provisional_days,
            filing_deadline: summary.filing_deadline.as_ref().map(|window| window.deadline),
            findings: findings_out(&report.findings, language),
            not_judged: report.not_judged.iter().map(|id| (*id).to_owned()).collect(),
        }
    }
}
