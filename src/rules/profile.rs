//! The parameters of the rules: a policy profile, with the document it comes from.
//!
//! `yueyang-2019` is built in. A number that the policy does not name is marked † here; what other documents ask for
//! is an `Option` or an empty list, and unset there. [`ProfileParameters`] is what one row of an authority sets: rows
//! lie over one another from the province down, and together they must set every parameter that has no default.

mod built_in;
mod defaults;
mod limits;
mod lists;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

pub use self::lists::{Concession, FeeStandard, WordLists};

use self::limits::{
    DayCount, MinuteCount, Percent, PriorityGroups, PupilCount, ReminderDays, WholeShare, WorkingDayCount,
    later_day_list, later_days, later_list, later_whole, list, percent, weekdays, whole, working_days,
};
use super::document::{ConcessionGroup, ExpenseCategory, MaterialKind, PriorityGroup, ProjectCategory, Weekday};
use crate::values::fault::{Fault, FieldError};
use crate::values::iso_date;
use crate::values::later::{Given, Later};
use crate::values::local_time::LocalTime;

pub use self::defaults::SEAT_ANSWER_DAYS;
use self::defaults::{
    CLASS_PERCENT_OF_GROUP, COERCION_BUSY_MINUTES, COERCION_MINUTES, COERCION_PERCENT_MIN, COERCION_PUPILS_MIN,
    FREE_HELP_GROUP_MAX, GROUP_PERCENT_OF_CLASS, LEAVE_MINUTES_BEFORE, OWN_CLASS_PERCENT_MIN, OWN_STAFF_PERCENT_MIN,
    REMINDER_DAYS, RETENTION_YEARS, REVIEW_REMINDER_WORKING_DAYS,
};

/// From which document a profile comes, and when it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileHeading {
    pub id: String,
    pub document: String,
    pub title: String,
    pub in_force_from: Date,
    pub in_force_to: Option<Date>,
}

/// The one list of parameters: name, type in the profile, how it is given (`Later` what came after 1.0), the value
/// where nobody gives one, and the limits of what may be given.
macro_rules! parameters {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $type:ty, in $given:ty, else $otherwise:expr, [$($limit:meta),*];
    )+) => {
        /// The dated parameters of the rules.
        #[allow(clippy::unsafe_derive_deserialize, reason = "nothing in it is unsafe but what `vec!` is made of")]
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Profile {
            pub id: String,
            /// Number of the policy document.
            pub document: String,
            pub title: String,
            #[serde(with = "iso_date")]
            pub in_force_from: Date,
            /// Last day; none while it is in force.
            #[serde(with = "iso_date::option")]
            pub in_force_to: Option<Date>,
            /// Documents of parameters that another document sets.
            #[serde(skip)]
            pub documents: BTreeMap<&'static str, String>,
            $($(#[doc = $doc])+ pub $name: $type,)+
        }

        /// What one policy profile sets 政策参数取值: a parameter that is null or missing is inherited from the authority
        /// above.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct ProfileParameters {
            $(
                $(#[doc = $doc])+
                #[serde(default, skip_serializing_if = "Given::is_open")]
                $(#[$limit])*
                pub $name: $given,
            )+
        }

        impl Profile {
            /// The profile of `given`, or nothing while a parameter without a default is not set: never a guess.
            #[must_use]
            pub fn of(heading: ProfileHeading, given: &ProfileParameters) -> Option<Self> {
                let ProfileHeading { id, document, title, in_force_from, in_force_to } = heading;
                $(
                    let otherwise: Option<$type> = $otherwise;
                    let $name = given.$name.given().cloned().map(Into::into).or(otherwise)?;
                )+
                let documents = BTreeMap::new();
                Some(Self { id, document, title, in_force_from, in_force_to, documents, $($name),+ })
            }

            /// The same profile where `given` sets nothing, and what it sets elsewhere.
            #[must_use]
            pub fn with(mut self, given: &ProfileParameters) -> Self {
                $(if let Some(value) = given.$name.given().cloned() { self.$name = value.into(); })+
                self
            }

            /// Every parameter with its value as JSON text, in the order of the list.
            #[must_use]
            pub fn values(&self) -> Vec<(&'static str, String)> {
                Vec::from([$((stringify!($name), json_text(&self.$name))),+])
            }
        }

        impl ProfileParameters {
            /// Everything that a profile sets.
            #[must_use]
            pub fn of(profile: &Profile) -> Self {
                Self { $($name: profile.$name.clone().into()),+ }
            }

            /// These, and over them what `below` sets.
            #[must_use]
            pub fn with(mut self, below: &Self) -> Self {
                $(if below.$name.given().is_some() { self.$name.clone_from(&below.$name); })+
                self
            }

            /// These in the place of others: a parameter that came after 1.0 and was not sent stays what it was.
            #[must_use]
            pub fn in_place_of(mut self, before: &Self) -> Self {
                $(self.$name.keep_unless_sent(&before.$name);)+
                self
            }

            /// Names of what is set.
            #[must_use]
            pub fn names(&self) -> Vec<&'static str> {
                let set = [$((stringify!($name), self.$name.given().is_some())),+];
                set.into_iter().filter_map(|(name, is_set)| is_set.then_some(name)).collect()
            }

            /// Whether they make a profile without anything from above.
            #[must_use]
            pub fn is_complete(&self) -> bool {
                [$({ let otherwise: Option<$type> = $otherwise; !self.$name.is_open() || otherwise.is_some() }),+]
                    .into_iter()
                    .all(|is_known| is_known)
            }
        }
    };
}

parameters! {
    /// Days of the week on which there may be service (三.2): 1 is Monday. Each once.
    service_weekdays: Vec<i64>, in Option<Vec<i64>>, else None,
        [
            serde(deserialize_with = "weekdays"),
            schema(value_type = Option<Vec<Weekday>>, inline, min_items = 1, max_items = 7)
        ];
    /// Whether there may be service on make-up working days.
    service_on_make_up_days: bool, in Option<bool>, else None, [];
    /// No service ends later (三.2).
    latest_end: LocalTime, in Option<LocalTime>, else None, [];
    /// No service ends later while the winter timetable runs (三.2).
    latest_end_winter: LocalTime, in Option<LocalTime>, else None, [];
    #[doc = " A grade's service of a day does not end before: later national practice. 00:00 lifts what the authority \
             above sets."]
    earliest_end: Option<LocalTime>, in Option<LocalTime>, else Some(None), [];
    /// A grade is served on at least so many days of the week: later national practice.
    service_days_a_week_min: Option<i64>, in Option<i64>, else Some(None),
        [serde(deserialize_with = "whole::<_, 1, 7>"), schema(value_type = Option<Weekday>, inline)];
    /// A grade is served for at least so many minutes on a day, from the first start to the last end: later national
    /// practice.
    service_minutes_a_day_min: Option<i64>, in Option<i64>, else Some(None),
        [serde(deserialize_with = "whole::<_, 1, 600>"), schema(value_type = Option<MinuteCount>, inline)];
    /// Working days after the opening within which schools file (五.2).
    filing_window_working_days: u16, in Option<u16>, else None,
        [serde(deserialize_with = "working_days"), schema(value_type = Option<WorkingDayCount>, inline)];
    /// †Working days after which an authority is reminded of a filing that waits for its review.
    review_reminder_working_days: u16, in Option<u16>, else Some(REVIEW_REMINDER_WORKING_DAYS),
        [serde(deserialize_with = "working_days"), schema(value_type = Option<WorkingDayCount>, inline)];
    #[doc = " Groups of pupils who come first where seats are drawn (三.1), before grades 1 to 4 and those before the \
             others. Each once."]
    priority_groups: Vec<PriorityGroup>, in Later<Vec<PriorityGroup>>, else Some(PriorityGroup::ALL.to_vec()),
        [serde(deserialize_with = "later_list::<_, _, 0, 5>"), schema(value_type = Later<PriorityGroups>, inline)];
    /// Whether a school may have the numbers of siblings drawn together (三.1).
    siblings_drawn_together: bool, in Later<bool>, else Some(false), [schema(inline)];
    /// †Days after the one on which a seat came free within which who waits for it accepts it (三.1).
    seat_answer_days: u16, in Later<u16>, else Some(SEAT_ANSWER_DAYS),
        [serde(deserialize_with = "later_days"), schema(value_type = Later<DayCount>, inline)];
    #[doc = " †Days after a notice was published on which guardians who have not answered are reminded (二.2): as many \
             reminders as days, each once; none at all where it is empty."]
    reminder_days: Vec<i64>, in Later<Vec<i64>>, else Some(REMINDER_DAYS.to_vec()),
        [serde(deserialize_with = "later_day_list"), schema(value_type = Later<ReminderDays>, inline)];
    /// †So much of a class in percent, choosing at once, is a sign that it was not free (二.2, `coercion-signal`).
    coercion_percent_min: i64, in Later<i64>, else Some(COERCION_PERCENT_MIN),
        [serde(deserialize_with = "later_whole::<_, 1, 100>"), schema(value_type = Later<WholeShare>, inline)];
    /// †Pupils that such a class has at least, and guardians who choose from one address.
    coercion_pupils_min: i64, in Later<i64>, else Some(COERCION_PUPILS_MIN),
        [serde(deserialize_with = "later_whole::<_, 2, 100>"), schema(value_type = Later<PupilCount>, inline)];
    /// †Minutes within which they choose.
    coercion_minutes: i64, in Later<i64>, else Some(COERCION_MINUTES),
        [serde(deserialize_with = "later_whole::<_, 1, 600>"), schema(value_type = Later<MinuteCount>, inline)];
    /// †The first minutes in which a class may choose, which are always busy and no sign.
    coercion_busy_minutes: i64, in Later<i64>, else Some(COERCION_BUSY_MINUTES),
        [serde(deserialize_with = "later_whole::<_, 1, 600>"), schema(value_type = Later<MinuteCount>, inline)];
    /// †So much of a group in percent, of one class, makes it that class in another guise (六.5), together with …
    class_percent_of_group: i64, in Later<i64>, else Some(CLASS_PERCENT_OF_GROUP),
        [serde(deserialize_with = "later_whole::<_, 1, 100>"), schema(value_type = Later<WholeShare>, inline)];
    /// … †so much of that class.
    group_percent_of_class: i64, in Later<i64>, else Some(GROUP_PERCENT_OF_CLASS),
        [serde(deserialize_with = "later_whole::<_, 1, 100>"), schema(value_type = Later<WholeShare>, inline)];
    #[doc = " †So much in percent of those present, of a class that the leader teaches its subject, is looked at \
             (六.5)."]
    own_class_percent_min: i64, in Later<i64>, else Some(OWN_CLASS_PERCENT_MIN),
        [serde(deserialize_with = "later_whole::<_, 1, 100>"), schema(value_type = Later<WholeShare>, inline)];
    /// †Pupils of a group of free help, beyond which it is looked at (三.3).
    free_help_group_max: i64, in Later<i64>, else Some(FREE_HELP_GROUP_MAX),
        [serde(deserialize_with = "later_whole::<_, 2, 100>"), schema(value_type = Later<PupilCount>, inline)];
    /// †Minutes before a session until which a guardian may say that its child is on leave.
    leave_minutes_before: i64, in Later<i64>, else Some(LEAVE_MINUTES_BEFORE),
        [serde(deserialize_with = "later_whole::<_, 1, 600>"), schema(value_type = Later<MinuteCount>, inline)];
    /// †Years after a pupil has left its last school for which what is known of it is kept.
    retention_years: i64, in Later<i64>, else Some(RETENTION_YEARS),
        [serde(deserialize_with = "later_whole::<_, 1, 30>"), schema(value_type = Later<DayCount>, inline)];
    #[doc = " Categories that are no after-school service (三.3), beside teaching, which never is. †Meals, noon care \
             and evening"]
    /// self-study by default. Each once.
    categories_refused: Vec<ProjectCategory>, in Option<Vec<ProjectCategory>>, else None,
        [serde(deserialize_with = "list::<_, _, 0, 50>"), schema(max_items = 50)];
    /// Words by which collective instruction is looked for (二.3, 六.5), set as a whole.
    words: WordLists, in Option<WordLists>, else None, [];
    /// Only public schools may charge (六.2), unless this says otherwise.
    private_schools_may_charge: bool, in Option<bool>, else None, [];
    /// The same of private schools whose pupils board; null where they are like other private schools.
    private_boarding_schools_may_charge: Option<bool>, in Option<bool>, else Some(None), [];
    /// Standards of the price authority (六.2), set as a whole.
    fee_standards: Vec<FeeStandard>, in Option<Vec<FeeStandard>>, else None,
        [serde(deserialize_with = "list::<_, _, 0, 100>"), schema(max_items = 100)];
    /// Categories for which the service's money may not be spent; a plan's budget names none of them. Each once.
    expense_categories_refused: Vec<ExpenseCategory>, in Option<Vec<ExpenseCategory>>, else Some(Vec::new()),
        [serde(deserialize_with = "list::<_, _, 0, 20>"), schema(max_items = 20)];
    #[doc = " What groups of pupils pay of the fee (六.2); the lowest share counts where a pupil is of several. Each \
             group once."]
    concession_groups: Vec<Concession>, in Option<Vec<Concession>>, else Some(Vec::new()),
        [serde(deserialize_with = "list::<_, _, 0, 20>"), schema(max_items = 20)];
    #[doc = " †Of the minutes that groups meet in a week, the share in percent that the school's own staff lead at \
             least (四.1)."]
    own_staff_percent_min: u16, in Option<u16>, else Some(OWN_STAFF_PERCENT_MIN),
        [serde(deserialize_with = "percent"), schema(value_type = Option<Percent>, inline)];
    #[doc = " Whether everyone who leads a project needs a record check before it, beside vettings of character and \
             health (六.3)."]
    record_check_required: bool, in Option<bool>, else Some(false), [];
    /// Kinds of materials that a plan is filed with beside those that always apply (五.2, 等情况). Each once.
    materials_required: Vec<MaterialKind>, in Option<Vec<MaterialKind>>, else Some(Vec::new()),
        [serde(deserialize_with = "list::<_, _, 0, 20>"), schema(max_items = 20)];
}

fn json_text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl Profile {
    /// The document that set a parameter.
    #[must_use]
    pub fn document_of(&self, parameter: &str) -> &str {
        self.documents.get(parameter).unwrap_or(&self.document)
    }

    /// Its dates with their values as JSON text: a rule reads them, and no row inherits them.
    #[must_use]
    pub fn date_values(&self) -> [(&'static str, String); 2] {
        let text = |date: Date| json_text(&date.to_string());
        let last = self.in_force_to.map_or_else(|| "null".to_owned(), text);
        [("in_force_from", text(self.in_force_from)), ("in_force_to", last)]
    }

    /// What a pupil of some groups pays of its fee, in percent: everything, unless a concession says less.
    #[must_use]
    pub fn pays_percent(&self, groups: &[ConcessionGroup]) -> i64 {
        let own = self.concession_groups.iter().filter(|concession| groups.contains(&concession.group));
        own.map(|concession| concession.pays_percent).min().unwrap_or(100)
    }

    /// Whether it judges a term that opens on `date`: the profile in force on the opening date judges the whole term.
    #[must_use]
    pub fn in_force_on(&self, date: Date) -> bool {
        self.in_force_from <= date && self.in_force_to.is_none_or(|last| date <= last)
    }
}

impl ProfileParameters {
    /// Everything that does not go together, all at once, with pointers into these parameters.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = repeated("/service_weekdays", self.service_weekdays.as_deref());
        faults.extend(repeated("/categories_refused", self.categories_refused.as_deref()));
        faults.extend(repeated("/fee_standards", self.fee_standards.as_deref()));
        faults.extend(repeated("/materials_required", self.materials_required.as_deref()));
        faults.extend(repeated("/expense_categories_refused", self.expense_categories_refused.as_deref()));
        faults.extend(repeated("/reminder_days", self.reminder_days.given().map(Vec::as_slice)));
        faults.extend(repeated("/priority_groups", self.priority_groups.given().map(Vec::as_slice)));
        let groups = self.concession_groups.iter().flatten().map(|concession| concession.group).collect::<Vec<_>>();
        faults.extend(repeated("/concession_groups", Some(&groups)));
        for (index, standard) in self.fee_standards.iter().flatten().enumerate() {
            if !standard.has_limit() && standard.lessons_billed_a_day.is_none() {
                faults.push(FieldError::new(format!("/fee_standards/{index}/per_lesson_max_fen"), Fault::Required));
            }
        }
        faults
    }
}

/// Entries that stand in a list before.
fn repeated<T: PartialEq>(pointer: &str, list: Option<&[T]>) -> Vec<FieldError> {
    let list = list.unwrap_or_default();
    let again = list.iter().enumerate().filter(|(index, entry)| list.iter().take(*index).any(|other| other == *entry));
    again.map(|(index, _)| FieldError::new(format!("{pointer}/{index}"), Fault::Duplicate)).collect()
}
