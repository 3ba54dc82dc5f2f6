//! Pages and workbooks of `/groups`, `/schools` and `/pay-sheets`.

use actix_web::get;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::auth::permission::{ReadGroupMembers, ReadPaySheets, ReadStaff};
use crate::auth::{By, Lookup, Printed};
use crate::db::Id;
use crate::delivery::sheets;
use crate::http::{Answered, Language, PageQuery, PathId, ServiceConfig};
use crate::values::iso_date::Day;
use crate::values::month::Month;

/// A workbook, as it is.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it only describes itself to the contract")]
struct WorkbookContent(Vec<u8>);

/// Of which month, and in which language.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RollQuery {
    /// This one where it is not named.
    #[param(inline)]
    month: Option<Month>,
    /// In which language; else that of `Accept-Language`.
    #[param(inline)]
    lang: Option<Language>,
}

/// Of which day, and in which language.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SignInQuery {
    /// Today where it is not named.
    #[param(inline)]
    held_on: Option<Day>,
    /// In which language; else that of `Accept-Language`.
    #[param(inline)]
    lang: Option<Language>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(get_roll_page)
        .service(get_roll_workbook)
        .service(get_sign_in_page)
        .service(get_sign_in_workbook)
        .service(get_pay_page)
        .service(get_pay_workbook);
}

/// The roll of a group for a month, to print 点名册页面
#[utoipa::path(tag = "groups", params(("id" = Id, Path, description = "The group"), RollQuery),
    responses((status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8"),
        ReadGroupMembers))]
#[get("/groups/{id}/roll-page")]
async fn get_roll_page(by: By<ReadGroupMembers>, id: PathId, lookup: Lookup<RollQuery>) -> Answered {
    let (RollQuery { month, lang }, reads) = (lookup.query, lookup.language());
    let language = lang.unwrap_or(reads);
    lookup
        .prints(by, move |tx, by| {
            let (sheet, persons) = sheets::roll(tx, by, id.0, month, language)?;
            Ok(Printed { file: sheet.page(language)?, persons })
        })
        .await
}

/// The roll of a group for a month, as a workbook 点名册电子表格
#[utoipa::path(tag = "groups", params(("id" = Id, Path, description = "The group"), RollQuery),
    responses((status = 200, description = "The workbook", body = WorkbookContent,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ReadGroupMembers))]
#[get("/groups/{id}/roll-workbook")]
async fn get_roll_workbook(by: By<ReadGroupMembers>, id: PathId, lookup: Lookup<RollQuery>) -> Answered {
    let (RollQuery { month, lang }, reads) = (lookup.query, lookup.language());
    let language = lang.unwrap_or(reads);
    lookup
        .prints(by, move |tx, by| {
            let (sheet, persons) = sheets::roll(tx, by, id.0, month, language)?;
            Ok(Printed { file: sheet.workbook()?, persons })
        })
        .await
}

/// Who serves at a school on a day, to print and to sign 签到表页面
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The school"), SignInQuery),
    responses((status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8"),
        ReadStaff))]
#[get("/schools/{id}/sign-in-page")]
async fn get_sign_in_page(by: By<ReadStaff>, id: PathId, lookup: Lookup<SignInQuery>) -> Answered {
    let (SignInQuery { held_on, lang }, reads) = (lookup.query, lookup.language());
    let language = lang.unwrap_or(reads);
    lookup
        .prints(by, move |tx, by| {
            let sheet = sheets::sign_in(tx, by, id.0, held_on.map(|day| day.0), language)?;
            Ok(Printed { file: sheet.page(language)?, persons: Vec::new() })
        })
        .await
}

/// Who serves at a school on a day, as a workbook 签到表电子表格
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The school"), SignInQuery),
    responses((status = 200, description = "The workbook", body = WorkbookContent,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ReadStaff))]
#[get("/schools/{id}/sign-in-workbook")]
async fn get_sign_in_workbook(by: By<ReadStaff>, id: PathId, lookup: Lookup<SignInQuery>) -> Answered {
    let (SignInQuery { held_on, lang }, reads) = (lookup.query, lookup.language());
    let language = lang.unwrap_or(reads);
    lookup
        .prints(by, move |tx, by| {
            let sheet = sheets::sign_in(tx, by, id.0, held_on.map(|day| day.0), language)?;
            Ok(Printed { file: sheet.workbook()?, persons: Vec::new() })
        })
        .await
}

/// What a school pays for a month, to print and to sign 报酬表页面
#[utoipa::path(tag = "pay", params(("id" = Id, Path, description = "The sheet"), PageQuery),
    responses((status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8"),
        ReadPaySheets))]
#[get("/pay-sheets/{id}/pay-page")]
async fn get_pay_page(by: By<ReadPaySheets>, id: PathId, lookup: Lookup<PageQuery>) -> Answered {
    let language = lookup.query.lang.unwrap_or(lookup.language());
    lookup
        .prints(by, move |tx, by| {
            let sheet = sheets::pay(tx, by, id.0, language)?;
            Ok(Printed { file: sheet.page(language)?, persons: Vec::new() })
        })
        .await
}

/// What a school pays for a month, as a workbook 报酬表电子表格
#[utoipa::path(tag = "pay", params(("id" = Id, Path, description = "The sheet"), PageQuery),
    responses((status = 200, description = "The workbook", body = WorkbookContent,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ReadPaySheets))]
#[get("/pay-sheets/{id}/pay-workbook")]
async fn get_pay_workbook(by: By<ReadPaySheets>, id: PathId, lookup: Lookup<PageQuery>) -> Answered {
    let language = lookup.query.lang.unwrap_or(lookup.language());
    lookup
        .prints(by, move |tx, by| {
            let sheet = sheets::pay(tx, by, id.0, language)?;
            Ok(Printed { file: sheet.workbook()?, persons: Vec::new() })
        })
        .await
}
