//! `/year-turns`.

use actix_web::{get, post};
use time::Date;

use super::model::YearTurnFilter;
use super::{ClassTurned, YearTurn, YearTurnIn, YearTurnState};
use crate::auth::permission::{ManageClasses, ReadClasses};
use crate::auth::{By, Keyed, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::student_status::year_turns;
use crate::values::iso_date;

out! {
    /// The turn of a school to a new school year 学年升级.
    pub struct YearTurnOut of (turn, by): YearTurn {
        school_id: Id,
        /// The new school year.
        school_year: String,
        /// The last day of those who left.
        #[serde(with = "iso_date")]
        left_on: Date,
        /// Pupils who moved up a grade.
        promoted: i64,
        /// Pupils who stayed in their grade.
        repeating: i64,
        /// Pupils who left the school.
        leaving: i64,
        /// Where the pupils of each class are now, by class and grade.
        classes: Vec<ClassTurned> = turn.row.classes.0.clone(),
        /// The day on which it was made.
        #[serde(with = "iso_date")]
        turned_on: Date,
        /// Who made it.
        turned_by_id: Id,
        /// When it was undone; null where it stands.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        undone_on: Option<Date>,
        state: YearTurnState,
    }
    named {
        school_name: String = Organisation(turn.school_id),
        /// Who made it.
        turned_by_name: String = Account(turn.turned_by_id),
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_year_turns).service(create_year_turn).service(get_year_turn).service(undo_year_turn);
}

/// Turns of school years in the caller's scope, in the order in which they were made 学年升级列表
#[utoipa::path(tag = "classes", params(List<YearTurnFilter>),
    responses((status = 200, description = "A page of turns", body = Page<YearTurnOut>), ReadClasses))]
#[get("/year-turns")]
async fn list_year_turns(by: By<ReadClasses>, list: List<YearTurnFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<YearTurn>(tx, at)).await
}

/// Turns a school to a new school year: pupils move up, stay or leave; `validate_only` counts them 学年升级
#[utoipa::path(tag = "classes", params(Keyed), request_body = YearTurnIn,
    responses((status = 201, description = "The turn", body = YearTurnOut), ManageClasses))]
#[post("/year-turns")]
async fn create_year_turn(by: By<ManageClasses>, write: Write<Keyed>, Valid(body): Valid<YearTurnIn>) -> Answered {
    write.creates(by, move |tx, by| year_turns::turn(tx, by, &body)).await
}

/// One turn of a school year 学年升级
#[utoipa::path(tag = "classes", params(("id" = Id, Path, description = "The turn")),
    responses((status = 200, description = "The turn", body = YearTurnOut), ReadClasses))]
#[get("/year-turns/{id}")]
async fn get_year_turn(by: By<ReadClasses>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<YearTurn>(tx, id.0)).await
}

/// Undoes a turn while nothing hangs on it 撤销学年升级
#[utoipa::path(tag = "classes", params(("id" = Id, Path, description = "The turn")),
    responses((status = 200, description = "The turn as it is now", body = YearTurnOut), ManageClasses))]
#[post("/year-turns/{id}/undo")]
async fn undo_year_turn(by: By<ManageClasses>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| year_turns::undo(tx, by, id.0, seen)).await
}
