//! Migrations: up, down and up again, one at a time, and a schema that keeps its conventions.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use kehou::db::{Conn, migrate};
use kehou::students::person_columns::PERSON_COLUMNS;
use rstest::rstest;

use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::databases::{TestDatabase, open};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

async fn lines(url: &str, statement: &str) -> Vec<String> {
    let statement = statement.to_owned();
    let work = move |conn: &mut Conn| {
        let found: Vec<Line> = sql_query(&statement).load(conn)?;
        Ok(found.into_iter().map(|line| line.line).collect::<Vec<_>>())
    };
    open(url).with_connection(work).await.unwrap()
}

/// Every column as `table column type`, and every index, as the database has them now.
fn schema_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => {
            "SELECT t.name || ' ' || c.name || ' ' || c.type AS line \
             FROM sqlite_master t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '__diesel%' ORDER BY 1"
        }
        Kind::Postgres => {
            "SELECT table_name || ' ' || column_name || ' ' || upper(data_type) AS line \
             FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name NOT LIKE '__diesel%' ORDER BY 1"
        }
    }
}

/// Columns of foreign keys that no index leads with.
fn unindexed_references(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => {
            "SELECT t.name || '.' || f.\"from\" AS line \
             FROM sqlite_master t, pragma_foreign_key_list(t.name) f \
             WHERE t.type = 'table' AND NOT EXISTS (\
                SELECT 1 FROM pragma_index_list(t.name) i, pragma_index_info(i.name) c \
                WHERE c.seqno = 0 AND c.name = f.\"from\")"
        }
        Kind::Postgres => {
            "SELECT c.conrelid::regclass || '.' || a.attname AS line \
             FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
             WHERE c.contype = 'f' AND NOT EXISTS (\
                SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])"
        }
    }
}

/// Dated rows of one subject cannot overlap, unless it says so here; the verb that inserts them claims this row first.
const CLAIMS_OF_DATED_TABLES: [(&str, &str); 8] = [
    ("class_teachers", "none: the index on class and account where it stands"),
    ("guardianships", "persons: students::persons::claim in students::guardianships::create and link"),
    ("partner_agreements", "none: a school and a partner may have several agreements at once"),
    ("partner_bans", "none: several bans may run at once, each lifted by itself"),
    ("policy_profiles", "authorities: regulation::authorities::claim in policy_profiles::keep_apart"),
    ("remuneration_standards", "none: a row holds until the next one of its item begins, and no two begin on one day"),
    ("role_grants", "users: auth::users::claim in auth::grants::insert"),
    ("staff_contracts", "staff_members: staff::staff_members::claim in staff::staff_contracts::sign"),
];

/// Times of a school's day, in minutes since midnight: called as a plan calls them, and no moments.
const TIMES_OF_DAY: [(&str, &str); 6] = [
    ("attendance_changes", "departed_at"),
    ("attendances", "departed_at"),
    ("service_sessions", "began_at"),
    ("service_sessions", "ended_at"),
    ("service_sessions", "ends_at"),
    ("service_sessions", "starts_at"),
];

#[rstest]
#[actix_web::test]
async fn the_live_schema_keeps_its_conventions(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(database) = TestDatabase::fresh(kind) else { return };
    assert_eq!(lines(&database.url, unindexed_references(kind)).await, Vec::<String>::new());
    let columns = lines(&database.url, schema_of(kind)).await;
    assert!(columns.len() > 60, "{columns:?}");
    let mut dated = Vec::new();
    for column in &columns {
        let mut words = column.splitn(3, ' ');
        let (table, name, kind) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let wanted: &[&str] = match name {
            _ if TIMES_OF_DAY.contains(&(table, name)) => &["INTEGER"],
            _ if name.ends_with("_at") || name == "at" || name.ends_with("_until") || name == "not_before" => {
                &["TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"]
            }
            _ if name.ends_with("_on") => &["DATE"],
            _ if name == "key_id" || (table, name) == ("journal_heads", "id") => &["TEXT", "INTEGER"],
            _ if name == "id" || name.ends_with("_id") && name != "request_id" => &["UUID"],
            _ if name.ends_with("_fen") => &["BIGINT"],
            _ => &["TEXT", "BIGINT", "INTEGER", "BOOLEAN", "JSONB", "UUID"],
        };
        assert!(wanted.contains(&kind), "{column}");
        if name == "starts_on" {
            dated.push(table.to_owned());
        }
    }
    let claimed: Vec<String> = CLAIMS_OF_DATED_TABLES.iter().map(|(table, _)| (*table).to_owned()).collect();
    assert_eq!(dated, claimed, "every table of dated rows names the claim that keeps them apart");
}

/// Columns of foreign keys to `persons`.
fn references_to_persons(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => {
            "SELECT t.name || '.' || f.\"from\" AS line \
             FROM sqlite_master t, pragma_foreign_key_list(t.name) f \
             WHERE t.type = 'table' AND f.\"table\" = 'persons' ORDER BY 1"
        }
        Kind::Postgres => {
            "SELECT c.conrelid::regclass || '.' || a.attname AS line \
             FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
             WHERE c.contype = 'f' AND c.confrelid = 'persons'::regclass ORDER BY 1"
        }
    }
}

/// Whatever refers to a person says what merge, export and erasure do with it.
#[rstest]
#[actix_web::test]
async fn every_column_that_refers_to_a_person_is_listed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(database) = TestDatabase::fresh(kind) else { return };
    let listed = PERSON_COLUMNS.iter().map(|column| format!("{}.{}", column.table, column.column));
    let listed: BTreeSet<String> = listed.collect();
    let references: BTreeSet<String> = lines(&database.url, references_to_persons(kind)).await.into_iter().collect();
    assert_eq!(references, listed, "foreign keys to persons, and students::person_columns");
    for column in lines(&database.url, schema_of(kind)).await {
        let mut words = column.split(' ');
        let (table, name) = (words.next().unwrap(), words.next().unwrap());
        // Who may fetch a child is none of the persons.
        if name == "person_id" || name.ends_with("_person_id") && name != "pickup_person_id" {
            assert!(listed.contains(&format!("{table}.{name}")), "{column} is not in students::person_columns");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn every_migration_can_be_taken_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(database) = TestDatabase::empty(kind) else { return };
    let db = open(&database.url);
    let up = db.with_connection(migrate::up).await.unwrap();
    assert!(!up.is_empty());
    let before = lines(&database.url, schema_of(kind)).await;
    let mut down = db.with_connection(migrate::down).await.unwrap();
    down.reverse();
    assert_eq!(down, up);
    assert_eq!(lines(&database.url, schema_of(kind)).await, Vec::<String>::new());
    assert_eq!(db.with_connection(migrate::pending).await.unwrap(), up);
    assert_eq!(db.with_connection(migrate::up).await.unwrap(), up);
    assert_eq!(lines(&database.url, schema_of(kind)).await, before);
    assert_eq!(db.with_connection(migrate::up).await.unwrap(), Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn replicas_that_migrate_at_once_apply_each_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(database) = TestDatabase::empty(kind) else { return };
    let replicas = [open(&database.url), open(&database.url), open(&database.url)];
    let runs = replicas.iter().map(|db| db.with_connection(migrate::up));
    let applied: Vec<usize> =
        futures_util::future::join_all(runs).await.into_iter().map(|run| run.unwrap().len()).collect();
    assert_eq!(applied.iter().filter(|count| **count > 0).count(), 1, "{applied:?}");
}
