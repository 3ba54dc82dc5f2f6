//! SQL of suggestions. A teacher sees what it has suggested itself.

use diesel::prelude::*;

use super::model::{Suggested, Suggestion, SuggestionFilter, SuggestionRow, SuggestionState};
use crate::auth::{Scope, Seen};
use crate::db::schema::{enrollments, organisations, students, suggestions, users};
use crate::db::{Id, Tx};
use crate::enrollments::enrollments::EnrollmentState;
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::{page, stored};

stored!(
    suggestions,
    SuggestionRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "project_id, class_id, student_id")
);

type Loaded = (SuggestionRow, Option<Id>, String);

fn suggestion((row, person_id, path): Loaded) -> Suggestion {
    Suggestion { row, person_id, path }
}

/// Suggestions within a scope, with whom they were made to and the paths of their schools.
macro_rules! seen {
    ($scope:expr) => {{
        let query = suggestions::table
            .inner_join(organisations::table)
            .left_join(students::table.on(suggestions::student_id.eq(students::id.nullable())))
            .select((SuggestionRow::as_select(), students::person_id.nullable(), organisations::path))
            .into_boxed();
        match $scope {
            Scope::OwnPupils(user) => query.filter(suggestions::suggested_by_id.eq(*user)),
            scope => {
                let bounds = scope.bounds();
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

impl Seen for Suggestion {
    type Filter = SuggestionFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(seen!(scope).filter(suggestions::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(suggestion))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<SuggestionFilter>) -> Result<Vec<Self>, Refusal> {
        let fields = seen!(scope);
        let query = page!(fields, suggestions, at, { plan_id, project_id, class_id, student_id, school_id, [state] });
        Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(suggestion).collect())
    }
}

/// Who has answered to a project already: a place, a wish, or a no.
pub(super) fn answered(tx: &mut Tx<'_>, project: Id) -> Result<Vec<Id>, Refusal> {
    let query = enrollments::table
        .filter(enrollments::project_id.eq(project).and(enrollments::state.ne(EnrollmentState::Withdrawn)))
        .select(enrollments::person_id);
    Ok(query.load(tx.conn)?)
}

/// What was suggested to a pupil alone.
pub(super) fn to_pupil(tx: &mut Tx<'_>, student: Id) -> Result<Vec<Suggestion>, Refusal> {
    let query = seen!(&Scope::Everything).filter(suggestions::student_id.eq(student)).order(suggestions::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(suggestion).collect())
}

/// What stands for a pupil of a class at its school: made to it, to its class, or to all.
pub(super) fn standing_for(
    tx: &mut Tx<'_>,
    school: Id,
    class: Option<Id>,
    student: Id,
) -> Result<Vec<Suggested>, Refusal> {
    let to_class = suggestions::class_id.eq(class.unwrap_or(Id::NIL));
    let to_all = suggestions::class_id.is_null().and(suggestions::student_id.is_null());
    let query = suggestions::table
        .inner_join(users::table.on(users::id.eq(suggestions::suggested_by_id)))
        .filter(suggestions::school_id.eq(school).and(suggestions::state.eq(SuggestionState::Standing)))
        .filter(suggestions::student_id.eq(student).or(to_class).or(to_all.nullable()))
        .order(suggestions::id)
        .select((
            suggestions::id,
            suggestions::project_id,
            suggestions::note,
            suggestions::suggested_on,
            users::display_name,
        ));
    let found: Vec<(Id, Id, String, time::Date, String)> = query.load(tx.conn)?;
    let suggested = |(suggestion_id, project_id, note, suggested_on, suggested_by_name)| Suggested {
        suggestion_id,
        project_id,
        note,
        suggested_on,
        suggested_by_name,
    };
    Ok(found.into_iter().map(suggested).collect())
}

pub(super) fn delete(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    diesel::delete(suggestions::table.find(id)).execute(tx.conn)?;
    Ok(())
}
