//! What the address of an agreement's page says.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::db::Id;
use crate::enrollments::joint_enrollments::ProjectIds;
use crate::http::Language;

/// Which agreement of an enrollment, and in which language the page tells of it.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgreementPageQuery {
    /// In which language; else that of `Accept-Language`.
    #[param(inline)]
    pub lang: Option<Language>,
    /// One that was signed earlier; else the one in force, or what would be signed now.
    #[param(inline)]
    pub agreement_id: Option<Id>,
}

/// Of which projects, and in which language.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JointPageQuery {
    /// In which language; else that of `Accept-Language`.
    #[param(inline)]
    pub lang: Option<Language>,
    /// Projects of one published notice, each once, with a comma between.
    #[param(inline)]
    pub project_ids: ProjectIds,
}
