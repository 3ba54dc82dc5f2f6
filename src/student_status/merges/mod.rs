//! Joining two records of one person: what refers to the one that goes is given to the one that stays, room by room.
//! `students::person_columns` lists the columns.

mod api;

pub use self::api::{MergedPersonOut, routes};

use serde::Serialize;

use crate::auth::permission::MergePersons;
use crate::auth::{By, access_log};
use crate::db::{Id, Resource, Tx};
use crate::enrollments::enrollments;
use crate::fees::charges;
use crate::http::IfMatchVersion;
use crate::refusal::Refusal;
use crate::students::persons::{self, Merge, Moved, Person, PersonRow};
use crate::students::{consents, guardianships, students};
use crate::surveys::survey_answers;

/// Joins the person `id` into another. Both, and every school that either has attended, lie in the caller's scope.
///
/// # Errors
/// 404, 412, 422 for an unknown other person or two charges of one term, 409 when they are no duplicates, both attend a
/// school, or one has attended beyond the scope.
pub fn merge(
    tx: &mut Tx<'_>,
    by: &By<MergePersons>,
    id: Id,
    seen: &IfMatchVersion,
    asked: &Merge,
) -> Result<MergedPerson, Refusal> {
    let merged = persons::merge(tx, by, id, seen, asked)?;
    let (from, into) = (merged.gone.row.id, asked.into);
    let together = students::attended_together(tx, from, into)?;
    let mut moved = Moved {
        students: students::moved(tx, from, into)?,
        guardianships: guardianships::moved(tx, from, into)?,
        consents: consents::moved(tx, from, into)?,
        ..Moved::default()
    };
    let lines = access_log::moved(tx, from, into)?;
    (moved.lines, moved.lines_of_both) = (lines.lines, lines.of_both);
    moved.enrollments = enrollments::moved(tx, from, into)?;
    moved.charges = charges::moved(tx, from, into)?;
    moved.survey_answers = survey_answers::moved(tx, from, into)?;
    let count = |ids: &[Id]| i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let with = Counts {
        students: count(&moved.students),
        guardianships: count(&moved.guardianships),
        enrollments: count(&moved.enrollments),
        charges: count(&moved.charges),
        together,
    };
    Ok(MergedPerson { person: persons::remember(tx, merged, moved)?, with })
}

/// How much came together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub students: i64,
    pub guardianships: i64,
    pub enrollments: i64,
    pub charges: i64,
    /// Whether both were at one school on one day, as two children are.
    pub together: bool,
}

/// A record that was joined with another, and how much came together with it.
#[derive(Debug, Clone, Serialize)]
pub struct MergedPerson {
    #[serde(flatten)]
    pub person: Person,
    #[serde(skip)]
    pub with: Counts,
}

impl Resource for MergedPerson {
    type Row = PersonRow;
    const NOUN: &'static str = Person::NOUN;
    const PLURAL: &'static str = Person::PLURAL;

    fn row(&self) -> &PersonRow {
        &self.person.row
    }

    fn row_mut(&mut self) -> &mut PersonRow {
        &mut self.person.row
    }

    fn path(&self) -> &str {
        &self.person.path
    }
}
