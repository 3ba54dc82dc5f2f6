//! What is said when a group is confirmed, led by others, or dissolved.

use time::Date;

use crate::body;
use crate::db::Id;
use crate::rules::document::at_most;
use crate::values::iso_date;
use crate::values::text::Line;

body! {
    /// From when a group meets.
    pub struct GroupConfirmIn {
        /// A day of the service, also one before today: what was held already is recorded afterwards. Null for today,
        /// or the first day of the service where that is later.
        #[serde(default, with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        from_on: Option<Date>,
    }
}

body! {
    /// With whom and where a group meets from a day on.
    pub struct GroupReassignIn {
        /// Not before today; today if it is null.
        #[serde(default, with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        from_on: Option<Date>,
        leader_id: Id,
        /// Who serves beside the leader, each once.
        #[schema(max_items = 3)]
        #[serde(default, deserialize_with = "at_most::<_, _, 3>")]
        assistant_ids: Vec<Id>,
        venue_id: Id,
    }
}

body! {
    /// Why a group meets no more.
    pub struct GroupDissolveIn {
        #[schema(inline)]
        reason: Line<2, 200>,
    }
}
