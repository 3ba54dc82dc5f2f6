//! An exemption: which rule it lifts, for whom, when, and where it stands.

use serde::Serialize;
use time::Date;

use crate::auth::permission::{AskForExemptions, DecideExemptions};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::Season;
use crate::rules::{RULES, facts};
use crate::text_enum;

text_enum! {
    /// 核准状态. Other states may come.
    pub enum ExemptionState {
        /// 已申请，待核准
        Requested = "requested",
        /// 已核准
        Granted = "granted",
        /// 不予核准
        Refused = "refused",
        /// 已终止
        Ended = "ended",
    }
}

/// A verb on an exemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExemptionVerb {
    Grant,
    Refuse,
    End,
    /// The school's own: it no longer asks.
    Withdraw,
}

impl ExemptionVerb {
    const ALL: [Self; 4] = [Self::Grant, Self::Refuse, Self::End, Self::Withdraw];

    /// The last segment of its path.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Refuse => "refuse",
            Self::End => "end",
            Self::Withdraw => "withdraw",
        }
    }

    /// The state that it leads to, if it can be done in `state`.
    #[must_use]
    pub const fn leads(self, state: ExemptionState) -> Option<ExemptionState> {
        match (self, state) {
            (Self::Grant, ExemptionState::Requested) => Some(ExemptionState::Granted),
            (Self::Refuse, ExemptionState::Requested) => Some(ExemptionState::Refused),
            (Self::End, ExemptionState::Granted) | (Self::Withdraw, ExemptionState::Requested) => {
                Some(ExemptionState::Ended)
            }
            _ => None,
        }
    }

    /// Where `actor` may call it.
    #[must_use]
    pub fn scope(self, actor: &Actor) -> Scope {
        match self {
            Self::Grant | Self::Refuse | Self::End => Scope::of::<DecideExemptions>(actor),
            Self::Withdraw => Scope::of::<AskForExemptions>(actor),
        }
    }
}

/// The row of an exemption.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::exemptions, check_for_backend(crate::db::MultiBackend))]
pub struct ExemptionRow {
    pub id: Id,
    pub school_id: Id,
    pub school_year: String,
    pub season: Season,
    pub rule: String,
    pub project: Option<String>,
    pub weekday: Option<i32>,
    pub first_on: Date,
    pub last_on: Date,
    pub reason: String,
    pub state: ExemptionState,
    /// Null where the authority acted of its own motion.
    pub requested_by_id: Option<Id>,
    pub decided_by_id: Option<Id>,
    pub decided_on: Option<Date>,
    pub document: Option<String>,
    pub remark: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// An exemption with the path of its school.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exemption {
    #[serde(flatten)]
    pub row: ExemptionRow,
    pub path: String,
}

impl Exemption {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let may =
            |verb: &ExemptionVerb| verb.leads(self.row.state).is_some() && verb.scope(actor).holds_path(&self.path);
        ExemptionVerb::ALL.iter().filter(|verb| may(verb)).map(|verb| verb.as_str()).collect()
    }

    /// As the rules take it.
    #[must_use]
    pub fn fact(&self) -> facts::Exemption {
        facts::Exemption {
            id: self.row.id.to_string(),
            rule: self.row.rule.clone(),
            project: self.row.project.clone(),
            weekday: self.row.weekday.map(i64::from),
            first_on: self.row.first_on,
            last_on: self.row.last_on,
        }
    }
}

/// What is asked for, or given of the authority's own motion.
#[derive(Debug, Clone)]
pub struct NewExemption {
    pub school_id: Id,
    pub school_year: String,
    pub season: Season,
    pub rule: String,
    pub project: Option<String>,
    pub weekday: Option<i32>,
    pub first_on: Date,
    pub last_on: Date,
    pub reason: String,
    pub document: Option<String>,
}

impl NewExemption {
    /// Everything that does not go together.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let rule = RULES.iter().find(|rule| rule.id == self.rule);
        match rule {
            None => faults.push(FieldError::new("/rule", Fault::NotFound)),
            Some(rule) if rule.exemption.is_none() => faults.push(FieldError::new("/rule", Fault::NotForThis)),
            Some(rule) if !rule.is_of_slots => {
                let named = [("/project", self.project.is_some()), ("/weekday", self.weekday.is_some())];
                let named = named.into_iter().filter(|(_, is_named)| *is_named);
                faults.extend(named.map(|(at, _)| FieldError::new(at, Fault::NotForThis)));
            }
            Some(_) => {}
        }
        if self.last_on < self.first_on {
            faults.push(FieldError::new("/last_on", Fault::EndsBeforeStart));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_its_verbs() {
        for (state, verbs) in [
            (ExemptionState::Requested, vec!["grant", "refuse", "withdraw"]),
            (ExemptionState::Granted, vec!["end"]),
            (ExemptionState::Refused, vec![]),
            (ExemptionState::Ended, vec![]),
        ] {
            let possible = ExemptionVerb::ALL.iter().filter(|verb| verb.leads(state).is_some());
            assert_eq!(possible.map(|verb| verb.as_str()).collect::<Vec<_>>(), verbs, "{state:?}");
        }
    }
}
