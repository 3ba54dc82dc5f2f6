//! A ban of a partner, and its lifting.

use serde::Serialize;
use time::Date;

use crate::auth::permission::SupervisePartners;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};

/// The row of a ban. Both days belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::partner_bans, check_for_backend(crate::db::MultiBackend))]
pub struct PartnerBanRow {
    pub id: Id,
    pub partner_id: Id,
    pub authority_id: Id,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub reason: String,
    pub document: String,
    /// From then on it counts for nothing, not even for the days before.
    pub lifted_on: Option<Date>,
    pub lift_reason: Option<String>,
    pub lift_document: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A ban with the path of its partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartnerBan {
    #[serde(flatten)]
    pub row: PartnerBanRow,
    pub path: String,
}

impl PartnerBanRow {
    /// Whether it has started, and neither ended nor been lifted.
    #[must_use]
    pub fn is_open(&self, today: Date) -> bool {
        self.lifted_on.is_none() && self.starts_on <= today && self.ends_on.is_none_or(|last| today <= last)
    }
}

impl PartnerBan {
    /// What its state allows.
    #[must_use]
    pub fn possible(&self) -> &'static [&'static str] {
        if self.row.lifted_on.is_none() { &["lift"] } else { &[] }
    }

    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let reached = Scope::of::<SupervisePartners>(actor).holds_path(&self.path);
        if reached { self.possible().to_vec() } else { Vec::new() }
    }
}

/// What a ban is made from.
#[derive(Debug, Clone)]
pub struct NewPartnerBan {
    pub partner_id: Id,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub reason: String,
    pub document: String,
}

/// Why a ban is lifted.
#[derive(Debug, Clone)]
pub struct Lifting {
    pub reason: String,
    pub document: String,
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
