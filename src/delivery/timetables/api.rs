//! What is called on `/groups/{id}` and changes when it meets.

use actix_web::post;

use super::model::{GroupConfirmIn, GroupDissolveIn, GroupReassignIn};
use crate::auth::permission::ManageGroups;
use crate::auth::{By, Write};
use crate::db::Id;
use crate::delivery::groups::GroupOut;
use crate::delivery::timetables;
use crate::http::{Answered, PathId, ServiceConfig, Valid};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(confirm_group).service(reassign_group).service(schedule_group).service(dissolve_group);
}

/// Confirms a group, books its leader and venue, and makes its sessions 确认小组
#[utoipa::path(tag = "groups", params(("id" = Id, Path, description = "The group")), request_body = GroupConfirmIn,
    responses((status = 200, description = "The group as it is now", body = GroupOut), ManageGroups))]
#[post("/groups/{id}/confirm")]
async fn confirm_group(by: By<ManageGroups>, id: PathId, write: Write, Valid(body): Valid<GroupConfirmIn>) -> Answered {
    write.changes(by, move |tx, by, seen| timetables::confirm(tx, by, id.0, seen, &body)).await
}

/// Gives a group another leader or venue from a day on 调整小组人员与场地
#[utoipa::path(tag = "groups", params(("id" = Id, Path, description = "The group")), request_body = GroupReassignIn,
    responses((status = 200, description = "The group as it is now", body = GroupOut), ManageGroups))]
#[post("/groups/{id}/reassign")]
async fn reassign_group(
    by: By<ManageGroups>,
    id: PathId,
    write: Write,
    Valid(body): Valid<GroupReassignIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| timetables::reassign(tx, by, id.0, seen, &body)).await
}

/// Makes a group's sessions follow the calendar as it is today 按日历更新小组场次
#[utoipa::path(tag = "groups", params(("id" = Id, Path, description = "The group")),
    responses((status = 200, description = "The group as it is now", body = GroupOut), ManageGroups))]
#[post("/groups/{id}/schedule")]
async fn schedule_group(by: By<ManageGroups>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| timetables::schedule(tx, by, id.0, seen)).await
}

/// Dissolves a group; what it has held stays on record 解散小组
#[utoipa::path(tag = "groups", params(("id" = Id, Path, description = "The group")), request_body = GroupDissolveIn,
    responses((status = 200, description = "The group as it is now", body = GroupOut), ManageGroups))]
#[post("/groups/{id}/dissolve")]
async fn dissolve_group(
    by: By<ManageGroups>,
    id: PathId,
    write: Write,
    Valid(body): Valid<GroupDissolveIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| timetables::dissolve(tx, by, id.0, seen, &body)).await
}
