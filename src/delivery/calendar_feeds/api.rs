//! `/calendar-feeds`, and `/calendars/{secret}.ics` for calendar apps.

use actix_web::{get, post};

use super::model::{CalendarFeedFilter, FeedSecret};
use super::{CalendarFeed, CalendarFeedIn, CalendarFeedState};
use crate::auth::permission::KeepCalendarFeeds;
use crate::auth::{By, List, Read, Role, Write};
use crate::contract::BASE;
use crate::db::Id;
use crate::delivery::calendar_feeds;
use crate::http::{Answered, Page, PathId, PathSecret, ServiceConfig, Valid};
use crate::out;

/// Where a calendar app finds the calendar.
fn link(secret: &FeedSecret) -> String {
    format!("{BASE}/calendars/{}.ics", secret.shown())
}

out! {
    /// A link to a calendar of sessions 日历订阅.
    pub struct CalendarFeedOut of (feed, by): CalendarFeed {
        /// In which role its owner made it.
        role: Role,
        /// The child; null for one's own sessions.
        student_id: Option<Id>,
        state: CalendarFeedState,
        /// Path of the calendar under this service's address, for an app that needs no token: shown once, when it is
        /// made, and null ever after. Whoever has it sees the calendar.
        link: Option<String> = feed.secret.as_ref().map(link),
    }
    named {
        /// The child; null for one's own sessions.
        student_name: Option<String> = Student(feed.row.student_id),
    }
    shows feed.seen_at()
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_calendar_feeds)
        .service(create_calendar_feed)
        .service(get_calendar_feed)
        .service(revoke_calendar_feed)
        .service(read_calendar);
}

/// One's own links to calendars, in the order in which they were made 日历订阅列表
#[utoipa::path(tag = "calendar-feeds", params(List<CalendarFeedFilter>),
    responses((status = 200, description = "A page of feeds", body = Page<CalendarFeedOut>), KeepCalendarFeeds))]
#[get("/calendar-feeds")]
async fn list_calendar_feeds(by: By<KeepCalendarFeeds>, list: List<CalendarFeedFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<CalendarFeed>(tx, at)).await
}

/// Makes a secret link to a calendar; one of before for the same sessions ends 生成日历订阅链接
#[utoipa::path(tag = "calendar-feeds", request_body = CalendarFeedIn,
    responses((status = 201, description = "The feed with its link", body = CalendarFeedOut), KeepCalendarFeeds))]
#[post("/calendar-feeds")]
async fn create_calendar_feed(by: By<KeepCalendarFeeds>, write: Write, Valid(body): Valid<CalendarFeedIn>) -> Answered {
    write.creates(by, move |tx, by| calendar_feeds::create(tx, by, &body)).await
}

/// One link 日历订阅
#[utoipa::path(tag = "calendar-feeds", params(("id" = Id, Path, description = "The feed")),
    responses((status = 200, description = "The feed", body = CalendarFeedOut), KeepCalendarFeeds))]
#[get("/calendar-feeds/{id}")]
async fn get_calendar_feed(by: By<KeepCalendarFeeds>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<CalendarFeed>(tx, id.0)).await
}

/// Takes a link back: it shows nothing any more 撤销日历订阅
#[utoipa::path(tag = "calendar-feeds", params(("id" = Id, Path, description = "The feed")),
    responses((status = 200, description = "The feed as it is now", body = CalendarFeedOut), KeepCalendarFeeds))]
#[post("/calendar-feeds/{id}/revoke")]
async fn revoke_calendar_feed(by: By<KeepCalendarFeeds>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| calendar_feeds::revoke(tx, by, id.0, seen)).await
}

/// The calendar behind a secret link (RFC 5545), for calendar apps: what, when and where, and nobody's name 日历
#[utoipa::path(tag = "calendar-feeds", params(("secret" = String, Path, description = "What the link ends in",
    min_length = 1, max_length = 64)),
    responses((status = 200, description = "The calendar", body = String,
        content_type = "text/calendar; charset=utf-8")))]
#[get("/calendars/{secret}.ics")]
async fn read_calendar(secret: PathSecret, read: Read) -> Answered {
    read.by_link(move |tx, language| calendar_feeds::opened(tx, &secret.0, language)).await
}
