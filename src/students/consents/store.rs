//! SQL of consents. A school and its authorities see those for the children who attend; a guardian sees its own while
//! its guardianship holds.

use diesel::prelude::*;

use super::model::{Consent, ConsentFilter, ConsentRow};
use crate::auth::scope::{guardianships_of, pupils_in};
use crate::auth::{Scope, Seen};
use crate::db::schema::{consents, organisations, students};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::{page, stored};

stored!(consents, ConsentRow, taken => {
    Refusal::of(Code::AlreadyExists).with("field", "guardianship_id, text_version")
});

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

impl Seen for Consent {
    type Filter = ConsentFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(seen!(tx, scope).filter(consents::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(consent))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<ConsentFilter>) -> Result<Vec<Self>, Refusal> {
        let person = students::table.filter(students::id.eq(at.filter.student_id)).select(students::person_id);
        let query = page!(seen!(tx, scope).filter(consents::person_id.eq_any(person)), consents, at, {});
        Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(consent).collect())
    }
}

pub(super) fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Consent>, Refusal> {
    let query = with_schools!().filter(consents::person_id.eq(person)).order(consents::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(consent).collect())
}

pub(super) fn delete(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    diesel::delete(consents::table.find(id)).execute(tx.conn)?;
    Ok(())
}
