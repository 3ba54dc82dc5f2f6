//! Several projects for one child: what a guardian sends.

use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

use crate::body;
use crate::db::Id;
use crate::enrollments::agreements::PROJECTS_MAX;
use crate::refusal::{Fault, FieldError};
use crate::values::identifiers::Sha256Hex;
use crate::values::text::fault;

body! {
    /// A guardian's choice of several projects of one plan for its child, all of them or none.
    pub struct EnrollmentBatchIn {
        /// The pupil, as its school has entered it.
        student_id: Id,
        /// Projects of one published notice, each once.
        #[schema(min_items = 1, max_items = 20)]
        #[validate(length(min = 1, max = 20, code = "out-of-range"))]
        project_ids: Vec<Id>,
        /// `sha256` of the agreement of these projects that was read: then it is signed, which needs a seat in each.
        /// Null applies without signing, and waits for what is full.
        #[schema(inline)]
        agreement_sha256: Option<Sha256Hex>,
    }
}

/// Ids with commas between, 1 to 20.
#[derive(Debug, Clone)]
pub struct ProjectIds(pub Vec<Id>);

impl<'de> Deserialize<'de> for ProjectIds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let ids: Result<Vec<Id>, _> = text.split(',').map(str::parse::<Id>).collect();
        let ids = ids.map_err(|_| fault(FieldError::new("", Fault::Format)))?;
        if ids.len() > PROJECTS_MAX {
            return Err(fault(FieldError::new("", Fault::TooMany).with("max", PROJECTS_MAX)));
        }
        Ok(Self(ids))
    }
}

impl utoipa::PartialSchema for ProjectIds {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some("^[0-9a-f-]{36}(,[0-9a-f-]{36}){0,19}$"))
            .into()
    }
}

impl ToSchema for ProjectIds {}

/// Of which projects.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JointQuery {
    /// Projects of one published notice, each once, with a comma between.
    #[param(inline)]
    pub project_ids: ProjectIds,
}
