//! Groups 服务小组 (五.4): pupils of a project who meet together, with a leader and a venue; mixed across classes, and never
//! a class in another guise (六.5). `timetables` confirms them, because that books staff, venues and days.

mod api;
mod judging;
mod members;
mod model;
mod proposals;
mod store;

pub use self::api::{GroupMemberOut, GroupOut, routes};
pub use self::judging::{judged, settle};
pub use self::members::{end_members, set_members};
pub(crate) use self::model::staff_faults;
pub use self::model::{Group, GroupIn, GroupMember, GroupProposalIn, GroupRow, GroupState, GroupVerb, Pupil};
pub use self::proposals::propose;

use std::sync::Arc;

use time::Date;

use crate::auth::permission::ManageGroups;
use crate::auth::{By, known};
use crate::db::{Id, Json, Tx};
use crate::filings::filings::{Filed, JudgedBy};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::notices::notices;
use crate::plans::projects::{self, Place};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::resources::facilities::Facility;
use crate::rules::document::PlanProject;
use crate::staff::staff_members::StaffMember;

/// What a group is judged by: what guardians are told of its project.
#[derive(Debug, Clone)]
pub struct Offer {
    pub filed: Arc<Filed>,
    pub project: Id,
}

impl Offer {
    /// The project as it was filed.
    ///
    /// # Errors
    /// A defect: the filing does not have it.
    pub fn project(&self) -> Result<&PlanProject, Refusal> {
        self.filed.offer(self.project).ok_or_else(|| Refusal::internal("a project that its filing does not have"))
    }

    /// The profile and the days that judged the filing.
    ///
    /// # Errors
    /// 422 where it was filed before they were kept.
    pub fn judged_by(&self) -> Result<&JudgedBy, Refusal> {
        self.filed.judged_by.as_ref().ok_or_else(|| Refusal::of(Code::ProfileMissing))
    }
}

/// What guardians are told of a project.
///
/// # Errors
/// 422 where no published notice has it.
pub fn offer_of(tx: &mut Tx<'_>, project: &Place) -> Result<Offer, Refusal> {
    let offered = notices::told_of_plan(tx, project.plan_id, &project.path, "/project_id")?;
    if offered.filed.offer(project.id).is_none() {
        return Err(notices::untold(tx, &project.path)?.findings_at("/project_id"));
    }
    Ok(Offer { filed: offered.filed, project: project.id })
}

/// The same of a group's project.
///
/// # Errors
/// 422 where no published notice has it any more.
pub fn offer_for(tx: &mut Tx<'_>, group: &Group) -> Result<Offer, Refusal> {
    let place = projects::place(tx, group.row.project_id)?;
    offer_of(tx, &place)
}

/// Drafts a group of a project in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 for a name that is taken.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageGroups>, new: &GroupIn) -> Result<Group, Refusal> {
    let place = place_of(tx, by, new.project_id)?;
    let offer = offer_of(tx, &place)?;
    let row = row_of(tx, by, new, &place, &offer)?;
    tx.savepoint(|tx| enter(tx, "drafted", row.clone(), place.path.clone()))
}

fn place_of(tx: &mut Tx<'_>, by: &By<ManageGroups>, project: Id) -> Result<Place, Refusal> {
    let place = projects::place(tx, project).map_err(|refusal| refusal.named_at("/project_id"))?;
    if by.holds(&place.path) { Ok(place) } else { Err(Refusal::field("/project_id", Fault::NotFound)) }
}

/// A row as it is new.
fn row_of(
    tx: &mut Tx<'_>,
    by: &By<ManageGroups>,
    new: &GroupIn,
    place: &Place,
    offer: &Offer,
) -> Result<GroupRow, Refusal> {
    let slots = new.slots_of(offer.project()?).map_err(Refusal::invalid)?;
    serving(tx, by, place.school_id, new.leader_id, &new.assistant_ids, new.venue_id)?;
    Ok(GroupRow {
        id: Id::fresh(),
        school_id: place.school_id,
        plan_id: place.plan_id,
        project_id: place.id,
        filing_id: offer.filed.id,
        name: new.name.as_str().to_owned(),
        slots: Json(slots),
        leader_id: new.leader_id,
        assistant_ids: Json(new.assistant_ids.clone()),
        venue_id: new.venue_id,
        state: GroupState::Draft,
        from_on: None,
        dissolved_on: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    })
}

/// Asks whether who serves, and the place, are those of the school.
///
/// # Errors
/// 422 at whoever or whatever is not.
pub fn serving(
    tx: &mut Tx<'_>,
    by: &By<ManageGroups>,
    school: Id,
    leader: Option<Id>,
    assistants: &[Id],
    venue: Option<Id>,
) -> Result<(), Refusal> {
    let leader = leader.map(|id| (id, "/leader_id".to_owned()));
    let beside = assistants.iter().enumerate().map(|(index, id)| (*id, format!("/assistant_ids/{index}")));
    let mut faults = Vec::new();
    for (id, at) in leader.into_iter().chain(beside) {
        match by.find::<StaffMember>(tx, id) {
            Ok(member) if member.school_id == school => {}
            Ok(_) => faults.push(FieldError::new(at, Fault::NotFound)),
            Err(refusal) => {
                refusal.of_caller()?;
                faults.push(FieldError::new(at, Fault::NotFound));
            }
        }
    }
    if let Some(venue) = venue {
        let found: Facility = by.named(tx, venue, "/venue_id")?;
        if found.school_id != school {
            faults.push(FieldError::new("/venue_id", Fault::NotFound));
        }
    }
    Refusal::unless_none(faults)
}

/// Replaces a draft; its project stays.
///
/// # Errors
/// 404, 412, 409 once it is confirmed, for another project or a name that is taken, 422 as for a new one.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageGroups>,
    id: Id,
    seen: &IfMatchVersion,
    to: &GroupIn,
) -> Result<Group, Refusal> {
    let before: Group = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    GroupVerb::Update.from(before.row.state)?;
    Refusal::unless_kept([("/project_id", before.row.project_id == to.project_id)])?;
    let place = place_of(tx, by, to.project_id)?;
    let offer = offer_of(tx, &place)?;
    let row = row_of(tx, by, to, &place, &offer)?;
    tx.savepoint(|tx| {
        change(tx, "updated", &before, |group| {
            group.row = GroupRow { id, version: group.row.version, created_at: group.row.created_at, ..row };
        })
    })
}

/// Who of a group takes part on a day.
///
/// # Errors
/// When the database fails.
pub fn pupils_on(tx: &mut Tx<'_>, group: Id, day: Date) -> Result<Vec<Pupil>, Refusal> {
    Ok(pupils_of(tx, &[group], day)?.into_iter().map(|(_, pupil)| pupil).collect())
}

/// The same of several groups, each pupil with its group.
///
/// # Errors
/// When the database fails.
pub fn pupils_of(tx: &mut Tx<'_>, groups: &[Id], day: Date) -> Result<Vec<(Id, Pupil)>, Refusal> {
    store::taking_part_on(tx, groups, day)
}

/// Holds the groups of a group's project until the transaction ends.
///
/// # Errors
/// When the database fails.
pub fn hold_beside(tx: &mut Tx<'_>, group: &Group) -> Result<(), Refusal> {
    store::hold_project(tx, group.row.project_id)
}

/// A group of any scope, for rooms whose own rows the caller may see.
///
/// # Errors
/// 404.
pub fn of_id(tx: &mut Tx<'_>, id: Id) -> Result<Group, Refusal> {
    known(tx, id)
}
