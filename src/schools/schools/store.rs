//! SQL of schools, with their nodes of the tree; the scope comes first.

use diesel::prelude::*;

use super::model::{School, SchoolFilter, SchoolRow};
use crate::auth::{Found, Scope};
use crate::db::schema::{organisations, schools};
use crate::db::{Id, Tx};
use crate::http::{Key, Listing};
use crate::refusal::Refusal;
use crate::{in_order, named_like, stored};

stored!(schools, SchoolRow);

/// Schools within a scope, with their nodes.
macro_rules! with_nodes {
    ($scope:expr) => {{
        let bounds = $scope.bounds();
        schools::table
            .inner_join(organisations::table)
            .filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            .select((
                SchoolRow::as_select(),
                organisations::code,
                organisations::name,
                organisations::parent_id,
                organisations::path,
            ))
    }};
}

impl Found for School {
    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(with_nodes!(scope).filter(schools::id.eq(id)).first(tx.conn).optional()?)
    }
}

/// By code, if nothing else is asked for.
pub(super) fn list(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<SchoolFilter, Key>) -> Result<Vec<School>, Refusal> {
    let mut query = with_nodes!(scope).limit(at.limit.rows()).into_boxed();
    if let Some(authority) = at.filter.authority_id {
        query = query.filter(organisations::parent_id.eq(authority));
    }
    if let Some(code) = &at.filter.code {
        query = query.filter(organisations::code.eq(code.as_str().to_owned()));
    }
    query = named_like!(query, organisations, name, at.filter.q);
    query = in_order!(query, organisations, at, { name name, code code });
    Ok(query.load(tx.conn)?)
}

pub(super) fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<School>, Refusal> {
    Ok(with_nodes!(Scope::Everything).filter(organisations::code.eq(code)).first(tx.conn).optional()?)
}
