//! Pupils: the memberships of persons in schools, grades 1 to 9 (三.1). A transfer is leaving one school and entering
//! another; the person stays the same.

mod api;
mod grounds;
mod model;
mod store;

pub use self::api::{StudentOut, routes};
pub use self::grounds::{StudentGround, groups_on};
pub use self::model::{FreeHelpReason, LeaveIn, Student, StudentFilter, StudentIn, StudentState, StudentVerb};
pub use self::store::key_names;

use serde::Serialize;
use time::{Date, Month};

use self::model::StudentRow;
use crate::auth::permission::ManageStudents;
use crate::auth::{By, Scope, Seen};
use crate::db::{Changing, Id, Instant, Json, Stored, Tx, run_again};
use crate::http::IfMatchVersion;
use crate::journal::{change, record, record_all};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::schools::classes::Class;
use crate::schools::{classes, schools};
use crate::students::persons::{self, Numbers};

/// Enters a pupil at a school in the caller's scope. Whoever has these numbers already is the same person.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the person attends a school, whichever that is.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageStudents>, new: &StudentIn) -> Result<Student, Refusal> {
    let (path, class_year) = check(tx, by, new, None)?;
    let person = persons::resolve(tx, &new.numbers(), &path)?;
    persons::claim(tx, person.row.id)?;
    if store::attends(tx, person.row.id)? {
        return Err(Refusal::of(Code::AlreadyAttending));
    }
    let row = StudentRow {
        id: Id::fresh(),
        school_id: new.school_id,
        person_id: person.row.id,
        class_id: new.class_id,
        name: new.name.as_str().to_owned(),
        grade: i32::from(new.grade),
        entered_on: new.entered_on,
        left_on: None,
        state: StudentState::Attending,
        priority_groups: json(&new.priority_groups)?,
        free_help: json(&new.free_help)?,
        grounds: Json(new.grounds_over(&[])),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    roll_changed(tx, None, row.class_id)?;
    let (numbers, person_version) = (persons::numbers(tx, &person.row)?, person.row.version);
    let (priority_groups, free_help) = (new.priority_groups.clone(), new.free_help.clone());
    let made = Student { row, priority_groups, free_help, numbers, person_version, class_year, path };
    record(tx, "entered", None, Some(&made))?;
    Ok(made)
}

/// The first calendar year of the school year to which a day belongs.
fn school_year_of(day: Date) -> i32 {
    if day.month() >= Month::August { day.year() } else { day.year() - 1 }
}

/// The path of the school and the school year of the class, if school, class, grade and what the request says go
/// together. Nobody is put into a class of a school year that is over; who is in one stays there until moved on.
fn check(
    tx: &mut Tx<'_>,
    by: &By<ManageStudents>,
    new: &StudentIn,
    stays_in: Option<Id>,
) -> Result<(String, Option<String>), Refusal> {
    let first_year = school_year_of(tx.today.max(new.entered_on));
    let mut class_year = None;
    let scope = by.scope();
    let mut faults = new.faults();
    let mut wrong = |pointer: &str, fault| faults.push(FieldError::new(pointer, fault));
    let school = schools::seen(tx, &scope, new.school_id)?;
    match &school {
        None => wrong("/school_id", Fault::NotFound),
        Some(school) if !school.teaches(new.grade) => wrong("/grade", Fault::OutOfRange),
        Some(_) => {}
    }
    if let Some(class) = new.class_id {
        match classes::seen(tx, &scope, class)? {
            Some(class) if class.row.school_id != new.school_id => wrong("/class_id", Fault::NotFound),
            Some(class) if class.row.grade != i32::from(new.grade) => wrong("/class_id", Fault::Mismatch),
            Some(class) if Some(class.row.id) != stays_in && class.row.first_year() < first_year => {
                wrong("/class_id", Fault::Mismatch);
            }
            Some(class) => class_year = Some(class.row.school_year.clone()),
            None => wrong("/class_id", Fault::NotFound),
        }
    }
    match school {
        Some(school) if faults.is_empty() => Ok((school.path, class_year)),
        _ => Err(Refusal::invalid(faults)),
    }
}

fn json<T: Serialize>(words: &[T]) -> Result<Json, Refusal> {
    serde_json::to_value(words).map(Json).map_err(Refusal::internal)
}

/// Counts the rolls of the classes that a pupil left and entered.
fn roll_changed(tx: &mut Tx<'_>, left: Option<Id>, entered: Option<Id>) -> Result<(), Refusal> {
    if left != entered {
        for class in [left, entered].into_iter().flatten() {
            classes::roll_changed(tx, class)?;
        }
    }
    Ok(())
}

/// Replaces what a school knows of its pupil. Numbers that are not given stay as they are, because answers mask them.
///
/// # Errors
/// 404, 412, 409 for another school, a pupil that has left, or a number of somebody else, 422 with everything that does
/// not go together.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageStudents>,
    id: Id,
    seen: &IfMatchVersion,
    to: &StudentIn,
) -> Result<Student, Refusal> {
    let before = ready_for(tx, by, id, seen, StudentVerb::Update)?;
    if before.school_id != to.school_id {
        return Err(Refusal::at(Code::ImmutableField, "/school_id", Fault::Immutable));
    }
    let (_, class_year) = check(tx, by, to, before.class_id)?;
    let (mut after, numbers) = (Student { class_year, ..before.clone() }, to.numbers());
    if numbers != Numbers::default() {
        let person = persons::correct(tx, before.person_id, &numbers, &before.path)?;
        after.numbers = persons::numbers(tx, &person.row)?;
        after.person_version = person.row.version;
    }
    after.row.class_id = to.class_id;
    after.row.name = to.name.as_str().to_owned();
    after.row.grade = i32::from(to.grade);
    after.row.entered_on = to.entered_on;
    after.row.priority_groups = json(&to.priority_groups)?;
    after.row.free_help = json(&to.free_help)?;
    after.row.grounds = Json(to.grounds_over(&before.row.grounds.0));
    after.priority_groups = to.priority_groups.clone();
    after.free_help = to.free_help.clone();
    roll_changed(tx, before.row.class_id, after.row.class_id)?;
    change(tx, "updated", &before, |student| *student = after)
}

/// A pupil that is to leave the school on a day that has come; `student_status::departures` lets it go.
///
/// # Errors
/// 404, 412, 409 when it has left, 422 for a day before it entered or after today.
pub fn leaving(
    tx: &mut Tx<'_>,
    by: &By<ManageStudents>,
    id: Id,
    seen: &IfMatchVersion,
    left_on: Date,
) -> Result<Student, Refusal> {
    let before = ready_for(tx, by, id, seen, StudentVerb::Leave)?;
    if left_on < before.row.entered_on {
        return Err(Refusal::field("/left_on", Fault::EndsBeforeStart));
    }
    if left_on > tx.today {
        return Err(Refusal::field("/left_on", Fault::OutOfRange).said("after-today"));
    }
    Ok(before)
}

/// Ends a membership; whoever chooses for the pupil waits meanwhile, or has been seen.
///
/// # Errors
/// 412 when another request was faster.
pub fn let_go(tx: &mut Tx<'_>, before: &Student, left_on: Date) -> Result<Student, Refusal> {
    let mut after = before.clone();
    after.row.state = StudentState::Left;
    after.row.left_on = Some(left_on);
    persons::claim(tx, before.row.person_id)?;
    roll_changed(tx, before.row.class_id, None)?;
    change(tx, "left", before, |student| *student = after)
}

/// A pupil as it is in a grade and a class of another school year.
#[must_use]
pub fn in_grade(before: &Student, class: Option<&Class>, grade: i32, now: Instant) -> Student {
    let mut after = before.clone();
    after.row.class_id = class.map(|class| class.row.id);
    after.row.grade = grade;
    after.class_year = class.map(|class| class.row.school_year.clone());
    after.row.step(now);
    after
}

/// Moves pupils on, each from what it was to what it is [in its grade](in_grade); whoever does so counts the rolls.
///
/// # Errors
/// 412 when another request was faster.
pub fn moved_on(tx: &mut Tx<'_>, moved: &[(Student, Student)]) -> Result<(), Refusal> {
    for (_, after) in moved {
        after.row.update(tx)?;
    }
    record_all(tx, "moved-on", moved)
}

/// Puts a pupil back to where it was before the year was turned, also one that left the school then.
///
/// # Errors
/// 412 when another request was faster, 409 when its person attends a school.
pub fn put_back(tx: &mut Tx<'_>, before: &Student, class: Option<Id>, grade: i32) -> Result<Student, Refusal> {
    change(tx, "put-back", before, |student| {
        student.row.class_id = class;
        student.row.grade = grade;
        student.row.state = StudentState::Attending;
        student.row.left_on = None;
    })
}

/// Who attends a school, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn attending_at(tx: &mut Tx<'_>, school: Id) -> Result<Vec<Student>, Refusal> {
    store::attending_at(tx, school)
}

/// Whether two persons were at one school on one day.
///
/// # Errors
/// When the database fails.
pub fn attended_together(tx: &mut Tx<'_>, one: Id, other: Id) -> Result<bool, Refusal> {
    let (own, others) = (store::of_person(tx, one)?, store::of_person(tx, other)?);
    let until = |student: &Student| student.row.left_on.unwrap_or(Date::MAX);
    let meet = |one: &Student, other: &Student| {
        one.row.school_id == other.row.school_id
            && one.row.entered_on <= until(other)
            && other.row.entered_on <= until(one)
    };
    Ok(own.iter().any(|one| others.iter().any(|other| meet(one, other))))
}

/// Pupils by their ids, whoever asks.
///
/// # Errors
/// When the database fails.
pub fn of_ids(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<Student>, Refusal> {
    store::of_ids(tx, ids)
}

fn ready_for(
    tx: &mut Tx<'_>,
    by: &By<ManageStudents>,
    id: Id,
    seen: &IfMatchVersion,
    verb: StudentVerb,
) -> Result<Student, Refusal> {
    let student: Student = by.find(tx, id)?;
    seen.expect(student.version)?;
    verb.from(student.state)?;
    Ok(student)
}

/// One pupil within a scope, its person claimed first: whoever leaves its school or is joined with another record waits
/// meanwhile, or has been seen.
///
/// # Errors
/// 404.
pub fn claim(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Student, Refusal> {
    let person = persons::claim_of(tx, id)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    let student = Student::find_in(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    if student.row.person_id == person {
        Ok(student)
    } else {
        Err(run_again("the pupil was joined with another record"))
    }
}

/// The membership that a person attends now, if it lies within the scope.
///
/// # Errors
/// When the database fails.
pub fn attending(tx: &mut Tx<'_>, scope: &Scope, person: Id) -> Result<Option<Student>, Refusal> {
    store::attending(tx, scope, person)
}

/// The pupils of a class that the caller sees, so many at most.
///
/// # Errors
/// When the database fails.
pub fn of_class(tx: &mut Tx<'_>, class: Id, limit: i64) -> Result<Vec<Student>, Refusal> {
    store::of_class(tx, class, limit)
}

/// How many pupils attend a school, by grade.
///
/// # Errors
/// When the database fails.
pub fn attending_by_grade(tx: &mut Tx<'_>, school: Id) -> Result<Vec<(i32, i64)>, Refusal> {
    store::attending_by_grade(tx, school)
}

/// Moves the memberships of a person that was merged.
///
/// # Errors
/// 409 when both attend a school.
pub fn moved(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<Vec<Id>, Refusal> {
    let mut moved = Vec::new();
    for before in store::of_person(tx, from)? {
        change(tx, "moved", &before, |student| student.person_id = into)?;
        moved.push(before.row.id);
    }
    Ok(moved)
}

/// Gives memberships back to a person who was joined with another by mistake.
///
/// # Errors
/// When somebody else changes one, all is run again.
pub fn given_back(tx: &mut Tx<'_>, ids: &[Id], from: Id, to: Id) -> Result<(), Refusal> {
    for before in store::of_person(tx, from)?.into_iter().filter(|row| ids.contains(&row.row.id)) {
        change(tx, "given-back", &before, |student| student.person_id = to)?;
    }
    Ok(())
}

/// All memberships of a person, whoever asks.
///
/// # Errors
/// When the database fails.
pub fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Student>, Refusal> {
    store::of_person(tx, person)
}

/// What stands in the place of a name that was erased.
pub const ERASED: &str = "（已删除）";

/// Forgets what schools knew of a person, but where it was in which grade; how many memberships it was.
///
/// # Errors
/// When somebody else changes one, all is run again.
pub fn erased(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Student>, Refusal> {
    let mut bare = Vec::new();
    for before in store::of_person(tx, person)? {
        bare.push(change(tx, "erased", &before, |student| {
            ERASED.clone_into(&mut student.row.name);
            student.row.priority_groups = Json(serde_json::json!([]));
            student.row.free_help = Json(serde_json::json!([]));
            student.row.grounds = Json(Vec::new());
            student.priority_groups = Vec::new();
            student.free_help = Vec::new();
        })?);
    }
    Ok(bare)
}
