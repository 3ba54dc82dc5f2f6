//! Checks that the database makes of itself.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Conn, Engine};
use crate::refusal::Refusal;

#[derive(QueryableByName)]
struct Orphans {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    parent: String,
}

/// Sentences about rows whose parents are missing and pages that are damaged. PostgreSQL enforces references at every
/// write and checks its pages itself; SQLite enforces them per connection only, so it is asked.
///
/// # Errors
/// When the database fails.
pub fn check_references(conn: &mut Conn) -> Result<Vec<String>, Refusal> {
    let Engine::Sqlite(lite) = conn.engine() else { return Ok(Vec::new()) };
    let orphans: Vec<Orphans> =
        diesel::sql_query("SELECT DISTINCT \"table\", \"parent\" FROM pragma_foreign_key_check").load(lite)?;
    let mut wrong: Vec<String> = orphans
        .into_iter()
        .map(|orphan| format!("{} has rows whose {} row is missing", orphan.table, orphan.parent))
        .collect();
    let pages: String =
        diesel::dsl::sql::<Text>("SELECT integrity_check FROM pragma_integrity_check LIMIT 1").get_result(lite)?;
    if pages != "ok" {
        wrong.push(format!("the file is damaged: {pages}"));
    }
    Ok(wrong)
}
