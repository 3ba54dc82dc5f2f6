//! A field that came after 1.0 of the contract to a body that replaces something. Apps that are older than the field
//! send the body without it, and must not wipe what newer ones entered.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema};

/// Not sent, what stands stays; null, nothing stands any more. Its field has `#[serde(default)]`, without which the
/// contract would ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Later<T> {
    #[default]
    NotSent,
    Sent(Option<T>),
}

impl<T> Later<T> {
    /// What stands once the body was taken over what stood before.
    #[must_use]
    pub fn over<U>(&self, before: Option<U>, of: impl FnOnce(&T) -> U) -> Option<U> {
        match self {
            Self::NotSent => before,
            Self::Sent(sent) => sent.as_ref().map(of),
        }
    }
}

impl<T> From<T> for Later<T> {
    fn from(given: T) -> Self {
        Self::Sent(Some(given))
    }
}

/// What may be given, and else is taken from elsewhere.
pub trait Given {
    /// What is given.
    type Of;

    /// It, where it is.
    fn given(&self) -> Option<&Self::Of>;

    /// Whether it is not.
    fn is_open(&self) -> bool {
        self.given().is_none()
    }

    /// Stays what it was, where it came later and was not sent.
    fn keep_unless_sent(&mut self, _: &Self) {}
}

impl<T> Given for Option<T> {
    type Of = T;

    fn given(&self) -> Option<&T> {
        self.as_ref()
    }
}

impl<T: Clone> Given for Later<T> {
    type Of = T;

    fn given(&self) -> Option<&T> {
        match self {
            Self::NotSent => None,
            Self::Sent(given) => given.as_ref(),
        }
    }

    fn keep_unless_sent(&mut self, before: &Self) {
        if matches!(self, Self::NotSent) {
            self.clone_from(before);
        }
    }
}

impl<T: Serialize> Serialize for Later<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::NotSent => serializer.serialize_none(),
            Self::Sent(given) => given.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Later<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Sent)
    }
}

/// That of its content, or null, marked with `x-kept-when-absent`.
impl<T: ToSchema> utoipa::__dev::ComposeSchema for Later<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let marked = || ExtensionsBuilder::new().add("x-kept-when-absent", true).build();
        let mut inner = T::schema();
        match &mut inner {
            RefOr::T(Schema::Object(object)) if matches!(object.schema_type, SchemaType::Type(_)) => {
                let SchemaType::Type(only) = object.schema_type.clone() else { return inner };
                object.schema_type = SchemaType::Array(vec![only, Type::Null]);
                object.extensions = Some(marked());
                inner
            }
            RefOr::T(Schema::Array(array)) => {
                array.schema_type = SchemaType::Array(vec![Type::Array, Type::Null]);
                array.extensions = Some(marked());
                inner
            }
            _ => {
                let null = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null));
                OneOfBuilder::new().item(null).item(inner).extensions(Some(marked())).into()
            }
        }
    }
}

impl<T: ToSchema> ToSchema for Later<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        T::name()
    }
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Body {
        #[serde(default)]
        note: Later<String>,
    }

    #[test]
    fn what_is_not_sent_stays_and_null_clears() {
        for (sent, stands) in [("{}", Some("before")), (r#"{"note":null}"#, None), (r#"{"note":"new"}"#, Some("new"))] {
            let read = serde_json::from_str::<Body>(sent).map(|body| body.note).unwrap_or_default();
            assert_eq!(read.over(Some("before".to_owned()), Clone::clone).as_deref(), stands, "{sent}");
        }
    }

    #[test]
    fn the_contract_says_that_it_is_kept() {
        let schema = serde_json::to_value(Later::<String>::schema()).unwrap_or_default();
        assert_eq!(schema, serde_json::json!({ "type": ["string", "null"], "x-kept-when-absent": true }));
    }
}
