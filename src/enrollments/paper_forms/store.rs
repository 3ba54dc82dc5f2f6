//! SQL of papers, with their pupils and the paths of their schools; the scope comes first.

use diesel::prelude::*;

use super::model::{PaperForm, PaperFormFilter, PaperFormRow, PaperFormState};
use crate::auth::scope::at_school;
use crate::auth::{Scope, Seen};
use crate::db::schema::{agreements, enrollments, organisations, paper_forms, students};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::{page, stored};

stored!(paper_forms, PaperFormRow);

type Loaded = (PaperFormRow, Id, String);

fn paper_form((row, person_id, path): Loaded) -> PaperForm {
    PaperForm { row, person_id, path }
}

/// Papers within a scope.
macro_rules! seen {
    ($scope:expr) => {{
        let bounds = $scope.bounds();
        let query = paper_forms::table
            .inner_join(students::table)
            .inner_join(organisations::table.on(organisations::id.eq(paper_forms::school_id)))
            .select((PaperFormRow::as_select(), students::person_id, organisations::path))
            .into_boxed();
        let query = at_school!(query, paper_forms::school_id, bounds);
        query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
    }};
}

impl Seen for PaperForm {
    type Filter = PaperFormFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(seen!(scope).filter(paper_forms::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(paper_form))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<PaperFormFilter>) -> Result<Vec<Self>, Refusal> {
        let query = page!(seen!(scope), paper_forms, at, { student_id, plan_id, school_id, kind, [state] });
        Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(paper_form).collect())
    }
}

pub(super) fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<PaperForm>, Refusal> {
    let query = seen!(&Scope::Everything).filter(students::person_id.eq(person)).order(paper_forms::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(paper_form).collect())
}

pub(super) fn of_students(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<PaperForm>, Refusal> {
    let query = seen!(&Scope::Everything).filter(paper_forms::student_id.eq_any(pupils.to_vec()));
    Ok(query.order(paper_forms::id).load::<Loaded>(tx.conn)?.into_iter().map(paper_form).collect())
}

/// The names of all scans in the store.
pub(super) fn objects(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    let kept = paper_forms::table.filter(paper_forms::erased_on.is_null());
    Ok(kept.select(paper_forms::object).order(paper_forms::object).load(tx.conn)?)
}

/// Enrollments that a paper has made more than applied, and agreements that it signs, though nobody has checked it.
pub(super) fn unchecked(tx: &mut Tx<'_>) -> Result<(Vec<Id>, Vec<Id>), Refusal> {
    let waits = paper_forms::state.ne(PaperFormState::Checked);
    let moved = enrollments::table
        .inner_join(paper_forms::table.on(paper_forms::id.nullable().eq(enrollments::paper_form_id)))
        .filter(waits.and(enrollments::state.ne_all(["applied", "withdrawn", "declined"])))
        // What the guardian has ranked itself meanwhile is its own.
        .filter(enrollments::wish.is_null())
        .order(enrollments::id)
        .select(enrollments::id)
        .load(tx.conn)?;
    let signed = agreements::table
        .inner_join(paper_forms::table.on(paper_forms::id.nullable().eq(agreements::paper_form_id)))
        .filter(waits)
        .order(agreements::id)
        .select(agreements::id)
        .load(tx.conn)?;
    Ok((moved, signed))
}
