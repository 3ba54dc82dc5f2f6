//! A review of a partner.

use time::Date;

use crate::db::{Id, Instant, Placed};
use crate::refusal::{Fault, FieldError};
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, row, text_enum};

text_enum! {
    /// What came of a review 审核结论. Other outcomes may come.
    pub enum ReviewOutcome {
        /// 合格
        Qualified = "qualified",
        /// 不合格
        NotQualified = "not_qualified",
    }
}

row! {
    /// The row of a review.
    pub struct PartnerReviewRow of partner_reviews, "partner-review", "partner-reviews" {
        id: Id,
        partner_id: Id,
        authority_id: Id,
        outcome: ReviewOutcome,
        reviewed_on: Date,
        valid_until_on: Option<Date>,
        document: String,
        remark: Option<String>,
        created_at: Instant,
    }
}

/// A review with the path of its partner.
pub type PartnerReview = Placed<PartnerReviewRow>;

filter! {
    /// Which reviews a list holds.
    pub struct PartnerReviewFilter {
        /// Only reviews of this partner.
        partner_id: Id,
    }
}

body! {
    /// A review of a partner, as it is added.
    pub struct PartnerReviewIn {
        partner_id: Id,
        outcome: ReviewOutcome,
        /// Not after today.
        #[serde(with = "iso_date")]
        reviewed_on: Date,
        /// The last day on which `qualified` holds, and required there; null for `not_qualified`.
        #[serde(default, with = "iso_date::option")]
        valid_until: Option<Date>,
        /// The document of the review, with its number.
        #[schema(inline)]
        document: Line<1, 200>,
        #[schema(inline)]
        remark: Option<Line<1, 1000>>,
    }
}

impl PartnerReviewIn {
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
        let ahead =
            (self.reviewed_on > today).then(|| FieldError::new("/reviewed_on", Fault::OutOfRange).said("after-today"));
        ahead.into_iter().chain(wrong_end).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn who_is_qualified_is_so_until_a_day() -> Result<(), FieldError> {
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
            let (partner_id, document) = (Id::NIL, Line::new("岳楼教审〔2024〕3号")?);
            let new = PartnerReviewIn { partner_id, outcome, reviewed_on, valid_until, document, remark: None };
            let found: Vec<_> = new.faults(on).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
            let expected: Vec<_> = expected.into_iter().map(|(at, fault)| (at.to_owned(), fault)).collect();
            assert_eq!(found, expected, "{outcome:?} {valid_until:?}");
        }
        Ok(())
    }
}
