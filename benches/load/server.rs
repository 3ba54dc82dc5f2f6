//! The database server of a benchmark.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::pgbench::psql;

/// A server that keeps what it says it keeps; `KEHOU_PG_OPTIONS` may say otherwise.
pub fn private_postgres() -> (Child, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/private-postgres");
    let own = std::env::var("KEHOU_PG_OPTIONS").unwrap_or_default();
    let mut command = Command::new(script);
    command.env("KEHOU_PG_OPTIONS", format!("-c fsync=on -c full_page_writes=on {own}"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    (child, url.trim().to_owned())
}

/// Waits until the service has done what it does after its answers: seal the journal, write the access log.
pub fn settle(url: &str) {
    let unsealed = || psql(url, &["SELECT count(*) FROM journal_entries WHERE position IS NULL"])[0][0] != "0";
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(100));
        if !unsealed() {
            break;
        }
    }
    std::thread::sleep(Duration::from_secs(1));
}

pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
