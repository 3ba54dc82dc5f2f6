//! What a check of the database says, and the checks that the database makes of itself.

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

/// Sentences about what is wrong. Only the first are kept, so that a ruined database fits into memory, too.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sentences {
    /// The first of them.
    pub kept: Vec<String>,
    /// All of them.
    pub count: u64,
}

/// Sentences that are kept.
const SENTENCES_MAX: usize = 1_000;

impl Sentences {
    /// Adds one.
    pub fn say(&mut self, sentence: String) {
        self.count += 1;
        if self.kept.len() < SENTENCES_MAX {
            self.kept.push(sentence);
        }
    }

    /// Adds those of another check.
    pub fn add(&mut self, other: Self) {
        self.count += other.count - u64::try_from(other.kept.len()).unwrap_or(other.count);
        self.say_all(other.kept);
    }

    /// Adds several.
    pub fn say_all(&mut self, sentences: impl IntoIterator<Item = String>) {
        sentences.into_iter().for_each(|sentence| self.say(sentence));
    }
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
