//! SQL of consents. A school and its authorities see those for the children who attend; a guardian sees its own while
//! its guardianship holds.

use diesel::prelude::*;

use super::model::{Consent, ConsentRow};
use crate::auth::Scope;
use crate::auth::scope::{guardianships_of, pupils_in};
use crate::db::schema::{consents, organisations, students};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};

type Loaded = (ConsentRow, Option<Id>, Option<String>);

fn consent((row, school_id, path): Loaded) -> Consent {
    Consent { row, school_id, path: path.unwrap_or_default() }
}

/// Consents with the school that the child attends.
macro_rules! with_schools {
    () => {
        consents::table
            .select((
                ConsentRow::as_select(),
                students::table
                    .filter(students::person_id.eq(consents::person_id).and(students::state.eq("attending")))
                    .select(students::school_id)
                    .single_value(),
                students::table
                    .inner_join(organisations::table)
                    .filter(students::person_id.eq(consents::person_id).and(students::state.eq("attending")))
                    .select(organisations::path)
                    .single_value(),
            ))
            .into_boxed()
    };
}

/// Consents within a scope.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {
        match $scope {
            Scope::OwnChildren(user) => {
                with_schools!().filter(consents::guardianship_id.eq_any(guardianships_of!(*user, $tx.today)))
            }
            scope => {
                let bounds = scope.bounds();
                with_schools!().filter(consents::person_id.eq_any(pupils_in!(bounds)))
            }
        }
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Consent>, Refusal> {
    Ok(seen!(tx, scope).filter(consents::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(consent))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    student: Id,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Consent>, Refusal> {
    let person = students::table.filter(students::id.eq(student)).select(students::person_id);
    let mut query = seen!(tx, scope).filter(consents::person_id.eq_any(person));
    query = query.order(consents::id).limit(limit.rows());
    if let Some(after) = after {
        query = query.filter(consents::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(consent).collect())
}

pub(super) fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Consent>, Refusal> {
    let query = with_schools!().filter(consents::person_id.eq(person)).order(consents::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(consent).collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &ConsentRow) -> Result<(), Refusal> {
    diesel::insert_into(consents::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::AlreadyExists).with("field", "guardianship_id, text_version")))?;
    Ok(())
}

/// Writes the row's new state over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &ConsentRow) -> Result<(), Refusal> {
    let changed = diesel::update(consents::table.find(row.id).filter(consents::version.eq(row.version - 1)))
        .set((
            consents::person_id.eq(row.person_id),
            consents::withdrawn_at.eq(row.withdrawn_at),
            consents::version.eq(row.version),
            consents::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
