//! How far a count may go, and how the calendar's words look in the contract.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::refusal::{Fault, FieldError};
use crate::rules::calendar::DayKind;
use crate::values::text::fault;

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

/// What the State Council's calendar says of a day. Other kinds may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CalendarDayKind {
    /// Monday to Friday, nothing special.
    Workday,
    /// 调休上班: a Saturday or Sunday on which people work.
    MakeUpWorkday,
    Weekend,
    /// 法定节假日, and the days swapped for them.
    Holiday,
}

impl CalendarDayKind {
    /// The kind as the contract has it.
    #[must_use]
    pub const fn of(kind: DayKind) -> Self {
        match kind {
            DayKind::Weekday => Self::Workday,
            DayKind::MakeUpWorkday => Self::MakeUpWorkday,
            DayKind::Weekend => Self::Weekend,
            DayKind::Holiday => Self::Holiday,
        }
    }
}
