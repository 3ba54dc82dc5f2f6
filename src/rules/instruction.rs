//! Never collective teaching or make-up lessons, in any guise (二.3, 六.5): what a plan's words give away.
//!
//! Only the name and the outline of a project are read, as NFKC and without spaces, so that 补 课 and full-width forms
//! hide nothing. A word under a ban in its own phrase (严禁变相补课) is a promise and no hit.

use unicode_normalization::UnicodeNormalization;

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
            let hits = lexicon.hits(&plain(text));
            findings.extend(hits.iter().map(|hit| of_hit(plan, project, &format!("/projects/{index}/{field}"), hit)));
        }
    }
    findings.into()
}

fn of_hit(plan: &Submission<'_>, project: &PlanProject, pointer: &str, hit: &Hit<'_>) -> Finding {
    let finding = if hit.refused {
        plan.error(&NO_COLLECTIVE_INSTRUCTION, pointer)
    } else {
        plan.warning(&NO_COLLECTIVE_INSTRUCTION, pointer).variant("doubtful")
    };
    finding.project(project.name.as_str()).with("word", hit.word)
}

/// NFKC, without spaces and invisible characters; line breaks stay, because they end a phrase.
fn plain(text: &str) -> String {
    let shown = |c: &char| {
        let invisible = matches!(*c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
        *c == '\n' || !(c.is_whitespace() || invisible)
    };
    text.nfkc().filter(shown).collect()
}

/// What a word does where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Refused,
    Doubtful,
    Passing,
    Forbidding,
}

struct Hit<'a> {
    word: &'a str,
    refused: bool,
}

/// The profile's words by their first characters, then longest first, so that 作业辅导 is read before 辅导 and 不得不
/// before 不得.
struct Lexicon<'a> {
    words: Vec<(char, &'a str, Role)>,
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
            (&lists.not_forbidding, Role::Passing),
            (&lists.forbidding, Role::Forbidding),
        ];
        let all = roles.into_iter().flat_map(|(list, role)| list.iter().map(move |word| (word.as_str(), role)));
        let mut words: Vec<(char, &str, Role)> =
            all.filter_map(|(word, role)| Some((word.chars().next()?, word, role))).collect();
        words.sort_by_key(|(first, word, _)| (*first, std::cmp::Reverse(word.len())));
        let starts = words.iter().fold(0, |bits, (first, ..)| bits | bit(*first));
        Self { words, starts, reach: lists.forbidding_reach }
    }

    /// The longest word with which `rest` begins; `first` is its first character.
    fn at(&self, first: char, rest: &str) -> Option<(&'a str, Role)> {
        let from = self.words.partition_point(|(own, ..)| *own < first);
        let same = self.words.iter().skip(from).take_while(|(own, ..)| *own == first);
        same.map(|(_, word, role)| (*word, *role)).find(|(word, _)| rest.starts_with(word))
    }

    /// The words of a plain text that count against it, each once.
    fn hits(&self, text: &str) -> Vec<Hit<'a>> {
        let mut hits: Vec<Hit<'a>> = Vec::new();
        let mut read_to = 0;
        let mut banned_for = 0_usize;
        for (place, c) in text.char_indices() {
            banned_for = if ends_phrase(c) { 0 } else { banned_for.saturating_sub(1) };
            if place < read_to || self.starts & bit(c) == 0 {
                continue;
            }
            let Some((word, role)) = text.get(place..).and_then(|rest| self.at(c, rest)) else { continue };
            read_to = place + word.len();
            match role {
                Role::Passing => {}
                Role::Forbidding => banned_for = self.reach + word.chars().count(),
                Role::Refused | Role::Doubtful => {
                    if banned_for == 0 && !hits.iter().any(|hit| hit.word == word) {
                        hits.push(Hit { word, refused: role == Role::Refused });
                    }
                }
            }
        }
        hits
    }
}

const fn bit(c: char) -> u128 {
    1 << (c as u32 & 127)
}

/// A ban ends with its phrase; 、 only separates what is banned.
const fn ends_phrase(c: char) -> bool {
    matches!(c, '\n' | ',' | '.' | '。' | ';' | ':' | '!' | '?' | '(' | ')' | '…' | '｡')
}
