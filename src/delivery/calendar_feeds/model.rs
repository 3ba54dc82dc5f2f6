//! A feed, and its secret.

use serde::Serialize;
use zeroize::Zeroizing;

use crate::auth::access_log::SeenPerson;
use crate::auth::{Actor, Role};
use crate::db::{Id, Instant};
use crate::http::AnyOf;
use crate::refusal::Refusal;
use crate::sealing::{Sealing, fresh_secret};
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Whether a link opens its calendar 订阅状态. Other states may come.
    pub enum CalendarFeedState {
        /// 有效
        Standing = "standing",
        /// 已撤销
        Revoked = "revoked",
    }
}

life! {
    /// What is called on a feed.
    pub CalendarFeedVerb of CalendarFeedState, "calendar-feeds" {
        Revoke = "revoke" by KeepCalendarFeeds { Standing => Revoked }
    }
}

row! {
    /// The row of a feed.
    pub struct CalendarFeedRow of calendar_feeds {
        id: Id,
        user_id: Id,
        /// In which role its owner made it.
        role: Role,
        student_id: Option<Id>,
        secret_hash: String,
        state: CalendarFeedState,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// What a link ends in. It never shows when it is printed for debugging.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedSecret(Zeroizing<String>);

impl FeedSecret {
    /// A new one.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn fresh() -> Result<Self, Refusal> {
        Ok(Self(Zeroizing::new(fresh_secret().map_err(Refusal::internal)?)))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self, sealing: &Sealing) -> String {
        Self::hash_of(sealing, &self.0)
    }

    /// What is kept of what somebody sends.
    #[must_use]
    pub fn hash_of(sealing: &Sealing, sent: &str) -> String {
        sealing.keyed_hash("calendar_feeds.secret", sent.as_bytes())
    }

    /// As it stands in the link.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for FeedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FeedSecret")
    }
}

/// A feed with its child, and the path of the child's school or of the owner's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalendarFeed {
    #[serde(flatten)]
    pub row: CalendarFeedRow,
    #[serde(skip)]
    pub person_id: Option<Id>,
    #[serde(skip)]
    pub school_id: Option<Id>,
    /// None but when it was just made.
    #[serde(skip)]
    pub secret: Option<FeedSecret>,
    pub path: String,
}

resource!(CalendarFeed { row: CalendarFeedRow, path }, "calendar-feed", "calendar-feeds");

impl CalendarFeed {
    /// The child, and where it was seen.
    #[must_use]
    pub fn seen_at(&self) -> Option<SeenPerson> {
        self.person_id.map(|person_id| SeenPerson { person_id, school_id: self.school_id })
    }

    /// The verbs that `by` may call now: its owner alone.
    #[must_use]
    pub fn can(&self, by: &Actor) -> Vec<&'static str> {
        CalendarFeedVerb::such(self.row.state, |_| by.user_id == self.row.user_id)
    }
}

body! {
    /// Whose sessions the link shows.
    pub struct CalendarFeedIn {
        /// A guardian's child, as its school has entered it; null for a teacher's own sessions.
        student_id: Option<Id>,
    }
}

filter! {
    /// Which feeds a list holds.
    pub struct CalendarFeedFilter {
        /// Only of this child.
        student_id: Id,
        /// Only those that are in one of these states.
        state: AnyOf<CalendarFeedState>,
    }
}
