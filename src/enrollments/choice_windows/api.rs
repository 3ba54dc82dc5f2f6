//! `/choice-windows`.

use actix_web::get;
use time::Date;

use super::{ChoiceWindow, ChoiceWindowFilter, ChoiceWindowState};
use crate::auth::permission::ReadChoiceWindows;
use crate::auth::{By, List, Read};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig};
use crate::out;
use crate::values::iso_date;

out! {
    /// A window for wishes 选课窗口: guardians rank what they wish, then the seats are drawn.
    pub struct ChoiceWindowOut of (window, by): ChoiceWindow {
        plan_id: Id,
        school_id: Id,
        /// First day of wishing.
        #[serde(with = "iso_date")]
        opens_on: Date,
        /// Last day of wishing.
        #[serde(with = "iso_date")]
        closes_on: Date,
        /// Wishes that a child may have.
        wishes_max: i32,
        /// Places that a child gets at most in the draw.
        places_max: i32,
        /// Whether siblings who wish for the same project have one number.
        siblings_together: bool,
        /// SHA-256 of the seed, told before anybody wishes.
        seed_sha256: String,
        /// What was drawn with: 64 characters, of which `seed_sha256` is the hash; null until it is drawn.
        seed: Option<String>,
        /// On which day it was drawn; null until then.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        drawn_on: Option<Date>,
        state: ChoiceWindowState,
    }
    named { school_name: String = Organisation(window.school_id) }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_choice_windows).service(get_choice_window);
}

/// Choice windows in the caller's scope, in the order in which they were announced 选课窗口列表
#[utoipa::path(tag = "choice-windows", params(List<ChoiceWindowFilter>),
    responses((status = 200, description = "A page of choice windows", body = Page<ChoiceWindowOut>),
        ReadChoiceWindows))]
#[get("/choice-windows")]
async fn list_choice_windows(by: By<ReadChoiceWindows>, list: List<ChoiceWindowFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<ChoiceWindow>(tx, at)).await
}

/// One choice window 选课窗口
#[utoipa::path(tag = "choice-windows", params(("id" = Id, Path, description = "The window")),
    responses((status = 200, description = "The choice window", body = ChoiceWindowOut), ReadChoiceWindows))]
#[get("/choice-windows/{id}")]
async fn get_choice_window(by: By<ReadChoiceWindows>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<ChoiceWindow>(tx, id.0)).await
}
