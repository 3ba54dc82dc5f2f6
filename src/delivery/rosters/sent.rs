//! What is sent of a roster: marks and departures, also from a device that was offline.

use super::model::{AttendanceMark, DepartureKind};
use crate::body;
use crate::db::{Id, Instant};
use crate::rules::document::at_most;
use crate::values::local_time::LocalTime;
use crate::values::text::Line;

body! {
    /// Whether one pupil was there.
    pub struct MarkIn {
        student_id: Id,
        mark: AttendanceMark,
        /// When it was made, as the device says; now if it is null, and never later than now.
        made_at: Option<Instant>,
        /// Counts what the device says; 0 for none.
        #[schema(minimum = 0)]
        sequence: i64,
    }
}

body! {
    /// Who was at a session, also from a device that was offline. What is not sent stays.
    pub struct AttendanceIn {
        /// Which device says so, by a name of its own; null for none.
        #[schema(inline)]
        device: Option<Line<1, 60>>,
        /// Each pupil once.
        #[schema(max_items = 200)]
        #[serde(deserialize_with = "at_most::<_, _, 200>")]
        marks: Vec<MarkIn>,
        /// Why what is closed is corrected; null before.
        #[schema(inline)]
        reason: Option<Line<2, 200>>,
    }
}

body! {
    /// How one pupil left.
    pub struct DepartureIn {
        student_id: Id,
        kind: DepartureKind,
        /// Now if it is null.
        departed_at: Option<LocalTime>,
        /// Who fetched it, of those who are named; for `named_person`.
        pickup_person_id: Option<Id>,
        /// The six digits that who fetched it has shown, for `named_person`; null where the person is named by its id.
        #[schema(inline)]
        code: Option<Line<6, 6>>,
        /// Which guardian fetched it; for `guardian`.
        guardianship_id: Option<Id>,
        /// Who, or what happened; needed for `not_named` and `incident`.
        #[schema(inline)]
        note: Option<Line<2, 200>>,
    }
}

body! {
    /// How pupils of a session left. What is not sent stays.
    pub struct DeparturesIn {
        /// Each pupil once.
        #[schema(max_items = 200)]
        #[serde(deserialize_with = "at_most::<_, _, 200>")]
        departures: Vec<DepartureIn>,
        /// Why what is on record is corrected; null before.
        #[schema(inline)]
        reason: Option<Line<2, 200>>,
    }
}
