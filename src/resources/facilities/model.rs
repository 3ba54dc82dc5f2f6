//! A row of the resource ledger: what it is, how much of it there is, who looks after it, and whether it is in use.

use std::collections::HashSet;

use time::Date;

use crate::db::{Id, Instant, Json, Placed};
use crate::http::AnyOf;
use crate::refusal::{Fault, FieldError};
use crate::rules::document::{ProjectCategory, Weekday, at_most, within_or_none};
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, row, text_enum};

text_enum! {
    /// Kind of resource 资源类别 (五.1). Other kinds may come.
    pub enum FacilityKind {
        /// 功能室
        Room = "room",
        /// 设施设备
        Equipment = "equipment",
        /// 场馆场地
        Venue = "venue",
        /// 校园书店
        CampusBookshop = "campus_bookshop",
        /// 校外活动场所
        OffCampusSite = "off_campus_site",
        /// 教师专长
        StaffSkill = "staff_skill",
    }
}

text_enum! {
    /// Whether it is in use 使用状态. Other states may come.
    pub enum FacilityState {
        /// 在用
        InUse = "in_use",
        /// 停用
        Retired = "retired",
    }
}

life! {
    /// What is called on a facility. What is retired is history.
    pub FacilityVerb of FacilityState, "facilities" for Facility {
        Update = "update" by ManageFacilities { InUse => same }
        Retire = "retire" by ManageFacilities { InUse => Retired }
    }
}

row! {
    /// The row of a facility.
    pub struct FacilityRow of facilities, "facility", "facilities" {
        id: Id,
        school_id: Id,
        kind: FacilityKind,
        name: String,
        capacity: Option<i32>,
        quantity: Option<i32>,
        place: Option<String>,
        manager_name: String,
        usable_weekdays: Json<Vec<Weekday>>,
        usable_note: Option<String>,
        state: FacilityState,
        in_use_on: Date,
        retired_on: Option<Date>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A facility with the path of its school.
pub type Facility = Placed<FacilityRow>;

impl FacilityKind {
    /// Whether projects of a category can meet in it, or with it. A bookshop is for reading; skills and equipment are
    /// for whatever needs them, and no place to meet.
    #[must_use]
    pub const fn fits(self, category: ProjectCategory) -> bool {
        use ProjectCategory as C;
        match self {
            Self::Room => !matches!(category, C::Sports | C::OutdoorTraining),
            Self::Venue => matches!(
                category,
                C::Sports | C::Arts | C::Games | C::OutdoorTraining | C::Films | C::Clubs | C::Labour | C::Other
            ),
            Self::CampusBookshop => matches!(category, C::Reading),
            Self::OffCampusSite => {
                matches!(category, C::Sports | C::OutdoorTraining | C::Labour | C::ComprehensivePractice)
            }
            Self::Equipment | Self::StaffSkill => false,
        }
    }
}

filter! {
    /// Which rows of the ledger a list holds.
    pub struct FacilityFilter {
        /// Only rows of this school.
        school_id: Id,
        /// Only rows of this kind.
        kind: FacilityKind,
        /// Only rows in one of these states.
        state: AnyOf<FacilityState>,
    }
}

body! {
    /// A row of the resource ledger, as it is added or replaced.
    pub struct FacilityIn {
        /// Stays as it was created.
        school_id: Id,
        kind: FacilityKind,
        /// Unique among what is in use of its kind at the school.
        #[schema(inline)]
        name: Line<1, 80>,
        /// Pupils that it takes at once; null where that means nothing.
        #[schema(minimum = 1, maximum = 100_000)]
        #[serde(default, deserialize_with = "within_or_none::<_, _, 1, 100_000>")]
        capacity: Option<i32>,
        /// Pieces, or members of staff; null where that means nothing.
        #[schema(minimum = 1, maximum = 100_000)]
        #[serde(default, deserialize_with = "within_or_none::<_, _, 1, 100_000>")]
        quantity: Option<i32>,
        #[schema(inline)]
        place: Option<Line<1, 120>>,
        /// Who looks after it 负责人.
        #[schema(inline)]
        manager_name: Line<1, 60>,
        /// 1 is Monday; each once. Empty where `usable_note` says when.
        #[serde(deserialize_with = "at_most::<_, _, 7>")]
        #[schema(inline, max_items = 7)]
        usable_weekdays: Vec<Weekday>,
        #[schema(inline)]
        usable_note: Option<Line<1, 200>>,
        /// First day in use, not after today.
        #[serde(with = "iso_date")]
        in_use_on: Date,
    }
}

impl FacilityIn {
    /// Everything that does not go together on `today`.
    #[must_use]
    pub fn faults(&self, today: Date) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let distinct: HashSet<Weekday> = self.usable_weekdays.iter().copied().collect();
        if distinct.len() != self.usable_weekdays.len() {
            faults.push(FieldError::new("/usable_weekdays", Fault::Duplicate));
        }
        if self.in_use_on > today {
            faults.push(FieldError::new("/in_use_on", Fault::OutOfRange).said("after-today"));
        }
        faults
    }
}

body! {
    /// When a row is retired.
    pub struct FacilityRetireIn {
        /// Last day in use; not before the first, not after today.
        #[serde(with = "iso_date")]
        retired_on: Date,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_meets_in_rooms_and_the_bookshop_and_sports_outside_of_rooms() {
        let fitting = |category| -> Vec<&str> {
            FacilityKind::ALL.iter().filter(|kind| kind.fits(category)).map(|kind| kind.as_str()).collect()
        };
        assert_eq!(fitting(ProjectCategory::Reading), ["room", "campus_bookshop"]);
        assert_eq!(fitting(ProjectCategory::Sports), ["venue", "off_campus_site"]);
        assert_eq!(fitting(ProjectCategory::Homework), ["room"]);
        assert_eq!(fitting(ProjectCategory::Clubs), ["room", "venue"]);
    }
}
