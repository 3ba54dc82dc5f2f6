//! What the plan document cannot know. A fact that is not known leaves its rule unjudged, never passed.

use time::Date;

use super::document::{LeaderId, MaterialKind, Period, PlanDocument, StaffKind, VettingKind};
pub use super::exemptions::Exemption;
use super::partners::PartnerFact;
use super::profile::FeeStandard;

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
    /// The deadline by which that first submission was judged; none before it.
    pub deadline: Option<Date>,
    /// Whether that first submission stands, so that its lateness was decided on then.
    pub is_accepted: bool,
    /// The day on which the document itself is filed.
    pub filed_on: Option<Date>,
    /// Whether it decides about a submission: what cannot be judged then stops it.
    pub decides: bool,
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
    /// The day from which papers of staff and partners are judged; days before belong to the filing in force then.
    #[must_use]
    pub fn judged_from(&self) -> Option<Date> {
        self.filed_on.or(self.accepted_on)
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
