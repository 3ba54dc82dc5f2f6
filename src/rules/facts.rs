//! What the plan document cannot know. A fact that is not known leaves its rule unjudged, never passed.

use time::Date;

use super::catalogue::SERVICE_DAYS;
use super::document::{LeaderId, MaterialKind, Period, PlanDocument, StaffKind, VettingKind};
use super::partners::PartnerFact;
use super::profile::FeeStandard;
use super::rule::Rule;
use crate::finding::{About, Finding, Severity};

/// An authority's granted permission 特殊情况核准. Whoever gathers the facts passes on only those of this school and term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    /// Cited by the finding that it turns into a warning.
    pub id: String,
    /// The rule that it lifts.
    pub rule: String,
    /// Only what is about the project of this name.
    pub project: Option<String>,
    /// Only what is about this day of the week.
    pub weekday: Option<i64>,
    /// The first and the last day on which it holds.
    pub first_on: Date,
    pub last_on: Date,
}

impl Exemption {
    /// The error of `rule` as a warning that cites the first exemption that covers it, where the rule can be lifted at
    /// all; it must hold on every day of `days`. Of the days without service only weekends are lifted: never a
    /// statutory holiday, nor a day that is closed here (三.2).
    #[must_use]
    pub fn lift(exemptions: &[Self], rule: &Rule, days: Option<(Date, Date)>, mut finding: Finding) -> Finding {
        let liftable = rule.exemption.is_some() && !finding.stands;
        let given = exemptions.iter().find(|exemption| exemption.covers(rule, days, &finding)).filter(|_| liftable);
        if let Some(exemption) = given
            && finding.severity == Severity::Error
        {
            finding.severity = Severity::Warning;
            finding.exemption = Some(exemption.id.clone());
        }
        finding
    }
}

impl Exemption {
    fn covers(&self, rule: &Rule, days: Option<(Date, Date)>, finding: &Finding) -> bool {
        let About { project, weekday } = &finding.about;
        let of_project = self.project.is_none() || self.project == *project;
        let of_weekday = self.weekday.is_none() || self.weekday == *weekday;
        let holds = days.is_some_and(|(first, last)| self.first_on <= first && last <= self.last_on);
        self.rule == rule.id && of_project && of_weekday && holds
    }
}

/// What the school has on record of somebody who leads a project (四.1, 六.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffFact {
    pub id: LeaderId,
    pub name: String,
    pub kind: StaffKind,
    /// The last day at the school, of somebody who has left.
    pub left_on: Option<Date>,
    /// When qualifications hold.
    pub qualifications: Vec<Period>,
    /// When signed contracts run, those that were ended up to that day.
    pub contracts: Vec<Period>,
    /// In the order in which they were made.
    pub vettings: Vec<VettingFact>,
}

/// A vetting 审查.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VettingFact {
    pub kind: VettingKind,
    pub passed: bool,
    pub valid_until: Date,
}

/// Facts about a plan, beside its document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The Asia/Shanghai date on which the server accepted the plan's first submission.
    pub accepted_on: Option<Date>,
    /// Whether the school has another plan of this school year and season that is not withdrawn.
    pub has_other_plan: Option<bool>,
    pub exemptions: Vec<Exemption>,
    /// Fee standards on file, beside those of the profile.
    pub fee_standards: Vec<FeeStandard>,
    /// The partners of the plan's projects that are on file; one that is not there is known to nobody above the school.
    pub partners: Option<Vec<PartnerFact>>,
    /// Who leads the projects, as far as they name anybody.
    pub staff: Option<Vec<StaffFact>>,
    /// What the school had surveyed before it planned (五.1).
    pub groundwork: Option<GroundworkFact>,
    /// Kinds of the materials that are uploaded for the plan.
    pub materials: Option<Vec<MaterialKind>>,
    /// Whether external staff are assigned; while that is not known, nothing is asked for them.
    pub external_staff_assigned: Option<bool>,
    /// What is in force, where the document is to take its place.
    pub amended: Option<AmendedFact>,
}

/// What an amendment changes (三.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmendedFact {
    pub in_force: PlanDocument,
    /// The day on which the amendment is filed.
    pub filed_on: Date,
}

impl Facts {
    /// Whether an exemption makes weekends days of service (三.2).
    #[must_use]
    pub fn lift_weekends(&self) -> bool {
        self.exemptions.iter().any(|exemption| exemption.rule == SERVICE_DAYS.id)
    }
}

/// How far the school's survey for the term has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurveyFact {
    /// There is none, or only a draft.
    None,
    Open,
    Closed,
}

/// What a plan is drawn from (五.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroundworkFact {
    /// Rows in use in the school's resource ledger.
    pub ledger_rows: i64,
    /// The survey for the plan's school year and season.
    pub survey: SurveyFact,
}
