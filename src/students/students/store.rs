//! SQL of memberships; the scope comes first. A scope is a range of schools, or the children of a guardian.

use diesel::prelude::*;

use super::model::{Student, StudentRow, StudentState};
use crate::auth::Scope;
use crate::auth::scope::children_of;
use crate::db::schema::{organisations, persons, students};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};
use crate::students::persons::{PersonRow, numbers};

type Loaded = (StudentRow, PersonRow, String);

fn student(tx: &Tx<'_>, (row, person, path): Loaded) -> Result<Student, Refusal> {
    let priority_groups = serde_json::from_value(row.priority_groups.0.clone()).map_err(Refusal::internal)?;
    let free_help = serde_json::from_value(row.free_help.0.clone()).map_err(Refusal::internal)?;
    let (numbers, person_version) = (numbers(tx, &person)?, person.version);
    Ok(Student { row, priority_groups, free_help, numbers, person_version, path })
}

/// What a list of pupils may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct StudentFilter {
    pub school_id: Option<Id>,
    pub class_id: Option<Id>,
    pub person_id: Option<Id>,
    pub grade: Option<i32>,
    pub state: Option<StudentState>,
}

/// Memberships within a scope, with their persons and the paths of their schools.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {{
        let query = students::table
            .inner_join(organisations::table)
            .inner_join(persons::table)
            .select((StudentRow::as_select(), PersonRow::as_select(), organisations::path))
            .into_boxed();
        match $scope {
            Scope::OwnChildren(user) => query.filter(students::person_id.eq_any(children_of!(*user, $tx.today))),
            scope => {
                let bounds = scope.bounds();
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Student>, Refusal> {
    let found = seen!(tx, scope).filter(students::id.eq(id)).first::<Loaded>(tx.conn).optional()?;
    found.map(|loaded| student(tx, loaded)).transpose()
}

pub(super) fn attending(tx: &mut Tx<'_>, scope: &Scope, person: Id) -> Result<Option<Student>, Refusal> {
    let query = seen!(tx, scope).filter(students::person_id.eq(person));
    let found = query.filter(students::state.eq(StudentState::Attending)).first::<Loaded>(tx.conn).optional()?;
    found.map(|loaded| student(tx, loaded)).transpose()
}

pub(super) fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Student>, Refusal> {
    let query = seen!(tx, &Scope::Everything).filter(students::person_id.eq(person)).order(students::id);
    let found = query.load::<Loaded>(tx.conn)?;
    found.into_iter().map(|loaded| student(tx, loaded)).collect()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &StudentFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Student>, Refusal> {
    let mut query = seen!(tx, scope).order(students::id).limit(limit.rows());
    if let Some(school) = filter.school_id {
        query = query.filter(students::school_id.eq(school));
    }
    if let Some(class) = filter.class_id {
        query = query.filter(students::class_id.eq(class));
    }
    if let Some(person) = filter.person_id {
        query = query.filter(students::person_id.eq(person));
    }
    if let Some(grade) = filter.grade {
        query = query.filter(students::grade.eq(grade));
    }
    if let Some(state) = filter.state {
        query = query.filter(students::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(students::id.gt(after));
    }
    let found = query.load::<Loaded>(tx.conn)?;
    found.into_iter().map(|loaded| student(tx, loaded)).collect()
}

/// Whether a person attends any school, whoever asks.
pub(super) fn attends(tx: &mut Tx<'_>, person: Id) -> Result<bool, Refusal> {
    let query = students::table.filter(students::person_id.eq(person));
    let query = query.filter(students::state.eq(StudentState::Attending)).select(students::id);
    Ok(query.first::<Id>(tx.conn).optional()?.is_some())
}

pub(super) fn attending_by_grade(tx: &mut Tx<'_>, school: Id) -> Result<Vec<(i32, i64)>, Refusal> {
    let query = students::table
        .filter(students::school_id.eq(school).and(students::state.eq(StudentState::Attending)))
        .group_by(students::grade)
        .order(students::grade)
        .select((students::grade, diesel::dsl::count_star()));
    Ok(query.load(tx.conn)?)
}

fn already_attending() -> Refusal {
    Refusal::of(Code::AlreadyAttending)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &StudentRow) -> Result<(), Refusal> {
    diesel::insert_into(students::table).values(row).execute(tx.conn).map_err(on_unique(already_attending))?;
    Ok(())
}

/// Writes the row's new state over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &StudentRow) -> Result<(), Refusal> {
    let changed = diesel::update(students::table.find(row.id).filter(students::version.eq(row.version - 1)))
        .set((
            students::person_id.eq(row.person_id),
            students::class_id.eq(row.class_id),
            students::name.eq(&row.name),
            students::grade.eq(row.grade),
            students::entered_on.eq(row.entered_on),
            students::left_on.eq(row.left_on),
            students::state.eq(row.state),
            students::priority_groups.eq(&row.priority_groups),
            students::free_help.eq(&row.free_help),
            students::version.eq(row.version),
            students::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)
        .map_err(on_unique(already_attending))?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
