//! SQL of messages: one's own, in the role in which one acts. A message about a child is for its guardian as long as
//! its guardianship holds.

use diesel::prelude::*;

use super::model::{Message, MessageFilter, MessageRow};
use crate::auth::scope::children_of;
use crate::auth::{Scope, Seen};
use crate::db::schema::{messages, students};
use crate::db::{Id, Tx};
use crate::http::{Key, Listing};
use crate::refusal::Refusal;
use crate::{on_backend, page, stored};

stored!(once messages, MessageRow);

type Loaded = (MessageRow, Option<Id>);

fn message((row, person_id): Loaded) -> Message {
    Message { row, person_id, path: String::new() }
}

/// Whose messages a scope holds.
fn account(scope: &Scope) -> Id {
    match scope {
        Scope::Own(user) => *user,
        _ => Id::NIL,
    }
}

/// Messages of an account that it may see today.
macro_rules! own {
    ($tx:expr, $user:expr) => {{
        let about_own = students::person_id.eq_any(children_of!($user, $tx.today));
        messages::table
            .left_join(students::table)
            .filter(messages::user_id.eq($user))
            .filter(messages::student_id.is_null().or(about_own.assume_not_null()))
    }};
}

/// The same, with the persons of whom they tell.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {{
        let columns = (MessageRow::as_select(), students::person_id.nullable());
        own!($tx, account($scope)).select(columns).into_boxed()
    }};
}

impl Seen for Message {
    type Filter = MessageFilter;
    type Key = Key;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(seen!(tx, scope).filter(messages::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(message))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<MessageFilter, Key>) -> Result<Vec<Self>, Refusal> {
        let seen = seen!(tx, scope);
        let mut query = page!(seen, messages, at, { kind, student_id }, polled);
        if let Some(is_read) = at.filter.is_read {
            query = if is_read {
                query.filter(messages::read_at.is_not_null())
            } else {
                query.filter(messages::read_at.is_null())
            };
        }
        Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(message).collect())
    }
}

/// Messages of one statement.
const AT_ONCE: usize = 1_000;

/// Enters messages; what somebody was told before is passed over.
///
/// # Errors
/// When the database fails.
pub fn insert_all(tx: &mut Tx<'_>, rows: Vec<MessageRow>) -> Result<(), Refusal> {
    if rows.is_empty() {
        return Ok(());
    }
    on_backend!(tx.conn,
        postgres: |pg| {
            for some in rows.chunks(AT_ONCE) {
                diesel::insert_into(messages::table).values(some).on_conflict_do_nothing().execute(pg)?;
            }
        },
        sqlite: |lite| {
            for row in rows {
                diesel::insert_or_ignore_into(messages::table).values(row).execute(lite)?;
            }
        },
    );
    Ok(())
}

/// Marks messages of an account as read, each once.
pub(super) fn mark(tx: &mut Tx<'_>, user: Id, ids: &[Id]) -> Result<(), Refusal> {
    let unread = messages::user_id.eq(user).and(messages::read_at.is_null());
    let own = messages::table.filter(messages::id.eq_any(ids.to_vec()).and(unread));
    diesel::update(own)
        .set((
            messages::read_at.eq(Some(tx.now)),
            messages::version.eq(messages::version + 1),
            messages::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// How many messages an account has not read.
pub(super) fn unread(tx: &mut Tx<'_>, user: Id) -> Result<i64, Refusal> {
    let unread = own!(tx, user).filter(messages::read_at.is_null());
    Ok(unread.select(diesel::dsl::count_star()).first(tx.conn)?)
}

/// Deletes messages about some pupils.
pub(super) fn delete_of(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<i64, Refusal> {
    let about = messages::student_id.eq_any(pupils.iter().copied().map(Some).collect::<Vec<_>>());
    let gone = diesel::delete(messages::table.filter(about)).execute(tx.conn)?;
    Ok(i64::try_from(gone).unwrap_or(i64::MAX))
}
