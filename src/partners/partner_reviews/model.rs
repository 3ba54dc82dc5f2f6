//! A review of a partner.

use serde::Serialize;
use time::Date;

use crate::db::{Id, Instant};
use crate::refusal::{Fault, FieldError};
use crate::text_enum;

text_enum! {
    /// 审核结论. Other outcomes may come.
    pub enum ReviewOutcome {
        /// 合格
        Qualified = "qualified",
        /// 不合格
        NotQualified = "not_qualified",
    }
}

/// The row of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::partner_reviews, check_for_backend(crate::db::MultiBackend))]
pub struct PartnerReviewRow {
    pub id: Id,
    pub partner_id: Id,
    pub authority_id: Id,
    pub outcome: ReviewOutcome,
    pub reviewed_on: Date,
    pub valid_until_on: Option<Date>,
    pub document: String,
    pub remark: Option<String>,
    pub created_at: Instant,
}

/// A review with the path of its partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartnerReview {
    #[serde(flatten)]
    pub row: PartnerReviewRow,
    pub path: String,
}

/// What a review is made from.
#[derive(Debug, Clone)]
pub struct NewPartnerReview {
    pub partner_id: Id,
    pub outcome: ReviewOutcome,
    pub reviewed_on: Date,
    pub valid_until: Option<Date>,
    pub document: String,
    pub remark: Option<String>,
}

impl NewPartnerReview {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self, today: Date) -> Vec<FieldError> {
        let until = |fault| Some(FieldError::new("/valid_until", fault));
        let wrong_end = match (self.outcome, self.valid_until) {
            (ReviewOutcome::Qualified, None) => until(Fault::Required),
            (ReviewOutcome::NotQualified, Some(_)) => until(Fault::NotForThis),
            (ReviewOutcome::Qualified, Some(last)) if last < self.reviewed_on => until(Fault::EndsBeforeStart),
            _ => None,
        };
        let ahead = (self.reviewed_on > today).then(|| FieldError::new("/reviewed_on", Fault::OutOfRange));
        ahead.into_iter().chain(wrong_end).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn who_is_qualified_is_so_until_a_day() {
        let (before, on, after) = (date!(2024 - 09 - 01), date!(2024 - 09 - 02), date!(2024 - 09 - 03));
        for (outcome, valid_until, reviewed_on, expected) in [
            (ReviewOutcome::Qualified, Some(on), on, None),
            (ReviewOutcome::Qualified, Some(after), on, None),
            (ReviewOutcome::Qualified, Some(before), on, Some(("/valid_until", Fault::EndsBeforeStart))),
            (ReviewOutcome::Qualified, None, on, Some(("/valid_until", Fault::Required))),
            (ReviewOutcome::NotQualified, None, on, None),
            (ReviewOutcome::NotQualified, Some(after), on, Some(("/valid_until", Fault::NotForThis))),
            (ReviewOutcome::NotQualified, None, after, Some(("/reviewed_on", Fault::OutOfRange))),
        ] {
            let (partner_id, document) = (Id::NIL, "岳楼教审〔2024〕3号".to_owned());
            let new = NewPartnerReview { partner_id, outcome, reviewed_on, valid_until, document, remark: None };
            let found: Vec<_> = new.faults(on).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
            let expected: Vec<_> = expected.into_iter().map(|(at, fault)| (at.to_owned(), fault)).collect();
            assert_eq!(found, expected, "{outcome:?} {valid_until:?}");
        }
    }
}
