//! `/groups` and `/group-members`.

use actix_web::{get, post, put};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::model::{GroupFilter, GroupMemberFilter, GroupMembersIn, GroupProposalIn};
use super::{Group, GroupIn, GroupMember, GroupState};
use crate::auth::permission::{ManageGroupMembers, ManageGroups, ReadGroupMembers, ReadGroups};
use crate::auth::{By, List, OfMany, Read, Write, shaped};
use crate::db::Id;
use crate::delivery::groups;
use crate::http::{Answer, Answered, FindingOut, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::rules::document::PlanSlot;
use crate::values::iso_date;

out! {
    /// A group 服务小组.
    pub struct GroupOut of (group, by): Group {
        school_id: Id,
        plan_id: Id,
        project_id: Id,
        /// The filing by which it was drafted, or confirmed.
        filing_id: Id,
        name: String,
        /// Which of the project's weekly meetings it has.
        slots: Vec<PlanSlot> = group.row.slots.0.clone(),
        /// Null until it is known.
        leader_id: Option<Id>,
        /// Who serves beside the leader.
        assistant_ids: Vec<Id> = group.row.assistant_ids.0.clone(),
        /// Null until it is known.
        venue_id: Option<Id>,
        state: GroupState,
        /// Its first day; null until it is confirmed.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        from_on: Option<Date>,
        /// The day on which it met no more; null for none.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        dissolved_on: Option<Date>,
    }
    named {
        school_name: String = Organisation(group.row.school_id),
        project_name: String = Project(group.row.project_id),
        /// Null until it is known.
        leader_name: Option<String> = StaffMember(group.row.leader_id),
        /// Null until it is known.
        venue_name: Option<String> = Facility(group.row.venue_id),
    }
    can "What this caller may call on it now: `update` is PUT, any other is `POST …/{verb}`."
}

out! {
    /// A pupil in a group 小组成员.
    pub struct GroupMemberOut of (member, by): GroupMember {
        school_id: Id,
        group_id: Id,
        enrollment_id: Id,
        student_id: Id,
        /// Its first day in the group.
        #[serde(with = "iso_date")]
        from_on: Date,
        /// Its last one; null as long as it stays.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        to_on: Option<Date>,
        /// Whether its enrollment stands, so that it is expected.
        takes_part: bool = member.takes_part,
    }
    named {
        school_name: String = Organisation(member.row.school_id),
        group_name: String = Group(member.row.group_id),
        student_name: String = Student(member.row.student_id),
        /// The class in which it is now; null for none.
        class_name: Option<String> = ClassOfStudent(member.row.student_id),
    }
    shows [member.seen_at()]
}

/// Groups that were proposed, as drafts.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupProposalOut {
    pub items: Vec<GroupOut>,
    /// What the rules said about this write, where they said something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_groups)
        .service(create_group)
        .service(propose_groups)
        .service(get_group)
        .service(update_group)
        .service(set_group_members)
        .service(list_group_members)
        .service(get_group_member);
}

/// Groups in the caller's scope, in the order in which they were drafted 小组列表
#[utoipa::path(tag = "groups", params(List<GroupFilter>),
    responses((status = 200, description = "A page of groups", body = Page<GroupOut>), ReadGroups))]
#[get("/groups")]
async fn list_groups(by: By<ReadGroups>, list: List<GroupFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Group>(tx, at)).await
}

/// Drafts a group 拟定小组
#[utoipa::path(tag = "groups", request_body = GroupIn,
    responses((status = 201, description = "The new group", body = GroupOut), ManageGroups))]
#[post("/groups")]
async fn create_group(by: By<ManageGroups>, write: Write, Valid(body): Valid<GroupIn>) -> Answered {
    write.creates(by, move |tx, by| groups::create(tx, by, &body)).await
}

/// Drafts even, mixed groups of all who take part and are in none yet; needs an `Idempotency-Key` 建议分组
#[utoipa::path(tag = "groups", params(OfMany), request_body = GroupProposalIn,
    responses((status = 200, description = "The drafts", body = GroupProposalOut), ManageGroups))]
#[post("/groups/proposals")]
async fn propose_groups(by: By<ManageGroups>, write: Write<OfMany>, Valid(body): Valid<GroupProposalIn>) -> Answered {
    write
        .transact(by, move |tx, by| {
            let made = groups::propose(tx, by, &body)?;
            Answer::plain(&GroupProposalOut { items: shaped(tx, &made, by)?, findings: None })
        })
        .await
}

/// One group 小组
#[utoipa::path(tag = "groups", params(("id" = Id, Path, description = "The group")),
    responses((status = 200, description = "The group", body = GroupOut), ReadGroups))]
#[get("/groups/{id}")]
async fn get_group(by: By<ReadGroups>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Group>(tx, id.0)).await
}

/// Replaces a draft 修改小组
#[utoipa::path(tag = "groups", params(("id" = Id, Path, description = "The group")), request_body = GroupIn,
    responses((status = 200, description = "The group as it is now", body = GroupOut), ManageGroups))]
#[put("/groups/{id}")]
async fn update_group(by: By<ManageGroups>, id: PathId, write: Write, Valid(body): Valid<GroupIn>) -> Answered {
    write.changes(by, move |tx, by, seen| groups::update(tx, by, id.0, seen, &body)).await
}

/// Says who is in a group from a day on 设定小组成员
#[utoipa::path(tag = "groups", params(("id" = Id, Path, description = "The group")), request_body = GroupMembersIn,
    responses((status = 200, description = "The group as it is now", body = GroupOut), ManageGroupMembers))]
#[post("/groups/{id}/members")]
async fn set_group_members(
    by: By<ManageGroupMembers>,
    id: PathId,
    write: Write,
    Valid(body): Valid<GroupMembersIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| groups::set_members(tx, by, id.0, seen, &body)).await
}

/// Members of groups in the caller's scope, in the order in which they joined 小组成员列表
#[utoipa::path(tag = "groups", params(List<GroupMemberFilter>),
    responses((status = 200, description = "A page of members", body = Page<GroupMemberOut>), ReadGroupMembers))]
#[get("/group-members")]
async fn list_group_members(by: By<ReadGroupMembers>, list: List<GroupMemberFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<GroupMember>(tx, at)).await
}

/// One member 小组成员
#[utoipa::path(tag = "groups", params(("id" = Id, Path, description = "The member")),
    responses((status = 200, description = "The member", body = GroupMemberOut), ReadGroupMembers))]
#[get("/group-members/{id}")]
async fn get_group_member(by: By<ReadGroupMembers>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<GroupMember>(tx, id.0)).await
}
