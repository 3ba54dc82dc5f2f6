//! Never collective teaching or make-up lessons, in any guise (二.3, 六.5): what a plan's words give away.
//!
//! Only the name and the outline of a project are read, folded (`instruction/text.rs`), so that 补 课, 補課 and 补·课 hide
//! nothing. A word that its own clause bans (严禁变相补课) is shown to the reviewer, and stops nothing.

mod text;

use std::borrow::Cow;

use self::text::{ends_clause, folded};

use super::Finding;
use super::catalogue::NO_COLLECTIVE_INSTRUCTION;
use super::content::is_teaching;
use super::document::PlanProject;
use super::profile::WordLists;
use super::submission::{Submission, Verdict};

/// `no-collective-instruction`, of a plan.
pub(super) fn no_collective_instruction(plan: &Submission<'_>) -> Verdict {
    let lexicon = Lexicon::of(&plan.profile.words);
    let mut findings = Vec::new();
    for (index, project) in plan.projects() {
        if is_teaching(project.category) {
            let finding = plan.error(&NO_COLLECTIVE_INSTRUCTION, format!("/projects/{index}/category"));
            findings.push(
                finding
                    .variant("category")
                    .project(project.name.as_str())
                    .with("category_zh", project.category.zh())
                    .with("category_en", project.category.en()),
            );
        }
        let outline = project.outline.as_ref().map(|outline| ("outline", outline.as_str()));
        for (field, text) in std::iter::once(("name", project.name.as_str())).chain(outline) {
            let hits = lexicon.hits(&folded(text));
            let pointer = format!("/projects/{index}/{field}");
            let (forbidden, counting): (Vec<Hit<'_>>, Vec<Hit<'_>>) =
                hits.into_iter().partition(|hit| hit.weight == Weight::Forbidden);
            findings.extend(counting.iter().map(|hit| of_hit(plan, project, &pointer, hit.weight, hit.word)));
            let words: Vec<&str> = forbidden.iter().map(|hit| hit.word).collect();
            if !words.is_empty() {
                findings.push(of_hit(plan, project, &pointer, Weight::Forbidden, &words.join("、")));
            }
        }
    }
    findings.into()
}

fn of_hit(plan: &Submission<'_>, project: &PlanProject, pointer: &str, weight: Weight, word: &str) -> Finding {
    let warning = |variant| plan.warning(&NO_COLLECTIVE_INSTRUCTION, pointer).variant(variant);
    let finding = match weight {
        Weight::Refused => plan.error(&NO_COLLECTIVE_INSTRUCTION, pointer),
        Weight::Doubtful => warning("doubtful"),
        Weight::Forbidden => warning("forbidden"),
    };
    plan.by("words", finding.project(project.name.as_str()).with("word", word))
}

/// What a word does where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Refused,
    Doubtful,
    Passing,
    Forbidding,
    /// Looks like a ban, and is the opposite.
    NotForbidding,
    /// Stands between a ban and what it bans.
    Between,
}

/// How much a hit counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Its own clause bans it.
    Forbidden,
    Doubtful,
    Refused,
}

struct Hit<'a> {
    word: &'a str,
    weight: Weight,
}

/// A word of the profile, as it is given and as it is looked for.
struct Entry<'a> {
    first: char,
    folded: Cow<'a, str>,
    word: &'a str,
    role: Role,
    /// What must follow in the clause, of a ban that is written in two parts: 不以…为目的.
    tail: Option<&'a str>,
}

/// The profile's words by their first characters, then longest first, so that 作业辅导 is read before 辅导 and 不得不
/// before 不得.
struct Lexicon<'a> {
    entries: Vec<Entry<'a>>,
    /// Which characters may begin a word, by their lowest seven bits.
    starts: u128,
    reach: usize,
}

impl<'a> Lexicon<'a> {
    fn of(lists: &'a WordLists) -> Self {
        let roles = [
            (&lists.refused, Role::Refused),
            (&lists.doubtful, Role::Doubtful),
            (&lists.passing, Role::Passing),
            (&lists.not_forbidding, Role::NotForbidding),
            (&lists.forbidding, Role::Forbidding),
            (&lists.between, Role::Between),
        ];
        let all = roles.into_iter().flat_map(|(list, role)| list.iter().map(move |word| (word.as_str(), role)));
        let mut entries: Vec<Entry<'a>> = all.filter_map(|(word, role)| Entry::of(word, role)).collect();
        entries.sort_by_key(|entry| (entry.first, std::cmp::Reverse(entry.folded.len())));
        let starts = entries.iter().fold(0, |bits, entry| bits | bit(entry.first));
        Self { entries, starts, reach: lists.forbidding_reach }
    }

    /// The longest word with which `rest` begins; `first` is its first character.
    fn at(&self, first: char, rest: &str) -> Option<&Entry<'a>> {
        if self.starts & bit(first) == 0 {
            return None;
        }
        let from = self.entries.partition_point(|entry| entry.first < first);
        let same = self.entries.iter().skip(from).take_while(|entry| entry.first == first);
        same.into_iter().find(|entry| rest.starts_with(entry.folded.as_ref()) && entry.is_followed(rest))
    }

    /// The words of a folded text that count, each once.
    fn hits(&self, text: &str) -> Vec<Hit<'a>> {
        let mut hits: Vec<Hit<'a>> = Vec::new();
        let mut read_to = 0;
        let mut ban = Ban::default();
        for (place, c) in text.char_indices() {
            ban.step(c);
            if place < read_to {
                continue;
            }
            let Some(entry) = text.get(place..).and_then(|rest| self.at(c, rest)) else {
                ban.over_unless_mark(c);
                continue;
            };
            read_to = place + entry.folded.len();
            match entry.role {
                Role::Passing | Role::Between => {}
                Role::NotForbidding => ban.end(),
                Role::Forbidding => ban.begin(c, self.reach + entry.folded.chars().count()),
                Role::Refused | Role::Doubtful => {
                    let banned = ban.covers();
                    ban.go_on(self.reach + entry.folded.chars().count());
                    note(&mut hits, Hit { word: entry.word, weight: weight(entry.role, banned) });
                }
            }
        }
        hits
    }
}

impl<'a> Entry<'a> {
    fn of(word: &'a str, role: Role) -> Option<Self> {
        let (head, tail) = word.split_once('…').map_or((word, None), |(head, tail)| (head, Some(tail)));
        let folded = folded(head);
        Some(Self { first: folded.chars().next()?, folded: Cow::Owned(folded), word, role, tail })
    }

    /// Whether the second part of a ban follows in its clause.
    fn is_followed(&self, rest: &str) -> bool {
        let clause = rest.split(ends_clause).next().unwrap_or_default();
        self.tail.is_none_or(|tail| clause.contains(tail))
    }
}

const fn weight(role: Role, banned: bool) -> Weight {
    match (role, banned) {
        (_, true) => Weight::Forbidden,
        (Role::Refused, false) => Weight::Refused,
        (_, false) => Weight::Doubtful,
    }
}

/// A word that is banned here and announced there is said of both.
fn note<'a>(hits: &mut Vec<Hit<'a>>, hit: Hit<'a>) {
    if !hits.iter().any(|known| known.word == hit.word && known.weight == hit.weight) {
        hits.push(hit);
    }
}

/// How far a ban still reaches. It covers the words of its own clause, also over a colon, as long as nothing but words
/// that may stand there are between: 严禁请假补课 bans something else.
#[derive(Default)]
struct Ban {
    reach: usize,
    /// Whether a mark stands before the character, so that a second 不 is no double negation.
    after_mark: bool,
}

impl Ban {
    const fn covers(&self) -> bool {
        self.reach > 0
    }

    fn step(&mut self, c: char) {
        self.reach = if ends_clause(c) { 0 } else { self.reach.saturating_sub(1) };
    }

    fn begin(&mut self, c: char, reach: usize) {
        let twice = self.covers() && !self.after_mark && matches!(c, '不' | '没');
        self.reach = if twice { 0 } else { reach };
        self.after_mark = false;
    }

    /// A list of what is banned goes on.
    fn go_on(&mut self, reach: usize) {
        self.reach = if self.covers() { reach } else { 0 };
        self.after_mark = false;
    }

    const fn end(&mut self) {
        self.reach = 0;
    }

    /// Any other word is what is banned instead.
    fn over_unless_mark(&mut self, c: char) {
        self.after_mark = !c.is_alphanumeric();
        if c.is_alphanumeric() {
            self.reach = 0;
        }
    }
}

const fn bit(c: char) -> u128 {
    1 << (c as u32 & 127)
}
