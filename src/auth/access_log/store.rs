//! SQL of the access log.

use std::collections::HashSet;

use diesel::prelude::*;

use super::MovedLines;
use super::model::{Line, LinePersonRow, LineRow, ReadLine};
use crate::auth::Scope;
use crate::auth::scope::schools_in;
use crate::db::schema::{access_log_lines, access_log_persons, users};
use crate::db::{Columns, Id, Tx};
use crate::http::PageLimit;
use crate::journal::{ACCESS_LOG_BATCH, Change, note};
use crate::refusal::Refusal;
use crate::{columns, on_backend};

columns!(LineRow { id, at, user_id, role, operation, purpose, request_id, batch_id });

/// Rows of one statement, well below PostgreSQL's limit of bound values.
const ROWS_MAX: usize = 5_000;

/// Writes lines that are not written yet, as a batch of which the journal has a row: when a commit's outcome was
/// unknown, they come again.
pub(super) fn insert(tx: &mut Tx<'_>, lines: &[Line]) -> Result<(), Refusal> {
    let ids: Vec<Id> = lines.iter().map(|line| line.row.id).collect();
    let known = access_log_lines::table.filter(access_log_lines::id.eq_any(ids)).select(access_log_lines::id);
    let known: HashSet<Id> = known.load::<Id>(tx.conn)?.into_iter().collect();
    let fresh = lines.iter().filter(|line| !known.contains(&line.row.id));
    let batch = Id::fresh();
    let rows: Vec<LineRow> = fresh.clone().map(|line| LineRow { batch_id: Some(batch), ..line.row.clone() }).collect();
    let persons: Vec<LinePersonRow> = fresh.flat_map(Line::person_rows).collect();
    for chunk in rows.chunks(ROWS_MAX) {
        let chunk = chunk.to_vec();
        on_backend!(tx.conn,
            postgres: |pg| diesel::insert_into(access_log_lines::table).values(chunk).execute(pg),
            sqlite: |lite| diesel::insert_into(access_log_lines::table).values(chunk).execute(lite),
        )?;
    }
    for chunk in persons.chunks(ROWS_MAX) {
        on_backend!(tx.conn,
            postgres: |pg| diesel::insert_into(access_log_persons::table).values(chunk).execute(pg),
            sqlite: |lite| diesel::insert_into(access_log_persons::table).values(chunk).execute(lite),
        )?;
    }
    if rows.is_empty() {
        return Ok(());
    }
    let after_hash = Some(batch_hash(tx, rows)?);
    let change = Change {
        action: "written",
        resource: ACCESS_LOG_BATCH,
        id: batch,
        scope_path: "",
        before_hash: None,
        after_hash,
    };
    note(tx, &change)
}

/// Keyed hash of the lines of a batch, in the order of their ids.
pub(super) fn batch_hash(tx: &Tx<'_>, mut lines: Vec<LineRow>) -> Result<String, Refusal> {
    lines.sort_by_key(|line| line.id);
    let told: serde_json::Result<Vec<_>> = lines.iter().map(Columns::columns).collect();
    let canonical = serde_json_canonicalizer::to_vec(&told.map_err(Refusal::internal)?).map_err(Refusal::internal)?;
    Ok(tx.sealing.keyed_hash(ACCESS_LOG_BATCH, &canonical))
}

/// The lines of a batch.
pub(super) fn of_batch(tx: &mut Tx<'_>, batch: Id) -> Result<Vec<LineRow>, Refusal> {
    let lines = access_log_lines::table.filter(access_log_lines::batch_id.eq(batch));
    Ok(lines.select(LineRow::as_select()).load(tx.conn)?)
}

/// Those of some lines that tell of somebody.
pub(super) fn about_somebody(tx: &mut Tx<'_>, lines: &[Id]) -> Result<Vec<Id>, Refusal> {
    let persons = access_log_persons::table.filter(access_log_persons::line_id.eq_any(lines.to_vec()));
    Ok(persons.select(access_log_persons::line_id).distinct().load(tx.conn)?)
}

/// Lines about a person, the latest first: all of them for its guardian, those of the scope's schools for others.
pub(super) fn of_person(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: Id,
    before: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<ReadLine>, Refusal> {
    let mut query = access_log_lines::table
        .inner_join(access_log_persons::table)
        .inner_join(users::table)
        .filter(access_log_persons::person_id.eq(person))
        .select((LineRow::as_select(), users::display_name))
        .order(access_log_lines::id.desc())
        .limit(limit.rows())
        .into_boxed();
    if !matches!(scope, Scope::OwnChildren(_)) {
        let bounds = scope.bounds();
        query = query.filter(access_log_persons::school_id.eq_any(schools_in!(bounds)));
    }
    if let Some(before) = before {
        query = query.filter(access_log_lines::id.lt(before));
    }
    let found = query.load::<(LineRow, String)>(tx.conn)?;
    Ok(found.into_iter().map(|(row, user_name)| ReadLine { row, user_name }).collect())
}

diesel::alias!(access_log_persons as seen_with: SeenWith);

/// Gives the lines about one person to another; a line that is about both already stays about the other.
pub(super) fn repoint(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<(), Refusal> {
    let known = seen_with.filter(seen_with.field(access_log_persons::person_id).eq(into));
    let known = known.select(seen_with.field(access_log_persons::line_id));
    diesel::delete(access_log_persons::table.filter(access_log_persons::person_id.eq(from)))
        .filter(access_log_persons::line_id.eq_any(known))
        .execute(tx.conn)?;
    diesel::update(access_log_persons::table.filter(access_log_persons::person_id.eq(from)))
        .set(access_log_persons::person_id.eq(into))
        .execute(tx.conn)?;
    Ok(())
}

/// The lines about one person, and those of them that are about another, too.
pub(super) fn of_both(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<MovedLines, Refusal> {
    let of = |person: Id| access_log_persons::table.filter(access_log_persons::person_id.eq(person));
    let lines: Vec<Id> = of(from).select(access_log_persons::line_id).load(tx.conn)?;
    let others = seen_with.filter(seen_with.field(access_log_persons::person_id).eq(into));
    let others = others.select(seen_with.field(access_log_persons::line_id));
    let both = of(from).filter(access_log_persons::line_id.eq_any(others)).select(access_log_persons::line_id);
    Ok(MovedLines { lines, of_both: both.load(tx.conn)? })
}

/// Lines of one statement.
const LINES_MAX: usize = 1_000;

pub(super) fn give_back(tx: &mut Tx<'_>, moved: &MovedLines, from: Id, to: Id) -> Result<(), Refusal> {
    for some in moved.lines.chunks(LINES_MAX) {
        let own: Vec<Id> = some.iter().copied().filter(|line| !moved.of_both.contains(line)).collect();
        let lines = access_log_persons::table.filter(access_log_persons::line_id.eq_any(own));
        diesel::update(lines.filter(access_log_persons::person_id.eq(from)))
            .set(access_log_persons::person_id.eq(to))
            .execute(tx.conn)?;
    }
    for some in moved.of_both.chunks(LINES_MAX) {
        let lines = access_log_persons::table.filter(access_log_persons::line_id.eq_any(some.to_vec()));
        let lines = lines.filter(access_log_persons::person_id.eq(from));
        let columns = (access_log_persons::line_id, access_log_persons::school_id);
        let found: Vec<(Id, Id)> = lines.select(columns).load(tx.conn)?;
        for (line_id, school_id) in found {
            let row = LinePersonRow { line_id, person_id: to, school_id };
            diesel::insert_into(access_log_persons::table).values(row).execute(tx.conn)?;
        }
    }
    Ok(())
}

pub(super) fn count_of(tx: &mut Tx<'_>, person: Id) -> Result<i64, Refusal> {
    let lines = access_log_persons::table.filter(access_log_persons::person_id.eq(person));
    Ok(lines.count().get_result(tx.conn)?)
}
