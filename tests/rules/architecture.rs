//! The walls of the house that the compiler does not see (`docs/ARCHITECTURE.md`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Rooms from the top floor down; rooms of one line share a floor and do not use each other.
const FLOORS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["demo"],
    &["app", "metrics", "verification"],
    &["background", "code_tables", "docs_page", "health"],
    &["resealing"],
    &["decisions", "student_status"],
    &["fees"],
    &["delivery"],
    &["enrollments"],
    &["notices"],
    &["filings"],
    &["plans"],
    &["surveys"],
    &["oversight"],
    &["inbox"],
    &["students"],
    &["safety"],
    &["staff"],
    &["partners"],
    &["resources"],
    &["materials"],
    &["schools"],
    &["me", "messages"],
    &["regulation"],
    &["jobs"],
    &["auth"],
    &["journal"],
    &["contract"],
    &["http"],
    &["config"],
    &["db"],
    &["file_store"],
    &["refusal", "sealing"],
    &["rules"],
    &["finding", "private", "values"],
];

pub struct Source {
    pub path: PathBuf,
    /// Text without comments and without its tests.
    pub text: String,
    lines: usize,
    /// The number and length, in characters, of each line that is too long.
    wide: Vec<(usize, usize)>,
}

/// Columns of a line, each character counted as one: a Chinese one, too.
const COLUMNS_MAX: usize = 120;

pub fn sources(dir: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(dir)];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let whole = std::fs::read_to_string(&path).unwrap_or_default();
                let code = whole.split("#[cfg(test)]").next().unwrap_or_default();
                let plain = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                let text = plain.collect::<Vec<_>>().join("\n");
                let widths = whole.lines().enumerate().map(|(at, line)| (at + 1, line.chars().count()));
                let wide = widths.filter(|(_, width)| *width > COLUMNS_MAX).collect();
                found.push(Source { lines: whole.lines().count(), wide, text, path });
            }
        }
    }
    assert!(!found.is_empty(), "no sources in {dir}");
    found
}

pub fn below_src(source: &Source) -> String {
    let path = source.path.to_string_lossy().into_owned();
    path.split("/src/").last().unwrap_or_default().to_owned()
}

fn room(source: &Source) -> String {
    let path = below_src(source);
    path.split(['/', '.']).next().unwrap_or_default().to_owned()
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// Rooms that a source names after `crate::`, one or several in braces.
fn used_rooms(text: &str) -> Vec<String> {
    let mut used = Vec::new();
    for part in text.split("crate::").skip(1) {
        let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        match part.strip_prefix('{') {
            None => used.push(word(part)),
            Some(list) => {
                let mut depth = 0;
                let mut names = vec![String::new()];
                for c in list.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => names.push(String::new()),
                        c if depth == 0 => names.last_mut().into_iter().for_each(|name| name.push(c)),
                        _ => {}
                    }
                }
                used.extend(names.iter().map(|name| word(name.trim())));
            }
        }
    }
    used
}

#[test]
fn no_room_uses_a_floor_above_it() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in sources("src") {
        let from = room(&source);
        if from == "lib" {
            continue;
        }
        let Some(own) = floor(&from) else {
            wrong.push(format!("{from} has no floor"));
            continue;
        };
        for used in used_rooms(&source.text) {
            let Some(other) = floor(&used) else { continue }; // a macro, not a room
            seen += 1;
            let allowed = used == from || other > own;
            if !allowed {
                wrong.push(format!("{} uses {used}", below_src(&source)));
            }
        }
    }
    assert!(seen > 100, "only {seen} uses were found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_room_has_a_floor() {
    for room in sources("src").iter().map(room).filter(|room| room != "lib") {
        assert!(floor(&room).is_some(), "{room} has no floor");
    }
}

#[test]
fn rules_are_pure() {
    for source in sources("src/rules") {
        // A plan document and a profile describe themselves to the contract; nothing else in the rules knows of it.
        let described = ["rules/document", "rules/profile"].iter().any(|part| below_src(&source).starts_with(part));
        let contract = if described { "utoipa_actix" } else { "utoipa" };
        for outside in
            ["diesel", "actix_web", "tokio", "std::fs", "std::net", "OffsetDateTime::now", "SystemTime", contract]
        {
            assert!(!source.text.contains(outside), "{} reaches for {outside}", below_src(&source));
        }
    }
}

/// The store that a file is, or is a part of: what grows in `store.rs` goes into `store/`.
fn store_of(path: &str) -> Option<String> {
    let (slice, rest) = path.rsplit_once("/store")?;
    (rest == ".rs" || rest.starts_with('/')).then(|| format!("{slice}/store.rs"))
}

#[test]
fn every_file_of_a_slice_keeps_to_its_own() {
    for source in sources("src") {
        let (path, text) = (below_src(&source), &source.text);
        let name = path.rsplit('/').next().unwrap_or_default();
        let in_database = path.starts_with("db/");
        let queries =
            text.contains("diesel::prelude") || text.contains("RunQueryDsl") || text.contains("diesel::insert_into");
        let is_store = store_of(&path).is_some();
        if !in_database && !is_store && path != "auth/scope.rs" {
            assert!(!queries, "{path} queries; that is the store's");
            // A model may name its table where it derives its row, so that no field is written twice.
            let elsewhere = text.lines().filter(|line| !line.contains("#[diesel(table_name"));
            assert!(!elsewhere.into_iter().any(|line| line.contains("db::schema")), "{path} names tables");
        }
        if is_store || name == "model.rs" {
            assert!(!text.contains("actix_web"), "{path} knows of HTTP");
        }
        if name == "api.rs" && !path.starts_with("http/") {
            assert!(!text.contains("diesel"), "{path} knows of the database");
        }
        if name == "mod.rs" && path.matches('/').count() >= 2 && !path.starts_with("cli/") {
            assert!(!text.contains("actix_web"), "{path}: verbs know nothing of HTTP");
        }
    }
}

/// A store writes the tables of its own slice only.
#[test]
fn tables_are_written_by_their_own_slice() {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for source in sources("src") {
        let Some(path) = store_of(&below_src(&source)) else { continue };
        for verb in ["insert_into(", "diesel::update(", "diesel::delete(", "insert_many!(tx, "] {
            for part in source.text.split(verb).skip(1) {
                let end = if verb.starts_with("insert_many") { "," } else { "::" };
                let Some((table, rest)) = part.trim_start().split_once(end) else { continue };
                if end == "::" && !rest.starts_with("table") {
                    continue;
                }
                let table = table.to_owned();
                let owner = owners.entry(table.clone()).or_insert_with(|| path.clone());
                assert_eq!(*owner, path, "{table} is written by two slices");
            }
        }
    }
    assert!(owners.len() >= 8, "{owners:?}");
}

/// The word at the beginning of a text.
fn word(text: &str) -> &str {
    let text = text.trim_start();
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// Whether a text names a type, as a word of its own.
fn names(text: &str, name: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
}

/// Types that are functions, or hold some: structs, enums and aliases by name, with what they are made of.
fn holders_of_functions(all: &[Source]) -> Vec<String> {
    let mut made_of: Vec<(String, String)> = Vec::new();
    for text in all.iter().map(|source| source.text.replace("\npub ", "\n")) {
        for keyword in ["\nstruct ", "\nenum ", "\ntype "] {
            for part in text.split(keyword).skip(1) {
                let on_one_line = part.lines().next().is_some_and(|line| line.ends_with(';'));
                let body = part.split(if on_one_line { ";\n" } else { "\n}" }).next().unwrap_or_default();
                made_of.push((word(part).to_owned(), body.to_owned()));
            }
        }
    }
    let mut holders: Vec<String> = Vec::new();
    loop {
        let holds = |body: &str| body.contains("fn(") || holders.iter().any(|holder| names(body, holder));
        let found = made_of.iter().find(|(name, body)| !holders.contains(name) && holds(body));
        match found {
            Some((name, _)) => holders.push(name.clone()),
            None => return holders,
        }
    }
}

/// What a request sets in motion stands in the text of its verb: no room is handed functions of another.
#[test]
fn nothing_that_handlers_share_is_a_function() {
    let all = sources("src");
    let holders = holders_of_functions(&all);
    for known in ["Slice", "Kind"] {
        assert!(holders.iter().any(|holder| holder == known), "{known} holds a function, and that was not found");
    }
    for source in &all {
        let shared = source.text.split("Data<").skip(1).chain(source.text.split("Data::new(").skip(1));
        for part in shared {
            let shared = word(part);
            assert!(!holders.iter().any(|holder| holder == shared), "{} shares {shared}", below_src(source));
            assert!(!part.trim_start().starts_with("fn("), "{} shares a function", below_src(source));
        }
    }
    assert!(!holders.iter().any(|holder| holder == "App"), "the app holds a function");
}

#[test]
fn files_stay_short() {
    for source in
        sources("src").into_iter().chain(sources("tests")).filter(|source| !source.path.ends_with("db/schema.rs"))
    {
        assert!(source.lines <= 400, "{} has {} lines; split it by meaning", source.path.display(), source.lines);
    }
}

/// rustfmt leaves comments and texts alone, and with them all code around a text that is too long.
#[test]
fn lines_stay_narrow() {
    let mut wrong = Vec::new();
    for source in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        for (line, width) in source.wide {
            wrong.push(format!("{}:{line} has {width} columns", source.path.display()));
        }
    }
    assert!(wrong.is_empty(), "over {COLUMNS_MAX} columns: {wrong:#?}");
}

/// The scope names states of tables on higher floors by their words, which it cannot take from there.
#[test]
fn words_of_states_in_the_scope_are_those_of_their_rooms() {
    use kehou::delivery::sessions::ServingState;
    use kehou::filings::amendments::AmendmentState;
    use kehou::plans::life::PlanState;
    use kehou::schools::class_teachers::ClassTeacherState;
    use kehou::staff::staff_members::StaffState;
    use kehou::students::guardianships::GuardianshipState;
    use kehou::students::students::StudentState;

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/auth/scope.rs");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut known = 0;
    for (table, words) in [
        ("pupils::state", StudentState::WORDS),
        ("attended::state", StudentState::WORDS),
        ("held::state", GuardianshipState::WORDS),
        ("taught::state", ClassTeacherState::WORDS),
        ("written::state", PlanState::WORDS),
        ("amended::state", AmendmentState::WORDS),
        ("serving::state", StaffState::WORDS),
        ("served::state", ServingState::WORDS),
    ] {
        for part in text.split(table).skip(1) {
            let named = part.split(')').next().unwrap_or_default().split('"').skip(1).step_by(2);
            for word in named {
                assert!(words.contains(&word), "{table} is never {word}");
                known += 1;
            }
        }
    }
    assert_eq!(known, text.matches("::state.").count() + 2, "two name two");
}

/// Statements whose text depends on values must not be kept by their type (`db/prepared.rs`).
#[test]
fn only_changes_and_named_claims_are_prepared() {
    let claims = ["auth", "db", "enrollments", "journal", "students"]; // rows and seats that requests wait for
    for source in sources("src").iter().filter(|source| source.text.contains(".prepared()")) {
        assert!(claims.contains(&room(source).as_str()), "{} prepares a statement", below_src(source));
    }
}

/// What the program includes, by the first part of its path below the root.
fn included() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    for source in sources("src") {
        let folder = source.path.parent().unwrap().strip_prefix(root).unwrap();
        for quoted in source.text.split("include_str!(\"").skip(1) {
            let mut parts: Vec<&str> = folder.iter().map(|part| part.to_str().unwrap()).collect();
            for part in quoted.split('"').next().unwrap().split('/') {
                if part == ".." {
                    parts.pop();
                } else {
                    parts.push(part);
                }
            }
            found.insert(parts[0].to_owned());
        }
    }
    found
}

#[test]
fn the_image_is_built_from_all_that_the_program_is_built_from() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ignored = std::fs::read_to_string(root.join(".dockerignore")).unwrap();
    let taken: BTreeSet<&str> = ignored.lines().filter_map(|line| line.strip_prefix('!')).collect();
    let included = included();
    assert!(included.contains("openapi") && included.contains("templates"), "{included:?}");
    let others = ["Cargo.toml", "Cargo.lock", "build.rs", "src", "locales", "migrations"].map(str::to_owned);
    let missing: Vec<String> =
        included.into_iter().chain(others).filter(|name| !taken.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "the build of the image lacks {missing:?}");
}
