//! SQL of marks; the scope comes first.

use diesel::prelude::*;

use super::model::{QualityCourse, QualityCourseRow, QualityCourseState};
use crate::auth::Scope;
use crate::db::schema::{organisations, quality_courses};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};

type Loaded = (QualityCourseRow, String);

fn course((row, path): Loaded) -> QualityCourse {
    QualityCourse { row, path }
}

/// What a list of marks may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct QualityCourseFilter {
    pub project_id: Option<Id>,
    pub school_id: Option<Id>,
    pub state: Option<QualityCourseState>,
}

/// Marks within a scope's bounds.
macro_rules! seen {
    ($bounds:expr) => {
        quality_courses::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from).and(organisations::path.lt($bounds.to)))
            .select((QualityCourseRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<QualityCourse>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(quality_courses::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(course))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &QualityCourseFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<QualityCourse>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(quality_courses::id).limit(limit.rows()).into_boxed();
    if let Some(project) = filter.project_id {
        query = query.filter(quality_courses::project_id.eq(project));
    }
    if let Some(school) = filter.school_id {
        query = query.filter(quality_courses::school_id.eq(school));
    }
    if let Some(state) = filter.state {
        query = query.filter(quality_courses::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(quality_courses::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(course).collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &QualityCourseRow) -> Result<(), Refusal> {
    diesel::insert_into(quality_courses::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::AlreadyExists).with("field", "project_id")))?;
    Ok(())
}

/// Writes the row's end over the version that was read; whether it was still that version.
pub(super) fn update(tx: &mut Tx<'_>, row: &QualityCourseRow) -> Result<bool, Refusal> {
    let seen = quality_courses::table.find(row.id).filter(quality_courses::version.eq(row.version - 1));
    let changed = diesel::update(seen)
        .set((
            quality_courses::state.eq(row.state),
            quality_courses::ended_on.eq(row.ended_on),
            quality_courses::end_reason.eq(&row.end_reason),
            quality_courses::version.eq(row.version),
            quality_courses::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    Ok(changed == 1)
}
