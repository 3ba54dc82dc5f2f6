//! An exemption: which rule it lifts, for whom, when, and where it stands.

use time::Date;

use crate::auth::Actor;
use crate::db::{Id, Instant, Placed};
use crate::http::AnyOf;
use crate::refusal::{Fault, FieldError};
use crate::rules::document::{Season, Weekday};
use crate::rules::{RULES, facts};
use crate::values::identifiers::SchoolYear;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, row, text_enum};

text_enum! {
    /// Where an exemption stands 核准状态. Other states may come.
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

life! {
    /// What is called on an exemption.
    pub ExemptionVerb of ExemptionState, "exemptions" {
        Grant = "grant" by DecideExemptions { Requested => Granted }
        Refuse = "refuse" by DecideExemptions { Requested => Refused }
        End = "end" by DecideExemptions { Granted => Ended }
        /// The school's own: it no longer asks.
        Withdraw = "withdraw" by AskForExemptions { Requested => Ended }
    }
}

row! {
    /// The row of an exemption.
    pub struct ExemptionRow of exemptions, "exemption", "exemptions" {
        id: Id,
        school_id: Id,
        school_year: String,
        season: Season,
        rule: String,
        project: Option<String>,
        weekday: Option<i32>,
        first_on: Date,
        last_on: Date,
        reason: String,
        state: ExemptionState,
        /// Null where the authority acted of its own motion.
        requested_by_id: Option<Id>,
        decided_by_id: Option<Id>,
        decided_on: Option<Date>,
        document: Option<String>,
        remark: Option<String>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// An exemption with the path of its school.
pub type Exemption = Placed<ExemptionRow>;

impl Exemption {
    /// Whether `verb` is not for this account: nobody grants what they asked for themselves.
    #[must_use]
    pub fn spares(&self, user: Id, verb: ExemptionVerb) -> bool {
        verb == ExemptionVerb::Grant && self.requested_by_id == Some(user)
    }

    /// The verbs that `by` may call now.
    #[must_use]
    pub fn can(&self, by: &Actor) -> Vec<&'static str> {
        let may = |verb: ExemptionVerb| verb.scope(by).holds_path(&self.path) && !self.spares(by.user_id, verb);
        ExemptionVerb::such(self.state, may)
    }
}

impl ExemptionRow {
    /// As the rules take it.
    #[must_use]
    pub fn fact(&self) -> facts::Exemption {
        facts::Exemption {
            id: self.id.to_string(),
            document: self.document.clone().unwrap_or_default(),
            rule: self.rule.clone(),
            project: self.project.clone(),
            weekday: self.weekday.map(i64::from),
            first_on: self.first_on,
            last_on: self.last_on,
        }
    }
}

filter! {
    /// Which exemptions a list holds.
    pub struct ExemptionFilter {
        /// Only exemptions of this school.
        school_id: Id,
        /// Only exemptions from this rule.
        rule: Line<1, 60>,
        /// Only exemptions in one of these states.
        state: AnyOf<ExemptionState>,
    }
}

body! {
    /// An exemption, as a school asks for it or an authority gives it.
    pub struct ExemptionIn {
        school_id: Id,
        school_year: SchoolYear,
        season: Season,
        /// Id of the rule whose errors become warnings; one that `GET /rules` lists as `exemptible`.
        #[schema(inline, example = "service-end-time")]
        rule: Line<1, 60>,
        /// Only this project of the plan, by its name; null is every project.
        #[serde(default)]
        #[schema(inline)]
        project: Option<Line<1, 60>>,
        /// Only slots of this day of the week; null is every day.
        #[serde(default)]
        #[schema(inline)]
        weekday: Option<Weekday>,
        /// The first day on which it holds. For `filing-window` that is the day of the submission.
        #[serde(with = "iso_date")]
        first_on: Date,
        /// The last day on which it holds.
        #[serde(with = "iso_date")]
        last_on: Date,
        /// Why.
        #[schema(inline)]
        reason: Line<2, 300>,
        /// The authority's document; an authority that acts of its own motion names it.
        #[serde(default)]
        #[schema(inline)]
        document: Option<Line<2, 120>>,
    }
}

impl ExemptionIn {
    /// Everything that does not go together.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let rule = RULES.iter().find(|rule| rule.id == self.rule.as_str());
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

body! {
    /// By which document an exemption is granted.
    pub struct ExemptionGrantIn {
        /// Number or name of the document.
        #[schema(inline)]
        document: Line<2, 120>,
    }
}

body! {
    /// Why an exemption is refused or ended.
    pub struct ExemptionReasonIn {
        #[schema(inline)]
        reason: Line<2, 300>,
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
            assert_eq!(ExemptionVerb::possible(state), verbs, "{state:?}");
        }
    }
}
