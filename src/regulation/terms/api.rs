//! `/terms`.

use actix_web::{get, post};
use time::Date;

use super::Term;
use super::model::{TermFilter, TermIn};
use crate::auth::permission::{ManageTerms, ReadRegulation};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::regulation::terms;
use crate::rules::document::{Period, Season};
use crate::values::iso_date;

out! {
    /// A term 学期.
    pub struct TermOut of (term, by): Term {
        authority_id: Id,
        school_year: String,
        season: Season,
        #[serde(with = "iso_date")]
        opens_on: Date,
        #[serde(with = "iso_date")]
        ends_on: Date,
        winter_periods: Vec<Period> = term.winter_periods.0.clone(),
    }
    named { authority_name: String = Organisation(term.authority_id) }
    can "What this caller may call on it now: `update` is PUT."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_terms).service(create_term).service(get_term);
}

/// Terms in the order in which they were set 学期列表
#[utoipa::path(tag = "terms", params(List<TermFilter>),
    responses((status = 200, description = "A page of terms", body = Page<TermOut>), ReadRegulation))]
#[get("/terms")]
async fn list_terms(by: By<ReadRegulation>, list: List<TermFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Term>(tx, at)).await
}

/// Sets a term of an authority 设置学期
#[utoipa::path(tag = "terms", request_body = TermIn,
    responses((status = 201, description = "The new term", body = TermOut), ManageTerms))]
#[post("/terms")]
async fn create_term(by: By<ManageTerms>, write: Write, Valid(body): Valid<TermIn>) -> Answered {
    write.creates(by, move |tx, by| terms::create(tx, by, &body)).await
}

/// One term 学期
#[utoipa::path(tag = "terms", params(("id" = Id, Path, description = "The term")),
    responses((status = 200, description = "The term", body = TermOut), ReadRegulation))]
#[get("/terms/{id}")]
async fn get_term(by: By<ReadRegulation>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Term>(tx, id.0)).await
}
