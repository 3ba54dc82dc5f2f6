//! 分配名额 (三.1): who gets the seats of projects that more want than there are seats for. Tiers first, then the wishes
//! in their order, then a draw: SHA-256 over the seed and the id of the wish, both as text. The same seed and wishes
//! give the same result in any order, so whoever has them can work it out again.

use std::cmp::Ordering;
use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::document::PriorityGroup;
use super::profile::Profile;

/// Lower and middle primary grades, which come before the others (三.1).
const LOWER_GRADES: std::ops::RangeInclusive<i64> = 1..=4;

/// Who comes before whom (三.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    PriorityGroups,
    LowerGrades,
    Others,
}

impl Tier {
    /// That of a pupil: by the groups that the profile puts first, else by its grade.
    #[must_use]
    pub fn of(profile: &Profile, grade: i64, groups: &[PriorityGroup]) -> Self {
        if groups.iter().any(|group| profile.priority_groups.contains(group)) {
            Self::PriorityGroups
        } else if LOWER_GRADES.contains(&grade) {
            Self::LowerGrades
        } else {
            Self::Others
        }
    }
}

/// One wish of a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The id of the enrollment, as it is written.
    pub id: String,
    /// Which child, by a number of the caller's own.
    pub child: usize,
    /// Which of the projects.
    pub project: usize,
    /// The child's first wish is 1.
    pub rank: i32,
    pub tier: Tier,
    /// Siblings whose numbers are drawn together have the same.
    pub family: Option<usize>,
}

/// What becomes of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It has a seat.
    Seat,
    /// The seats went to earlier numbers; it waits in the order of the numbers.
    Waitlist,
    /// A better wish of the same child came true that meets at the same time, or has taken the last place that a child
    /// may have.
    BetterWish,
}

/// A wish's number among those for its project, and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// From 1, without gaps.
    pub number: i32,
    pub outcome: Outcome,
}

/// The key of a wish, by which a tier's wishes of one rank are ordered.
#[must_use]
pub fn key(seed: &str, id: &str) -> [u8; 32] {
    Sha256::new().chain_update(seed).chain_update(id).finalize().into()
}

/// What is drawn, and by what limits.
#[derive(Debug, Clone)]
pub struct Draw<'a> {
    pub seed: &'a str,
    /// The seats of each project that are free.
    pub seats: &'a [i64],
    /// Pairs of projects that meet at one time.
    pub clashes: &'a [(usize, usize)],
    /// How many places a child gets at most.
    pub places_max: usize,
}

impl Draw<'_> {
    /// What becomes of each wish, in the order in which they are given.
    #[must_use]
    pub fn of(&self, wishes: &[Wish]) -> Vec<Drawn> {
        let mut keys: Vec<[u8; 32]> = wishes.iter().map(|wish| key(self.seed, &wish.id)).collect();
        let own = keys.clone();
        share_among_siblings(wishes, &mut keys);
        let mut order: Vec<usize> = (0..wishes.len()).collect();
        order.sort_by(|one, other| {
            let ranked = |at: usize| wishes.get(at).map(|wish| (wish.tier, wish.rank));
            let by_rank = ranked(*one).cmp(&ranked(*other));
            by_rank.then_with(|| keys.get(*one).cmp(&keys.get(*other))).then_with(|| by_own(&own, *one, *other))
        });
        self.go_through(wishes, &order)
    }

    fn go_through(&self, wishes: &[Wish], order: &[usize]) -> Vec<Drawn> {
        let mut drawn = vec![Drawn { number: 0, outcome: Outcome::Waitlist }; wishes.len()];
        let mut left = self.seats.to_vec();
        let mut numbers = vec![0; self.seats.len()];
        let mut places: HashMap<usize, Vec<usize>> = HashMap::new();
        for at in order {
            let (Some(wish), Some(drawn)) = (wishes.get(*at), drawn.get_mut(*at)) else { continue };
            let (Some(left), Some(number)) = (left.get_mut(wish.project), numbers.get_mut(wish.project)) else {
                continue;
            };
            *number += 1;
            let own = places.entry(wish.child).or_default();
            let is_served = own.len() >= self.places_max || own.iter().any(|place| self.meet(*place, wish.project));
            let outcome = match (is_served, *left > 0) {
                (true, _) => Outcome::BetterWish,
                (false, true) => Outcome::Seat,
                (false, false) => Outcome::Waitlist,
            };
            if outcome == Outcome::Seat {
                *left -= 1;
                own.push(wish.project);
            }
            *drawn = Drawn { number: *number, outcome };
        }
        drawn
    }

    fn meet(&self, one: usize, other: usize) -> bool {
        self.clashes.iter().any(|pair| *pair == (one, other) || *pair == (other, one))
    }
}

/// Siblings have one key, so that their own ones decide between them.
fn by_own(own: &[[u8; 32]], one: usize, other: usize) -> Ordering {
    own.get(one).cmp(&own.get(other))
}

/// Siblings of one tier who wish the same project have the earliest of their keys.
fn share_among_siblings(wishes: &[Wish], keys: &mut [[u8; 32]]) {
    let mut earliest: HashMap<(usize, usize, Tier), [u8; 32]> = HashMap::new();
    let group = |wish: &Wish| wish.family.map(|family| (family, wish.project, wish.tier));
    for (wish, key) in wishes.iter().zip(keys.iter()) {
        if let Some(group) = group(wish) {
            earliest.entry(group).and_modify(|known| *known = (*known).min(*key)).or_insert(*key);
        }
    }
    for (wish, key) in wishes.iter().zip(keys.iter_mut()) {
        if let Some(shared) = group(wish).and_then(|group| earliest.get(&group)) {
            *key = *shared;
        }
    }
}
