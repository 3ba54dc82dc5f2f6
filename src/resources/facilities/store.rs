//! SQL of the resource ledger; the scope comes first.

use diesel::prelude::*;

use super::model::{Facility, FacilityKind, FacilityRow, FacilityState};
use crate::auth::Scope;
use crate::db::schema::{facilities, organisations};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};

type Loaded = (FacilityRow, String);

fn facility((row, path): Loaded) -> Result<Facility, Refusal> {
    let usable_weekdays = serde_json::from_value(row.usable_weekdays.0.clone()).map_err(Refusal::internal)?;
    Ok(Facility { row, usable_weekdays, path })
}

/// What a list of facilities may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct FacilityFilter {
    pub school_id: Option<Id>,
    pub kind: Option<FacilityKind>,
    pub state: Option<FacilityState>,
}

/// Facilities within a scope's bounds, with the paths of their schools.
macro_rules! seen_with_paths {
    ($bounds:expr) => {
        facilities::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((FacilityRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Facility>, Refusal> {
    let bounds = scope.bounds();
    let found = seen_with_paths!(bounds).filter(facilities::id.eq(id)).first::<Loaded>(tx.conn).optional()?;
    found.map(facility).transpose()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &FacilityFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Facility>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen_with_paths!(bounds).order(facilities::id).limit(limit.rows()).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(facilities::school_id.eq(school));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(facilities::kind.eq(kind));
    }
    if let Some(state) = filter.state {
        query = query.filter(facilities::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(facilities::id.gt(after));
    }
    query.load::<Loaded>(tx.conn)?.into_iter().map(facility).collect()
}

/// How many rows of a school are in use.
pub(super) fn in_use_count(tx: &mut Tx<'_>, school: Id) -> Result<i64, Refusal> {
    let query = facilities::table
        .filter(facilities::school_id.eq(school).and(facilities::state.eq(FacilityState::InUse)))
        .count();
    Ok(query.get_result(tx.conn)?)
}

/// Rows of a school that are in use, the largest first.
pub(super) fn in_use(tx: &mut Tx<'_>, school: Id, most: i64) -> Result<Vec<FacilityRow>, Refusal> {
    let query = facilities::table
        .filter(facilities::school_id.eq(school).and(facilities::state.eq(FacilityState::InUse)))
        .order((facilities::capacity.is_null(), facilities::capacity.desc(), facilities::id))
        .limit(most)
        .select(FacilityRow::as_select());
    Ok(query.load(tx.conn)?)
}

fn taken() -> Refusal {
    Refusal::of(Code::AlreadyExists).with("field", "school_id, kind, name")
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &FacilityRow) -> Result<(), Refusal> {
    diesel::insert_into(facilities::table).values(row).execute(tx.conn).map_err(on_unique(taken))?;
    Ok(())
}

/// Writes the row over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &FacilityRow) -> Result<(), Refusal> {
    let changed = diesel::update(facilities::table.find(row.id).filter(facilities::version.eq(row.version - 1)))
        .set((
            facilities::kind.eq(row.kind),
            facilities::name.eq(&row.name),
            facilities::capacity.eq(row.capacity),
            facilities::quantity.eq(row.quantity),
            facilities::place.eq(&row.place),
            facilities::manager_name.eq(&row.manager_name),
            facilities::usable_weekdays.eq(&row.usable_weekdays),
            facilities::usable_note.eq(&row.usable_note),
            facilities::state.eq(row.state),
            facilities::in_use_on.eq(row.in_use_on),
            facilities::retired_on.eq(row.retired_on),
            facilities::version.eq(row.version),
            facilities::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)
        .map_err(on_unique(taken))?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
