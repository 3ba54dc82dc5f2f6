//! `/committee-opinions`.

use actix_web::{get, post};
use time::Date;

use super::CommitteeOpinion;
use super::model::{CommitteeOpinionFilter, CommitteeOpinionIn, CommitteeStance};
use crate::auth::permission::{ReadPlans, WritePlans};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::plans::committee_opinions;
use crate::values::iso_date;

out! {
    /// What a parents' committee said of a plan 家委会意见.
    pub struct CommitteeOpinionOut of (opinion, by): CommitteeOpinion {
        plan_id: Id,
        school_id: Id,
        #[serde(with = "iso_date")]
        held_on: Date,
        members_present: i64,
        stance: CommitteeStance,
        opinion: String,
        recorded_by_id: Id,
    }
    named {
        school_name: String = Organisation(opinion.school_id),
        recorded_by_name: String = Account(opinion.recorded_by_id),
    }
    version "Stays 1: an opinion never changes." can "What this caller may call on it now: nothing."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_committee_opinions).service(create_committee_opinion).service(get_committee_opinion);
}

/// Opinions in the caller's scope 家委会意见列表
#[utoipa::path(tag = "committee-opinions", params(List<CommitteeOpinionFilter>),
    responses((status = 200, description = "A page of opinions", body = Page<CommitteeOpinionOut>), ReadPlans))]
#[get("/committee-opinions")]
async fn list_committee_opinions(by: By<ReadPlans>, list: List<CommitteeOpinionFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<CommitteeOpinion>(tx, at)).await
}

/// Records what the parents' committee said of a plan 记录家委会意见
#[utoipa::path(tag = "committee-opinions", request_body = CommitteeOpinionIn,
    responses((status = 201, description = "The opinion", body = CommitteeOpinionOut), WritePlans))]
#[post("/committee-opinions")]
async fn create_committee_opinion(
    by: By<WritePlans>,
    write: Write,
    Valid(body): Valid<CommitteeOpinionIn>,
) -> Answered {
    write.creates(by, move |tx, by| committee_opinions::create(tx, by, &body)).await
}

/// One opinion 家委会意见
#[utoipa::path(tag = "committee-opinions", params(("id" = Id, Path, description = "The opinion")),
    responses((status = 200, description = "The opinion", body = CommitteeOpinionOut), ReadPlans))]
#[get("/committee-opinions/{id}")]
async fn get_committee_opinion(by: By<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<CommitteeOpinion>(tx, id.0)).await
}
