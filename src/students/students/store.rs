//! SQL of memberships; the scope comes first. A scope is a range of schools, or the children of a guardian.

use diesel::prelude::*;

use super::model::{Student, StudentFilter, StudentRow, StudentState};
use crate::auth::scope::{at_school, children_of, classes_taught};
use crate::auth::{Scope, Seen};
use crate::db::schema::{classes, organisations, persons, students};
use crate::db::{Id, NameOf, Tx};
use crate::http::{Key, Listing};
use crate::refusal::{Code, Refusal};
use crate::students::persons::{PersonRow, numbers};
use crate::values::name_key;
use crate::{page, stored};

stored!(named name by name_key::of_person, students, StudentRow, taken => Refusal::of(Code::AlreadyAttending));

type Loaded = (StudentRow, PersonRow, (String, String), Option<(String, String)>);

fn student(tx: &mut Tx<'_>, (row, person, (path, school), class): Loaded) -> Result<Student, Refusal> {
    let priority_groups = serde_json::from_value(row.priority_groups.0.clone()).map_err(Refusal::internal)?;
    let free_help = serde_json::from_value(row.free_help.0.clone()).map_err(Refusal::internal)?;
    let (class_year, class_name) = class.unzip();
    tx.names.know(NameOf::Student, row.id, row.name.as_str());
    tx.names.know(NameOf::Organisation, row.school_id, school);
    if let (Some(class), Some(name)) = (row.class_id, class_name) {
        tx.names.know(NameOf::Class, class, name.as_str());
        tx.names.know(NameOf::ClassOfStudent, row.id, name);
    }
    let (numbers, person_version) = (numbers(tx, &person)?, person.version);
    Ok(Student { row, priority_groups, free_help, numbers, person_version, class_year, path })
}

/// Memberships within a scope, with their persons and the paths of their schools.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {{
        let query = students::table
            .inner_join(organisations::table)
            .inner_join(persons::table)
            .left_join(classes::table.on(classes::id.nullable().eq(students::class_id)))
            .select((
                StudentRow::as_select(),
                PersonRow::as_select(),
                (organisations::path, organisations::name),
                (classes::school_year, classes::name).nullable(),
            ))
            .into_boxed();
        match $scope {
            Scope::OwnChildren(user) => query.filter(students::person_id.eq_any(children_of!(*user, $tx.today))),
            Scope::OwnPupils(user) => query
                .filter(students::state.eq("attending"))
                .filter(students::class_id.eq_any(classes_taught!(*user, $tx.today))),
            scope => {
                let bounds = scope.bounds();
                let query = at_school!(query, students::school_id, bounds);
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

impl Seen for Student {
    type Filter = StudentFilter;
    type Key = Key;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let found = seen!(tx, scope).filter(students::id.eq(id)).first::<Loaded>(tx.conn).optional()?;
        found.map(|loaded| student(tx, loaded)).transpose()
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<StudentFilter, Key>) -> Result<Vec<Self>, Refusal> {
        let seen = seen!(tx, scope);
        let mut query = page!(seen, students, at, { school_id, class_id, person_id, [state] }, polled by name);
        if let Some(authority) = at.filter.authority_id {
            query = query.filter(organisations::parent_id.eq(authority));
        }
        if let Some(grade) = at.filter.grade.and_then(|grade| i32::try_from(grade.get()).ok()) {
            query = query.filter(students::grade.eq(grade));
        }
        let found = query.load::<Loaded>(tx.conn)?;
        found.into_iter().map(|loaded| student(tx, loaded)).collect()
    }
}

pub(super) fn attending(tx: &mut Tx<'_>, scope: &Scope, person: Id) -> Result<Option<Student>, Refusal> {
    let query = seen!(tx, scope).filter(students::person_id.eq(person));
    let found = query.filter(students::state.eq(StudentState::Attending)).first::<Loaded>(tx.conn).optional()?;
    found.map(|loaded| student(tx, loaded)).transpose()
}

pub(super) fn of_class(tx: &mut Tx<'_>, class: Id, limit: i64) -> Result<Vec<Student>, Refusal> {
    let query = seen!(tx, &Scope::Everything).filter(students::class_id.eq(class));
    let query = query.filter(students::state.eq(StudentState::Attending)).order(students::id).limit(limit);
    let found = query.load::<Loaded>(tx.conn)?;
    found.into_iter().map(|loaded| student(tx, loaded)).collect()
}

pub(super) fn attending_at(tx: &mut Tx<'_>, school: Id) -> Result<Vec<Student>, Refusal> {
    let query = seen!(tx, &Scope::Everything).filter(students::school_id.eq(school));
    let query = query.filter(students::state.eq(StudentState::Attending)).order(students::id);
    let found = query.load::<Loaded>(tx.conn)?;
    found.into_iter().map(|loaded| student(tx, loaded)).collect()
}

/// So many ids stand in one statement.
const AT_ONCE: usize = 500;

pub(super) fn of_ids(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<Student>, Refusal> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let query = seen!(tx, &Scope::Everything).filter(students::id.eq_any(some));
        found.extend(query.load::<Loaded>(tx.conn)?);
    }
    found.into_iter().map(|loaded| student(tx, loaded)).collect()
}

pub(super) fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Student>, Refusal> {
    let query = seen!(tx, &Scope::Everything).filter(students::person_id.eq(person)).order(students::id);
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
