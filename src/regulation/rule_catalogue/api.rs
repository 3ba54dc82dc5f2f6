//! `/rules`.

use actix_web::get;
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};

use super::{Basis, RuleKind, RuleParameter, RuleStep};
use crate::auth::permission::ReadRegulation;
use crate::auth::{By, Lookup};
use crate::db::Id;
use crate::http::{Answer, Answered, Language, Page, Problem, ServiceConfig};
use crate::refusal::{Code, Fault, Refusal};
use crate::regulation::rule_catalogue;
use crate::rules::{RULES, Rule};
use crate::values::iso_date;

/// A rule of the policy 审查规则.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleOut {
    /// What findings name: `service-end-time`.
    pub id: String,
    /// In the reader's language.
    pub title: String,
    /// Part and section of the policy, `三.2`; `closing` is its last paragraph.
    pub clause: String,
    /// Number of the policy document.
    pub document: String,
    pub kinds: Vec<RuleKind>,
    /// Where it bites.
    pub steps: Vec<RuleStep>,
    /// Whether an authority's exemption can turn its errors into warnings.
    pub exemptible: bool,
    /// What it compares with.
    pub parameters: Vec<RuleParameterOut>,
}

/// A parameter of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleParameterOut {
    /// A field of the policy profile.
    pub name: String,
    /// Its value as JSON text: `"18:00"` with its quotes, `10`, `null` for what is not limited.
    pub value: String,
    /// Number of the document that sets it.
    pub document: String,
    /// The profile that sets it; null in the built-in one, and for a default.
    pub profile_code: Option<String>,
    /// The authority that set it; null in the built-in profile, and for a default.
    pub authority_code: Option<String>,
}

impl RuleParameterOut {
    fn of(parameter: RuleParameter) -> Self {
        Self {
            name: parameter.name.to_owned(),
            value: parameter.value,
            document: parameter.document,
            profile_code: parameter.source.as_ref().map(|source| source.profile_code.clone()),
            authority_code: parameter.source.map(|source| source.authority_code),
        }
    }
}

impl RuleOut {
    fn of(rule: &Rule, basis: &Basis, language: Language) -> Self {
        Self {
            id: rule.id.to_owned(),
            title: language.text(&rule.title_key(), []),
            clause: rule.clause.to_owned(),
            document: basis.profile.document.clone(),
            kinds: rule.kinds.iter().copied().map(RuleKind::of).collect(),
            steps: rule.steps.iter().copied().map(RuleStep::of).collect(),
            exemptible: rule.exemption.is_some(),
            parameters: rule_catalogue::parameters(rule, basis).into_iter().map(RuleParameterOut::of).collect(),
        }
    }
}

/// Whose parameters are shown.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RuleQuery {
    /// Those in force for this authority; without it those of the built-in `yueyang-2019`.
    #[param(inline)]
    pub authority_id: Option<Id>,
    /// On this date; today if only the authority is given.
    #[serde(default, with = "iso_date::option")]
    pub on: Option<Date>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_rules);
}

/// Every rule in the order of the policy, all on one page, with its parameters in force 审查规则目录
#[utoipa::path(tag = "rules", params(RuleQuery),
    responses((status = 200, description = "The rules; `next_cursor` is always null", body = Page<RuleOut>),
        (status = 404, description = "No such authority", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No complete profile is in force: `profile-missing`", body = Problem,
            content_type = "application/problem+json"),
        ReadRegulation))]
#[get("/rules")]
async fn list_rules(by: By<ReadRegulation>, lookup: Lookup<RuleQuery>) -> Answered {
    let RuleQuery { authority_id, on } = lookup.query.clone();
    if on.is_some() && authority_id.is_none() {
        return Err(Refusal::at(Code::ParameterInvalid, "authority_id", Fault::Required));
    }
    lookup
        .one(by, move |tx, by| {
            let basis = rule_catalogue::basis(tx, authority_id, on)?;
            let items = RULES.iter().map(|rule| RuleOut::of(rule, &basis, by.language)).collect();
            // It follows from several rows, so the digest alone tells one answer from another.
            Answer::ok(&Page { items, next_cursor: None, note: None }, 1)
        })
        .await
}
