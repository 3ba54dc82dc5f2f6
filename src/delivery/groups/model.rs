//! A group: which meetings of its project it has, with whom and where; and its members.

use serde::Serialize;
use time::Date;

use crate::auth::Actor;
use crate::auth::access_log::SeenPerson;
use crate::db::{Id, Instant, Json, Placed};
use crate::http::AnyOf;
use crate::refusal::{Fault, FieldError};
use crate::rules::document::{PlanProject, PlanSlot, at_most, within};
use crate::values::iso_date::{self, Day};
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Where a group stands 小组状态. Other states may come.
    pub enum GroupState {
        /// 拟定
        Draft = "draft",
        /// 已确认
        Confirmed = "confirmed",
        /// 已解散
        Dissolved = "dissolved",
    }
}

life! {
    /// What is called on a group.
    pub GroupVerb of GroupState, "groups" for Group {
        Update = "update" by ManageGroups { Draft => same }
        /// Who is in it, from a day on.
        Members = "members" by ManageGroupMembers { Draft | Confirmed => same }
        Confirm = "confirm" by ManageGroups { Draft => Confirmed }
        /// Others lead it, or it meets elsewhere, from a day on.
        Reassign = "reassign" by ManageGroups { Confirmed => same }
        /// Sessions are made for days that were announced since, and cancelled on those that were closed.
        Schedule = "schedule" by ManageGroups { Confirmed => same }
        Dissolve = "dissolve" by ManageGroups { Draft | Confirmed => Dissolved }
    }
}

row! {
    /// The row of a group.
    pub struct GroupRow of service_groups, "group", "groups" {
        id: Id,
        school_id: Id,
        plan_id: Id,
        project_id: Id,
        /// The filing by which it was drafted, or confirmed.
        filing_id: Id,
        name: String,
        slots: Json<Vec<PlanSlot>>,
        leader_id: Option<Id>,
        assistant_ids: Json<Vec<Id>>,
        venue_id: Option<Id>,
        state: GroupState,
        /// Its first day, once it is confirmed.
        from_on: Option<Date>,
        dissolved_on: Option<Date>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A group with the path of its school.
pub type Group = Placed<GroupRow>;

impl GroupRow {
    /// Everybody who serves in it, who leads first.
    #[must_use]
    pub fn staff(&self) -> Vec<Id> {
        self.leader_id.into_iter().chain(self.assistant_ids.0.iter().copied()).collect()
    }

    /// Whether it meets another group of its project at one time.
    #[must_use]
    pub fn meets_with(&self, other: &Self) -> bool {
        self.slots.0.iter().any(|slot| other.slots.0.contains(slot))
    }
}

row! {
    /// The row of a member.
    pub struct GroupMemberRow of group_members {
        id: Id,
        school_id: Id,
        group_id: Id,
        enrollment_id: Id,
        student_id: Id,
        /// The first day.
        from_on: Date,
        /// The last day; none as long as it stays.
        to_on: Option<Date>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A member with its pupil, and the path of its school.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupMember {
    #[serde(flatten)]
    pub row: GroupMemberRow,
    #[serde(skip)]
    pub person_id: Id,
    /// Whether its enrollment stands, so that it is expected.
    #[serde(skip)]
    pub takes_part: bool,
    pub path: String,
}

resource!(GroupMember { row: GroupMemberRow, path }, "group-member", "group-members");

impl GroupMember {
    /// Nothing is called on it: the group says who is in it.
    #[must_use]
    pub fn can(&self, _: &Actor) -> Vec<&'static str> {
        Vec::new()
    }

    /// The pupil, and where it was seen.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.person_id, school_id: Some(self.row.school_id) }
    }
}

/// A pupil in a group, as it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pupil {
    pub enrollment_id: Id,
    pub student_id: Id,
    pub person_id: Id,
    pub grade: i64,
    pub class_id: Option<Id>,
    pub class_name: Option<String>,
    /// From which day the enrollment counts.
    pub joins_on: Option<Date>,
}

filter! {
    /// Which groups a list holds.
    pub struct GroupFilter {
        /// Only of this plan.
        plan_id: Id,
        /// Only of this project.
        project_id: Id,
        /// Only of this school.
        school_id: Id,
        /// Only those that this member of staff leads.
        leader_id: Id,
        /// Only those that are in one of these states.
        state: AnyOf<GroupState>,
    }
}

filter! {
    /// Which members a list holds.
    pub struct GroupMemberFilter {
        /// Only of this group.
        group_id: Id,
        /// Only this pupil.
        student_id: Id,
        /// Only of this school.
        school_id: Id,
        /// Only who is in a group on this day.
        on: Day,
    }
}

body! {
    /// A group, as it is drafted or replaced.
    pub struct GroupIn {
        /// Of a published notice. Stays as it was drafted.
        project_id: Id,
        /// Unique among the groups of the project that are not dissolved.
        #[schema(inline)]
        name: Line<1, 60>,
        /// Which of the project's weekly meetings it has, each once; all of them where it is empty.
        #[schema(max_items = 28)]
        #[serde(default, deserialize_with = "at_most::<_, _, 28>")]
        slots: Vec<PlanSlot>,
        /// A member of staff of the school; null until it is known.
        leader_id: Option<Id>,
        /// Who serves beside the leader, each once.
        #[schema(max_items = 3)]
        #[serde(default, deserialize_with = "at_most::<_, _, 3>")]
        assistant_ids: Vec<Id>,
        /// A facility of the school's resource ledger; null until it is known.
        venue_id: Option<Id>,
    }
}

impl GroupIn {
    /// The meetings that are chosen, or everything that is wrong with them and with who serves.
    ///
    /// # Errors
    /// The faults.
    pub fn slots_of(&self, project: &PlanProject) -> Result<Vec<PlanSlot>, Vec<FieldError>> {
        let mut faults = staff_faults(self.leader_id, &self.assistant_ids);
        let chosen = chosen(&self.slots, project).unwrap_or_else(|wrong| {
            faults.extend(wrong);
            Vec::new()
        });
        if faults.is_empty() { Ok(chosen) } else { Err(faults) }
    }
}

/// The meetings of a project that are chosen: all of them where none is named.
fn chosen(slots: &[PlanSlot], project: &PlanProject) -> Result<Vec<PlanSlot>, Vec<FieldError>> {
    let mut faults = Vec::new();
    for (index, slot) in slots.iter().enumerate() {
        let at = format!("/slots/{index}");
        if !project.slots.contains(slot) {
            faults.push(FieldError::new(at, Fault::NotForThis));
        } else if slots.iter().take(index).any(|earlier| earlier == slot) {
            faults.push(FieldError::new(at, Fault::Duplicate));
        }
    }
    match (faults.is_empty(), slots.is_empty()) {
        (false, _) => Err(faults),
        (true, true) => Ok(project.slots.clone()),
        (true, false) => Ok(slots.to_vec()),
    }
}

body! {
    /// Groups that are to be proposed for a project.
    pub struct GroupProposalIn {
        /// Of a published notice.
        project_id: Id,
        /// Most pupils of one group.
        #[schema(minimum = 2, maximum = 200)]
        #[serde(deserialize_with = "within::<_, _, 2, 200>")]
        size_max: usize,
        /// Which of the project's weekly meetings they have, each once; all of them where it is empty.
        #[schema(max_items = 28)]
        #[serde(default, deserialize_with = "at_most::<_, _, 28>")]
        slots: Vec<PlanSlot>,
    }
}

impl GroupProposalIn {
    /// The meetings that are chosen.
    ///
    /// # Errors
    /// The faults.
    pub fn slots_of(&self, project: &PlanProject) -> Result<Vec<PlanSlot>, Vec<FieldError>> {
        chosen(&self.slots, project)
    }
}

/// Nobody serves twice in one group.
pub(crate) fn staff_faults(leader: Option<Id>, assistants: &[Id]) -> Vec<FieldError> {
    let is_again =
        |index: usize, id: &Id| leader == Some(*id) || assistants.iter().take(index).any(|other| other == id);
    let again = assistants.iter().enumerate().filter(|(index, id)| is_again(*index, id));
    again.map(|(index, _)| FieldError::new(format!("/assistant_ids/{index}"), Fault::Duplicate)).collect()
}

body! {
    /// Who is in a group from a day on: all of them. Who is not named any more was in it up to the day before.
    pub struct GroupMembersIn {
        /// Today if it is null; not before today in a group that is confirmed.
        #[serde(default, with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        from_on: Option<Date>,
        /// Signed enrollments in the group's project, each once.
        #[schema(max_items = 200)]
        #[validate(length(max = 200, code = "too-many"))]
        enrollment_ids: Vec<Id>,
    }
}
