//! Limits of what an authority may set: each reader refuses while it deserialises. The profile itself keeps plain
//! numbers and texts, so that rules compute with them.

use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::rules::document::{Fen, Weekday, Whole, at_most};
use crate::values::fault::{Fault, FieldError};
use crate::values::later::Later;
use crate::values::text::{Line, fault};

/// Words of a list.
pub(super) const WORDS_MAX: usize = 500;

/// A word that is looked for.
pub(super) type Word = Line<1, 20>;

/// Number or name of a document.
pub(super) type Title = Line<1, 200>;

/// Days that a deadline may be away.
pub(super) type WorkingDayCount = Whole<1, 100>;

/// Days that somebody has for an answer.
pub(super) type DayCount = Whole<1, 30>;

/// Groups of pupils, each by its name in the contract.
#[derive(Debug)]
pub(super) struct PriorityGroups;

impl PartialSchema for PriorityGroups {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(Ref::from_schema_name("PriorityGroup")).max_items(Some(5)).into()
    }
}

impl ToSchema for PriorityGroups {}

/// Days of reminders.
#[derive(Debug)]
pub(super) struct ReminderDays;

impl PartialSchema for ReminderDays {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(DayCount::schema()).max_items(Some(5)).into()
    }
}

impl ToSchema for ReminderDays {}

/// Minutes of a day.
pub(super) type MinuteCount = Whole<1, 600>;

/// A share of the whole.
pub(super) type Percent = Whole<0, 100>;

/// Less than the whole.
pub(super) type Share = Whole<0, 99>;

/// A share that may be the whole.
pub(super) type WholeShare = Whole<1, 100>;

/// Pupils of a class, or guardians of so many.
pub(super) type PupilCount = Whole<2, 100>;

/// Lessons of a day.
pub(super) type LessonCount = Whole<1, 24>;

/// Characters that a word reaches.
pub(super) type Reach = Whole<0, 100>;

/// A list of `MIN` to `MAX` entries, or none.
pub(super) fn list<'de, D, T, const MIN: usize, const MAX: usize>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let given = Option::<Vec<T>>::deserialize(deserializer)?;
    match given.as_ref().map(Vec::len) {
        Some(length) if length < MIN => Err(fault(FieldError::new("", Fault::Required).said("entries"))),
        Some(length) if length > MAX => {
            Err(fault(FieldError::new("", Fault::TooLong).said("entries").with("max", MAX)))
        }
        _ => Ok(given),
    }
}

/// A share of a fee, in percent.
pub(super) fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Ok(Share::deserialize(deserializer)?.get())
}

/// [`whole`] that came after 1.0.
pub(super) fn later_whole<'de, D, const MIN: i64, const MAX: i64>(deserializer: D) -> Result<Later<i64>, D::Error>
where
    D: Deserializer<'de>,
{
    whole::<D, MIN, MAX>(deserializer).map(Later::Sent)
}

/// Days of the week, at least one.
pub(super) fn weekdays<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<i64>>, D::Error> {
    let given = list::<D, Weekday, 1, 7>(deserializer)?;
    Ok(given.map(|days| days.into_iter().map(Whole::get).collect()))
}

/// A number of working days, or none.
pub(super) fn working_days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    Ok(Option::<WorkingDayCount>::deserialize(deserializer)?.and_then(|days| u16::try_from(days.get()).ok()))
}

/// A number of days, or none; it came after 1.0.
pub(super) fn later_days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Later<u16>, D::Error> {
    let given = Option::<DayCount>::deserialize(deserializer)?;
    Ok(Later::Sent(given.and_then(|days| u16::try_from(days.get()).ok())))
}

/// A list of up to five numbers of days, or none; it came after 1.0.
pub(super) fn later_day_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Later<Vec<i64>>, D::Error> {
    let given = list::<D, DayCount, 0, 5>(deserializer)?;
    Ok(Later::Sent(given.map(|days| days.into_iter().map(Whole::get).collect())))
}

/// [`list`] that came after 1.0.
pub(super) fn later_list<'de, D, T, const MIN: usize, const MAX: usize>(
    deserializer: D,
) -> Result<Later<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    list::<D, T, MIN, MAX>(deserializer).map(Later::Sent)
}

/// A whole number within limits, or none.
pub(super) fn whole<'de, D, const MIN: i64, const MAX: i64>(deserializer: D) -> Result<Option<i64>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(Option::<Whole<MIN, MAX>>::deserialize(deserializer)?.map(Whole::get))
}

/// A share in percent, or none.
pub(super) fn percent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    Ok(Option::<Percent>::deserialize(deserializer)?.and_then(|share| u16::try_from(share.get()).ok()))
}

/// The number or name of a document.
pub(super) fn title<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Title::deserialize(deserializer)?.as_str().to_owned())
}

/// Money, or none.
pub(super) fn fen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(Option::<Fen>::deserialize(deserializer)?.map(Whole::get))
}

/// A number of lessons, or none.
pub(super) fn lessons<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(Option::<LessonCount>::deserialize(deserializer)?.map(Whole::get))
}

/// A list of words.
pub(super) fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let words = at_most::<D, Word, WORDS_MAX>(deserializer)?;
    Ok(words.into_iter().map(|word| word.as_str().to_owned()).collect())
}

/// How far a word reaches.
pub(super) fn reach<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    Ok(usize::try_from(Reach::deserialize(deserializer)?.get()).unwrap_or_default())
}
