//! `/terms`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewTerm, Term, TermFilter};
use crate::auth::permission::{ManageTerms, ReadRegulation};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::refusal::Refusal;
use crate::regulation::terms;
use crate::rules::document::{Period, Season};
use crate::values::identifiers::SchoolYear;
use crate::values::iso_date;

/// A term, as it is set or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermIn {
    /// Whose term it is. Stays as it was created.
    pub authority_id: Id,
    /// Two years in a row, `2024-2025`. Stays as it was created.
    #[schema(inline)]
    pub school_year: SchoolYear,
    /// Stays as it was created.
    pub season: Season,
    /// First teaching day, from which the filing window counts (五.2).
    #[serde(with = "iso_date")]
    pub opens_on: Date,
    /// Last day; at most 250 days later.
    #[serde(with = "iso_date")]
    pub ends_on: Date,
    /// When the winter timetable runs, in order and apart; none if it does not.
    #[schema(max_items = 8)]
    #[validate(length(max = 8, code = "too-long"))]
    pub winter_periods: Vec<Period>,
}

impl From<TermIn> for NewTerm {
    fn from(body: TermIn) -> Self {
        Self {
            authority_id: body.authority_id,
            school_year: body.school_year.as_str().to_owned(),
            season: body.season,
            opens_on: body.opens_on,
            ends_on: body.ends_on,
            winter_periods: body.winter_periods,
        }
    }
}

/// A term 学期.
#[derive(Debug, Serialize, ToSchema)]
pub struct TermOut {
    pub id: Id,
    pub authority_id: Id,
    pub school_year: String,
    pub season: Season,
    #[serde(with = "iso_date")]
    pub opens_on: Date,
    #[serde(with = "iso_date")]
    pub ends_on: Date,
    pub winter_periods: Vec<Period>,
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

impl TermOut {
    fn of(term: &Term, actor: &Actor) -> Self {
        let row = &term.row;
        Self {
            id: row.id,
            authority_id: row.authority_id,
            school_year: row.school_year.clone(),
            season: row.season,
            opens_on: row.opens_on,
            ends_on: row.ends_on,
            winter_periods: term.winter_periods.clone(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: term.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which terms a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TermQuery {
    /// Only terms of this authority.
    #[param(inline)]
    pub authority_id: Option<Id>,
    /// Only terms of this school year.
    #[param(inline)]
    pub school_year: Option<SchoolYear>,
    /// Only terms of this season.
    #[param(inline)]
    pub season: Option<Season>,
    /// Terms in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_terms).service(create_term).service(get_term).service(update_term);
}

/// Terms in the order in which they were set 学期列表
#[utoipa::path(tag = "terms", params(TermQuery),
    responses((status = 200, description = "A page of terms", body = Page<TermOut>), ReadRegulation))]
#[get("/terms")]
async fn list_terms(caller: Caller<ReadRegulation>, list: List<TermQuery>) -> Answered {
    let query = list.query.clone();
    let school_year = query.school_year.map(|year| year.as_str().to_owned());
    let filter = TermFilter { authority_id: query.authority_id, school_year, season: query.season };
    let (cursor, limit) = (Cursor::of("terms", &filter), query.limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = terms::list(tx, &filter, after, limit)?;
        Ok(cursor.page(limit, found, |term| term.row.id).map(|term| TermOut::of(&term, &caller.actor)))
    })
    .await
}

/// Sets a term of an authority 设置学期
#[utoipa::path(tag = "terms", request_body = TermIn,
    responses((status = 201, description = "The new term", body = TermOut), ManageTerms))]
#[post("/terms")]
async fn create_term(caller: Caller<ManageTerms>, write: Write, Valid(body): Valid<TermIn>) -> Answered {
    let new = NewTerm::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = terms::create(tx, actor, &new)?;
            let location = format!("/api/v1/terms/{}", made.row.id);
            Answer::created(location, &TermOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One term 学期
#[utoipa::path(tag = "terms", params(("id" = Id, Path, description = "The term")),
    responses((status = 200, description = "The term", body = TermOut), ReadRegulation))]
#[get("/terms/{id}")]
async fn get_term(caller: Caller<ReadRegulation>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&terms::find(tx, id.0)?, &caller.actor)).await
}

/// Replaces a term's days 修改学期
#[utoipa::path(tag = "terms", params(("id" = Id, Path, description = "The term")), request_body = TermIn,
    responses((status = 200, description = "The term as it is now", body = TermOut), ManageTerms))]
#[put("/terms/{id}")]
async fn update_term(caller: Caller<ManageTerms>, id: PathId, write: Write, Valid(body): Valid<TermIn>) -> Answered {
    let to = NewTerm::from(body);
    write.versioned(caller, move |tx, actor, seen| answer(&terms::update(tx, actor, id.0, seen, &to)?, actor)).await
}

fn answer(term: &Term, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&TermOut::of(term, actor), term.row.version)
}
