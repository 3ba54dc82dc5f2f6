//! What the README's story starts from: the first school's draft and its notice, a child of `demo.guardian`, and who is
//! signed in.

use time::Duration;

use super::SCHOOLS;
use crate::auth::permission::{ReadPlans, ReadStudents};
use crate::auth::sessions::{self, WantedRole};
use crate::auth::{Actor, By, users};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::notices::notices::{Notice, NoticeFilter};
use crate::plans::plans::{Plan, PlanFilter};
use crate::plans::projects;
use crate::refusal::Refusal;
use crate::schools::schools;
use crate::students::students::{Student, StudentFilter};

/// How long the tokens of the story hold: a newcomer may take a day.
const LIFETIME: Duration = Duration::hours(24);

/// Ids and people of the story.
pub struct Story {
    pub plan: Id,
    pub notice: Id,
    pub project: Id,
    pub student: Id,
    pub school: Actor,
    pub bureau: Actor,
    pub guardian: Actor,
    pub finance: Actor,
}

/// Finds what the story needs, and signs its people in.
///
/// # Errors
/// When the database fails or is not the demonstration's.
pub fn story(tx: &mut Tx<'_>) -> Result<Story, Refusal> {
    let mut signed_in = |username: &str| -> Result<Actor, Refusal> {
        let (user, _) = users::with_secret(tx, username)?.ok_or_else(missing)?;
        let actor = sessions::open_for(tx, &user, &WantedRole::default(), true)?.actor;
        Ok(Actor { expires_at: actor.issued_at.plus(LIFETIME), ..actor })
    };
    let (school, bureau) = (signed_in("demo.school")?, signed_in("demo.bureau")?);
    let (guardian, finance) = (signed_in("demo.guardian")?, signed_in("demo.finance")?);
    let school_id = schools::by_code(tx, SCHOOLS[0].code)?.ok_or_else(missing)?.row.id;
    let desk = By::<ReadPlans>::of(school.clone())?;
    let plan = desk.list::<Plan>(tx, &Listing::all(PlanFilter::default()))?.pop().ok_or_else(missing)?.id;
    let of_plan = Listing::all(NoticeFilter { plan_id: Some(plan), ..NoticeFilter::default() });
    let notice = desk.list::<Notice>(tx, &of_plan)?.pop().ok_or_else(missing)?.id;
    let project = projects::ids(tx, plan)?.into_iter().next().ok_or_else(missing)?;
    let of_school = Listing::all(StudentFilter { school_id: Some(school_id), ..StudentFilter::default() });
    let family = By::<ReadStudents>::of(guardian.clone())?;
    let student = family.list::<Student>(tx, &of_school)?.pop().ok_or_else(missing)?.id;
    Ok(Story { plan, notice, project, student, school, bureau, guardian, finance })
}

fn missing() -> Refusal {
    Refusal::internal("the demonstration is not whole")
}
