//! `/policy-profiles`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{InForce, NewPolicyProfile, PolicyProfile, PolicyProfileFilter};
use crate::auth::permission::{ManagePolicyProfiles, ReadRegulation};
use crate::auth::{Actor, Caller, List, Lookup, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Problem, Valid};
use crate::refusal::Refusal;
use crate::regulation::authorities::AuthorityLevel;
use crate::regulation::policy_profiles;
use crate::rules::profile::ProfileParameters;
use crate::values::identifiers::ProfileCode;
use crate::values::iso_date;
use crate::values::text::Line;

/// A policy profile, as it is set or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyProfileIn {
    /// Whose parameters they are. Stays as it was created.
    pub authority_id: Id,
    /// Short name, `yueyang-2019`, unique among all. Stays as it was created.
    #[schema(inline)]
    pub code: ProfileCode,
    /// Number of the policy document: `岳教体发〔2019〕11号`.
    #[schema(inline)]
    pub document: Line<1, 200>,
    #[schema(inline)]
    pub title: Line<1, 200>,
    /// First day in force.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day in force; null while there is none. Days of one authority's profiles do not overlap.
    #[serde(default, with = "iso_date::option")]
    pub ends_on: Option<Date>,
    pub parameters: ProfileParameters,
}

impl From<PolicyProfileIn> for NewPolicyProfile {
    fn from(body: PolicyProfileIn) -> Self {
        Self {
            authority_id: body.authority_id,
            code: body.code.as_str().to_owned(),
            document: body.document.as_str().to_owned(),
            title: body.title.as_str().to_owned(),
            starts_on: body.starts_on,
            ends_on: body.ends_on,
            parameters: body.parameters,
        }
    }
}

/// What an authority sets 政策参数.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyProfileOut {
    pub id: Id,
    pub authority_id: Id,
    pub code: String,
    pub document: String,
    pub title: String,
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    #[serde(with = "iso_date::option")]
    pub ends_on: Option<Date>,
    pub parameters: ProfileParameters,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `update` is PUT.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl PolicyProfileOut {
    fn of(profile: &PolicyProfile, actor: &Actor) -> Self {
        let row = &profile.row;
        Self {
            id: row.id,
            authority_id: row.authority_id,
            code: row.code.clone(),
            document: row.document.clone(),
            title: row.title.clone(),
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            parameters: profile.parameters.clone(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: profile.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
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

/// Which policy profiles a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PolicyProfileQuery {
    /// Only profiles of this authority.
    #[param(inline)]
    pub authority_id: Option<Id>,
    /// Only the profile of this code.
    #[param(inline)]
    pub code: Option<ProfileCode>,
    /// Profiles in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
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
#[utoipa::path(tag = "policy-profiles", params(PolicyProfileQuery),
    responses((status = 200, description = "A page of policy profiles", body = Page<PolicyProfileOut>),
        ReadRegulation))]
#[get("/policy-profiles")]
async fn list_policy_profiles(caller: Caller<ReadRegulation>, list: List<PolicyProfileQuery>) -> Answered {
    let query = list.query.clone();
    let code = query.code.map(|code| code.as_str().to_owned());
    let filter = PolicyProfileFilter { authority_id: query.authority_id, code };
    let (cursor, limit) = (Cursor::of("policy-profiles", &filter), query.limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = policy_profiles::list(tx, &filter, after, limit)?;
        let page = cursor.page(limit, found, |profile| profile.row.id);
        Ok(page.map(|profile| PolicyProfileOut::of(&profile, &caller.actor)))
    })
    .await
}

/// Sets parameters of the rules for an authority 设置政策参数
#[utoipa::path(tag = "policy-profiles", request_body = PolicyProfileIn,
    responses((status = 201, description = "The new policy profile", body = PolicyProfileOut), ManagePolicyProfiles))]
#[post("/policy-profiles")]
async fn create_policy_profile(
    caller: Caller<ManagePolicyProfiles>,
    write: Write,
    Valid(body): Valid<PolicyProfileIn>,
) -> Answered {
    let new = NewPolicyProfile::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = policy_profiles::create(tx, actor, &new)?;
            let location = format!("/api/v1/policy-profiles/{}", made.row.id);
            Answer::created(location, &PolicyProfileOut::of(&made, actor), made.row.version)
        })
        .await
}

/// The profile in force for an authority on a date, with who set each parameter 生效的政策参数
#[utoipa::path(tag = "policy-profiles", params(InForceQuery),
    responses((status = 200, description = "The profile in force", body = InForceOut),
        (status = 404, description = "No such authority", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No complete profile is in force: `profile-missing`", body = Problem,
            content_type = "application/problem+json"),
        ReadRegulation))]
#[get("/profiles-in-force")]
async fn get_profile_in_force(_caller: Caller<ReadRegulation>, lookup: Lookup<InForceQuery>) -> Answered {
    let InForceQuery { authority_id, on } = lookup.query.clone();
    lookup
        .one(move |tx| {
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
async fn get_policy_profile(caller: Caller<ReadRegulation>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&policy_profiles::find(tx, id.0)?, &caller.actor)).await
}

/// Replaces what a policy profile sets; filings keep what judged them 修改政策参数
#[utoipa::path(tag = "policy-profiles", params(("id" = Id, Path, description = "The policy profile")),
    request_body = PolicyProfileIn,
    responses((status = 200, description = "The policy profile as it is now", body = PolicyProfileOut),
        ManagePolicyProfiles))]
#[put("/policy-profiles/{id}")]
async fn update_policy_profile(
    caller: Caller<ManagePolicyProfiles>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PolicyProfileIn>,
) -> Answered {
    let to = NewPolicyProfile::from(body);
    write
        .versioned(caller, move |tx, actor, seen| answer(&policy_profiles::update(tx, actor, id.0, seen, &to)?, actor))
        .await
}

fn answer(profile: &PolicyProfile, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&PolicyProfileOut::of(profile, actor), profile.row.version)
}
