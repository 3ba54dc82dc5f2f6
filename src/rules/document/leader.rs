//! Who leads a project: the id of a member of staff, which the school keeps on record.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema, SchemaFormat};
use uuid::Uuid;

use crate::values::fault::{Fault, FieldError};
use crate::values::text::fault;

/// The id of a member of staff, in its hyphenated form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct LeaderId(pub Uuid);

impl<'de> Deserialize<'de> for LeaderId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let id =
            text.parse::<uuid::fmt::Hyphenated>().map_err(|_| fault(FieldError::new("", Fault::Format).said("id")))?;
        Ok(Self(id.into_uuid()))
    }
}

impl utoipa::PartialSchema for LeaderId {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            .into()
    }
}

impl utoipa::ToSchema for LeaderId {}
