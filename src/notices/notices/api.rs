//! `/notices` for the school, `/published-notices` and the page `/notices/{id}` for everybody.

use actix_web::{get, post, put};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{FeesState, PageQuery, ShownNoticeFilter};
use super::{Notice, NoticeFilter, NoticeIn, NoticeState, Published, page};
use crate::auth::permission::{PublishNotices, ReadPlans};
use crate::auth::{By, List, Lookup, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Page, PathId, Problem, Valid};
use crate::notices::notices;
use crate::out;
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
    /// 案卷号 of the filing that it tells of.
    pub case_number: String,
    /// Whether its fees are approved; nothing is charged before.
    pub fees_state: FeesState,
    #[serde(with = "iso_date")]
    pub service_from: Date,
    #[serde(with = "iso_date")]
    pub service_to: Date,
    pub items: PlanNotice,
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
    fn of(published: &Published) -> Self {
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

/// The page, outside the versioned API, because its address is handed to people.
pub fn page_routes(config: &mut ServiceConfig) {
    config.service(show_notice_page);
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
        Answer::ok(&PublishedNoticeOut::of(&published), published.notice.version)
    })
    .await
}

/// A published notice as a page for phones and paper, in the reader's language; for everybody 告知页面
///
/// A browser (`Accept: text/html`) is refused with a page, too.
#[utoipa::path(tag = "notices", params(("id" = Id, Path, description = "The notice"), PageQuery),
    responses((status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8"),
        (status = 400, description = "Cannot be parsed",
            content((Problem = "application/problem+json"), (String = "text/html; charset=utf-8"))),
        (status = 404, description = "No notice that is shown now",
            content((Problem = "application/problem+json"), (String = "text/html; charset=utf-8"))),
        (status = 503, description = "Cannot be answered now; see `Retry-After`",
            content((Problem = "application/problem+json"), (String = "text/html; charset=utf-8")))))]
#[get("/notices/{id}")]
async fn show_notice_page(id: PathId, lookup: Lookup<PageQuery>) -> Answered {
    let language = lookup.query.lang.unwrap_or(lookup.language());
    lookup.file_for_everybody(move |tx| page::render(&notices::page_of(tx, id.0)?, language)).await
}
