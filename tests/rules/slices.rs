//! Which slices use which, as their sources have it: no circle goes through them.

use std::collections::{BTreeMap, BTreeSet};

use crate::architecture::{Source, below_src, sources};

/// A path of modules, such as `plans`, `projects`, `Place`.
type Path = Vec<String>;

/// All modules, and what they hand out under another name.
struct Modules {
    all: BTreeSet<Path>,
    handed_out: BTreeMap<Path, Path>,
    /// Rooms that have slices; any other room is one.
    divided: BTreeSet<String>,
}

/// The module of a source.
fn module(source: &Source) -> Path {
    let path = below_src(source);
    let mut parts: Path = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// The paths of a `use`, with what stands in braces spelled out; `text` begins behind `crate::`, `self::` or `super::`.
fn spelled_out(text: &str) -> Vec<Path> {
    let (mut found, mut open, mut path, mut word) = (Vec::new(), Vec::new(), Path::new(), String::new());
    let mut rest = text.chars().peekable();
    let mut renamed = false;
    while let Some(c) = rest.next() {
        match c {
            c if c.is_alphanumeric() || c == '_' => word.push(c),
            ':' if rest.peek() == Some(&':') => {
                rest.next();
                path.push(std::mem::take(&mut word));
            }
            '{' if word.is_empty() => open.push(path.clone()),
            ',' | '}' if !open.is_empty() => {
                if !word.is_empty() {
                    path.push(std::mem::take(&mut word));
                    found.push(path.clone());
                }
                if c == '}' {
                    open.pop();
                }
                renamed = false;
                match open.last() {
                    Some(before) => path.clone_from(before),
                    None => return found,
                }
            }
            c if c.is_whitespace() && !open.is_empty() => {
                // `X as Y`: what follows the first word is its name here.
                renamed = !word.is_empty();
                if renamed {
                    path.push(std::mem::take(&mut word));
                    found.push(path.clone());
                    while rest.peek().is_some_and(|next| !matches!(next, ',' | '}')) {
                        rest.next();
                    }
                }
            }
            _ => break,
        }
    }
    if !renamed {
        if !word.is_empty() {
            path.push(word);
        }
        found.push(path);
    }
    found
}

impl Modules {
    fn of(all: &[Source]) -> Self {
        let is_slice = |path: &str| path.matches('/').count() == 2 && path.ends_with("/mod.rs");
        let has_verbs = |path: &str| {
            let folder = path.trim_end_matches("mod.rs");
            all.iter()
                .map(below_src)
                .any(|other| other == format!("{folder}api.rs") || other == format!("{folder}store.rs"))
        };
        let slices = all.iter().map(below_src).filter(|path| is_slice(path) && has_verbs(path));
        let room = |path: String| path.split('/').next().unwrap_or_default().to_owned();
        let mut handed_out = BTreeMap::new();
        for source in all.iter().filter(|source| source.path.ends_with("mod.rs")) {
            let own = module(source);
            let public = source.text.split("pub use ").skip(1);
            for text in public.filter_map(|text| text.strip_prefix("self::")) {
                for path in spelled_out(text) {
                    let name = path.last().cloned().unwrap_or_default();
                    let from = own.iter().cloned().chain([name]).collect();
                    handed_out.insert(from, own.iter().cloned().chain(path).collect());
                }
            }
        }
        Self { all: all.iter().map(module).collect(), handed_out, divided: slices.map(room).collect() }
    }

    /// The slice of a module: a folder or a file of a room that has slices, else the whole room.
    fn slice(&self, module: &[String]) -> String {
        match module {
            [room, part, ..] if self.divided.contains(room) => format!("{room}/{part}"),
            [room, ..] => room.clone(),
            [] => String::new(),
        }
    }

    /// The module in which what a path names is written, wherever it is handed out.
    fn home(&self, path: &[String]) -> Option<Path> {
        let mut path = path.to_vec();
        for _ in 0..8 {
            let shorter = (1..=path.len()).rev().find_map(|length| {
                let to = self.handed_out.get(path.get(..length)?)?;
                Some(to.iter().chain(path.get(length..)?).cloned().collect::<Path>())
            });
            match shorter {
                Some(to) if to != path => path = to,
                _ => break,
            }
        }
        (1..=path.len())
            .rev()
            .filter_map(|length| path.get(..length))
            .find(|part| self.all.contains(*part))
            .map(<[_]>::to_vec)
    }

    /// The slices that a source uses.
    fn used(&self, source: &Source) -> BTreeSet<String> {
        let own = module(source);
        let mut used = BTreeSet::new();
        for (up, place) in starts(&source.text) {
            let base = if up == 0 { &[][..] } else { own.get(..own.len().saturating_sub(up)).unwrap_or_default() };
            for path in spelled_out(source.text.get(place..).unwrap_or_default()) {
                let whole: Path = base.iter().cloned().chain(path).collect();
                used.extend(self.home(&whole).map(|home| self.slice(&home)));
            }
        }
        used.remove(&self.slice(&own));
        used
    }
}

/// Where paths begin behind `crate::` (0) or one or more `super::`.
fn starts(text: &str) -> Vec<(usize, usize)> {
    let begins = |at: usize| {
        !text.get(..at).unwrap_or_default().ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
    };
    let roots = text.match_indices("crate::").filter(|(at, _)| begins(*at)).map(|(at, word)| (0, at + word.len()));
    let above = text.match_indices("super::").filter(|(at, _)| begins(*at)).map(|(at, _)| {
        let ups =
            text.get(at..).unwrap_or_default().split("super::").skip(1).take_while(|part| part.is_empty()).count() + 1;
        (ups, at + ups * "super::".len())
    });
    roots.chain(above).collect()
}

/// A way from `at` back to `to`.
fn way_back(
    uses: &BTreeMap<String, BTreeSet<String>>,
    at: &str,
    to: &str,
    been: &mut BTreeSet<String>,
) -> Option<Path> {
    for next in uses.get(at).into_iter().flatten() {
        if next == to {
            return Some(vec![at.to_owned(), to.to_owned()]);
        }
        if been.insert(next.clone())
            && let Some(mut way) = way_back(uses, next, to, been)
        {
            way.insert(0, at.to_owned());
            return Some(way);
        }
    }
    None
}

#[test]
fn no_circle_goes_through_slices() {
    let all: Vec<Source> = sources("src")
        .into_iter()
        .filter(|source| !["lib.rs", "main.rs"].contains(&below_src(source).as_str()))
        .collect();
    let modules = Modules::of(&all);
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in &all {
        uses.entry(modules.slice(&module(source))).or_default().extend(modules.used(source));
    }
    let count: usize = uses.values().map(BTreeSet::len).sum();
    assert!(uses.len() > 60 && count > 400, "only {} slices and {count} uses were found", uses.len());
    for (slice, used) in
        [("decisions/reviews", "plans/plans"), ("plans/plans", "plans/projects"), ("auth/users", "auth/actor")]
    {
        assert!(uses.get(slice).is_some_and(|all| all.contains(used)), "{slice} uses {used}, and that was not found");
    }
    let circles: Vec<Path> =
        uses.keys().filter_map(|slice| way_back(&uses, slice, slice, &mut BTreeSet::new())).collect();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn braces_are_spelled_out() {
    let shown = |text: &str| spelled_out(text).iter().map(|path| path.join("/")).collect::<Vec<_>>();
    assert_eq!(shown("plans::plans::{self, Plan};"), ["plans/plans/self", "plans/plans/Plan"]);
    assert_eq!(shown("a::{b::C, d::{E as F, G}, h};"), ["a/b/C", "a/d/E", "a/d/G", "a/h"]);
    assert_eq!(shown("db::run_again(\"why\")"), ["db/run_again"]);
}
