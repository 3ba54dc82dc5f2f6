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
