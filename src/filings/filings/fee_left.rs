//! What of a project's fee is left for whoever joins it alone on a day, by what judged its filing. Of one filing it is
//! the same for all pupils who pay alike, so it is worked out once and kept with the filing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use time::Date;

use super::Filed;
use crate::rules::bill::{Joined, Payer, total};

/// What is kept of one filing: its projects, for the grades and the groups of its pupils, on a day.
const REMEMBERED_MAX: usize = 200;

/// What of a fee is left for a pupil who joins on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeLeft {
    /// From which day it counts.
    pub from: Date,
    /// None where the fee is for the term.
    pub lessons: Option<i64>,
    /// What is approved, within all limits, if the pupil joins nothing else.
    pub approved_fen: i64,
    /// What the pupil pays of the approved fee in percent, if that is less.
    pub pays_percent: Option<i64>,
    pub amount_fen: i64,
    /// Whether days are counted for which no calendar is announced yet.
    pub is_provisional: bool,
}

/// By the project's place in the document, the day, and who pays.
type Asked = (usize, Date, Payer);

/// What was worked out before.
#[derive(Debug, Default)]
pub struct FeesLeft(Mutex<HashMap<Asked, Option<FeeLeft>>>);

impl FeesLeft {
    fn of(&self, asked: Asked, work_out: impl FnOnce() -> Option<FeeLeft>) -> Option<FeeLeft> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left) = known().get(&asked).copied() {
            return left;
        }
        // Meanwhile others may ask; who works out the same finds the same.
        let left = work_out();
        let mut known = known();
        if known.len() >= REMEMBERED_MAX {
            known.clear(); // of another day, as a rule
        }
        known.insert(asked, left);
        left
    }
}

impl Filed {
    /// What is left of the fee of the project at a place of the document; none where it is free, or where what judged
    /// the filing was not kept.
    #[must_use]
    pub fn fee_left(&self, place: usize, from: Date, payer: Payer) -> Option<FeeLeft> {
        self.fees_left.of((place, from, payer), || self.work_out(place, from, payer))
    }

    fn work_out(&self, place: usize, from: Date, payer: Payer) -> Option<FeeLeft> {
        let (project, judged_by) = (self.document.projects.get(place)?, self.judged_by.as_ref()?);
        let days = judged_by.days.since(from);
        let fee = days.fee_of(project)?;
        let joined = [Joined { project, joins_on: from }];
        let total = total(&judged_by.profile, &self.document, &judged_by.days, payer, &joined, fee.amount_fen);
        Some(FeeLeft {
            from: from.max(self.document.term.first_service_date()),
            lessons: fee.lessons,
            approved_fen: total.approved_fen,
            pays_percent: payer.percent,
            amount_fen: total.amount_fen,
            is_provisional: days.provisional(std::slice::from_ref(project)).next().is_some(),
        })
    }
}
