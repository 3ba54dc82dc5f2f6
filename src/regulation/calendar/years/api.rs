//! `/calendar/years`.

use actix_web::{get, post, put};

use super::CalendarYear;
use super::model::{CalendarYearDay, CalendarYearFilter, CalendarYearIn};
use crate::auth::permission::{ManageCalendar, ReadRegulation};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::regulation::calendar::years;

out! {
    /// A year of the national calendar 节假日安排.
    pub struct CalendarYearOut of (year, by): CalendarYear {
        year: i32,
        document: String,
        days: Vec<CalendarYearDay> = year.days.0.clone(),
    }
    can "What this caller may call on it now: `update` is PUT."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_calendar_years)
        .service(create_calendar_year)
        .service(get_calendar_year)
        .service(update_calendar_year);
}

/// Years that were entered beside the built-in ones 节假日安排列表
#[utoipa::path(tag = "calendar", params(List<CalendarYearFilter>),
    responses((status = 200, description = "A page of years", body = Page<CalendarYearOut>), ReadRegulation))]
#[get("/calendar/years")]
async fn list_calendar_years(by: By<ReadRegulation>, list: List<CalendarYearFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<CalendarYear>(tx, at)).await
}

/// Enters a year of the calendar by the State Council's notice, over what is built in 录入节假日安排
#[utoipa::path(tag = "calendar", request_body = CalendarYearIn,
    responses((status = 201, description = "The year", body = CalendarYearOut), ManageCalendar))]
#[post("/calendar/years")]
async fn create_calendar_year(by: By<ManageCalendar>, write: Write, Valid(body): Valid<CalendarYearIn>) -> Answered {
    write.creates(by, move |tx, by| years::create(tx, by, &body)).await
}

/// One year 节假日安排
#[utoipa::path(tag = "calendar", params(("id" = Id, Path, description = "The year")),
    responses((status = 200, description = "The year", body = CalendarYearOut), ReadRegulation))]
#[get("/calendar/years/{id}")]
async fn get_calendar_year(by: By<ReadRegulation>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<CalendarYear>(tx, id.0)).await
}

/// Replaces the days of a year; filings keep the days that judged them 修改节假日安排
#[utoipa::path(tag = "calendar", params(("id" = Id, Path, description = "The year")), request_body = CalendarYearIn,
    responses((status = 200, description = "The year as it is now", body = CalendarYearOut), ManageCalendar))]
#[put("/calendar/years/{id}")]
async fn update_calendar_year(
    by: By<ManageCalendar>,
    id: PathId,
    write: Write,
    Valid(body): Valid<CalendarYearIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| years::update(tx, by, id.0, seen, &body)).await
}
