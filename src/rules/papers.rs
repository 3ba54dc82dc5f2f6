//! Dated papers 合同、证照: how far they cover the days that they are needed for. Two in a row cover what each of them
//! does; a gap of one service day between them is found, one of holidays is not.

use time::Date;

use super::document::Period;

/// How far dated papers cover dates.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Coverage {
    Whole,
    /// The first date is not covered.
    NotAtFirst(Date),
    /// From the first date on, until what covers it runs out.
    Until {
        expires_on: Date,
        uncovered: Date,
    },
}

pub(super) fn coverage(dates: &[Date], papers: &[Period]) -> Coverage {
    let covers = |date: Date| papers.iter().filter(move |paper| (paper.from..=paper.to).contains(&date));
    let Some(place) = dates.iter().position(|date| covers(*date).next().is_none()) else { return Coverage::Whole };
    let uncovered = dates.get(place).copied();
    let last = place.checked_sub(1).and_then(|before| dates.get(before));
    let expires_on = last.and_then(|date| covers(*date).map(|paper| paper.to).max());
    match (uncovered, expires_on) {
        (Some(uncovered), Some(expires_on)) => Coverage::Until { expires_on, uncovered },
        (Some(uncovered), None) => Coverage::NotAtFirst(uncovered),
        (None, _) => Coverage::Whole,
    }
}
