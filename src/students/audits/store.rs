//! SQL of audits: counts of what the journal and the access log tell of a scope.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{Done, SeenBy};
use crate::auth::Scope;
use crate::auth::scope::schools_in;
use crate::db::schema::{access_log_lines, access_log_persons, consents, journal_entries, students};
use crate::db::{Instant, Tx};
use crate::refusal::Refusal;

/// From an instant to another, that one not included.
type Range = (Instant, Instant);

/// What a line was for: whole numbers are revealed for a purpose of their own.
const PURPOSE: &str = "CASE WHEN access_log_lines.purpose IN ('read', 'rehearsal') THEN access_log_lines.purpose \
                       ELSE 'reveal' END";

/// Pupils who attend within a scope.
pub(super) fn pupils(tx: &mut Tx<'_>, scope: &Scope) -> Result<i64, Refusal> {
    let bounds = scope.bounds();
    let attending = students::table.filter(students::state.eq("attending"));
    let within = attending.filter(students::school_id.eq_any(schools_in!(bounds)));
    Ok(within.select(count_star()).first(tx.conn)?)
}

/// Those of whom a consent stands.
pub(super) fn with_consent(tx: &mut Tx<'_>, scope: &Scope) -> Result<i64, Refusal> {
    let bounds = scope.bounds();
    let given = consents::table.filter(consents::withdrawn_at.is_null()).select(consents::person_id);
    let attending = students::table.filter(students::state.eq("attending"));
    let within = attending.filter(students::school_id.eq_any(schools_in!(bounds)));
    Ok(within.filter(students::person_id.eq_any(given)).select(count_star()).first(tx.conn)?)
}

/// Rows of the journal about things of a scope in a range of time.
macro_rules! told {
    ($scope:expr, $range:expr) => {{
        let bounds = $scope.bounds();
        journal_entries::table
            .filter(journal_entries::at.ge($range.0).and(journal_entries::at.lt($range.1)))
            .filter(journal_entries::scope_path.ge(bounds.from).and(journal_entries::scope_path.lt(bounds.to)))
    }};
}

pub(super) fn processing(
    tx: &mut Tx<'_>,
    scope: &Scope,
    range: Range,
    resources: &[&str],
) -> Result<Vec<Done>, Refusal> {
    let query = told!(scope, range)
        .filter(journal_entries::resource.eq_any(resources.to_vec()))
        .group_by(journal_entries::action)
        .order(journal_entries::action)
        .select((journal_entries::action, count_star()));
    let found: Vec<(String, i64)> = query.load(tx.conn)?;
    Ok(found.into_iter().map(|(action, count)| Done { action, count }).collect())
}

pub(super) fn incidents(tx: &mut Tx<'_>, scope: &Scope, range: Range, actions: &[&str]) -> Result<Vec<Done>, Refusal> {
    let query = told!(scope, range)
        .filter(journal_entries::action.eq_any(actions.to_vec()))
        .group_by(journal_entries::action)
        .order(journal_entries::action)
        .select((journal_entries::action, count_star()));
    let found: Vec<(String, i64)> = query.load(tx.conn)?;
    Ok(found.into_iter().map(|(action, count)| Done { action, count }).collect())
}

pub(super) fn access(tx: &mut Tx<'_>, scope: &Scope, range: Range) -> Result<Vec<SeenBy>, Refusal> {
    let bounds = scope.bounds();
    let query = access_log_persons::table
        .inner_join(access_log_lines::table)
        .filter(access_log_lines::at.ge(range.0).and(access_log_lines::at.lt(range.1)))
        .filter(access_log_persons::school_id.eq_any(schools_in!(bounds)))
        .group_by(sql::<Text>(&format!("access_log_lines.role, {PURPOSE}")))
        .select((
            sql::<Text>("access_log_lines.role"),
            sql::<Text>(PURPOSE),
            sql::<BigInt>("COUNT(DISTINCT access_log_lines.id)"),
            sql::<BigInt>("COUNT(DISTINCT access_log_persons.person_id)"),
        ));
    let mut found: Vec<(String, String, i64, i64)> = query.load(tx.conn)?;
    found.sort();
    let seen = |(role, purpose, requests, persons)| SeenBy { role, purpose, requests, persons };
    Ok(found.into_iter().map(seen).collect())
}
