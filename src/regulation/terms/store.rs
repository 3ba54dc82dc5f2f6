//! SQL of terms.

use diesel::prelude::*;

use super::model::{Term, TermRow};
use crate::db::schema::{organisations, terms};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};
use crate::rules::document::Season;

type Loaded = (TermRow, Option<String>);

fn term((row, path): Loaded) -> Result<Term, Refusal> {
    let winter_periods = serde_json::from_value(row.winter_periods.0.clone()).map_err(Refusal::internal)?;
    Ok(Term { row, winter_periods, path: path.unwrap_or_default() })
}

/// What a list of terms may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct TermFilter {
    pub authority_id: Option<Id>,
    pub school_year: Option<String>,
    pub season: Option<Season>,
}

/// Terms with the paths of their authorities.
macro_rules! with_paths {
    () => {
        terms::table.select((
            TermRow::as_select(),
            organisations::table
                .filter(organisations::id.eq(terms::authority_id))
                .select(organisations::path)
                .single_value(),
        ))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, id: Id) -> Result<Option<Term>, Refusal> {
    with_paths!().filter(terms::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(term).transpose()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    filter: &TermFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Term>, Refusal> {
    let mut query = with_paths!().order(terms::id).limit(limit.rows()).into_boxed();
    if let Some(authority) = filter.authority_id {
        query = query.filter(terms::authority_id.eq(authority));
    }
    if let Some(school_year) = &filter.school_year {
        query = query.filter(terms::school_year.eq(school_year.clone()));
    }
    if let Some(season) = filter.season {
        query = query.filter(terms::season.eq(season));
    }
    if let Some(after) = after {
        query = query.filter(terms::id.gt(after));
    }
    query.load::<Loaded>(tx.conn)?.into_iter().map(term).collect()
}

/// Terms of a season that these authorities have set.
pub(super) fn of_season(
    tx: &mut Tx<'_>,
    authorities: Vec<Id>,
    school_year: &str,
    season: Season,
) -> Result<Vec<Term>, Refusal> {
    let query = with_paths!()
        .filter(terms::authority_id.eq_any(authorities))
        .filter(terms::school_year.eq(school_year).and(terms::season.eq(season)));
    query.load::<Loaded>(tx.conn)?.into_iter().map(term).collect()
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &TermRow) -> Result<(), Refusal> {
    diesel::insert_into(terms::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::AlreadyExists).with("field", "authority_id, school_year, season")))?;
    Ok(())
}

/// Writes the row's new days over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &TermRow) -> Result<(), Refusal> {
    let changed = diesel::update(terms::table.find(row.id).filter(terms::version.eq(row.version - 1)))
        .set((
            terms::opens_on.eq(row.opens_on),
            terms::ends_on.eq(row.ends_on),
            terms::winter_periods.eq(&row.winter_periods),
            terms::version.eq(row.version),
            terms::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
