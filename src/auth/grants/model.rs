//! A role grant: who may act as what, where, and from when to when.

use serde::Serialize;
use time::Date;

use crate::auth::standing::GrantDays;
use crate::auth::{Actor, Role, Scope, permission::ManageRoleGrants};
use crate::db::{Id, Instant};

/// A grant as it stands. Both days belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::role_grants, check_for_backend(crate::db::MultiBackend))]
pub struct RoleGrantRow {
    pub id: Id,
    pub user_id: Id,
    pub role: Role,
    pub organisation_id: Option<Id>,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    /// When somebody ended it; it holds nothing from then on.
    pub ended_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A grant with the path of its organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleGrant {
    #[serde(flatten)]
    pub row: RoleGrantRow,
    /// Empty for a grant that has no organisation.
    pub path: String,
}

impl RoleGrantRow {
    /// Whether the grant holds on `today`.
    #[must_use]
    pub fn holds_on(&self, today: Date) -> bool {
        self.days().holds_on(today)
    }

    /// Its days.
    #[must_use]
    pub const fn days(&self) -> GrantDays {
        GrantDays { starts_on: self.starts_on, ends_on: self.ends_on, ended_at: self.ended_at }
    }

    /// Whether two grants of one role at one place share a day.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_in_time = |a: &Self, b: &Self| b.ends_on.is_none_or(|last| a.starts_on <= last);
        self.ended_at.is_none()
            && other.ended_at.is_none()
            && (self.user_id, self.role, self.organisation_id) == (other.user_id, other.role, other.organisation_id)
            && begins_in_time(self, other)
            && begins_in_time(other, self)
    }
}

impl RoleGrant {
    /// Whether `actor` may give and end grants of this role.
    #[must_use]
    pub fn is_for(role: Role, actor: &Actor) -> bool {
        actor.role.may_grant().contains(&role)
    }

    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let visible = Scope::of::<ManageRoleGrants>(actor).holds_path(&self.path);
        let possible = self.row.ended_at.is_none() && self.row.user_id != actor.user_id;
        if visible && possible && Self::is_for(self.row.role, actor) { vec!["end"] } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;
    use time::{Duration, OffsetDateTime};

    fn grant(starts_on: Date, ends_on: Option<Date>) -> RoleGrantRow {
        let (id, now) = (Id(uuid::Uuid::nil()), Instant::new(OffsetDateTime::UNIX_EPOCH));
        RoleGrantRow {
            id,
            user_id: id,
            role: Role::Teacher,
            organisation_id: Some(id),
            starts_on,
            ends_on,
            ended_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    #[test]
    fn both_days_belong_to_a_grant() {
        let held = grant(date!(2024 - 09 - 02), Some(date!(2025 - 01 - 17)));
        for (day, holds) in [
            (date!(2024 - 09 - 01), false),
            (date!(2024 - 09 - 02), true),
            (date!(2025 - 01 - 17), true),
            (date!(2025 - 01 - 18), false),
        ] {
            assert_eq!(held.holds_on(day), holds, "{day}");
        }
    }

    #[test]
    fn an_ended_grant_holds_nothing() {
        let now = Some(Instant::new(OffsetDateTime::UNIX_EPOCH + Duration::DAY));
        assert!(!RoleGrantRow { ended_at: now, ..grant(date!(2024 - 09 - 02), None) }.holds_on(date!(2024 - 10 - 01)));
    }

    #[test]
    fn grants_overlap_from_one_shared_day_on() {
        let autumn = grant(date!(2024 - 09 - 02), Some(date!(2025 - 01 - 17)));
        for (starts, ends, overlaps) in [
            (date!(2025 - 01 - 18), None, false),
            (date!(2025 - 01 - 17), None, true),
            (date!(2024 - 01 - 01), Some(date!(2024 - 09 - 01)), false),
            (date!(2024 - 01 - 01), Some(date!(2024 - 09 - 02)), true),
            (date!(2024 - 01 - 01), None, true),
        ] {
            let other = grant(starts, ends);
            assert_eq!(autumn.overlaps(&other), overlaps, "{starts}");
            assert_eq!(other.overlaps(&autumn), overlaps, "{starts}");
        }
    }
}
