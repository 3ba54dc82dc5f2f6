//! A row of the resource ledger: what it is, how much of it there is, who looks after it, and whether it is in use.

use std::collections::HashSet;

use serde::Serialize;
use time::Date;

use crate::auth::permission::ManageFacilities;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant, Json};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::{ProjectCategory, Weekday};
use crate::text_enum;

text_enum! {
    /// 资源类别 (五.1). Other kinds may come.
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
    /// 使用状态. Other states may come.
    pub enum FacilityState {
        /// 在用
        InUse = "in_use",
        /// 停用
        Retired = "retired",
    }
}

/// The row of a facility.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::facilities, check_for_backend(crate::db::MultiBackend))]
pub struct FacilityRow {
    pub id: Id,
    pub school_id: Id,
    pub kind: FacilityKind,
    pub name: String,
    pub capacity: Option<i32>,
    pub quantity: Option<i32>,
    pub place: Option<String>,
    pub manager_name: String,
    #[serde(skip)]
    pub usable_weekdays: Json,
    pub usable_note: Option<String>,
    pub state: FacilityState,
    pub in_use_on: Date,
    pub retired_on: Option<Date>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A facility with the path of its school.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facility {
    #[serde(flatten)]
    pub row: FacilityRow,
    pub usable_weekdays: Vec<Weekday>,
    pub path: String,
}

/// A verb on a facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FacilityVerb {
    Update,
    Retire,
}

impl FacilityVerb {
    /// The last segment of its path; `update` is PUT.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Retire => "retire",
        }
    }
}

impl FacilityState {
    /// The verbs that this state allows. What is retired is history.
    #[must_use]
    pub const fn verbs(self) -> &'static [FacilityVerb] {
        match self {
            Self::InUse => &[FacilityVerb::Update, FacilityVerb::Retire],
            Self::Retired => &[],
        }
    }
}

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

impl Facility {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if !Scope::of::<ManageFacilities>(actor).holds_path(&self.path) {
            return Vec::new();
        }
        self.row.state.verbs().iter().map(|verb| verb.as_str()).collect()
    }
}

/// What a facility is made from.
#[derive(Debug, Clone)]
pub struct NewFacility {
    pub school_id: Id,
    pub kind: FacilityKind,
    pub name: String,
    pub capacity: Option<i32>,
    pub quantity: Option<i32>,
    pub place: Option<String>,
    pub manager_name: String,
    pub usable_weekdays: Vec<Weekday>,
    pub usable_note: Option<String>,
    pub in_use_on: Date,
}

impl NewFacility {
    /// Everything that does not go together on `today`.
    #[must_use]
    pub fn faults(&self, today: Date) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let distinct: HashSet<Weekday> = self.usable_weekdays.iter().copied().collect();
        if distinct.len() != self.usable_weekdays.len() {
            faults.push(FieldError::new("/usable_weekdays", Fault::Duplicate));
        }
        if self.in_use_on > today {
            faults.push(FieldError::new("/in_use_on", Fault::OutOfRange));
        }
        faults
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
