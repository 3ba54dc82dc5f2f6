//! What an open session rests on: its account, its role grant, and itself.

use time::Date;

use crate::db::Instant;
use crate::text_enum;

text_enum! {
    /// Where an account stands. Other states may come.
    pub enum UserState {
        /// 正常
        Active = "active",
        /// 停用: holds no access until reinstated.
        Suspended = "suspended",
    }
}

/// The days of a role grant. Both belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::Queryable)]
pub struct GrantDays {
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    /// When somebody ended it; it holds nothing from then on.
    pub ended_at: Option<Instant>,
}

impl GrantDays {
    /// Whether the grant holds on `today`.
    #[must_use]
    pub fn holds_on(self, today: Date) -> bool {
        self.ended_at.is_none() && self.starts_on <= today && self.ends_on.is_none_or(|last| today <= last)
    }
}

/// What a session rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::Queryable)]
pub struct Standing {
    pub user_state: UserState,
    pub cut_off_at: Option<Instant>,
    pub opened_at: Instant,
    pub revoked_at: Option<Instant>,
    pub grant: GrantDays,
}

impl Standing {
    /// Whether account and grant hold, and nobody cut the account off since the session was opened.
    #[must_use]
    pub fn holds_on(&self, today: Date) -> bool {
        self.user_state == UserState::Active && self.grant.holds_on(today) && self.is_not_cut_off(self.opened_at)
    }

    /// Whether a token of the session that was issued then still stands.
    #[must_use]
    pub fn bears(&self, issued_at: Instant, today: Date) -> bool {
        self.holds_on(today) && self.revoked_at.is_none() && self.is_not_cut_off(issued_at)
    }

    fn is_not_cut_off(&self, since: Instant) -> bool {
        self.cut_off_at.is_none_or(|at| at < since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;
    use time::{Duration, OffsetDateTime};

    fn at(minute: i64) -> Instant {
        Instant::new(OffsetDateTime::UNIX_EPOCH + Duration::minutes(minute))
    }

    #[test]
    fn a_token_stands_while_account_grant_and_session_do() {
        let grant = GrantDays { starts_on: date!(2024 - 09 - 02), ends_on: None, ended_at: None };
        let open =
            Standing { user_state: UserState::Active, cut_off_at: None, opened_at: at(10), revoked_at: None, grant };
        for (standing, holds, bears) in [
            (open, true, true),
            (Standing { user_state: UserState::Suspended, ..open }, false, false),
            (Standing { grant: GrantDays { ended_at: Some(at(11)), ..grant }, ..open }, false, false),
            (Standing { revoked_at: Some(at(21)), ..open }, true, false),
            (Standing { cut_off_at: Some(at(9)), ..open }, true, true),
            (Standing { cut_off_at: Some(at(10)), ..open }, false, false),
            (Standing { opened_at: at(30), cut_off_at: Some(at(20)), ..open }, true, false),
        ] {
            let today = date!(2024 - 09 - 10);
            assert_eq!((standing.holds_on(today), standing.bears(at(20), today)), (holds, bears), "{standing:?}");
        }
    }
}
