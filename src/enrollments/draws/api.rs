//! `/choice-windows/{id}/…` and `/enrollments/{id}/draw`.

use actix_web::{get, post};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::{Explained, ProjectResult, Results};
use crate::auth::access_log::SeenPerson;
use crate::auth::permission::{ManageChoiceWindows, Permission, ReadEnrollments, ReadReasons};
use crate::auth::{Actor, By, Keyed, Read, Shown, Write};
use crate::db::{Asked, Id, NameOf, Names};
use crate::enrollments::choice_windows::{ChoiceWindowIn, ChoiceWindowOut};
use crate::enrollments::draws;
use crate::enrollments::enrollments::{DrawOutcome, DrawTier};
use crate::http::{Answer, Answered, PathId, ServiceConfig, Valid};
use crate::rules::draw::key;
use crate::sealing::hex;
use crate::values::iso_date;

/// What was drawn 抽签结果: numbers alone, so that nobody sees who came before whom, or why.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawResultsOut {
    /// The window that was drawn.
    pub choice_window_id: Id,
    pub plan_id: Id,
    /// What was drawn with: 64 characters.
    pub seed: String,
    /// SHA-256 of these characters, told before anybody wished.
    pub seed_sha256: String,
    /// On which day it was drawn.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub drawn_on: Option<Date>,
    /// Projects whose seats were drawn, in the order of the plan.
    pub projects: Vec<ProjectDrawOut>,
}

/// What was drawn of one project.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectDrawOut {
    pub project_id: Id,
    pub project_name: String,
    /// Seats that were free.
    pub seats: i64,
    /// Fewest pupils with whom it is held; null for no limit.
    pub seats_min: Option<i64>,
    /// All wishes for it, by their numbers.
    pub numbers: Vec<DrawNumberOut>,
}

/// A number of a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawNumberOut {
    /// From 1, without gaps.
    pub number: i32,
    pub outcome: DrawOutcome,
}

impl From<&ProjectResult> for ProjectDrawOut {
    fn from(result: &ProjectResult) -> Self {
        let numbers =
            result.numbers.iter().map(|(number, outcome)| DrawNumberOut { number: *number, outcome: *outcome });
        Self {
            project_id: result.project_id,
            project_name: result.project_name.clone(),
            seats: result.seats,
            seats_min: result.seats_min,
            numbers: numbers.collect(),
        }
    }
}

impl From<&Results> for DrawResultsOut {
    fn from(results: &Results) -> Self {
        let window = &results.window.row;
        Self {
            choice_window_id: window.id,
            plan_id: window.plan_id,
            seed: window.seed.clone().unwrap_or_default(),
            seed_sha256: window.seed_sha256.clone(),
            drawn_on: window.drawn_on,
            projects: results.projects.iter().map(ProjectDrawOut::from).collect(),
        }
    }
}

/// What was drawn of one wish, and why 抽签说明.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrollmentDrawOut {
    pub enrollment_id: Id,
    pub student_id: Id,
    pub student_name: String,
    pub project_id: Id,
    pub project_name: String,
    /// The rank of the wish; the first is 1.
    pub wish: Option<i32>,
    /// Before whom it came; null for whoever may not know why.
    pub tier: Option<DrawTier>,
    /// Its number among the wishes for the project.
    pub number: i32,
    pub outcome: DrawOutcome,
    /// Wishes for the project.
    pub wishes: i64,
    /// Seats that were free.
    pub seats: i64,
    /// The last number that has a seat; null where none has.
    pub last_seat_number: Option<i32>,
    /// SHA-256 of the seed and the id of the enrollment, as text one behind the other: it decides between wishes of one
    /// tier and one rank, the smaller first.
    pub key: String,
    /// All of it as a sentence in the reader's language.
    pub message: String,
}

impl Shown for Explained {
    type Out = EnrollmentDrawOut;
    const SHOWS_PUPILS: bool = true;

    const NAMES: &'static [NameOf] = &[NameOf::Student, NameOf::Project];

    fn asks(&self, _: &Actor, asked: &mut Asked) {
        asked.of(NameOf::Student, self.enrollment.row.student_id);
        asked.of(NameOf::Project, self.enrollment.row.project_id);
    }

    fn shown_to(&self, by: &Actor, names: &Names) -> EnrollmentDrawOut {
        let row = &self.enrollment.row;
        let outcome = row.draw_outcome.unwrap_or(DrawOutcome::Waitlist);
        let tier = row.draw_tier.filter(|_| ReadReasons::reach(by.role).is_some());
        let number = row.draw_number.unwrap_or_default();
        let last = self.with.last_seat();
        let said = [
            ("number", number.to_string()),
            ("wishes", self.with.of_project.len().to_string()),
            ("seats", self.with.seats.to_string()),
            ("last", last.unwrap_or_default().to_string()),
            ("place", self.with.place_in_line(number).to_string()),
        ];
        let said = said.each_ref().map(|(name, value)| (*name, value.as_str()));
        let mut message = by.language.text(&format!("draw.{}", outcome.as_str()), said);
        if let Some(tier) = tier {
            message.push_str(&by.language.text(&format!("draw.tier.{}", tier.as_str()), []));
        }
        EnrollmentDrawOut {
            enrollment_id: row.id,
            student_id: row.student_id,
            student_name: names.get(NameOf::Student, row.student_id).unwrap_or_default().to_owned(),
            project_id: row.project_id,
            project_name: names.get(NameOf::Project, row.project_id).unwrap_or_default().to_owned(),
            wish: row.wish,
            tier,
            number,
            outcome,
            wishes: i64::try_from(self.with.of_project.len()).unwrap_or(i64::MAX),
            seats: self.with.seats,
            last_seat_number: last,
            key: hex(&key(self.with.seed.as_deref().unwrap_or_default(), &row.id.to_string())),
            message,
        }
    }

    fn persons(&self) -> Vec<SeenPerson> {
        vec![self.enrollment.seen_at()]
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(create_choice_window)
        .service(draw_choice_window)
        .service(cancel_choice_window)
        .service(get_draw_results);
}

/// Routes below an enrollment.
pub fn enrollment_routes(config: &mut ServiceConfig) {
    config.service(get_enrollment_draw);
}

/// Announces a window for wishes: the limited seats of the plan are drawn, and nobody takes one before 公布选课窗口
#[utoipa::path(tag = "choice-windows", params(Keyed), request_body = ChoiceWindowIn,
    responses((status = 201, description = "The new choice window", body = ChoiceWindowOut), ManageChoiceWindows))]
#[post("/choice-windows")]
async fn create_choice_window(
    by: By<ManageChoiceWindows>,
    write: Write<Keyed>,
    Valid(body): Valid<ChoiceWindowIn>,
) -> Answered {
    write.creates(by, move |tx, by| draws::announce(tx, by, &body)).await
}

/// Draws the seats after the last day of the window, once; the seed is shown then 抽签
#[utoipa::path(tag = "choice-windows", params(("id" = Id, Path, description = "The window")),
    responses((status = 200, description = "The window as it is now", body = ChoiceWindowOut), ManageChoiceWindows))]
#[post("/choice-windows/{id}/draw")]
async fn draw_choice_window(by: By<ManageChoiceWindows>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| draws::draw(tx, by, id.0, seen)).await
}

/// Takes a window back that is not drawn: its wishes end, and seats are first come, first served 取消选课窗口
#[utoipa::path(tag = "choice-windows", params(("id" = Id, Path, description = "The window")),
    responses((status = 200, description = "The window as it is now", body = ChoiceWindowOut), ManageChoiceWindows))]
#[post("/choice-windows/{id}/cancel")]
async fn cancel_choice_window(by: By<ManageChoiceWindows>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| draws::cancel(tx, by, id.0, seen)).await
}

/// What was drawn, by project and number; for everybody 抽签结果
#[utoipa::path(tag = "choice-windows", params(("id" = Id, Path, description = "The window")),
    responses((status = 200, description = "The results", body = DrawResultsOut)))]
#[get("/choice-windows/{id}/results")]
async fn get_draw_results(id: PathId, read: Read) -> Answered {
    read.for_everybody(move |tx| {
        let results = draws::results(tx, id.0)?;
        Answer::ok(&DrawResultsOut::from(&results), results.window.version)
    })
    .await
}

/// What was drawn of one wish, and why 抽签说明
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The enrollment")),
    responses((status = 200, description = "What was drawn", body = EnrollmentDrawOut), ReadEnrollments))]
#[get("/enrollments/{id}/draw")]
async fn get_enrollment_draw(by: By<ReadEnrollments>, id: PathId, read: Read) -> Answered {
    read.shows_whole(by, move |tx, by| draws::explained(tx, by, id.0)).await
}
