//! A role grant: who may act as what, where, and from when to when.

use serde::Deserialize;
use time::Date;
use utoipa::IntoParams;
use validator::ValidationError;

use crate::auth::standing::GrantDays;
use crate::auth::{Actor, Role};
use crate::db::{Id, Instant, Placed};
use crate::refusal::Code;
use crate::values::iso_date;
use crate::{body, life, row, text_enum};

text_enum! {
    /// Where a grant stands. Other states may come.
    pub enum RoleGrantState {
        Given = "given",
        /// It holds nothing until a second person confirms it.
        Waiting = "waiting",
        Ended = "ended",
    }
}

life! {
    /// What is called on a grant.
    pub RoleGrantVerb of RoleGrantState, "role-grants" {
        /// By another than who gave it, or gave its account a new secret.
        Confirm = "confirm" by ManageRoleGrants { Waiting => Given }
        End = "end" by ManageRoleGrants { Given | Waiting => Ended }
    }
}

row! {
    /// A grant as it stands. Both days belong to it.
    #[derive(Eq)]
    pub struct RoleGrantRow of role_grants, "role-grant", "role-grants" {
        id: Id,
        user_id: Id,
        role: Role,
        organisation_id: Option<Id>,
        starts_on: Date,
        ends_on: Option<Date>,
        /// When somebody ended it; it holds nothing from then on.
        ended_at: Option<Instant>,
        /// It holds nothing until a second person confirms it.
        waits: bool,
        /// Who gave it, or gave its account a new secret since.
        asked_by_id: Option<Id>,
        /// The second person.
        confirmed_by_id: Option<Id>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A grant with the path of its organisation, which is empty for one that has none.
pub type RoleGrant = Placed<RoleGrantRow>;

/// Whose role grants a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoleGrantFilter {
    /// The account.
    #[param(inline)]
    pub user_id: Id,
}

body! {
    /// A role for an account, from one day to another, both included.
    #[validate(schema(function = "ends_after_it_starts"))]
    pub struct RoleGrantIn {
        user_id: Id,
        role: Role,
        /// Where the role is held: an authority, a school or a partner; null for `platform_admin`.
        organisation_id: Option<Id>,
        /// First day.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day; null for no end.
        #[serde(default, with = "iso_date::option")]
        ends_on: Option<Date>,
    }
}

fn ends_after_it_starts(grant: &RoleGrantIn) -> Result<(), ValidationError> {
    match grant.ends_on {
        Some(last) if last < grant.starts_on => Err(ValidationError::new("ends-before-start")),
        _ => Ok(()),
    }
}

impl RoleGrantRow {
    /// Whether the grant holds on `today`.
    #[must_use]
    pub fn holds_on(&self, today: Date) -> bool {
        !self.waits && self.days().holds_on(today)
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

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> RoleGrantState {
        match (self.ended_at, self.waits) {
            (Some(_), _) => RoleGrantState::Ended,
            (None, true) => RoleGrantState::Waiting,
            (None, false) => RoleGrantState::Given,
        }
    }

    /// Why `by` does not do `verb` to it, whatever its state: nobody does anything to a grant of their own, touches one
    /// that they may not give, or confirms what they asked for.
    #[must_use]
    pub fn bars(&self, by: &Actor, verb: RoleGrantVerb) -> Option<Code> {
        if !Self::is_for(self.role, by) {
            Some(Code::GrantForbidden)
        } else if self.user_id == by.user_id {
            Some(Code::SelfForbidden)
        } else if verb == RoleGrantVerb::Confirm && self.asked_by_id == Some(by.user_id) {
            Some(Code::OwnRequest)
        } else {
            None
        }
    }

    /// The verbs that `by` may call now.
    #[must_use]
    pub fn can(&self, by: &Actor) -> Vec<&'static str> {
        let may = |verb: RoleGrantVerb| verb.scope(by).holds_path(&self.path) && self.bars(by, verb).is_none();
        RoleGrantVerb::such(self.state(), may)
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
            waits: false,
            asked_by_id: None,
            confirmed_by_id: None,
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
