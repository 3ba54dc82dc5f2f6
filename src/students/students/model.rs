//! A person's membership of a school.

use serde::Serialize;
use time::Date;

use crate::auth::access_log::SeenPerson;
use crate::auth::permission::{ManageStudents, Permission, ReadReasons, RevealStudents};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant, Json};
use crate::refusal::{Fault, FieldError};
use crate::rules::document::ConcessionGroup;
use crate::students::persons::Numbers;
use crate::text_enum;

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
    /// Why a pupil comes first (三.1). Other groups may come.
    pub enum PriorityGroup {
        /// 残疾学生
        Disabled = "disabled",
        /// 留守儿童
        LeftBehind = "left_behind",
        /// 进城务工人员随迁子女
        MigrantWorker = "migrant_worker",
        /// 急需服务的其他学生
        Urgent = "urgent",
        /// 其他
        Other = "other",
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

/// The row of a membership.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::students, check_for_backend(crate::db::MultiBackend))]
pub struct StudentRow {
    pub id: Id,
    pub school_id: Id,
    pub person_id: Id,
    pub class_id: Option<Id>,
    pub name: String,
    pub grade: i32,
    pub entered_on: Date,
    pub left_on: Option<Date>,
    pub state: StudentState,
    #[serde(skip)]
    pub priority_groups: Json,
    #[serde(skip)]
    pub free_help: Json,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
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
    pub path: String,
}

impl Student {
    /// The groups by which it may pay less.
    #[must_use]
    pub fn concession_groups(&self) -> Vec<ConcessionGroup> {
        let of_group = |group: &PriorityGroup| match group {
            PriorityGroup::Disabled => Some(ConcessionGroup::Disabled),
            PriorityGroup::LeftBehind => Some(ConcessionGroup::LeftBehind),
            PriorityGroup::MigrantWorker => Some(ConcessionGroup::MigrantWorker),
            PriorityGroup::Urgent => Some(ConcessionGroup::Urgent),
            PriorityGroup::Other => None,
        };
        let poor = self.free_help.contains(&FreeHelpReason::Poverty).then_some(ConcessionGroup::Poverty);
        self.priority_groups.iter().filter_map(of_group).chain(poor).collect()
    }
}

/// A verb on a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StudentVerb {
    Update,
    Leave,
    Reveal,
}

impl StudentVerb {
    /// The last segment of its path; `update` is PUT.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Leave => "leave",
            Self::Reveal => "reveal",
        }
    }
}

impl StudentState {
    /// The verbs that this state allows. What has ended is history, and is not rewritten.
    #[must_use]
    pub const fn verbs(self) -> &'static [StudentVerb] {
        match self {
            Self::Attending => &[StudentVerb::Update, StudentVerb::Leave, StudentVerb::Reveal],
            Self::Left => &[StudentVerb::Reveal],
        }
    }
}

impl Student {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let may = |verb: &StudentVerb| {
            let scope = match verb {
                StudentVerb::Update | StudentVerb::Leave => Scope::of::<ManageStudents>(actor),
                StudentVerb::Reveal => Scope::of::<RevealStudents>(actor),
            };
            scope.holds_path(&self.path)
        };
        self.row.state.verbs().iter().filter(|verb| may(verb)).map(|verb| verb.as_str()).collect()
    }

    /// The person, and the school where it was seen, as the access log keeps it.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.row.person_id, school_id: Some(self.row.school_id) }
    }

    /// Whether `actor`, who sees this pupil, also sees why it comes first or gets free help.
    #[must_use]
    pub fn shows_reasons_to(actor: &Actor) -> bool {
        ReadReasons::reach(actor.role).is_some()
    }
}

/// What a membership is made from.
#[derive(Debug, Clone)]
pub struct NewStudent {
    pub school_id: Id,
    pub class_id: Option<Id>,
    pub grade: u8,
    pub name: String,
    pub numbers: Numbers,
    pub entered_on: Date,
    pub priority_groups: Vec<PriorityGroup>,
    pub free_help: Vec<FreeHelpReason>,
}

impl NewStudent {
    /// Everything that does not go together, as far as the request alone says it.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults: Vec<FieldError> = self.numbers.completed().err().into_iter().collect();
        if repeats(&self.priority_groups) {
            faults.push(FieldError::new("/priority_groups", Fault::Duplicate));
        }
        if repeats(&self.free_help) {
            faults.push(FieldError::new("/free_help", Fault::Duplicate));
        }
        faults
    }
}

fn repeats<T: Ord + Copy>(words: &[T]) -> bool {
    let distinct: std::collections::BTreeSet<T> = words.iter().copied().collect();
    distinct.len() != words.len()
}
