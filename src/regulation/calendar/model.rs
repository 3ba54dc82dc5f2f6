//! How far a count may go, and how the calendar's words look in the contract.

use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::refusal::{Fault, FieldError};
use crate::rules::calendar::DayKind;
use crate::text::fault;

/// How many days to count: 1 to 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount(u16);

/// Most days that are counted at once.
const DAYS_MAX: u16 = 200;

impl DayCount {
    /// The number.
    #[must_use]
    pub const fn days(self) -> u16 {
        self.0
    }
}

impl<'de> Deserialize<'de> for DayCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u16::try_from(u32::deserialize(deserializer)?) {
            Ok(days) if (1..=DAYS_MAX).contains(&days) => Ok(Self(days)),
            _ => Err(fault(FieldError::new("", Fault::OutOfRange))),
        }
    }
}

impl utoipa::PartialSchema for DayCount {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .minimum(Some(1))
            .maximum(Some(f64::from(DAYS_MAX)))
            .into()
    }
}

impl utoipa::ToSchema for DayCount {}

/// The rules know nothing of the contract, so what a `DayKind` looks like there is said here.
impl utoipa::PartialSchema for DayKind {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("What the State Council's calendar says of a day. Other kinds may come"))
            .enum_values(Some(["workday", "make_up_workday", "weekend", "holiday"]))
            .into()
    }
}

impl utoipa::ToSchema for DayKind {}
