//! `/committee-opinions`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{CommitteeOpinion, CommitteeOpinionFilter, CommitteeStance, NewCommitteeOpinion};
use crate::auth::permission::{ReadPlans, WritePlans};
use crate::auth::{Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::plans::committee_opinions;
use crate::rules::document::Whole;
use crate::values::iso_date;
use crate::values::text::Line;

/// What a parents' committee said of a plan.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitteeOpinionIn {
    pub plan_id: Id,
    /// When the committee met, today at the latest.
    #[serde(with = "iso_date")]
    pub held_on: Date,
    /// Members who were there.
    #[schema(inline)]
    pub members_present: Whole<1, 200>,
    pub stance: CommitteeStance,
    #[schema(inline)]
    pub opinion: Line<2, 500>,
}

impl From<CommitteeOpinionIn> for NewCommitteeOpinion {
    fn from(body: CommitteeOpinionIn) -> Self {
        Self {
            plan_id: body.plan_id,
            held_on: body.held_on,
            members_present: body.members_present.get(),
            stance: body.stance,
            opinion: body.opinion.as_str().to_owned(),
        }
    }
}

/// What a parents' committee said of a plan 家委会意见.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommitteeOpinionOut {
    pub id: Id,
    pub plan_id: Id,
    pub school_id: Id,
    #[serde(with = "iso_date")]
    pub held_on: Date,
    pub members_present: i64,
    pub stance: CommitteeStance,
    pub opinion: String,
    pub recorded_by_id: Id,
    /// Stays 1: an opinion never changes.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: nothing.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl CommitteeOpinionOut {
    fn of(opinion: &CommitteeOpinion) -> Self {
        let row = &opinion.row;
        Self {
            id: row.id,
            plan_id: row.plan_id,
            school_id: row.school_id,
            held_on: row.held_on,
            members_present: row.members_present,
            stance: row.stance,
            opinion: row.opinion.clone(),
            recorded_by_id: row.recorded_by_id,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: Vec::new(),
            findings: None,
        }
    }
}

/// Which opinions a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommitteeOpinionQuery {
    /// Only opinions of this plan.
    #[param(inline)]
    pub plan_id: Option<Id>,
    /// Only opinions of this school's committee.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Opinions in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_committee_opinions).service(create_committee_opinion).service(get_committee_opinion);
}

/// Opinions in the caller's scope 家委会意见列表
#[utoipa::path(tag = "committee-opinions", params(CommitteeOpinionQuery),
    responses((status = 200, description = "A page of opinions", body = Page<CommitteeOpinionOut>), ReadPlans))]
#[get("/committee-opinions")]
async fn list_committee_opinions(caller: Caller<ReadPlans>, list: List<CommitteeOpinionQuery>) -> Answered {
    let query = &list.query;
    let filter = CommitteeOpinionFilter { plan_id: query.plan_id, school_id: query.school_id };
    let paging = Paging::of("committee-opinions", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = committee_opinions::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |opinion| opinion.row.id).map(|opinion| CommitteeOpinionOut::of(&opinion)))
    })
    .await
}

/// Records what the parents' committee said of a plan 记录家委会意见
#[utoipa::path(tag = "committee-opinions", request_body = CommitteeOpinionIn,
    responses((status = 201, description = "The opinion", body = CommitteeOpinionOut), WritePlans))]
#[post("/committee-opinions")]
async fn create_committee_opinion(
    caller: Caller<WritePlans>,
    write: Write,
    Valid(body): Valid<CommitteeOpinionIn>,
) -> Answered {
    let new = NewCommitteeOpinion::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = committee_opinions::create(tx, actor, &new)?;
            let location = format!("/api/v1/committee-opinions/{}", made.row.id);
            Answer::created(location, &CommitteeOpinionOut::of(&made), made.row.version)
        })
        .await
}

/// One opinion 家委会意见
#[utoipa::path(tag = "committee-opinions", params(("id" = Id, Path, description = "The opinion")),
    responses((status = 200, description = "The opinion", body = CommitteeOpinionOut), ReadPlans))]
#[get("/committee-opinions/{id}")]
async fn get_committee_opinion(caller: Caller<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| {
        let found = committee_opinions::find(tx, &caller.actor, id.0)?;
        Answer::ok(&CommitteeOpinionOut::of(&found), found.row.version)
    })
    .await
}
