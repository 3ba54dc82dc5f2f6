//! `/notices` for the school, `/published-notices` for everybody.

use actix_web::{get, post, put};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::model::ShownNoticeFilter;
use super::{FeesState, Notice, NoticeFilter, NoticeIn, NoticeState, Published};
use crate::auth::permission::{PublishNotices, ReadPlans};
use crate::auth::{By, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Page, PathId, ServiceConfig, Valid};
use crate::notices::notices;
use crate::out;
use crate::regulation::authorities::{self, Authority};
use crate::rules::document::{PlanNotice, PlanProject, Season};
use crate::values::iso_date;

out! {
    /// A notice 告知.
    pub struct NoticeOut of (notice, by): Notice {
        plan_id: Id,
        school_id: Id,
        /// The filing that it tells of; null while it is a draft.
        filing_id: Option<Id>,
        state: NoticeState,
        items: PlanNotice = notice.items.0.clone(),
        /// Whom guardians ask; null where the notice names nobody.
        contact_name: Option<String>,
        contact_phone: Option<String>,
        published_at: Option<Instant>,
        /// Where guardians read it without signing in; null while nobody can.
        #[schema(example = "/notices/0192f0c1-2b3a-7c4d-8e5f-60718293a4b5")]
        page: Option<String> = notice.page(),
    }
    named { school_name: String = Organisation(notice.school_id) }
    can "What this caller may call on it now: `update` is PUT."
}

/// A published notice in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownNoticeOut {
    pub id: Id,
    pub plan_id: Id,
    pub published_at: Option<Instant>,
    pub page: Option<String>,
}

/// A published notice, as everybody may read it 公布的告知.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedNoticeOut {
    pub id: Id,
    pub plan_id: Id,
    pub school_code: String,
    pub school_name: String,
    pub school_year: String,
    pub season: Season,
    /// Case number 案卷号 of the filing that it tells of.
    pub case_number: String,
    /// Whether its fees are approved; nothing is charged before.
    pub fees_state: FeesState,
    #[serde(with = "iso_date")]
    pub service_from: Date,
    #[serde(with = "iso_date")]
    pub service_to: Date,
    pub items: PlanNotice,
    /// Whom guardians ask; null where the notice names nobody.
    pub contact_name: Option<String>,
    pub contact_phone: Option<String>,
    /// Which authority takes complaints, as of now; null where none says so.
    pub complaint_authority_name: Option<String>,
    pub complaint_office: Option<String>,
    pub complaint_phone: Option<String>,
    pub projects: Vec<PublishedProjectOut>,
    pub published_at: Option<Instant>,
    pub page: Option<String>,
}

/// A project that guardians may choose.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedProjectOut {
    pub id: Id,
    pub offer: PlanProject,
}

impl PublishedNoticeOut {
    fn of(published: &Published, complaints: Option<Authority>) -> Self {
        let (complaint_authority_name, taken) = complaints.map(|authority| (authority.name, authority.row)).unzip();
        let (complaint_office, complaint_phone) =
            taken.map(|row| (row.complaint_office, row.complaint_phone)).unwrap_or_default();
        let Published { notice, filing, document, projects } = published;
        let offers = document.projects.iter().cloned();
        Self {
            id: notice.id,
            plan_id: notice.plan_id,
            school_code: filing.school_code.clone(),
            school_name: filing.school_name.clone(),
            school_year: document.term.school_year.as_str().to_owned(),
            season: document.term.season,
            case_number: filing.case_number.clone(),
            fees_state: FeesState::of(filing, document),
            service_from: document.term.first_service_date(),
            service_to: document.term.last_service_date(),
            items: notice.items.0.clone(),
            contact_name: notice.contact_name.clone(),
            contact_phone: notice.contact_phone.clone(),
            complaint_authority_name,
            complaint_office,
            complaint_phone,
            projects: projects.iter().zip(offers).map(|(id, offer)| PublishedProjectOut { id: *id, offer }).collect(),
            published_at: notice.published_at,
            page: notice.page(),
        }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_notices)
        .service(create_notice)
        .service(get_notice)
        .service(update_notice)
        .service(list_published_notices)
        .service(get_published_notice);
}

/// Notices in the caller's scope 告知列表
#[utoipa::path(tag = "notices", params(List<NoticeFilter>),
    responses((status = 200, description = "A page of notices", body = Page<NoticeOut>), ReadPlans))]
#[get("/notices")]
async fn list_notices(by: By<ReadPlans>, list: List<NoticeFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Notice>(tx, at)).await
}

/// Drafts a notice of a plan 起草告知
#[utoipa::path(tag = "notices", request_body = NoticeIn,
    responses((status = 201, description = "The new notice", body = NoticeOut), PublishNotices))]
#[post("/notices")]
async fn create_notice(by: By<PublishNotices>, write: Write, Valid(body): Valid<NoticeIn>) -> Answered {
    write.creates(by, move |tx, by| notices::create(tx, by, &body)).await
}

/// One notice 告知
#[utoipa::path(tag = "notices", params(("id" = Id, Path, description = "The notice")),
    responses((status = 200, description = "The notice", body = NoticeOut), ReadPlans))]
#[get("/notices/{id}")]
async fn get_notice(by: By<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Notice>(tx, id.0)).await
}

/// Replaces the items of a draft 修改告知
#[utoipa::path(tag = "notices", params(("id" = Id, Path, description = "The notice")), request_body = NoticeIn,
    responses((status = 200, description = "The notice as it is now", body = NoticeOut), PublishNotices))]
#[put("/notices/{id}")]
async fn update_notice(by: By<PublishNotices>, id: PathId, write: Write, Valid(body): Valid<NoticeIn>) -> Answered {
    write.changes(by, move |tx, by, seen| notices::update(tx, by, id.0, seen, &body)).await
}

/// Published notices of a school; for everybody 学校公布的告知
#[utoipa::path(tag = "notices", params(List<ShownNoticeFilter>),
    responses((status = 200, description = "A page of notices", body = Page<ShownNoticeOut>)))]
#[get("/published-notices")]
async fn list_published_notices(list: List<ShownNoticeFilter>) -> Answered {
    list.for_everybody(|tx, at| {
        let page = at.page(notices::list_shown(tx, at)?, |notice| notice.id);
        Ok(page.map(|notice| ShownNoticeOut {
            id: notice.id,
            plan_id: notice.plan_id,
            published_at: notice.published_at,
            page: notice.page(),
        }))
    })
    .await
}

/// A published notice with its projects; for everybody 公布的告知
#[utoipa::path(tag = "notices", params(("id" = Id, Path, description = "The notice")),
    responses((status = 200, description = "The notice", body = PublishedNoticeOut)))]
#[get("/published-notices/{id}")]
async fn get_published_notice(id: PathId, read: Read) -> Answered {
    read.for_everybody(move |tx| {
        let published = notices::shown(tx, id.0)?;
        let complaints = authorities::takes_complaints_of(tx, &published.notice.path)?;
        Answer::ok(&PublishedNoticeOut::of(&published, complaints), published.notice.version)
    })
    .await
}
