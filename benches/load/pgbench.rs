//! The twin: what the service sends to PostgreSQL, as PostgreSQL logs it, run by pgbench.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::driver::Load;

const CLIENTS: usize = 8;

/// Values that pgbench binds to one statement at most; those of a longer one stay in its text, which is the same each
/// time but for what is drawn.
const BOUND_MAX: usize = 200;

/// Runs statements by psql, and gives the rows that they find.
pub fn psql(url: &str, statements: &[&str]) -> Vec<Vec<String>> {
    let mut command = Command::new("psql");
    command.args(["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1"]);
    for statement in statements {
        command.args(["-c", statement]);
    }
    let output = command.arg(url).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "psql: {statements:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
}

/// The same database, whose server logs every statement with its values.
pub fn logging(url: &str) -> String {
    format!("{url}&options=-c%20log_statement%3Dall")
}

/// The statements, with their values in place, of the transaction that `work` makes the service run and that has
/// `marker` in it.
pub fn captured<T>(url: &str, marker: &str, work: impl FnOnce() -> T) -> Vec<String> {
    let path = Path::new(url.split("host=").nth(1).unwrap()).join("server.log");
    let before = std::fs::read(&path).unwrap().len();
    work();
    let log = std::fs::read(&path).unwrap();
    let found = transactions(std::str::from_utf8(&log[before..]).unwrap());
    let has_marker = |transaction: &Vec<String>| transaction.iter().any(|sql| sql.contains(marker));
    found.into_iter().find(has_marker).unwrap()
}

/// Transactions of a log; a statement without one around it is one of its own.
fn transactions(log: &str) -> Vec<Vec<String>> {
    let mut of_connection: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in log.lines() {
        let Some((head, text)) = line.split_once("] ") else { continue };
        let statements = of_connection.entry(head.rsplit('[').next().unwrap()).or_default();
        if let Some(statement) = text.strip_prefix("LOG:  statement: ") {
            statements.push(statement.to_owned());
        } else if let Some(statement) = text.strip_prefix("LOG:  execute ") {
            statements.push(statement.split_once(": ").unwrap().1.to_owned());
        } else if let Some(values) = text.strip_prefix("DETAIL:  parameters: ") {
            let last = statements.last_mut().unwrap();
            *last = with_values(last, values);
        }
    }
    of_connection.into_values().flat_map(split).collect()
}

fn split(statements: Vec<String>) -> Vec<Vec<String>> {
    let (mut done, mut open) = (Vec::new(), Vec::new());
    for statement in statements {
        let ends = matches!(statement.as_str(), "COMMIT" | "ROLLBACK");
        let begins = statement.starts_with("BEGIN");
        let inside = begins || !open.is_empty();
        open.push(statement);
        if ends || !inside {
            done.push(std::mem::take(&mut open));
        }
    }
    done
}

/// Puts the values of `$1 = '2', $2 = NULL` where the statement binds them.
fn with_values(statement: &str, values: &str) -> String {
    let literals: Vec<&str> = literals(values);
    let mut parts = statement.split('$');
    let mut sql = parts.next().unwrap().to_owned();
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        let place: usize = part[..digits].parse().unwrap();
        sql.push_str(literals[place - 1]);
        sql.push_str(&part[digits..]);
    }
    sql
}

fn literals(values: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), values);
    while let Some((_, value)) = rest.split_once(" = ") {
        let mut quoted = false;
        let ends = |c: char| {
            quoted ^= c == '\''; // a doubled quote closes and opens again
            c == ',' && !quoted
        };
        let end = value.find(ends).unwrap_or(value.len());
        found.push(&value[..end]);
        rest = &value[end..];
    }
    found
}

/// What pgbench would take for one of its variables inside a text: only the JSON of stored answers has it.
fn without_colons(sql: &str) -> String {
    sql.split(':').fold(String::new(), |text, part| match (text.is_empty(), part.starts_with(char::is_alphabetic)) {
        (true, _) => part.to_owned(),
        (false, true) => format!("{text}: {part}"),
        (false, false) => format!("{text}:{part}"),
    })
}

/// Lists of ids as constructors, so that each id is a value of its own.
fn with_constructed_arrays(sql: &str) -> String {
    let mut parts = sql.split("'{");
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let (list, rest) = part.split_once("}'").unwrap_or((part, ""));
        if list.split(',').all(|id| id.len() == 36) {
            let ids: Vec<String> = list.split(',').map(|id| format!("'{id}'")).collect();
            let _ = write!(text, "ARRAY[{}]::uuid[]{rest}", ids.join(",")); // a String takes everything
        } else {
            text.push_str("'{");
            text.push_str(part);
        }
    }
    text
}

/// Binds what still stands in the text as a value, as the service binds it, to a variable of its own.
fn with_bound(sql: &str, bound: &mut Vec<String>) -> String {
    let mut text = String::new();
    let mut rest = sql;
    while let Some((before, value)) = rest.split_once('\'') {
        let mut end = 0; // behind the closing quote; a doubled one closes and opens again
        while let Some(quote) = value[end..].find('\'') {
            end += quote + 1;
            if !value[end..].starts_with('\'') {
                break;
            }
            end += 1;
        }
        // No variable of pgbench is empty.
        if end == 1 {
            let _ = write!(text, "{before}''");
        } else {
            let _ = write!(text, "{before}:bound{}", bound.len());
            bound.push(value[..end - 1].replace("''", "'"));
        }
        rest = &value[end..];
    }
    text + rest
}

/// Work that pgbench does as often as it can.
pub struct Twin {
    /// A script for prepared statements, and one for plain ones.
    scripts: [String; 2],
    /// What a transaction draws its values with; its time is not the service's.
    draw: [String; 2],
    /// Variables that stay the same, as pgbench is told them: of prepared statements.
    bound: Vec<String>,
    /// How long to draw alone: what is drawn once must last.
    draws: [&'static str; 2],
    /// What the service writes once for so many of its answers, beside them.
    beside: Option<(String, u32)>,
}

/// Lines of the access log that the service writes at once when many ask.
const LINES: u32 = 500;

/// A batch of the access log, made of the line that one answer left: the statements of `access_log::store::insert`, but
/// for the values, which the database copies.
pub fn access_log_batch(url: &str, dir: &Path, operation: &str) -> (String, u32) {
    let line = format!("seen_{operation}");
    let copied = |table: &str, id: &str, key: &str| {
        format!("CREATE TABLE {line}_{table} AS SELECT * FROM access_log_{table} WHERE {id} = {key}")
    };
    let one = format!("(SELECT id FROM access_log_lines WHERE operation = '{operation}' LIMIT 1)");
    psql(
        url,
        &[
            &copied("persons", "line_id", &one),
            &copied("lines", "id", &one),
            &format!("ALTER TABLE {line}_persons DROP line_id"),
            &format!("ALTER TABLE {line}_lines DROP id"),
            "CREATE SEQUENCE IF NOT EXISTS access_log_drawn",
        ],
    );
    // In the order in which they come, as the service's ids are.
    let fresh = "lpad(to_hex(nextval('access_log_drawn')), 32, '0')::uuid";
    let script = format!(
        "BEGIN;\n\
         SELECT id FROM access_log_lines \
         WHERE id = ANY(ARRAY(SELECT gen_random_uuid() FROM generate_series(1, {LINES})));\n\
         WITH fresh AS MATERIALIZED (SELECT {fresh} AS id FROM generate_series(1, {LINES})), \
         lines AS (INSERT INTO access_log_lines (id, at, user_id, role, operation, purpose, request_id, batch_id) \
         SELECT fresh.id, at, user_id, role, operation, purpose, request_id, batch_id FROM fresh, {line}_lines) \
         INSERT INTO access_log_persons (line_id, person_id, school_id) \
         SELECT fresh.id, person_id, school_id FROM fresh, {line}_persons;\nCOMMIT;\n"
    );
    let path = dir.join(line);
    std::fs::write(&path, script).unwrap();
    (path.to_string_lossy().into_owned(), LINES)
}

impl Twin {
    /// A transaction that draws the next row of `table` and uses its columns in the place of the values that the
    /// logged transaction had.
    pub fn drawing(dir: &Path, table: &str, transaction: &[String], columns: &[(String, String)], again: bool) -> Self {
        let draw = format!(
            "SELECT {table}.* FROM (SELECT nextval('{table}_drawn') AS n OFFSET 0) AS drawn \
             JOIN {table} USING (n) \\gset"
        );
        let mut bound = Vec::new();
        let mut write = |mode: &str, quote: &str| {
            let bind = |sql: &String| {
                let constructed = with_constructed_arrays(&without_colons(sql));
                columns.iter().fold(constructed, |sql, (column, value)| {
                    sql.replace(&format!("'{value}'"), &format!("{quote}:{column}{quote}"))
                })
            };
            let mut statements: Vec<String> = transaction.iter().map(bind).collect();
            if quote.is_empty() {
                let bind = |sql: &String| {
                    if sql.matches('\'').count() / 2 > BOUND_MAX { sql.clone() } else { with_bound(sql, &mut bound) }
                };
                statements = statements.iter().map(bind).collect();
            }
            let file = |name: String, text: String| {
                let path = dir.join(name);
                std::fs::write(&path, text).unwrap();
                path.to_string_lossy().into_owned()
            };
            let whole = file(format!("{table}-{mode}.sql"), format!("{draw}\n{};\n", statements.join(";\n")));
            (whole, file(format!("{table}-{mode}-draw.sql"), format!("{draw}\n")))
        };
        let (prepared, plain) = (write("prepared", ""), write("plain", "'"));
        let bound = bound.iter().enumerate().map(|(number, value)| format!("bound{number}={value}")).collect();
        Self {
            bound,
            scripts: [prepared.0, plain.0],
            draw: [prepared.1, plain.1],
            draws: if again { ["-T", "1"] } else { ["-t", "250"] },
            beside: None,
        }
    }

    /// The same, drawing alone for a shorter while, where there is less to draw.
    pub fn drawn_briefly(self) -> Self {
        Self { draws: ["-t", "100"], ..self }
    }

    /// The same, with what the service writes once for many answers.
    pub fn beside(self, script: (String, u32)) -> Self {
        Self { beside: Some(script), ..self }
    }

    /// Transactions in a second with prepared statements.
    pub fn prepared(&self, url: &str, seconds: u64) -> Load {
        self.run(url, 0, seconds)
    }

    /// Transactions in a second with statements that are parsed each time.
    pub fn plain(&self, url: &str, seconds: u64) -> Load {
        self.run(url, 1, seconds)
    }

    fn run(&self, url: &str, mode: usize, seconds: u64) -> Load {
        let name = ["prepared", "simple"][mode];
        let seconds = ["-T", &seconds.to_string()];
        let whole = match &self.beside {
            None => rate(url, name, &[self.scripts[mode].clone()], &seconds, &self.bound),
            Some((beside, every)) => {
                let weighted = [format!("{}@{every}", self.scripts[mode]), format!("{beside}@1")];
                let all = rate(url, name, &weighted, &seconds, &self.bound);
                all * f64::from(*every) / f64::from(every + 1)
            }
        };
        // The clients are always busy, so what one transaction needs is the difference.
        let drawing = rate(url, name, std::slice::from_ref(&self.draw[mode]), &self.draws, &[]);
        Load::of(1.0 / (1.0 / whole - 1.0 / drawing))
    }
}

fn rate(url: &str, mode: &str, scripts: &[String], length: &[&str], bound: &[String]) -> f64 {
    let mut command = Command::new("pgbench");
    command.args(["-n", "-M", mode, "-c", &CLIENTS.to_string(), "-j", "2"]).args(length);
    command.args(scripts.iter().flat_map(|script| ["-f", script]));
    command.args(bound.iter().flat_map(|variable| ["-D", variable]));
    let output = command.arg(url).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{wrong}");
    text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok()).unwrap()
}
