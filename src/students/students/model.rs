//! A person's membership of a school.

use serde::Serialize;
use time::Date;

use super::grounds::{self, StudentGround, StudentGrounds};
use crate::auth::Actor;
use crate::auth::access_log::SeenPerson;
use crate::auth::batch::BatchRow;
use crate::auth::permission::{Permission, ReadReasons};
use crate::db::{Id, Instant, Json};
use crate::http::{AnyOf, NameSort};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::{ConcessionGroup, Grade, PriorityGroup, at_most, within};
use crate::rules::enrollment::PupilFacts;
use crate::students::persons::Numbers;
use crate::values::identifiers::{IdNumber, StudentNumber};
use crate::values::iso_date;
use crate::values::later::{Given, Later};
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Whether a pupil attends the school. Other states may come.
    pub enum StudentState {
        /// 在读
        Attending = "attending",
        /// 离校
        Left = "left",
    }
}

text_enum! {
    /// Why a pupil gets free help (三.3). Other reasons may come.
    pub enum FreeHelpReason {
        /// 学习有困难
        LearningDifficulty = "learning_difficulty",
        /// 家庭经济困难
        Poverty = "poverty",
        /// 其他
        Other = "other",
    }
}

life! {
    /// What is called on a membership. What has ended is history, and is not rewritten.
    pub StudentVerb of StudentState, "students" for Student {
        Update = "update" by ManageStudents { Attending => same }
        Leave = "leave" by ManageStudents { Attending => Left }
        Reveal = "reveal" by RevealStudents { Attending | Left => same }
    }
}

row! {
    /// The row of a membership.
    pub struct StudentRow of students {
        id: Id,
        school_id: Id,
        person_id: Id,
        class_id: Option<Id>,
        name: String,
        grade: i32,
        entered_on: Date,
        left_on: Option<Date>,
        state: StudentState,
        #[serde(skip)]
        priority_groups: Json,
        #[serde(skip)]
        free_help: Json,
        #[serde(skip)]
        grounds: Json<Vec<StudentGround>>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A membership with its person and the path of its school.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Student {
    #[serde(flatten)]
    pub row: StudentRow,
    pub priority_groups: Vec<PriorityGroup>,
    pub free_help: Vec<FreeHelpReason>,
    #[serde(skip)]
    pub numbers: Numbers,
    #[serde(skip)]
    pub person_version: i64,
    /// The school year of its class, if it has one.
    #[serde(skip)]
    pub class_year: Option<String>,
    pub path: String,
}

resource!(Student { row: StudentRow, path }, "student", "students");

impl Student {
    /// The groups by which it may pay less on a day.
    #[must_use]
    pub fn concession_groups(&self, on: Date) -> Vec<ConcessionGroup> {
        let of_group = |group: &PriorityGroup| match group {
            PriorityGroup::Disabled => Some(ConcessionGroup::Disabled),
            PriorityGroup::LeftBehind => Some(ConcessionGroup::LeftBehind),
            PriorityGroup::MigrantWorker => Some(ConcessionGroup::MigrantWorker),
            PriorityGroup::Urgent => Some(ConcessionGroup::Urgent),
            PriorityGroup::Other => None,
        };
        let grounds = &self.row.grounds.0;
        let reasons = grounds::reasons_on(&self.free_help, grounds, on);
        let poor = reasons.contains(&FreeHelpReason::Poverty).then_some(ConcessionGroup::Poverty);
        grounds::groups_on(&self.priority_groups, grounds, on).iter().filter_map(of_group).chain(poor).collect()
    }

    /// What the rules of enrolling ask of it on a day.
    #[must_use]
    pub fn pupil_facts(&self, on: Date) -> PupilFacts<'_> {
        PupilFacts {
            entered_on: self.entered_on,
            class_year: self.class_year.as_deref(),
            has_free_help: !grounds::reasons_on(&self.free_help, &self.row.grounds.0, on).is_empty(),
        }
    }

    /// The person, and the school where it was seen, as the access log keeps it.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.person_id, school_id: Some(self.school_id) }
    }

    /// Whether `actor`, who sees this pupil, also sees why it comes first or gets free help.
    #[must_use]
    pub fn shows_reasons_to(actor: &Actor) -> bool {
        ReadReasons::reach(actor.role).is_some()
    }
}

body! {
    /// A pupil of a school, as it is entered or replaced.
    pub struct StudentIn {
        /// Stays as it was entered; a transfer is `leave` here and a new entry there.
        school_id: Id,
        /// A class of the school and the grade.
        class_id: Option<Id>,
        /// 1 to 9, a grade of the school.
        #[schema(minimum = 1, maximum = 9)]
        #[serde(deserialize_with = "within::<_, _, 1, 9>")]
        grade: u8,
        #[schema(inline)]
        name: Line<1, 60>,
        /// ID number 公民身份号码, sealed at rest and masked in answers. Null keeps what is known.
        #[schema(inline)]
        id_number: Option<IdNumber>,
        /// Student number 学籍号, sealed at rest and masked in answers. Null keeps what is known.
        #[schema(inline)]
        student_number: Option<StudentNumber>,
        /// First day.
        #[serde(with = "iso_date")]
        entered_on: Date,
        /// Why the pupil comes first, each once (三.1).
        #[schema(max_items = 5)]
        #[serde(deserialize_with = "at_most::<_, _, 5>")]
        priority_groups: Vec<PriorityGroup>,
        /// Why the pupil gets free help, each once; empty for none (三.3).
        #[schema(max_items = 3)]
        #[serde(deserialize_with = "at_most::<_, _, 3>")]
        free_help: Vec<FreeHelpReason>,
        /// On what groups and reasons rest, and from when to when they hold: at most one for each.
        #[schema(inline)]
        #[serde(default)]
        grounds: Later<StudentGrounds>,
    }
}

impl StudentIn {
    /// The numbers, as far as they are given.
    #[must_use]
    pub fn numbers(&self) -> Numbers {
        Numbers { id_number: self.id_number.clone(), student_number: self.student_number.clone() }
    }

    /// What groups and reasons rest on, where something stood before: what was kept of those that are gone goes, too.
    #[must_use]
    pub fn grounds_over(&self, before: &[StudentGround]) -> Vec<StudentGround> {
        let before = grounds::kept(before, &self.priority_groups, &self.free_help);
        self.grounds.over(Some(before), |StudentGrounds(sent)| sent.clone()).unwrap_or_default()
    }

    /// Everything that does not go together, as far as the request alone says it.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults: Vec<FieldError> = self.numbers().completed().err().into_iter().collect();
        if repeats(&self.priority_groups) {
            faults.push(FieldError::new("/priority_groups", Fault::Duplicate));
        }
        if repeats(&self.free_help) {
            faults.push(FieldError::new("/free_help", Fault::Duplicate));
        }
        if let Some(StudentGrounds(sent)) = self.grounds.given() {
            faults.extend(grounds::faults(sent, &self.priority_groups, &self.free_help));
        }
        faults
    }
}

impl BatchRow for StudentIn {
    /// Who has the same number is the same person.
    fn same_by(&self) -> Option<(&'static str, String)> {
        let numbers = self.numbers().completed().ok()?;
        let by_id = numbers.id_number.map(|number| ("/id_number", number.reveal().to_owned()));
        by_id.or_else(|| numbers.student_number.map(|number| ("/student_number", number.reveal().to_owned())))
    }

    /// Whoever enters a pupil counts the roll of its class.
    fn turn(&self) -> Id {
        self.class_id.unwrap_or(self.school_id)
    }
}

fn repeats<T: Ord + Copy>(words: &[T]) -> bool {
    let distinct: std::collections::BTreeSet<T> = words.iter().copied().collect();
    distinct.len() != words.len()
}

body! {
    /// When a pupil left.
    pub struct LeaveIn {
        /// Last day; not before it entered, not after today.
        #[serde(with = "iso_date")]
        left_on: Date,
    }
}

filter! {
    /// Which pupils a list holds.
    pub struct StudentFilter {
        /// Only pupils of this school.
        school_id: Id,
        /// Only pupils of this class.
        class_id: Id,
        /// Only this person.
        person_id: Id,
        /// Only pupils of this grade.
        grade: Grade,
        /// Only pupils in one of these states.
        state: AnyOf<StudentState>,
        /// Only of schools of this authority.
        authority_id: Id,
        /// Beginning of the name, or of the initials of its pinyin; letters in either case.
        q: Line<1, 32>,
    }
    polled by NameSort
}
