//! Several values of one parameter: `state=draft&state=returned` asks for either.

use std::marker::PhantomData;

use serde::de::{DeserializeOwned, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{RefOr, Schema};

use crate::refusal::{Fault, FieldError};
use crate::values::text::fault;

/// Most values of one parameter.
const VALUES_MAX: usize = 16;

/// One or more values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyOf<T>(Vec<T>);

impl<T> AnyOf<T> {
    /// The values.
    #[must_use]
    pub fn values(self) -> Vec<T> {
        self.0
    }
}

impl<T> From<T> for AnyOf<T> {
    fn from(one: T) -> Self {
        Self(vec![one])
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for AnyOf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for Values<T> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("values")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut given: A) -> Result<Vec<T>, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = given.next_element()? {
                    if values.len() == VALUES_MAX {
                        return Err(fault(FieldError::new("", Fault::TooLong).said("entries").with("max", VALUES_MAX)));
                    }
                    values.push(value);
                }
                Ok(values)
            }
        }
        deserializer.deserialize_seq(Values(PhantomData)).map(Self)
    }
}

/// The way in which a type that holds another one says its schema; deriving it would know no limits.
impl<T: ToSchema> utoipa::__dev::ComposeSchema for AnyOf<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        ArrayBuilder::new().items(T::schema()).min_items(Some(1)).max_items(Some(VALUES_MAX)).into()
    }
}

impl<T: ToSchema> ToSchema for AnyOf<T> {}
