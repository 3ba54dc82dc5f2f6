//! `/calendar/working-days`.

use actix_web::get;
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};

use super::model::{CalendarDayKind, DayCount};
use super::years;
use crate::auth::permission::ReadRegulation;
use crate::auth::{By, Lookup};
use crate::http::{Answer, Answered, Language, Problem, ServiceConfig};
use crate::refusal::{Code, Refusal};
use crate::rules::calendar::{Calendar, CalendarMissing, Day};
use crate::values::iso_date;

/// From when, and how many.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorkingDaysQuery {
    /// The day after which counting begins, such as the opening of a term; it never counts itself.
    #[serde(with = "iso_date")]
    pub from: Date,
    /// How many working days to count: 1 to 200.
    #[param(inline)]
    pub count: DayCount,
}

/// Counted working days 工作日计算.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkingDaysOut {
    #[serde(with = "iso_date")]
    pub from: Date,
    pub count: u16,
    /// The last day that counted; a deadline of `count` days ends with it, at 24:00 in Asia/Shanghai.
    #[serde(with = "iso_date")]
    pub last: Date,
    /// The days that counted.
    pub counted: Vec<CalendarDayOut>,
    /// The days in between that did not.
    pub skipped: Vec<CalendarDayOut>,
}

/// A day of the calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarDayOut {
    #[serde(with = "iso_date")]
    pub date: Date,
    pub kind: CalendarDayKind,
    /// The holiday that makes it one, or for which it is worked, in the reader's language.
    pub name: Option<String>,
}

impl CalendarDayOut {
    fn of(day: &Day<'_>, language: Language) -> Self {
        let name = if language == Language::Zh { day.festival_zh } else { day.festival_en };
        Self { date: day.date, kind: CalendarDayKind::of(day.kind), name: name.map(str::to_owned) }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(count_working_days);
}

/// Counts working days by the State Council's calendar, with the days it counted and skipped 计算工作日
#[utoipa::path(tag = "calendar", params(WorkingDaysQuery),
    responses((status = 200, description = "The days", body = WorkingDaysOut),
        (status = 422, description = "The calendar does not reach so far", body = Problem,
            content_type = "application/problem+json"),
        ReadRegulation))]
#[get("/calendar/working-days")]
async fn count_working_days(by: By<ReadRegulation>, lookup: Lookup<WorkingDaysQuery>) -> Answered {
    let query = lookup.query.clone();
    // It follows from several rows, so the digest alone tells one answer from another.
    lookup.one(by, move |tx, by| Answer::ok(&counted(&years::country(tx)?, &query, by.language)?, 1)).await
}

fn counted(calendar: &Calendar, query: &WorkingDaysQuery, language: Language) -> Result<WorkingDaysOut, Refusal> {
    let count = query.count.days();
    let days = calendar.working_days_after(query.from, count).map_err(missing)?;
    let counted: Result<Vec<Day<'_>>, CalendarMissing> = days.counted.iter().map(|date| calendar.day(*date)).collect();
    let shown = |days: &[Day<'_>]| days.iter().map(|day| CalendarDayOut::of(day, language)).collect();
    let (counted, skipped) = (shown(&counted.map_err(missing)?), shown(&days.skipped));
    Ok(WorkingDaysOut { from: query.from, count, last: days.deadline, counted, skipped })
}

fn missing(missing: CalendarMissing) -> Refusal {
    Refusal::of(Code::CalendarMissing).with("date", missing.date)
}
