//! What is sent to sessions.

use time::Date;

use super::model::SessionForm;
use crate::body;
use crate::db::Id;
use crate::rules::document::{Prose, at_most, within};
use crate::values::iso_date;
use crate::values::local_time::LocalTime;
use crate::values::text::Line;

body! {
    /// A session that is added to those of the plan.
    pub struct SessionIn {
        /// A group that is confirmed.
        group_id: Id,
        /// A day of service; a make-up working day only where the profile has service on such days.
        #[serde(with = "iso_date")]
        held_on: Date,
        starts_at: LocalTime,
        ends_at: LocalTime,
        /// Lessons that a pupil has at it.
        #[schema(minimum = 1, maximum = 6)]
        #[serde(deserialize_with = "within::<_, _, 1, 6>")]
        lessons: i32,
        #[schema(inline)]
        reason: Line<2, 200>,
    }
}

body! {
    /// When and where a session is held instead.
    pub struct SessionMoveIn {
        /// A day of service.
        #[serde(with = "iso_date")]
        held_on: Date,
        starts_at: LocalTime,
        ends_at: LocalTime,
        /// Null where the place stays.
        venue_id: Option<Id>,
        #[schema(inline)]
        reason: Line<2, 200>,
    }
}

body! {
    /// Why a session is not held.
    pub struct SessionCancelIn {
        #[schema(inline)]
        reason: Line<2, 200>,
    }
}

body! {
    /// Why a session is paid that was held back.
    pub struct PayReleaseIn {
        /// What was looked at, and what came of it.
        #[schema(inline)]
        reason: Line<2, 200>,
    }
}

body! {
    /// Who steps in for whom.
    pub struct SessionSubstituteIn {
        /// Who serves at the session, and does not come.
        staff_member_id: Id,
        /// Own staff that is vetted, or external staff under a contract that covers the day.
        substitute_id: Id,
    }
}

body! {
    /// When a session began.
    pub struct SessionStartIn {
        /// Now if it is null.
        began_at: Option<LocalTime>,
    }
}

body! {
    /// How long somebody served.
    pub struct ServedIn {
        staff_member_id: Id,
        /// 0 for who did not come.
        #[schema(minimum = 0, maximum = 600)]
        #[serde(deserialize_with = "within::<_, _, 0, 600>")]
        minutes: i32,
    }
}

body! {
    /// The record of a session (六.1). What is missing is said, and stops the closing; what happened never does.
    pub struct SessionRecordIn {
        /// When it really began; what was said at its start if it is null.
        began_at: Option<LocalTime>,
        /// When it really ended. Waiting to be fetched is not service.
        ended_at: Option<LocalTime>,
        form: Option<SessionForm>,
        /// What was done.
        #[schema(inline)]
        content: Option<Prose<2000>>,
        /// How long who served; whoever is not named served from beginning to end.
        #[schema(max_items = 10)]
        #[serde(default, deserialize_with = "at_most::<_, _, 10>")]
        served: Vec<ServedIn>,
    }
}

body! {
    /// Another version of the record of a session.
    pub struct SessionCorrectionIn {
        /// Why; the version of before stays with it.
        #[schema(inline)]
        reason: Line<2, 200>,
        began_at: LocalTime,
        ended_at: LocalTime,
        form: SessionForm,
        #[schema(inline)]
        content: Prose<2000>,
        /// How long who served. Whoever is not named and was there from beginning to end still was; anybody else stays
        /// as on record, and nobody served longer than the session lasted.
        #[schema(max_items = 10)]
        #[serde(default, deserialize_with = "at_most::<_, _, 10>")]
        served: Vec<ServedIn>,
    }
}
