//! The statements that some work runs, with their values, and how the database goes about them.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, Instrumentation, InstrumentationEvent};
use kehou::db::Tx;
use kehou::refusal::Refusal;

use super::app::TestApp;
use super::databases::Kind;

struct Hears(Arc<Mutex<Vec<String>>>);

impl Instrumentation for Hears {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            self.0.lock().unwrap().push(query.to_string());
        }
    }
}

/// What `work` runs in one snapshot.
pub async fn statements<W>(app: &TestApp, work: W) -> Vec<String>
where
    W: Fn(&mut Tx<'_>) -> Result<(), Refusal> + Send + 'static,
{
    app.db.read(move |tx| heard(tx, &work)).await.unwrap()
}

/// What `work` runs in a transaction that goes on.
pub fn heard<W>(tx: &mut Tx<'_>, work: W) -> Result<Vec<String>, Refusal>
where
    W: FnOnce(&mut Tx<'_>) -> Result<(), Refusal>,
{
    let heard = Arc::new(Mutex::new(Vec::new()));
    tx.conn.set_instrumentation(Hears(Arc::clone(&heard)));
    let done = work(tx);
    tx.conn.set_instrumentation(|_: InstrumentationEvent<'_>| ());
    let heard = heard.lock().unwrap().clone();
    done.map(|()| heard)
}

/// A value as the text of a statement tells it: ids, texts, numbers, words and instants.
fn literal(value: &str) -> String {
    let inner = value.split_once('(').map_or(value, |(_, rest)| rest.trim_end_matches(')'));
    if let Some(words) = value.strip_prefix('[') {
        return format!("'{{{}}}'", words.trim_end_matches(']').replace(' ', ""));
    }
    if value.starts_with('"') {
        return format!("'{}'", value.trim_matches('"').replace("\\u{10ffff}", "\u{10ffff}"));
    }
    if inner.parse::<i64>().is_ok() || inner == "true" || inner == "false" {
        return inner.to_owned();
    }
    format!("'{}'", inner.to_lowercase())
}

/// The values of a statement: what stands between commas that are in no quotes and no brackets.
fn values(told: &str) -> Vec<String> {
    let (mut all, mut one, mut quoted, mut depth) = (Vec::new(), String::new(), false, 0);
    let inner = told.trim().strip_prefix('[').and_then(|told| told.strip_suffix(']')).unwrap_or(told);
    for c in inner.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                all.push(std::mem::take(&mut one).trim().to_owned());
                continue;
            }
            _ => {}
        }
        one.push(c);
    }
    all.push(one.trim().to_owned());
    all
}

/// How the database goes about a statement, as lines; on SQLite what is done within something else is indented.
pub async fn explained(app: &TestApp, statement: &str) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Detail {
        #[diesel(sql_type = diesel::sql_types::Text)]
        detail: String,
        #[diesel(sql_type = diesel::sql_types::Integer)]
        parent: i32,
    }
    let (text, told) = statement.split_once("-- binds:").unwrap();
    let mut text = text.trim().to_owned();
    if app.kind == Kind::Postgres {
        for (at, value) in values(told).iter().enumerate().rev() {
            text = text.replace(&format!("${}", at + 1), &literal(value));
        }
    }
    let kind = app.kind;
    let lines = app.db.with_connection(move |conn| {
        let ask = |prefix: &str| format!("{prefix} {text}");
        Ok(match kind {
            Kind::Postgres => {
                // Of a few thousand rows the server would rather read all. Whether an index can serve is the question.
                diesel::RunQueryDsl::execute(diesel::sql_query("SET enable_seqscan = off"), conn)?;
                let asked = diesel::dsl::sql::<diesel::sql_types::Text>(&ask("EXPLAIN"));
                let lines = diesel::RunQueryDsl::load::<String>(asked, conn)?;
                diesel::RunQueryDsl::execute(diesel::sql_query("RESET enable_seqscan"), conn)?;
                lines
            }
            Kind::Sqlite => {
                let found: Vec<Detail> = diesel::RunQueryDsl::load(diesel::sql_query(ask("EXPLAIN QUERY PLAN")), conn)?;
                let indented = |line: Detail| if line.parent == 0 { line.detail } else { format!("  {}", line.detail) };
                found.into_iter().map(indented).collect()
            }
        })
    });
    lines.await.unwrap()
}
