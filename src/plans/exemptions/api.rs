//! `/exemptions`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{Exemption, ExemptionFilter, ExemptionState, NewExemption};
use crate::auth::permission::{AskForExemptions, DecideExemptions, ReadExemptions};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::plans::exemptions;
use crate::refusal::Refusal;
use crate::rules::document::{Season, Weekday};
use crate::values::identifiers::SchoolYear;
use crate::values::iso_date;
use crate::values::text::Line;

/// An exemption, as a school asks for it or an authority gives it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExemptionIn {
    pub school_id: Id,
    pub school_year: SchoolYear,
    pub season: Season,
    /// Id of the rule whose errors become warnings; one that `GET /rules` lists as `exemptible`.
    #[schema(inline, example = "service-end-time")]
    pub rule: Line<1, 60>,
    /// Only this project of the plan, by its name; null is every project.
    #[serde(default)]
    #[schema(inline)]
    pub project: Option<Line<1, 60>>,
    /// Only slots of this day of the week; null is every day.
    #[serde(default)]
    #[schema(inline)]
    pub weekday: Option<Weekday>,
    /// The first day on which it holds. For `filing-window` that is the day of the submission.
    #[serde(with = "iso_date")]
    pub first_on: Date,
    /// The last day on which it holds.
    #[serde(with = "iso_date")]
    pub last_on: Date,
    /// Why.
    #[schema(inline)]
    pub reason: Line<2, 300>,
    /// The authority's document; an authority that acts of its own motion names it.
    #[serde(default)]
    #[schema(inline)]
    pub document: Option<Line<2, 120>>,
}

impl From<ExemptionIn> for NewExemption {
    fn from(body: ExemptionIn) -> Self {
        Self {
            school_id: body.school_id,
            school_year: body.school_year.as_str().to_owned(),
            season: body.season,
            rule: body.rule.as_str().to_owned(),
            project: body.project.map(|name| name.as_str().to_owned()),
            weekday: body.weekday.and_then(|weekday| i32::try_from(weekday.get()).ok()),
            first_on: body.first_on,
            last_on: body.last_on,
            reason: body.reason.as_str().to_owned(),
            document: body.document.map(|document| document.as_str().to_owned()),
        }
    }
}

/// By which document an exemption is granted.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExemptionGrantIn {
    /// Number or name of the document.
    #[schema(inline)]
    pub document: Line<2, 120>,
}

/// Why an exemption is refused or ended.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExemptionReasonIn {
    #[schema(inline)]
    pub reason: Line<2, 300>,
}

/// An exemption 特殊情况核准.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExemptionOut {
    /// Cited by the finding that it turns into a warning.
    pub id: Id,
    pub school_id: Id,
    pub school_year: String,
    pub season: Season,
    pub rule: String,
    pub project: Option<String>,
    pub weekday: Option<i32>,
    #[serde(with = "iso_date")]
    pub first_on: Date,
    #[serde(with = "iso_date")]
    pub last_on: Date,
    pub reason: String,
    pub state: ExemptionState,
    /// Who asked; null where the authority acted of its own motion.
    pub requested_by_id: Option<Id>,
    pub decided_by_id: Option<Id>,
    #[serde(with = "iso_date::option")]
    pub decided_on: Option<Date>,
    pub document: Option<String>,
    /// Why it was refused or ended.
    pub remark: Option<String>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl ExemptionOut {
    fn of(exemption: &Exemption, actor: &Actor) -> Self {
        let row = exemption.row.clone();
        Self {
            id: row.id,
            school_id: row.school_id,
            school_year: row.school_year,
            season: row.season,
            rule: row.rule,
            project: row.project,
            weekday: row.weekday,
            first_on: row.first_on,
            last_on: row.last_on,
            reason: row.reason,
            state: row.state,
            requested_by_id: row.requested_by_id,
            decided_by_id: row.decided_by_id,
            decided_on: row.decided_on,
            document: row.document,
            remark: row.remark,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: exemption.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which exemptions a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExemptionQuery {
    /// Only exemptions of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only exemptions from this rule.
    #[param(inline)]
    pub rule: Option<Line<1, 60>>,
    /// Only exemptions in this state.
    #[param(inline)]
    pub state: Option<ExemptionState>,
    /// Exemptions in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_exemptions)
        .service(create_exemption)
        .service(get_exemption)
        .service(grant_exemption)
        .service(refuse_exemption)
        .service(end_exemption)
        .service(withdraw_exemption);
}

/// Exemptions in the caller's scope 特殊情况核准列表
#[utoipa::path(tag = "exemptions", params(ExemptionQuery),
    responses((status = 200, description = "A page of exemptions", body = Page<ExemptionOut>), ReadExemptions))]
#[get("/exemptions")]
async fn list_exemptions(caller: Caller<ReadExemptions>, list: List<ExemptionQuery>) -> Answered {
    let query = &list.query;
    let rule = query.rule.as_ref().map(|rule| rule.as_str().to_owned());
    let filter = ExemptionFilter { school_id: query.school_id, rule, state: query.state };
    let paging = Paging::of("exemptions", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = exemptions::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging
            .page(found, |exemption| exemption.row.id)
            .map(|exemption| ExemptionOut::of(&exemption, &caller.actor)))
    })
    .await
}

/// Asks for an exemption, or gives one of the authority's own motion 申请特殊情况核准
#[utoipa::path(tag = "exemptions", request_body = ExemptionIn,
    responses((status = 201, description = "The exemption: requested by a school, granted by an authority",
        body = ExemptionOut), AskForExemptions))]
#[post("/exemptions")]
async fn create_exemption(caller: Caller<AskForExemptions>, write: Write, Valid(body): Valid<ExemptionIn>) -> Answered {
    let new = NewExemption::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = exemptions::create(tx, actor, &new)?;
            let location = format!("/api/v1/exemptions/{}", made.row.id);
            Answer::created(location, &ExemptionOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One exemption 特殊情况核准
#[utoipa::path(tag = "exemptions", params(("id" = Id, Path, description = "The exemption")),
    responses((status = 200, description = "The exemption", body = ExemptionOut), ReadExemptions))]
#[get("/exemptions/{id}")]
async fn get_exemption(caller: Caller<ReadExemptions>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&exemptions::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Grants what a school asked for 予以核准
#[utoipa::path(tag = "exemptions", params(("id" = Id, Path, description = "The exemption")),
    request_body = ExemptionGrantIn,
    responses((status = 200, description = "The exemption as it is now", body = ExemptionOut), DecideExemptions))]
#[post("/exemptions/{id}/grant")]
async fn grant_exemption(
    caller: Caller<DecideExemptions>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ExemptionGrantIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            answer(&exemptions::grant(tx, actor, id.0, seen, body.document.as_str())?, actor)
        })
        .await
}

/// Refuses what a school asked for 不予核准
#[utoipa::path(tag = "exemptions", params(("id" = Id, Path, description = "The exemption")),
    request_body = ExemptionReasonIn,
    responses((status = 200, description = "The exemption as it is now", body = ExemptionOut), DecideExemptions))]
#[post("/exemptions/{id}/refuse")]
async fn refuse_exemption(
    caller: Caller<DecideExemptions>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ExemptionReasonIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            answer(&exemptions::refuse(tx, actor, id.0, seen, body.reason.as_str())?, actor)
        })
        .await
}

/// Ends what was granted 终止核准
#[utoipa::path(tag = "exemptions", params(("id" = Id, Path, description = "The exemption")),
    request_body = ExemptionReasonIn,
    responses((status = 200, description = "The exemption as it is now", body = ExemptionOut), DecideExemptions))]
#[post("/exemptions/{id}/end")]
async fn end_exemption(
    caller: Caller<DecideExemptions>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ExemptionReasonIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            answer(&exemptions::end(tx, actor, id.0, seen, body.reason.as_str())?, actor)
        })
        .await
}

/// Takes back what was asked for 撤回申请
#[utoipa::path(tag = "exemptions", params(("id" = Id, Path, description = "The exemption")),
    responses((status = 200, description = "The exemption as it is now", body = ExemptionOut), AskForExemptions))]
#[post("/exemptions/{id}/withdraw")]
async fn withdraw_exemption(caller: Caller<AskForExemptions>, id: PathId, write: Write) -> Answered {
    write.versioned(caller, move |tx, actor, seen| answer(&exemptions::withdraw(tx, actor, id.0, seen)?, actor)).await
}

fn answer(exemption: &Exemption, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&ExemptionOut::of(exemption, actor), exemption.row.version)
}
