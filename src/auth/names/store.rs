//! SQL of names. Beside the scope it is the one place that names tables of higher floors: forty joins would say the
//! same. One statement asks for all kinds, each by one list of ids, so that its text does not grow with the rows.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;

use crate::db::{Asked, Engine, Id, IdSql, NameOf, Tx};
use crate::refusal::Refusal;

/// Where names stand: what tells the kind, the id, the name, and the class of a pupil; its ids are said behind it.
const SOURCES: [(NameOf, &str); 9] = [
    (NameOf::Organisation, "SELECT 0, id, name, CAST(NULL AS TEXT) FROM organisations WHERE id"),
    (
        NameOf::Student,
        "SELECT 1, s.id, s.name, c.name FROM students s LEFT JOIN classes c ON c.id = s.class_id WHERE s.id",
    ),
    (
        NameOf::Person,
        "SELECT 2, s.person_id, s.name, CAST(NULL AS TEXT) FROM students s WHERE s.id = (SELECT l.id FROM students l \
         WHERE l.person_id = s.person_id ORDER BY l.state, l.id DESC LIMIT 1) AND s.person_id",
    ),
    (NameOf::Class, "SELECT 3, id, name, CAST(NULL AS TEXT) FROM classes WHERE id"),
    (NameOf::Project, "SELECT 4, id, name, CAST(NULL AS TEXT) FROM projects WHERE id"),
    (NameOf::StaffMember, "SELECT 5, id, name, CAST(NULL AS TEXT) FROM staff_members WHERE id"),
    (NameOf::Account, "SELECT 6, id, display_name, CAST(NULL AS TEXT) FROM users WHERE id"),
    (NameOf::Facility, "SELECT 7, id, name, CAST(NULL AS TEXT) FROM facilities WHERE id"),
    (NameOf::Group, "SELECT 8, id, name, CAST(NULL AS TEXT) FROM service_groups WHERE id"),
];

type Loaded = (i32, Id, String, Option<String>);

/// Asks several sources for names.
struct Asking(Vec<(&'static str, Vec<Id>)>);

impl Query for Asking {
    type SqlType = (Integer, IdSql, Text, Nullable<Text>);
}

/// Its text depends on which sources it asks.
impl QueryId for Asking {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for Asking {}

impl QueryFragment<Pg> for Asking {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (at, (source, ids)) in self.0.iter().enumerate() {
            out.push_sql(if at == 0 { "" } else { " UNION ALL " });
            out.push_sql(source);
            out.push_sql(" = ANY(");
            out.push_bind_param::<Array<IdSql>, Vec<Id>>(ids)?;
            out.push_sql(")");
        }
        Ok(())
    }
}

/// The same with ids as a JSON list of hexadecimal digits, since SQLite binds no lists.
struct AskingLite(Vec<(&'static str, String)>);

impl From<Asking> for AskingLite {
    fn from(asking: Asking) -> Self {
        let listed = |ids: Vec<Id>| {
            let digits = ids.iter().map(|id| format!("\"{}\"", id.0.simple())).collect::<Vec<_>>();
            format!("[{}]", digits.join(","))
        };
        Self(asking.0.into_iter().map(|(source, ids)| (source, listed(ids))).collect())
    }
}

impl Query for AskingLite {
    type SqlType = <Asking as Query>::SqlType;
}

impl QueryId for AskingLite {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for AskingLite {}

impl QueryFragment<Sqlite> for AskingLite {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        for (at, (source, ids)) in self.0.iter().enumerate() {
            out.push_sql(if at == 0 { "" } else { " UNION ALL " });
            out.push_sql(source);
            out.push_sql(" IN (SELECT unhex(value) FROM json_each(");
            out.push_bind_param::<Text, String>(ids)?;
            out.push_sql("))");
        }
        Ok(())
    }
}

/// Reads the names that are not known yet.
pub(super) fn learn(tx: &mut Tx<'_>, asked: &Asked) -> Result<(), Refusal> {
    let mut asking = Asking(Vec::new());
    for (of, source) in SOURCES {
        // A pupil and its class stand in one row.
        let here = |wanted: NameOf| wanted == of || (of == NameOf::Student && wanted == NameOf::ClassOfStudent);
        let mut ids: Vec<Id> = asked.iter().filter(|(wanted, _)| here(*wanted)).map(|(_, id)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| tx.names.get(of, *id).is_none());
        if !ids.is_empty() {
            asking.0.push((source, ids));
        }
    }
    if asking.0.is_empty() {
        return Ok(());
    }
    let found: Vec<Loaded> = match tx.conn.beside() {
        Engine::Postgres(pg) => asking.load(pg)?,
        Engine::Sqlite(lite) => AskingLite::from(asking).load(lite)?,
    };
    for (kind, id, name, class) in found {
        let source = usize::try_from(kind).ok().and_then(|kind| SOURCES.get(kind));
        let (of, _) = source.ok_or_else(|| Refusal::internal("a name of nothing"))?;
        tx.names.know(*of, id, name);
        if let Some(class) = class {
            tx.names.know(NameOf::ClassOfStudent, id, class);
        }
    }
    Ok(())
}
