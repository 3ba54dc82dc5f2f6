//! 送审备案的材料 (五.2): what a plan is filed with.

use super::catalogue::{FILING_MATERIALS, PARTNER_MATERIALS};
use super::document::{MaterialKind, ProviderKind};
use super::rule::Rule;
use super::submission::{Submission, Verdict};

/// What every plan is filed with.
const ALWAYS: [MaterialKind; 6] = [
    MaterialKind::ImplementationPlan,
    MaterialKind::ProjectsAndFees,
    MaterialKind::FacilitiesAndManagers,
    MaterialKind::SafetyAndEmergencyPlan,
    MaterialKind::RemunerationStandard,
    MaterialKind::FundingAndUse,
];

/// What else a plan with partners is filed with.
const WITH_PARTNERS: [MaterialKind; 2] = [MaterialKind::PartnerAgreement, MaterialKind::PartnerRegistration];

/// `filing-materials`: the six kinds that always apply, contracts where external staff are assigned, and what the
/// profile adds (等情况).
pub(super) fn filing_materials(plan: &Submission<'_>) -> Verdict {
    let mut needed = ALWAYS.to_vec();
    if plan.facts.external_staff_assigned == Some(true) {
        needed.push(MaterialKind::TemporaryStaffContracts);
    }
    let more = plan.profile.materials_required.iter().filter(|kind| !needed.contains(kind)).copied();
    let more: Vec<MaterialKind> = more.collect();
    let mut verdict = missing(plan, &FILING_MATERIALS, &needed);
    let asked = missing(plan, &FILING_MATERIALS, &more).findings.into_iter();
    verdict.findings.extend(asked.map(|finding| plan.by("materials_required", finding)));
    verdict
}

/// `partner-materials`: a plan with a project by a partner also has the agreement and the partner's registration.
pub(super) fn partner_materials(plan: &Submission<'_>) -> Verdict {
    let by_partner = plan.projects().any(|(_, project)| project.provider.kind != ProviderKind::School);
    if by_partner { missing(plan, &PARTNER_MATERIALS, &WITH_PARTNERS) } else { Vec::new().into() }
}

/// One finding for each kind that is not there. It is about the whole document: materials have no place in it.
fn missing(plan: &Submission<'_>, rule: &'static Rule, needed: &[MaterialKind]) -> Verdict {
    let Some(held) = &plan.facts.materials else { return Verdict::not_judged() };
    let absent = needed.iter().filter(|kind| !held.contains(kind));
    let finding = |kind: &MaterialKind| {
        plan.error(rule, "").with("kind", kind.as_str()).with("kind_zh", kind.zh()).with("kind_en", kind.en())
    };
    absent.map(finding).collect::<Vec<_>>().into()
}
