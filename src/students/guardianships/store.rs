//! SQL of guardianships. A school and its authorities see those of the children who attend; a guardian sees its own
//! while they hold.

use diesel::prelude::*;
use time::Date;

use super::model::{Guardianship, GuardianshipFilter, GuardianshipRow, GuardianshipState};
use super::open_contact;
use crate::auth::scope::pupils_in;
use crate::auth::{Scope, Seen};
use crate::db::schema::{guardianships, organisations, students};
use crate::db::{Id, Prepare, Tx};
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::{page, stored};

stored!(guardianships, GuardianshipRow, taken => Refusal::of(Code::Overlap));

type Loaded = (GuardianshipRow, Option<Id>, Option<String>);

fn guardianship(tx: &Tx<'_>, (row, school_id, path): Loaded) -> Result<Guardianship, Refusal> {
    let (contact_name, contact_phone) = open_contact(tx, &row)?;
    Ok(Guardianship { row, contact_name, contact_phone, school_id, path: path.unwrap_or_default() })
}

/// Conditions under which a guardianship holds on a day.
macro_rules! holding_on {
    ($today:expr) => {
        guardianships::state
            .eq(GuardianshipState::Active)
            .and(guardianships::starts_on.le($today))
            .and(guardianships::ends_on.is_null().or(guardianships::ends_on.ge($today)))
    };
}

/// Guardianships with the school that the child attends.
macro_rules! with_schools {
    () => {
        guardianships::table
            .select((
                GuardianshipRow::as_select(),
                students::table
                    .filter(students::person_id.eq(guardianships::person_id).and(students::state.eq("attending")))
                    .select(students::school_id)
                    .single_value(),
                students::table
                    .inner_join(organisations::table)
                    .filter(students::person_id.eq(guardianships::person_id).and(students::state.eq("attending")))
                    .select(organisations::path)
                    .single_value(),
            ))
            .into_boxed()
    };
}

/// Guardianships within a scope.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {
        match $scope {
            Scope::OwnChildren(user) => with_schools!()
                .filter(guardianships::user_id.eq(*user))
                .filter(holding_on!($tx.today).assume_not_null()),
            scope => {
                let bounds = scope.bounds();
                with_schools!().filter(guardianships::person_id.eq_any(pupils_in!(bounds)))
            }
        }
    };
}

impl Seen for Guardianship {
    type Filter = GuardianshipFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let found = seen!(tx, scope).filter(guardianships::id.eq(id)).first::<Loaded>(tx.conn).optional()?;
        found.map(|loaded| guardianship(tx, loaded)).transpose()
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<GuardianshipFilter>) -> Result<Vec<Self>, Refusal> {
        let query = page!(seen!(tx, scope), guardianships, at, { person_id, [state] });
        let found = query.load::<Loaded>(tx.conn)?;
        found.into_iter().map(|loaded| guardianship(tx, loaded)).collect()
    }
}

/// All guardianships of a person, whoever asks.
pub(super) fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Guardianship>, Refusal> {
    let query = with_schools!().filter(guardianships::person_id.eq(person)).order(guardianships::id);
    let found = query.load::<Loaded>(tx.conn)?;
    found.into_iter().map(|loaded| guardianship(tx, loaded)).collect()
}

/// Those of the pupils of a class that a guardian may still take on.
pub(super) fn to_be_taken(tx: &mut Tx<'_>, class: Id, limit: i64) -> Result<Vec<Guardianship>, Refusal> {
    let pupils = students::table.filter(students::class_id.eq(class).and(students::state.eq("attending")));
    let query = with_schools!()
        .filter(guardianships::person_id.eq_any(pupils.select(students::person_id)))
        .filter(guardianships::state.eq(GuardianshipState::Active).and(guardianships::user_id.is_null()))
        .filter(guardianships::contact_phone_sealed.is_not_null())
        .filter(guardianships::ends_on.is_null().or(guardianships::ends_on.ge(tx.today).assume_not_null()))
        .order((guardianships::person_id, guardianships::id))
        .limit(limit);
    let found = query.load::<Loaded>(tx.conn)?;
    found.into_iter().map(|loaded| guardianship(tx, loaded)).collect()
}

/// All guardianships of an account, whoever asks.
pub(super) fn of_user(tx: &mut Tx<'_>, user: Id) -> Result<Vec<Guardianship>, Refusal> {
    let query = with_schools!().filter(guardianships::user_id.eq(user)).order(guardianships::id);
    let found = query.load::<Loaded>(tx.conn)?;
    found.into_iter().map(|loaded| guardianship(tx, loaded)).collect()
}

/// The persons among some for whom an account holds guardianships today, with the rights of each as its row has them.
pub(super) fn rights_of(tx: &mut Tx<'_>, user: Id, persons: &[Id]) -> Result<Vec<(Id, String)>, Refusal> {
    let held = guardianships::table
        .filter(guardianships::user_id.eq(user).and(guardianships::person_id.eq_any(persons)))
        .filter(holding_on!(tx.today))
        .select((guardianships::person_id, guardianships::rights));
    Ok(held.load(tx.conn)?)
}

/// What an account holds for a person today; the rows are held until the transaction ends: an end or a block waits for
/// it, or has been seen by it.
pub(super) fn claim_rights(tx: &mut Tx<'_>, user: Id, person: Id) -> Result<Vec<(Id, String, bool)>, Refusal> {
    // Said here, so that nobody asks again for the few children who have two guardians with accounts.
    let shared = diesel::dsl::sql::<diesel::sql_types::Bool>(
        "EXISTS (SELECT 1 FROM guardianships AS others WHERE others.person_id = guardianships.person_id \
         AND others.user_id <> guardianships.user_id AND others.state = 'active')",
    );
    let held = guardianships::table
        .filter(guardianships::user_id.eq(user).and(guardianships::person_id.eq(person)))
        .filter(holding_on!(tx.today));
    let claimed = diesel::update(held).set(guardianships::updated_at.eq(guardianships::updated_at)).returning((
        guardianships::person_id,
        guardianships::rights,
        shared,
    ));
    Ok(claimed.prepared().get_results(tx.conn)?)
}

/// The rights of a guardianship of a person that holds today and held on another day; its row is held until the
/// transaction ends.
pub(super) fn claim_named(tx: &mut Tx<'_>, id: Id, person: Id, on: Date) -> Result<Option<String>, Refusal> {
    let held = guardianships::table
        .filter(guardianships::id.eq(id).and(guardianships::person_id.eq(person)))
        .filter(holding_on!(tx.today))
        .filter(holding_on!(on));
    let claimed = diesel::update(held)
        .set(guardianships::updated_at.eq(guardianships::updated_at))
        .returning(guardianships::rights);
    Ok(claimed.prepared().get_results(tx.conn)?.pop())
}

/// The accounts of persons' guardians who receive notices today.
pub(super) fn receivers(tx: &mut Tx<'_>, persons: &[Id]) -> Result<Vec<(Id, Id)>, Refusal> {
    let query = guardianships::table
        .filter(guardianships::person_id.eq_any(persons.to_vec()).and(guardianships::user_id.is_not_null()))
        .filter(holding_on!(tx.today))
        .filter(guardianships::rights.like("% receive_notices %"))
        .order((guardianships::person_id, guardianships::id))
        .select((guardianships::person_id, guardianships::user_id.assume_not_null()));
    Ok(query.load(tx.conn)?)
}

/// Guardians of persons who may fetch them on a day, and those who were blocked.
pub(super) fn at_the_door(tx: &mut Tx<'_>, persons: &[Id], day: Date) -> Result<Vec<Guardianship>, Refusal> {
    let fetches = holding_on!(day).and(guardianships::rights.like("% pick_up %").nullable());
    let blocked = guardianships::state.eq(GuardianshipState::Blocked).nullable();
    let query = with_schools!()
        .filter(guardianships::person_id.eq_any(persons.to_vec()))
        .filter(fetches.or(blocked))
        .order(guardianships::id);
    let found = query.load::<Loaded>(tx.conn)?;
    found.into_iter().map(|loaded| guardianship(tx, loaded)).collect()
}

/// A person, and the account and the hashed telephone of a guardian.
type KnownBy = (Id, Option<Id>, Option<String>);

/// The accounts and the hashed telephones of persons' guardians today.
pub(super) fn known_by(tx: &mut Tx<'_>, persons: &[Id]) -> Result<Vec<KnownBy>, Refusal> {
    let query = guardianships::table
        .filter(guardianships::person_id.eq_any(persons.to_vec()))
        .filter(holding_on!(tx.today))
        .select((guardianships::person_id, guardianships::user_id, guardianships::contact_phone_hash));
    Ok(query.load(tx.conn)?)
}
