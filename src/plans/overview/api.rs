//! `/plans/overview`.

use actix_web::get;
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::model::{PlanTotalsOut, SchoolPlan};
use super::{OverviewQuery, PlanProgress};
use crate::auth::counted::Counts;
use crate::auth::permission::ReadPlans;
use crate::auth::{By, Lookup};
use crate::db::Id;
use crate::http::{Answered, ServiceConfig};
use crate::plans::overview;
use crate::plans::plans::FilingState;
use crate::rules::document::Season;
use crate::values::iso_date;

/// How far the schools in the caller's scope are with a term 报备总览.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanOverviewOut {
    pub school_year: String,
    pub season: Season,
    /// The day for which it is said.
    #[serde(with = "iso_date")]
    pub on: Date,
    /// Every school, by authority and code, those without a plan too; empty where `group_by` asks for numbers alone.
    pub schools: Vec<SchoolPlanOut>,
    pub totals: PlanTotalsOut,
}

/// A school and its plan of the term.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolPlanOut {
    pub school_id: Id,
    pub school_code: String,
    pub school_name: String,
    pub authority_id: Id,
    pub authority_name: String,
    /// Null where it has none.
    pub plan_id: Option<Id>,
    pub state: PlanProgress,
    /// Whether it was filed after its deadline, or has not been although that is over.
    pub is_late: bool,
    /// The last day to file; what was filed keeps the one that judged it. Null where the term, its profile or its
    /// calendar is not set.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub filing_deadline_on: Option<Date>,
    /// The day of its first submission.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub filed_on: Option<Date>,
    /// The submission that it stands on.
    pub filing_id: Option<Id>,
    /// Case number 案卷号.
    pub case_number: Option<String>,
    pub filing_state: Option<FilingState>,
    /// When the review, or the correction, of that is due.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    /// Since when the authority above was told that the review is late.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub escalated_on: Option<Date>,
}

impl From<SchoolPlan> for SchoolPlanOut {
    fn from(school: SchoolPlan) -> Self {
        let SchoolPlan { row, progress, deadline, filed_on, is_late } = school;
        let (plan, filing) = (row.plan, row.filing);
        Self {
            school_id: row.school_id,
            school_code: row.school_code,
            school_name: row.school_name,
            authority_id: row.authority_id,
            authority_name: row.authority_name,
            plan_id: plan.map(|plan| plan.id),
            state: progress,
            is_late,
            filing_deadline_on: deadline,
            filed_on,
            filing_id: filing.as_ref().map(|filing| filing.id),
            filing_state: filing.as_ref().map(|filing| filing.state),
            due_on: filing.as_ref().and_then(|filing| filing.due_on),
            escalated_on: filing.as_ref().and_then(|filing| filing.escalated_on),
            case_number: filing.map(|filing| filing.case_number),
        }
    }
}

impl Counts for PlanOverviewOut {}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_plan_overview);
}

/// Which schools in the caller's scope have filed for a term, which are late, which have not 报备总览
#[utoipa::path(tag = "plans", params(OverviewQuery),
    responses((status = 200, description = "The schools and their numbers", body = PlanOverviewOut), ReadPlans))]
#[get("/plans/overview")]
async fn get_plan_overview(by: By<ReadPlans>, lookup: Lookup<OverviewQuery>) -> Answered {
    lookup
        .counts(by, |tx, by, asked| {
            let overview = overview::of(tx, by, asked)?;
            Ok(PlanOverviewOut {
                school_year: asked.school_year.as_str().to_owned(),
                season: asked.season,
                on: tx.today,
                schools: overview.schools.into_iter().flatten().map(SchoolPlanOut::from).collect(),
                totals: PlanTotalsOut::of(overview.totals, |&(schools, late)| [schools, late]),
            })
        })
        .await
}
