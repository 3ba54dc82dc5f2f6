//! SQL of feeds: one's own.

use diesel::prelude::*;

use super::model::{CalendarFeed, CalendarFeedFilter, CalendarFeedRow, CalendarFeedState};
use crate::auth::{Scope, Seen};
use crate::db::schema::{calendar_feeds, organisations, students};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::{page, stored};

stored!(calendar_feeds, CalendarFeedRow);

type Loaded = (CalendarFeedRow, Option<Id>, Option<Id>, Option<String>);

fn feed((row, person_id, school_id, path): Loaded) -> CalendarFeed {
    CalendarFeed { row, person_id, school_id, secret: None, path: path.unwrap_or_default() }
}

/// Feeds with their children.
macro_rules! feeds {
    () => {
        calendar_feeds::table
            .left_join(students::table.on(calendar_feeds::student_id.eq(students::id.nullable())))
            .left_join(organisations::table.on(students::school_id.eq(organisations::id)))
            .select((
                CalendarFeedRow::as_select(),
                students::person_id.nullable(),
                students::school_id.nullable(),
                organisations::path.nullable(),
            ))
    };
}

/// Those of one's own.
macro_rules! seen {
    ($scope:expr) => {
        feeds!().into_boxed().filter(calendar_feeds::user_id.eq(match $scope {
            Scope::Own(user) => *user,
            _ => Id::NIL,
        }))
    };
}

impl Seen for CalendarFeed {
    type Filter = CalendarFeedFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(seen!(scope).filter(calendar_feeds::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(feed))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<CalendarFeedFilter>) -> Result<Vec<Self>, Refusal> {
        let seen = seen!(scope);
        let query = page!(seen, calendar_feeds, at, { student_id, [state] });
        Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(feed).collect())
    }
}

/// The standing feeds of an account for a child, or for its own sessions: one at most, but for a race.
pub(super) fn standing_of(tx: &mut Tx<'_>, user: Id, student: Option<Id>) -> Result<Vec<CalendarFeed>, Refusal> {
    let query = feeds!()
        .filter(calendar_feeds::user_id.eq(user).and(calendar_feeds::state.eq(CalendarFeedState::Standing)))
        .order(calendar_feeds::id);
    let standing = query.load::<Loaded>(tx.conn)?.into_iter().filter(|(row, ..)| row.student_id == student);
    Ok(standing.map(feed).collect())
}

/// The standing feed of a secret.
pub(super) fn by_secret(tx: &mut Tx<'_>, hash: &str) -> Result<Option<CalendarFeed>, Refusal> {
    let query = feeds!()
        .filter(calendar_feeds::secret_hash.eq(hash))
        .filter(calendar_feeds::state.eq(CalendarFeedState::Standing));
    Ok(query.first::<Loaded>(tx.conn).optional()?.map(feed))
}
