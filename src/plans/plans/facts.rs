//! What is known of a plan beside its document: each room below says its part here, and only here.

use super::{FilingState, Plan, store};
use crate::db::{Id, Tx};
use crate::materials;
use crate::plans::exemptions;
use crate::refusal::Refusal;
use crate::resources::facilities;
use crate::rules::document::{PlanDocument, PlanProject, ProviderKind, StaffKind};
use crate::rules::facts::{Facts, GroundworkFact, StaffFact, SurveyFact};
use crate::rules::partners::PartnerFact;
use crate::surveys::results;
use crate::surveys::surveys::{self, SurveyState};
use crate::{partners, staff};

/// Everything that is known of a plan if it were filed today, or was filed on the day of its first submission.
pub(super) fn facts_of(tx: &mut Tx<'_>, plan: &Plan, document: &PlanDocument) -> Result<Facts, Refusal> {
    let row = &plan.row;
    let leaders = leaders_of(tx, plan, document)?;
    let survey = surveys::standing(tx, row.school_id, &row.school_year, row.season)?;
    Ok(Facts {
        accepted_on: Some(row.first_submitted_on.unwrap_or(tx.today)),
        deadline: row.filing_deadline_on,
        is_accepted: row.first_submitted_on.is_some() && stands(plan),
        filed_on: Some(tx.today),
        decides: true,
        has_other_plan: Some(has_other(tx, plan)?),
        exemptions: exemptions::facts_for(tx, row.school_id, &row.school_year, row.season)?,
        partners: Some(partners_of(tx, plan, document, survey)?),
        external_staff_assigned: Some(leaders.iter().any(|leader| leader.kind == StaffKind::External)),
        staff: Some(leaders),
        groundwork: Some(groundwork(tx, plan, survey)?),
        materials: Some(materials::kinds_of_plan(tx, plan.id)?),
        ..Facts::default()
    })
}

/// Whether the plan's first submission was taken, and the school has not withdrawn it since.
fn stands(plan: &Plan) -> bool {
    plan.filing.as_ref().is_some_and(|filing| filing.state != FilingState::Withdrawn)
}

fn has_other(tx: &mut Tx<'_>, plan: &Plan) -> Result<bool, Refusal> {
    let standing = store::standing(tx, plan.school_id, &plan.school_year, plan.season)?;
    Ok(standing.is_some_and(|id| id != plan.id))
}

/// A school's survey for a term.
type Standing = Option<(Id, SurveyState)>;

/// What is on file of the partners that run projects of the plan, and for how many pupils the survey wished what they
/// run.
fn partners_of(
    tx: &mut Tx<'_>,
    plan: &Plan,
    document: &PlanDocument,
    survey: Standing,
) -> Result<Vec<PartnerFact>, Refusal> {
    let run = document.projects.iter().filter(|project| project.provider.kind != ProviderKind::School);
    let code = |project: &PlanProject| project.provider.credit_code.as_ref().map(|code| code.as_str().to_owned());
    let codes: Vec<String> = run.clone().filter_map(code).collect();
    let mut partners = partners::facts_for(tx, plan.school_id, &plan.path, &codes)?;
    let Some((survey, SurveyState::Closed)) = survey.filter(|_| !partners.is_empty()) else { return Ok(partners) };
    let wishes = results::wishes(tx, survey)?;
    for partner in &mut partners {
        let own = run.clone().filter(|project| code(project).as_ref() == Some(&partner.credit_code));
        partner.wanted_by = own.map(|project| wishes.get(&project.category).copied().unwrap_or_default()).min();
    }
    Ok(partners)
}

/// What the school has on record of those who lead its projects.
fn leaders_of(tx: &mut Tx<'_>, plan: &Plan, document: &PlanDocument) -> Result<Vec<StaffFact>, Refusal> {
    let named: Vec<_> = document.projects.iter().flat_map(|project| &project.leader_ids).copied().collect();
    staff::facts_for(tx, plan.school_id, &named)
}

/// The school's ledger as it is today, and how far its survey for the plan's term has come (五.1).
fn groundwork(tx: &mut Tx<'_>, plan: &Plan, survey: Standing) -> Result<GroundworkFact, Refusal> {
    let survey = match survey.map(|(_, state)| state) {
        Some(SurveyState::Closed) => SurveyFact::Closed,
        Some(SurveyState::Open) => SurveyFact::Open,
        Some(SurveyState::Draft | SurveyState::Cancelled) | None => SurveyFact::None,
    };
    Ok(GroundworkFact { ledger_rows: facilities::in_use_count(tx, plan.school_id)?, survey })
}
