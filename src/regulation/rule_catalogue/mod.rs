//! The catalogue of rules, with their parameters in force for an authority and a date.

mod api;
mod model;

pub use self::api::routes;
pub use self::model::{RuleKind, RuleStep};

use time::Date;

use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::regulation::policy_profiles::{self, ParameterSource};
use crate::rules::Rule;
use crate::rules::profile::Profile;

/// A profile, and who set what in it where it is an authority's.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    pub profile: Profile,
    pub sources: Vec<ParameterSource>,
    /// The row that gives the profile its name and dates.
    pub named_by: Option<ParameterSource>,
}

/// A parameter that a rule reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleParameter {
    pub name: &'static str,
    /// As JSON text.
    pub value: String,
    pub document: String,
    /// Who set it; nobody in the built-in profile, nor where a parameter has its default.
    pub source: Option<ParameterSource>,
}

/// The profile by which the catalogue is shown: that of an authority, today unless a date is given, or the built-in
/// one.
///
/// # Errors
/// 404 without such an authority, 422 `profile-missing`.
pub fn basis(tx: &mut Tx<'_>, authority: Option<Id>, on: Option<Date>) -> Result<Basis, Refusal> {
    let Some(authority) = authority else {
        return Ok(Basis { profile: Profile::yueyang_2019(), sources: Vec::new(), named_by: None });
    };
    let on = on.unwrap_or(tx.today);
    let found = policy_profiles::in_force_at(tx, authority, on)?;
    let named_by = found.sources.iter().find(|source| source.profile_id == found.profile_id).cloned();
    Ok(Basis { profile: found.profile, sources: found.sources, named_by })
}

/// The parameters that a rule reads, in its own order.
#[must_use]
pub fn parameters(rule: &Rule, basis: &Basis) -> Vec<RuleParameter> {
    let (dates, values) = (basis.profile.date_values(), basis.profile.values());
    let value_in = |list: &[(&'static str, String)], name: &str| {
        list.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    };
    let parameter = |name: &&'static str| {
        let (value, source) = match value_in(&dates, name) {
            Some(date) => (date, basis.named_by.clone()),
            None => (value_in(&values, name)?, basis.sources.iter().find(|source| source.parameter == *name).cloned()),
        };
        let document = source.as_ref().map_or(&basis.profile.document, |source| &source.document).clone();
        Some(RuleParameter { name, value, document, source })
    };
    rule.parameters.iter().filter_map(parameter).collect()
}
