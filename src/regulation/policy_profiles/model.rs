//! A policy profile: what an authority sets and when, and what follows from the rows of all authorities above a place.

use serde::Serialize;
use time::{Date, Duration};

use crate::auth::Standing;
use crate::db::{Id, Instant, Json};
use crate::refusal::{Fault, FieldError};
use crate::regulation::authorities::AuthorityLevel;
use crate::rules::profile::{Profile, ProfileHeading, ProfileParameters};
use crate::values::identifiers::ProfileCode;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row};

life! {
    /// What is called on a policy profile.
    pub PolicyProfileVerb of Standing, "policy-profiles" for PolicyProfile {
        Update = "update" by ManagePolicyProfiles { Standing => same }
    }
}

row! {
    /// The row of a policy profile. Both days belong to it.
    pub struct PolicyProfileRow of policy_profiles {
        id: Id,
        authority_id: Id,
        code: String,
        document: String,
        title: String,
        starts_on: Date,
        ends_on: Option<Date>,
        parameters: Json<ProfileParameters>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A policy profile with its authority.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable)]
pub struct PolicyProfile {
    #[serde(flatten)]
    pub row: PolicyProfileRow,
    pub authority_code: String,
    pub authority_name: String,
    pub authority_level: AuthorityLevel,
    pub path: String,
}

resource!(PolicyProfile { row: PolicyProfileRow, path }, "policy-profile", "policy-profiles");

filter! {
    /// Which policy profiles a list holds.
    pub struct PolicyProfileFilter {
        /// Only profiles of this authority.
        authority_id: Id,
        /// Only the profile of this code.
        code: ProfileCode,
    }
}

body! {
    /// A policy profile, as it is set or replaced.
    pub struct PolicyProfileIn {
        /// Whose parameters they are. Stays as it was created.
        authority_id: Id,
        /// Short name, `yueyang-2019`, unique among all. Stays as it was created.
        #[schema(inline)]
        code: ProfileCode,
        /// Number of the policy document: `岳教体发〔2019〕11号`.
        #[schema(inline)]
        document: Line<1, 200>,
        #[schema(inline)]
        title: Line<1, 200>,
        /// First day in force.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day in force; null while there is none. Days of one authority's profiles do not overlap.
        #[serde(default, with = "iso_date::option")]
        ends_on: Option<Date>,
        parameters: ProfileParameters,
    }
}

impl PolicyProfileRow {
    /// Whether it is in force on `date`.
    #[must_use]
    pub fn is_in_force_on(&self, date: Date) -> bool {
        self.starts_on <= date && self.ends_on.is_none_or(|last| date <= last)
    }

    /// Whether two rows of one authority share a day.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_in_time = |a: &Self, b: &Self| b.ends_on.is_none_or(|last| a.starts_on <= last);
        self.id != other.id
            && self.authority_id == other.authority_id
            && begins_in_time(self, other)
            && begins_in_time(other, self)
    }
}

impl PolicyProfileIn {
    /// A profile of the rules as the row of an authority.
    ///
    /// # Errors
    /// The fault of a code or a text that a row cannot have.
    pub fn of(profile: &Profile, authority_id: Id) -> Result<Self, FieldError> {
        Ok(Self {
            authority_id,
            code: ProfileCode::new(&profile.id)?,
            document: Line::new(&profile.document)?,
            title: Line::new(&profile.title)?,
            starts_on: profile.in_force_from,
            ends_on: profile.in_force_to,
            parameters: ProfileParameters::of(profile),
        })
    }

    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let ends_early = self.ends_on.is_some_and(|last| last < self.starts_on);
        let dates = ends_early.then(|| FieldError::new("/ends_on", Fault::EndsBeforeStart));
        let parameters = self.parameters.faults().into_iter();
        let below = |fault: FieldError| FieldError { pointer: format!("/parameters{}", fault.pointer), ..fault };
        dates.into_iter().chain(parameters.map(below)).collect()
    }
}

/// The profile that is in force at a place on a date, and who set what in it.
#[derive(Debug, Clone, PartialEq)]
pub struct InForce {
    /// Its id, document, title and dates are those of the row that [`InForce::profile_id`] names.
    pub profile: Profile,
    /// Row of the deepest authority that sets a whole profile by itself; of the deepest at all where none does.
    pub profile_id: Id,
    /// One for each parameter that a row sets, in the order of the list. A parameter without one has its default.
    pub sources: Vec<ParameterSource>,
}

impl InForce {
    /// Who set a parameter; nobody where it has its default.
    #[must_use]
    pub fn source(&self, parameter: &str) -> Option<&ParameterSource> {
        self.sources.iter().find(|source| source.parameter == parameter)
    }
}

/// The row, its authority and its document, that set a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterSource {
    pub parameter: &'static str,
    pub profile_id: Id,
    pub profile_code: String,
    pub document: String,
    pub authority_id: Id,
    pub authority_code: String,
    pub authority_name: String,
    pub authority_level: AuthorityLevel,
}

impl ParameterSource {
    fn of(parameter: &'static str, set_by: &PolicyProfile) -> Self {
        Self {
            parameter,
            profile_id: set_by.row.id,
            profile_code: set_by.row.code.clone(),
            document: set_by.row.document.clone(),
            authority_id: set_by.row.authority_id,
            authority_code: set_by.authority_code.clone(),
            authority_name: set_by.authority_name.clone(),
            authority_level: set_by.authority_level,
        }
    }
}

/// What `rows`, those of the authorities above a place from the root down, give on a date. Nothing when none is in
/// force, or when they do not set a whole profile together.
#[must_use]
pub fn in_force_on(rows: &[PolicyProfile], date: Date) -> Option<InForce> {
    let standing: Vec<&PolicyProfile> = rows.iter().filter(|row| row.row.is_in_force_on(date)).collect();
    // What a county adds, such as its fee standards, does not make its document the one that findings cite.
    let named = standing.iter().rev().find(|row| row.parameters.is_complete()).or(standing.last())?;
    let nothing = ProfileParameters::default();
    let given = standing.iter().fold(nothing, |given, row| given.with(&row.parameters));
    let heading = ProfileHeading {
        id: named.row.code.clone(),
        document: named.row.document.clone(),
        title: named.row.title.clone(),
        in_force_from: named.row.starts_on,
        in_force_to: named.row.ends_on,
    };
    let source = |parameter: &'static str| {
        let set_by = standing.iter().rev().find(|row| row.parameters.names().contains(&parameter))?;
        Some(ParameterSource::of(parameter, set_by))
    };
    let sources: Vec<ParameterSource> = given.names().into_iter().filter_map(source).collect();
    let others = sources.iter().filter(|source| source.document != heading.document);
    let documents = others.map(|source| (source.parameter, source.document.clone())).collect();
    let profile = Profile { documents, ..Profile::of(heading, &given)? };
    Some(InForce { profile, profile_id: named.row.id, sources })
}

/// The profile of the day closest to `date` on which there is one.
#[must_use]
pub fn nearest_to(rows: &[PolicyProfile], date: Date) -> Option<Profile> {
    // What is in force changes only where a row begins, and the day before and after it ends.
    let next = |day: Date| day.saturating_add(Duration::DAY);
    let bounds = |row: &PolicyProfile| [Some(row.row.starts_on), row.row.ends_on, row.row.ends_on.map(next)];
    let before = |row: &PolicyProfile| row.row.starts_on.saturating_sub(Duration::DAY);
    let mut days: Vec<Date> = rows.iter().flat_map(bounds).flatten().chain(rows.iter().map(before)).collect();
    days.push(date);
    days.sort_by_key(|day| (*day - date).whole_days().abs());
    days.into_iter().find_map(|day| in_force_on(rows, day)).map(|found| found.profile)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::local_time::LocalTime;
    use time::OffsetDateTime;
    use time::macros::date;

    fn row(level: AuthorityLevel, starts_on: Date, ends_on: Option<Date>, set: ProfileParameters) -> PolicyProfile {
        let now = Instant::new(OffsetDateTime::UNIX_EPOCH);
        PolicyProfile {
            row: PolicyProfileRow {
                id: Id::fresh(),
                authority_id: Id::NIL,
                code: level.as_str().to_owned(),
                document: format!("{}〔2024〕1号", level.as_str()),
                title: "政策".to_owned(),
                starts_on,
                ends_on,
                parameters: Json(set),
                version: 1,
                created_at: now,
                updated_at: now,
            },
            authority_code: "430600".to_owned(),
            authority_name: level.as_str().to_owned(),
            authority_level: level,
            path: "/".to_owned(),
        }
    }

    fn whole() -> ProfileParameters {
        ProfileParameters::of(&Profile::yueyang_2019())
    }

    fn earlier() -> ProfileParameters {
        ProfileParameters { latest_end: Some(LocalTime::at(17, 45)), ..ProfileParameters::default() }
    }

    const FIRST: Date = date!(2019 - 09 - 01);

    #[test]
    fn a_county_overrides_and_the_citys_document_stays_the_one_that_is_cited() {
        let city = row(AuthorityLevel::City, FIRST, None, whole());
        let county = row(AuthorityLevel::District, date!(2024 - 02 - 01), Some(date!(2024 - 07 - 31)), earlier());
        let rows = [city.clone(), county.clone()];
        for (on, latest, set_by) in [
            (date!(2024 - 01 - 31), LocalTime::at(18, 0), "city"),
            (date!(2024 - 02 - 01), LocalTime::at(17, 45), "district"),
            (date!(2024 - 07 - 31), LocalTime::at(17, 45), "district"),
            (date!(2024 - 08 - 01), LocalTime::at(18, 0), "city"),
        ] {
            let found = in_force_on(&rows, on);
            let found = found.as_ref();
            assert_eq!(found.map(|found| found.profile.latest_end), Some(latest), "{on}");
            assert_eq!(found.map(|found| found.profile.id.as_str()), Some("city"), "{on}");
            assert_eq!(found.map(|found| found.profile_id), Some(city.row.id), "{on}");
            let source = found.and_then(|found| found.source("latest_end"));
            assert_eq!(source.map(|source| source.profile_code.as_str()), Some(set_by), "{on}");
            assert_eq!(found.and_then(|found| found.source("earliest_end")), None, "{on}");
        }
    }

    #[test]
    fn rows_that_leave_something_open_are_no_profile() {
        let county = row(AuthorityLevel::District, FIRST, None, earlier());
        assert_eq!(in_force_on(std::slice::from_ref(&county), FIRST), None);
        assert_eq!(in_force_on(&[], FIRST), None);
        let province = row(AuthorityLevel::Province, FIRST, None, ProfileParameters { words: None, ..whole() });
        let words = ProfileParameters { words: whole().words, ..ProfileParameters::default() };
        let city = row(AuthorityLevel::City, FIRST, None, words);
        let found = in_force_on(&[province, city], FIRST);
        assert_eq!(found.map(|found| found.profile.id), Some("city".to_owned()), "none is whole, so the deepest");
    }

    #[test]
    fn the_nearest_profile_is_that_of_the_closest_day() {
        let first = row(AuthorityLevel::City, FIRST, Some(date!(2021 - 08 - 31)), whole());
        let second = row(AuthorityLevel::Province, date!(2022 - 09 - 01), None, whole());
        let part = row(AuthorityLevel::District, date!(2022 - 01 - 01), Some(date!(2022 - 06 - 30)), earlier());
        let rows = [second, first, part];
        for (on, nearest) in [
            (date!(2018 - 01 - 01), "city"),
            (date!(2021 - 09 - 01), "city"),
            (date!(2022 - 08 - 30), "province"),
            (date!(2030 - 01 - 01), "province"),
        ] {
            assert_eq!(nearest_to(&rows, on).map(|profile| profile.id).as_deref(), Some(nearest), "{on}");
        }
        assert_eq!(nearest_to(&[], FIRST), None);
    }

    #[test]
    fn rows_overlap_from_one_shared_day_on() {
        let autumn = row(AuthorityLevel::City, date!(2024 - 09 - 01), Some(date!(2025 - 01 - 31)), whole());
        for (starts, ends, overlaps) in [
            (date!(2025 - 02 - 01), None, false),
            (date!(2025 - 01 - 31), None, true),
            (date!(2024 - 01 - 01), Some(date!(2024 - 08 - 31)), false),
            (date!(2024 - 01 - 01), Some(date!(2024 - 09 - 01)), true),
        ] {
            let other = row(AuthorityLevel::City, starts, ends, whole());
            assert_eq!(
                (autumn.row.overlaps(&other.row), other.row.overlaps(&autumn.row)),
                (overlaps, overlaps),
                "{starts}"
            );
        }
        assert!(!autumn.row.overlaps(&autumn.row), "a row is no other than itself");
    }
}
