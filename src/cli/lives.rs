//! `kehou lives`: the life of each thing as Markdown, which is `docs/LIVES.md`.

use std::fmt::Write as _;
use std::process::ExitCode;

use crate::app;
use crate::auth::{Life, LifeVerb};

const HEAD: &str = "\
# Lives 状态与操作

Written by `kehou lives` from the tables in the slices (`life!`); `just lives` rewrites this file, and a test compares
it. A verb that the state does not allow is 409 with the state and what it does allow. `can` of an answer holds the
verbs that this caller may call now; another test walks every state, verb and role and calls them.
";

pub(super) fn run() -> ExitCode {
    print!("{}", markdown());
    ExitCode::SUCCESS
}

fn markdown() -> String {
    let mut lives: Vec<&Life> = app::lives().collect();
    lives.sort_by_key(|life| life.of);
    lives.into_iter().fold(HEAD.to_owned(), |page, life| page + &section(life))
}

fn section(life: &Life) -> String {
    let mut page = format!("\n## {}\n\n", life.of);
    if life.states.len() > 1 {
        let _ = writeln!(page, "States: {}.\n", life.states.join(", "));
    }
    page.push_str("| verb | needs | from | to |\n|---|---|---|---|\n");
    for verb in life.verbs {
        page.push_str(&rows(verb));
    }
    page
}

/// One row for each place that the verb leads to.
fn rows(verb: &LifeVerb) -> String {
    let mut led: Vec<(String, Vec<&str>)> = Vec::new();
    for (from, to) in verb.moves {
        let to = if **to == [*from] { "the same".to_owned() } else { to.join(" or ") };
        match led.iter_mut().find(|(known, _)| *known == to) {
            Some((_, froms)) => froms.push(from),
            None => led.push((to, vec![from])),
        }
    }
    let place = verb.by_way_of.map(|other| format!(" by way of {other}")).unwrap_or_default();
    let row = |(to, from): (String, Vec<&str>)| {
        format!("| `{}`{place} | `{}` | {} | {to} |\n", verb.word, verb.permission, from.join(", "))
    };
    led.into_iter().map(row).collect()
}
