//! What becomes of a pupil's enrollments when its own record changes: a grade is corrected, it leaves the school, two
//! records of it are joined.

use std::collections::HashMap;

use super::model::{Enrollment, EnrollmentEnd, EnrollmentState};
use super::{seats, store};
use crate::db::{Id, Tx};
use crate::filings::filings;
use crate::journal::change;
use crate::refusal::Refusal;
use crate::rules::{Finding, Severity, enrollment as rules};
use crate::students::students::Student;

/// Looks again whether a pupil whose record has changed is one whom its projects are for; says what is to be settled.
///
/// # Errors
/// When the database fails.
pub fn looked_at_again(tx: &mut Tx<'_>, student: &Student) -> Result<(), Refusal> {
    for enrollment in store::open::open_of_student(tx, student.row.id)? {
        look_again(tx, student, &enrollment)?;
    }
    Ok(())
}

/// The same of what is chosen at a school for a school year to which its pupils are moved on: what they take part in
/// before was right for the grade that they were in.
///
/// # Errors
/// When the database fails.
pub fn turned(tx: &mut Tx<'_>, school: Id, school_year: &str, pupils: &[Student]) -> Result<(), Refusal> {
    let open = store::open::open_from_year(tx, school, school_year)?;
    if open.is_empty() {
        return Ok(()); // before the summer is over, nothing is
    }
    let pupils: HashMap<Id, &Student> = pupils.iter().map(|pupil| (pupil.row.id, pupil)).collect();
    for enrollment in &open {
        if let Some(student) = pupils.get(&enrollment.row.student_id) {
            look_again(tx, student, enrollment)?;
        }
    }
    Ok(())
}

fn look_again(tx: &mut Tx<'_>, student: &Student, enrollment: &Enrollment) -> Result<(), Refusal> {
    let filed = filings::filed(tx, enrollment.row.filing_id)?;
    let Some(offer) = filed.offer(enrollment.row.project_id) else { return Ok(()) };
    let unfit = rules::age_appropriate(offer, i64::from(student.row.grade), &filed.profile_document);
    let since = unfit.as_ref().map(|_| enrollment.row.unfit_on.unwrap_or(tx.today));
    if since.is_some() && enrollment.row.state == EnrollmentState::Applied {
        // A wish holds nothing that somebody would have to settle, and no seat is drawn for it.
        seats::withdraw_other(tx, enrollment, EnrollmentEnd::GradeCorrected)?;
    } else if since != enrollment.row.unfit_on {
        seats::change_other(tx, "looked-at-again", enrollment, |row| row.unfit_on = since)?;
    }
    let warning = |finding| Finding { severity: Severity::Warning, pointer: "/grade".to_owned(), ..finding };
    tx.findings.extend(unfit.map(warning));
    Ok(())
}

/// Withdraws what a pupil that leaves its school has there; the seats go to who waits. How much that was.
///
/// # Errors
/// When the database fails.
pub fn left(tx: &mut Tx<'_>, student: &Student) -> Result<usize, Refusal> {
    let mut ended = 0;
    for enrollment in store::of_person(tx, student.row.person_id)? {
        if enrollment.row.student_id == student.row.id && enrollment.row.state.is_open() {
            seats::withdraw(tx, &enrollment, EnrollmentEnd::LeftSchool)?;
            ended += 1;
        }
    }
    Ok(ended)
}

/// Moves the enrollments of a person that was merged. Of two in one project, the one that has come further stays.
///
/// # Errors
/// When the database fails.
pub fn moved(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<Vec<Id>, Refusal> {
    let mut moved = Vec::new();
    let staying = store::of_person(tx, into)?;
    for leaving in store::of_person(tx, from)? {
        let twin = staying.iter().find(|other| {
            other.row.project_id == leaving.row.project_id && other.row.state.stands() && leaving.row.state.stands()
        });
        let leaving = match twin {
            Some(twin) if twin.row.state.rank() < leaving.row.state.rank() => {
                seats::withdraw(tx, twin, EnrollmentEnd::Merged)?;
                leaving
            }
            Some(_) => seats::withdraw(tx, &leaving, EnrollmentEnd::Merged)?,
            None => leaving,
        };
        change(tx, "moved", &leaving, |row| row.person_id = into)?;
        moved.push(leaving.row.id);
    }
    Ok(moved)
}

/// Gives enrollments back to a person who was joined with another by mistake. One that the merge ended is made anew.
///
/// # Errors
/// When somebody else changes one, all is run again.
pub fn given_back(tx: &mut Tx<'_>, ids: &[Id], from: Id, to: Id) -> Result<(), Refusal> {
    for before in store::of_person(tx, from)?.into_iter().filter(|row| ids.contains(&row.row.id)) {
        seats::change_other(tx, "given-back", &before, |row| row.row.person_id = to)?;
    }
    Ok(())
}
