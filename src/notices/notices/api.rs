//! `/notices` for the school, `/published-notices` and the page `/notices/{id}` for everybody.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::model::FeesState;
use super::{Notice, NoticeFilter, NoticeState, Published, ShownFilter, page};
use crate::auth::permission::{PublishNotices, ReadPlans};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Problem, Valid};
use crate::notices::notices;
use crate::refusal::Refusal;
use crate::rules::document::{PlanNotice, PlanProject, Season};
use crate::values::identifiers::{SchoolCode, SchoolYear};
use crate::values::iso_date;

/// A notice, as it is drafted or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeIn {
    /// What it tells of. Stays as it was created.
    pub plan_id: Id,
    /// Six items and the channels. While drafting, what is null or empty is taken from the plan.
    pub items: PlanNotice,
}

/// A notice 告知.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeOut {
    pub id: Id,
    pub plan_id: Id,
    pub school_id: Id,
    /// The filing that it tells of; null while it is a draft.
    pub filing_id: Option<Id>,
    pub state: NoticeState,
    pub items: PlanNotice,
    pub published_at: Option<Instant>,
    /// Where guardians read it without signing in; null while nobody can.
    #[schema(example = "/notices/0192f0c1-2b3a-7c4d-8e5f-60718293a4b5")]
    pub page: Option<String>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `update` is PUT.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

fn page_of(notice: &Notice) -> Option<String> {
    notice.is_shown().then(|| format!("/notices/{}", notice.row.id))
}

impl NoticeOut {
    /// The notice as `actor` sees it.
    #[must_use]
    pub fn of(notice: &Notice, actor: &Actor) -> Self {
        let row = &notice.row;
        Self {
            id: row.id,
            plan_id: row.plan_id,
            school_id: row.school_id,
            filing_id: row.filing_id,
            state: row.state,
            items: notice.items.clone(),
            published_at: row.published_at,
            page: page_of(notice),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: notice.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }

    /// The answer to a read or a change of a notice.
    ///
    /// # Errors
    /// A defect: the shape cannot be written as JSON.
    pub fn answer(notice: &Notice, actor: &Actor) -> Result<Answer, Refusal> {
        Answer::ok(&Self::of(notice, actor), notice.row.version)
    }
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
            id: notice.row.id,
            plan_id: notice.row.plan_id,
            school_code: filing.school_code.clone(),
            school_name: filing.school_name.clone(),
            school_year: document.term.school_year.as_str().to_owned(),
            season: document.term.season,
            case_number: filing.row.case_number.clone(),
            fees_state: FeesState::of(filing, document),
            service_from: document.term.first_service_date(),
            service_to: document.term.last_service_date(),
            items: notice.items.clone(),
            projects: projects.iter().zip(offers).map(|(id, offer)| PublishedProjectOut { id: *id, offer }).collect(),
            published_at: notice.row.published_at,
            page: page_of(notice),
        }
    }
}

/// Which notices a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeQuery {
    /// Only notices of this plan.
    #[param(inline)]
    pub plan_id: Option<Id>,
    /// Only notices of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only notices in this state.
    #[param(inline)]
    pub state: Option<NoticeState>,
    /// Notices in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Whose published notices a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShownNoticeQuery {
    /// Of the school of this code.
    #[param(inline)]
    pub school_code: SchoolCode,
    /// Only of this school year.
    #[param(inline)]
    pub school_year: Option<SchoolYear>,
    /// Only of this season.
    #[param(inline)]
    pub season: Option<Season>,
    /// Notices in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
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
#[utoipa::path(tag = "notices", params(NoticeQuery),
    responses((status = 200, description = "A page of notices", body = Page<NoticeOut>), ReadPlans))]
#[get("/notices")]
async fn list_notices(caller: Caller<ReadPlans>, list: List<NoticeQuery>) -> Answered {
    let query = &list.query;
    let filter = NoticeFilter { plan_id: query.plan_id, school_id: query.school_id, state: query.state };
    let paging = Paging::of("notices", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = notices::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |notice| notice.row.id).map(|notice| NoticeOut::of(&notice, &caller.actor)))
    })
    .await
}

/// Drafts a notice of a plan 起草告知
#[utoipa::path(tag = "notices", request_body = NoticeIn,
    responses((status = 201, description = "The new notice", body = NoticeOut), PublishNotices))]
#[post("/notices")]
async fn create_notice(caller: Caller<PublishNotices>, write: Write, Valid(body): Valid<NoticeIn>) -> Answered {
    write
        .run(caller, move |tx, actor| {
            let made = notices::create(tx, actor, body.plan_id, &body.items)?;
            Answer::created(format!("/api/v1/notices/{}", made.row.id), &NoticeOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One notice 告知
#[utoipa::path(tag = "notices", params(("id" = Id, Path, description = "The notice")),
    responses((status = 200, description = "The notice", body = NoticeOut), ReadPlans))]
#[get("/notices/{id}")]
async fn get_notice(caller: Caller<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| NoticeOut::answer(&notices::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Replaces the items of a draft 修改告知
#[utoipa::path(tag = "notices", params(("id" = Id, Path, description = "The notice")), request_body = NoticeIn,
    responses((status = 200, description = "The notice as it is now", body = NoticeOut), PublishNotices))]
#[put("/notices/{id}")]
async fn update_notice(
    caller: Caller<PublishNotices>,
    id: PathId,
    write: Write,
    Valid(body): Valid<NoticeIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            NoticeOut::answer(&notices::update(tx, actor, id.0, seen, body.plan_id, &body.items)?, actor)
        })
        .await
}

/// Published notices of a school; for everybody 学校公布的告知
#[utoipa::path(tag = "notices", params(ShownNoticeQuery),
    responses((status = 200, description = "A page of notices", body = Page<ShownNoticeOut>)))]
#[get("/published-notices")]
async fn list_published_notices(list: List<ShownNoticeQuery>) -> Answered {
    let query = &list.query;
    let filter = ShownFilter {
        school_code: query.school_code.as_str().to_owned(),
        school_year: query.school_year.as_ref().map(|year| year.as_str().to_owned()),
        season: query.season,
    };
    let paging = Paging::of("published-notices", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = notices::list_shown(tx, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |notice| notice.row.id).map(|notice| ShownNoticeOut {
            id: notice.row.id,
            plan_id: notice.row.plan_id,
            published_at: notice.row.published_at,
            page: page_of(&notice),
        }))
    })
    .await
}

/// A published notice with its projects; for everybody 公布的告知
#[utoipa::path(tag = "notices", params(("id" = Id, Path, description = "The notice")),
    responses((status = 200, description = "The notice", body = PublishedNoticeOut)))]
#[get("/published-notices/{id}")]
async fn get_published_notice(id: PathId, read: Read) -> Answered {
    read.snapshot(move |tx| {
        let published = notices::shown(tx, id.0)?;
        Answer::ok(&PublishedNoticeOut::of(&published), published.notice.row.version)
    })
    .await
}

/// A published notice as a page for phones, in the reader's language; for everybody 告知页面
#[utoipa::path(tag = "notices", params(("id" = Id, Path, description = "The notice")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8"),
        (status = 400, description = "Cannot be parsed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Cannot be answered now; see `Retry-After`", body = Problem,
            content_type = "application/problem+json")))]
#[get("/notices/{id}")]
async fn show_notice_page(id: PathId, read: Read) -> Answered {
    let language = read.language();
    read.file(move |tx| page::render(&notices::shown(tx, id.0)?, language)).await
}
