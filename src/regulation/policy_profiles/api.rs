//! `/policy-profiles`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};

use super::model::{PolicyProfileFilter, PolicyProfileIn};
use super::{InForce, PolicyProfile};
use crate::auth::permission::{ManagePolicyProfiles, ReadRegulation};
use crate::auth::{By, List, Lookup, Read, Write};
use crate::db::Id;
use crate::http::{Answer, Answered, Page, PathId, Problem, ServiceConfig, Valid};
use crate::out;
use crate::regulation::authorities::AuthorityLevel;
use crate::regulation::policy_profiles;
use crate::rules::profile::ProfileParameters;
use crate::values::iso_date;

out! {
    /// What an authority sets 政策参数.
    pub struct PolicyProfileOut of (profile, by): PolicyProfile {
        authority_id: Id,
        code: String,
        document: String,
        title: String,
        #[serde(with = "iso_date")]
        starts_on: Date,
        #[serde(with = "iso_date::option")]
        ends_on: Option<Date>,
        parameters: ProfileParameters = profile.parameters.0.clone(),
    }
    named { authority_name: String = Organisation(profile.authority_id) }
    can "What this caller may call on it now: `update` is PUT."
}

/// The profile in force for an authority 生效的政策参数.
#[derive(Debug, Serialize, ToSchema)]
pub struct InForceOut {
    pub authority_id: Id,
    #[serde(with = "iso_date")]
    pub on: Date,
    #[doc = " The profile that gives its name: of the lowest authority that sets every parameter; of the lowest at all \
             where none"]
    /// does.
    pub profile_id: Id,
    pub code: String,
    pub document: String,
    pub title: String,
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    #[serde(with = "iso_date::option")]
    pub ends_on: Option<Date>,
    /// Every parameter, with who set it.
    pub parameters: Vec<ParameterInForceOut>,
}

/// A parameter in force, and who set it. What nobody has set has its default, and no profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParameterInForceOut {
    /// A field of `ProfileParameters`. Others may come.
    pub name: String,
    /// Its value as JSON text: `"18:00"` with its quotes, `10`, `[1,2,3,4,5]`, `null` for what is not limited.
    pub value: String,
    pub profile_id: Option<Id>,
    pub profile_code: Option<String>,
    pub document: Option<String>,
    pub authority_id: Option<Id>,
    pub authority_code: Option<String>,
    pub authority_name: Option<String>,
    pub authority_level: Option<AuthorityLevel>,
}

impl InForceOut {
    fn of(authority_id: Id, on: Date, found: &InForce) -> Self {
        let profile = &found.profile;
        let parameter = |(name, value): (&'static str, String)| {
            let source = found.source(name).cloned();
            ParameterInForceOut {
                name: name.to_owned(),
                value,
                profile_id: source.as_ref().map(|source| source.profile_id),
                authority_id: source.as_ref().map(|source| source.authority_id),
                authority_level: source.as_ref().map(|source| source.authority_level),
                profile_code: source.as_ref().map(|source| source.profile_code.clone()),
                authority_code: source.as_ref().map(|source| source.authority_code.clone()),
                authority_name: source.as_ref().map(|source| source.authority_name.clone()),
                document: source.map(|source| source.document),
            }
        };
        Self {
            authority_id,
            on,
            profile_id: found.profile_id,
            code: profile.id.clone(),
            document: profile.document.clone(),
            title: profile.title.clone(),
            starts_on: profile.in_force_from,
            ends_on: profile.in_force_to,
            parameters: profile.values().into_iter().map(parameter).collect(),
        }
    }
}

/// For whom, and when.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InForceQuery {
    /// The authority.
    #[param(inline)]
    pub authority_id: Id,
    /// The date, such as the opening of a term, whose profile judges the whole term.
    #[serde(with = "iso_date")]
    pub on: Date,
}

/// Routes of this slice. `in-force` comes before the id, which would take it.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_policy_profiles)
        .service(create_policy_profile)
        .service(get_profile_in_force)
        .service(get_policy_profile)
        .service(update_policy_profile);
}

/// Policy profiles in the order in which they were set 政策参数列表
#[utoipa::path(tag = "policy-profiles", params(List<PolicyProfileFilter>),
    responses((status = 200, description = "A page of policy profiles", body = Page<PolicyProfileOut>),
        ReadRegulation))]
#[get("/policy-profiles")]
async fn list_policy_profiles(by: By<ReadRegulation>, list: List<PolicyProfileFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<PolicyProfile>(tx, at)).await
}

/// Sets parameters of the rules for an authority 设置政策参数
#[utoipa::path(tag = "policy-profiles", request_body = PolicyProfileIn,
    responses((status = 201, description = "The new policy profile", body = PolicyProfileOut), ManagePolicyProfiles))]
#[post("/policy-profiles")]
async fn create_policy_profile(
    by: By<ManagePolicyProfiles>,
    write: Write,
    Valid(body): Valid<PolicyProfileIn>,
) -> Answered {
    write.creates(by, move |tx, by| policy_profiles::create(tx, by, &body)).await
}

/// The profile in force for an authority on a date, with who set each parameter 生效的政策参数
#[utoipa::path(tag = "policy-profiles", params(InForceQuery),
    responses((status = 200, description = "The profile in force", body = InForceOut),
        (status = 404, description = "No such authority", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No complete profile is in force: `profile-missing`", body = Problem,
            content_type = "application/problem+json"),
        ReadRegulation))]
#[get("/profiles-in-force")]
async fn get_profile_in_force(by: By<ReadRegulation>, lookup: Lookup<InForceQuery>) -> Answered {
    let InForceQuery { authority_id, on } = lookup.query.clone();
    lookup
        .one(by, move |tx, _| {
            let found = policy_profiles::in_force_at(tx, authority_id, on)?;
            // It follows from several rows, so the digest alone tells one answer from another.
            Answer::ok(&InForceOut::of(authority_id, on, &found), 1)
        })
        .await
}

/// One policy profile 政策参数
#[utoipa::path(tag = "policy-profiles", params(("id" = Id, Path, description = "The policy profile")),
    responses((status = 200, description = "The policy profile", body = PolicyProfileOut), ReadRegulation))]
#[get("/policy-profiles/{id}")]
async fn get_policy_profile(by: By<ReadRegulation>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<PolicyProfile>(tx, id.0)).await
}

/// Replaces what a policy profile sets; filings keep what judged them 修改政策参数
#[utoipa::path(tag = "policy-profiles", params(("id" = Id, Path, description = "The policy profile")),
    request_body = PolicyProfileIn,
    responses((status = 200, description = "The policy profile as it is now", body = PolicyProfileOut),
        ManagePolicyProfiles))]
#[put("/policy-profiles/{id}")]
async fn update_policy_profile(
    by: By<ManagePolicyProfiles>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PolicyProfileIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| policy_profiles::update(tx, by, id.0, seen, &body)).await
}
