//! A ban of a partner, and its lifting.

use serde::Serialize;
use time::Date;

use crate::auth::Actor;
use crate::db::{Id, Instant};
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Whether a ban counts.
    pub enum PartnerBanState {
        Imposed = "imposed",
        Lifted = "lifted",
    }
}

life! {
    /// What is called on a ban.
    pub PartnerBanVerb of PartnerBanState, "partner-bans" {
        Lift = "lift" by SupervisePartners { Imposed => Lifted }
    }
}

row! {
    /// The row of a ban. Both days belong to it.
    pub struct PartnerBanRow of partner_bans {
        id: Id,
        partner_id: Id,
        authority_id: Id,
        starts_on: Date,
        ends_on: Option<Date>,
        reason: String,
        document: String,
        /// From then on it counts for nothing, not even for the days before.
        lifted_on: Option<Date>,
        lift_reason: Option<String>,
        lift_document: Option<String>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

impl PartnerBanRow {
    /// Whether it counts: what was lifted does not.
    #[must_use]
    pub fn state(&self) -> PartnerBanState {
        if self.lifted_on.is_none() { PartnerBanState::Imposed } else { PartnerBanState::Lifted }
    }

    /// Whether it has started, and neither ended nor been lifted.
    #[must_use]
    pub fn is_open(&self, today: Date) -> bool {
        self.lifted_on.is_none() && self.starts_on <= today && self.ends_on.is_none_or(|last| today <= last)
    }
}

/// A ban with the path of its partner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartnerBan {
    #[serde(flatten)]
    pub row: PartnerBanRow,
    /// The day on which it is looked at.
    #[serde(skip)]
    pub today: Date,
    pub path: String,
}

resource!(PartnerBan { row: PartnerBanRow, path }, "partner-ban", "partner-bans");

impl PartnerBan {
    /// The verbs that `by` may call now.
    #[must_use]
    pub fn can(&self, by: &Actor) -> Vec<&'static str> {
        PartnerBanVerb::can(by, self.state(), &self.path)
    }
}

filter! {
    /// Which bans a list holds.
    pub struct PartnerBanFilter {
        /// Only bans of this partner.
        partner_id: Id,
    }
}

body! {
    /// A ban of a partner, as it is imposed.
    pub struct PartnerBanIn {
        partner_id: Id,
        /// First day.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day; null until it is lifted.
        #[serde(default, with = "iso_date::option")]
        ends_on: Option<Date>,
        #[schema(inline)]
        reason: Line<1, 400>,
        /// The decision, with its number.
        #[schema(inline)]
        document: Line<1, 200>,
    }
}

body! {
    /// Why a ban is lifted.
    pub struct PartnerBanLiftIn {
        #[schema(inline)]
        reason: Line<1, 400>,
        /// The decision, with its number.
        #[schema(inline)]
        document: Line<1, 200>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::OffsetDateTime;
    use time::macros::date;

    #[test]
    fn a_ban_is_open_from_its_first_day_to_its_last_unless_lifted() {
        let now = Instant::new(OffsetDateTime::UNIX_EPOCH);
        let ban = PartnerBanRow {
            id: Id::NIL,
            partner_id: Id::NIL,
            authority_id: Id::NIL,
            starts_on: date!(2024 - 09 - 02),
            ends_on: Some(date!(2024 - 10 - 31)),
            reason: "虚假宣传".to_owned(),
            document: "岳楼教罚〔2024〕1号".to_owned(),
            lifted_on: None,
            lift_reason: None,
            lift_document: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let endless = PartnerBanRow { ends_on: None, ..ban.clone() };
        let lifted = PartnerBanRow { lifted_on: Some(date!(2024 - 10 - 01)), ..ban.clone() };
        for (day, open, without_end) in [
            (date!(2024 - 09 - 01), false, false),
            (date!(2024 - 09 - 02), true, true),
            (date!(2024 - 10 - 31), true, true),
            (date!(2024 - 11 - 01), false, true),
        ] {
            assert_eq!(
                (ban.is_open(day), endless.is_open(day), lifted.is_open(day)),
                (open, without_end, false),
                "{day}"
            );
        }
    }
}
