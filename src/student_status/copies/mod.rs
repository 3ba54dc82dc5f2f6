//! A child's copy 个人信息副本: all that is known of one child, for its guardian and its school, in the shapes in which it
//! is read elsewhere, and not more than the reader could read there.

mod api;

pub use self::api::routes;

use crate::auth::By;
use crate::auth::Role;
use crate::auth::permission::{CopyStudents, ReadCharges, ReadConsents, ReadGuardianships};
use crate::db::{Id, Tx};
use crate::delivery::leave_requests::{self, LeaveRequest};
use crate::delivery::pickup_persons::{self, PickupPerson};
use crate::delivery::rosters::{self, Attended};
use crate::enrollments::agreements::{self, AgreementRow};
use crate::enrollments::enrollments::{self, Callable};
use crate::enrollments::paper_forms::{self, PaperForm};
use crate::enrollments::suggestions::{self, Suggestion};
use crate::fees::charges::{self, Charge};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::students::consents::{self, Consent};
use crate::students::guardianships::{Guardianship, GuardianshipFilter};
use crate::students::students::{self, Student};
use crate::surveys::survey_answers::{self, SurveyAnswer};

/// What is known of a child.
#[derive(Debug, Clone)]
pub struct Parts {
    pub guardianships: Vec<Guardianship>,
    pub consents: Vec<Consent>,
    pub enrollments: Vec<Callable>,
    pub agreements: Vec<AgreementRow>,
    pub charges: Vec<Charge>,
    pub survey_answers: Vec<SurveyAnswer>,
    pub paper_forms: Vec<PaperForm>,
    pub suggestions: Vec<Suggestion>,
    pub pickup_persons: Vec<PickupPerson>,
    pub leave_requests: Vec<LeaveRequest>,
    pub attendances: Vec<Attended>,
}

/// All that the caller may read of a pupil that it sees.
///
/// # Errors
/// 404.
pub fn of_student(tx: &mut Tx<'_>, by: &By<CopyStudents>, id: Id) -> Result<(Student, Parts), Refusal> {
    let student: Student = by.find(tx, id)?;
    let person = student.row.person_id;
    let is_guardian = by.role == Role::Guardian;
    let at_school = |school: Option<Id>| is_guardian || school == Some(student.row.school_id);
    let held: By<ReadGuardianships> = By::of(by.actor.clone())?;
    let filter = GuardianshipFilter { person_id: Some(person), ..Default::default() };
    let guardianships = held.list::<Guardianship>(tx, &Listing::all(filter))?;
    let (consents_by, charges_by): (By<ReadConsents>, By<ReadCharges>) =
        (By::of(by.actor.clone())?, By::of(by.actor.clone())?);
    let mut consents = consents::of_person(tx, person)?;
    consents.retain(|consent| {
        let is_own = guardianships.iter().any(|held| held.row.id == consent.row.guardianship_id);
        if is_guardian { is_own } else { consents_by.holds(&consent.path) }
    });
    let mut chosen = enrollments::of_person(tx, person)?;
    chosen.retain(|enrollment| at_school(Some(enrollment.school_id)));
    let mut signed = Vec::new();
    for enrollment in &chosen {
        signed.extend(agreements::all_of(tx, enrollment.row.id)?);
    }
    let enrollments = chosen.into_iter().map(|enrollment| enrollments::callable(tx, by, enrollment));
    let enrollments = enrollments.collect::<Result<Vec<_>, _>>()?;
    let mut charges = charges::of_person(tx, person)?;
    charges.retain(|charge| is_guardian || charges_by.holds(&charge.path));
    let survey_answers = if is_guardian { survey_answers::of_person(tx, person)? } else { Vec::new() };
    let mut paper_forms = paper_forms::of_person(tx, person)?;
    paper_forms.retain(|form| at_school(Some(form.school_id)));
    let memberships: Vec<Id> = if is_guardian {
        students::of_person(tx, person)?.into_iter().map(|membership| membership.row.id).collect()
    } else {
        vec![student.row.id]
    };
    let suggestions = suggestions::to_pupils(tx, &memberships)?;
    let pickup_persons = pickup_persons::of_pupils(tx, &memberships)?;
    let leave_requests = leave_requests::of_pupils(tx, &memberships)?;
    let attendances = rosters::attended(tx, &memberships)?;
    let parts = Parts {
        guardianships,
        consents,
        enrollments,
        agreements: signed,
        charges,
        survey_answers,
        paper_forms,
        suggestions,
        pickup_persons,
        leave_requests,
        attendances,
    };
    Ok((student, parts))
}
