//! SQL of persons. A person is seen where it is, or was, a pupil of a school within the scope.

use diesel::prelude::*;
use time::Date;

use super::model::PersonRow;
use crate::auth::Scope;
use crate::auth::scope::schools_in;
use crate::db::schema::{persons, students};
use crate::db::{Changing, Id, Instant, Prepare, Rung, Stored, Tx, run_again};
use crate::kept;
use crate::refusal::{Code, Refusal, on_unique};

kept!(persons, PersonRow);

pub(super) fn get(tx: &mut Tx<'_>, id: Id) -> Result<Option<PersonRow>, Refusal> {
    Ok(persons::table.find(id).select(PersonRow::as_select()).first(tx.conn).optional()?)
}

/// A person that is a pupil within the scope, or was one.
pub(super) fn seen(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<PersonRow>, Refusal> {
    let bounds = scope.bounds();
    let known = students::table.filter(students::school_id.eq_any(schools_in!(bounds))).select(students::person_id);
    let query = persons::table.filter(persons::id.eq(id)).filter(persons::id.eq_any(known));
    Ok(query.select(PersonRow::as_select()).first(tx.conn).optional()?)
}

/// Whether one of two persons is, or was, a pupil outside the scope.
pub(super) fn any_outside(tx: &mut Tx<'_>, scope: &Scope, one: Id, other: Id) -> Result<bool, Refusal> {
    let bounds = scope.bounds();
    let outside = students::table
        .filter(students::person_id.eq(one).or(students::person_id.eq(other)))
        .filter(students::school_id.ne_all(schools_in!(bounds)))
        .select(students::id);
    Ok(outside.first::<Id>(tx.conn).optional()?.is_some())
}

pub(super) fn by_id_number(tx: &mut Tx<'_>, hash: &str) -> Result<Option<PersonRow>, Refusal> {
    let query = persons::table.filter(persons::id_number_hash.eq(hash));
    Ok(query.select(PersonRow::as_select()).first(tx.conn).optional()?)
}

pub(super) fn by_student_number(tx: &mut Tx<'_>, hash: &str) -> Result<Option<PersonRow>, Refusal> {
    let query = persons::table.filter(persons::student_number_hash.eq(hash));
    Ok(query.select(PersonRow::as_select()).first(tx.conn).optional()?)
}

impl Stored for PersonRow {
    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    /// Whoever adds the same person at the same time looks again, and finds it.
    fn insert(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        diesel::insert_into(persons::table)
            .values(self)
            .execute(tx.conn)
            .map_err(on_unique(|| run_again("a person of this number was added meanwhile")))?;
        Ok(())
    }
}

impl Changing for PersonRow {
    fn step(&mut self, now: Instant) {
        self.version += 1;
        self.updated_at = now;
    }

    /// The caller named a pupil, and saw no version of its person: all is run again when that has changed.
    fn update(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        let changed = diesel::update(persons::table.find(self.id).filter(persons::version.eq(self.version - 1)))
            .set(self)
            .execute(tx.conn)
            .map_err(on_unique(|| Refusal::of(Code::AlreadyExists).with("field", "id_number, student_number")))?;
        if changed == 1 { Ok(()) } else { Err(run_again("the person has changed meanwhile")) }
    }
}

/// Tombstones of earlier merges, which lead to a person.
pub(super) fn tombstones(tx: &mut Tx<'_>, of: Id) -> Result<Vec<PersonRow>, Refusal> {
    let joined = persons::table.filter(persons::merged_into_id.eq(of)).order(persons::id);
    Ok(joined.select(PersonRow::as_select()).load(tx.conn)?)
}

/// Holds the row of a membership's person until the transaction ends, and says who it was when it was looked up.
///
/// # Errors
/// When the database fails.
pub fn claim_of(tx: &mut Tx<'_>, student: Id) -> Result<Option<Id>, Refusal> {
    let person = students::table.filter(students::id.eq(student)).select(students::person_id.nullable());
    let claimed = diesel::update(persons::table.filter(persons::id.nullable().eq(person.single_value())))
        .set(persons::updated_at.eq(persons::updated_at))
        .returning(persons::id);
    let person: Option<Id> = claimed.prepared().get_result(tx.conn).optional()?;
    if let Some(person) = person {
        tx.holds(Rung::Person, person);
    }
    Ok(person)
}

/// Holds the row until the transaction ends, so that what several rows say about the person is decided one after the
/// other. Nothing more is said about a record that was joined with another: who finds a tombstone looks again.
///
/// # Errors
/// When the record was joined with another meanwhile, all is run again.
pub fn claim(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    let claimed = diesel::update(persons::table.find(id))
        .set(persons::updated_at.eq(persons::updated_at))
        .returning(persons::merged_into_id)
        .prepared()
        .get_result::<Option<Id>>(tx.conn)
        .optional()?;
    tx.holds(Rung::Person, id);
    match claimed.flatten() {
        Some(_) => Err(run_again("the person was joined with another record")),
        None => Ok(()),
    }
}

/// Those of some persons who are pupils of a school, or were.
pub(super) fn with_pupils(tx: &mut Tx<'_>, persons: &[Id]) -> Result<Vec<Id>, Refusal> {
    let query = students::table.filter(students::person_id.eq_any(persons.to_vec()));
    Ok(query.select(students::person_id).distinct().load(tx.conn)?)
}

/// A tombstone whose person is, or was, a pupil within the scope.
pub(super) fn tombstone_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<PersonRow>, Refusal> {
    let bounds = scope.bounds();
    let known =
        students::table.filter(students::school_id.eq_any(schools_in!(bounds))).select(students::person_id.nullable());
    let query = persons::table.filter(persons::id.eq(id)).filter(persons::merged_into_id.eq_any(known));
    Ok(query.select(PersonRow::as_select()).first(tx.conn).optional()?)
}

/// Persons who were pupils of a school, attend none, have left all of theirs before a day, and are not erased.
///
/// # Errors
/// When the database fails.
pub fn left_before(tx: &mut Tx<'_>, school: Id, day: Date, limit: i64) -> Result<Vec<Id>, Refusal> {
    let (own, others) = diesel::alias!(students as own, students as others);
    let later = others
        .filter(others.field(students::person_id).eq(persons::id))
        .filter(others.field(students::left_on).is_null().or(others.field(students::left_on).ge(day)))
        .select(others.field(students::id));
    let here = own.filter(own.field(students::school_id).eq(school)).select(own.field(students::person_id));
    let query = persons::table
        .filter(persons::erased_on.is_null().and(persons::id.eq_any(here)))
        .filter(diesel::dsl::not(diesel::dsl::exists(later)))
        .order(persons::id)
        .limit(limit)
        .select(persons::id);
    Ok(query.load(tx.conn)?)
}
