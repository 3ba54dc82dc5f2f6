//! SQL of policy profiles, with their authorities.

use diesel::prelude::*;

use super::model::{PolicyProfile, PolicyProfileRow};
use crate::db::schema::{authorities, organisations, policy_profiles};
use crate::db::{Id, MultiBackend, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};
use crate::regulation::authorities::AuthorityLevel;

type Loaded = (PolicyProfileRow, String, String, AuthorityLevel, String);

fn profile((row, authority_code, authority_name, authority_level, path): Loaded) -> Result<PolicyProfile, Refusal> {
    let parameters = serde_json::from_value(row.parameters.0.clone()).map_err(Refusal::internal)?;
    Ok(PolicyProfile { row, parameters, authority_code, authority_name, authority_level, path })
}

/// What a list of policy profiles may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct PolicyProfileFilter {
    pub authority_id: Option<Id>,
    pub code: Option<String>,
}

macro_rules! with_authorities {
    () => {
        policy_profiles::table.inner_join(authorities::table.inner_join(organisations::table)).select((
            PolicyProfileRow::as_select(),
            organisations::code,
            organisations::name,
            authorities::level,
            organisations::path,
        ))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, id: Id) -> Result<Option<PolicyProfile>, Refusal> {
    let found = with_authorities!().filter(policy_profiles::id.eq(id)).first::<Loaded>(tx.conn).optional()?;
    found.map(profile).transpose()
}

/// Rows of these authorities, from the root down and then by date.
pub(super) fn of_authorities(tx: &mut Tx<'_>, ids: Vec<Id>) -> Result<Vec<PolicyProfile>, Refusal> {
    let found = with_authorities!()
        .filter(policy_profiles::authority_id.eq_any(ids))
        .order((organisations::path, policy_profiles::starts_on))
        .load::<Loaded>(tx.conn)?;
    found.into_iter().map(profile).collect()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    filter: &PolicyProfileFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<PolicyProfile>, Refusal> {
    let mut query = with_authorities!().order(policy_profiles::id).limit(limit.rows()).into_boxed();
    if let Some(authority) = filter.authority_id {
        query = query.filter(policy_profiles::authority_id.eq(authority));
    }
    if let Some(code) = &filter.code {
        query = query.filter(policy_profiles::code.eq(code.clone()));
    }
    if let Some(after) = after {
        query = query.filter(policy_profiles::id.gt(after));
    }
    query.load::<Loaded>(tx.conn)?.into_iter().map(profile).collect()
}

/// All rows, those of one authority by date, for `kehou verify`.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<PolicyProfileRow>, Refusal> {
    let row = <PolicyProfileRow as Selectable<MultiBackend>>::construct_selection();
    let order = (policy_profiles::authority_id, policy_profiles::starts_on);
    Ok(policy_profiles::table.order(order).select(row).load(tx.conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &PolicyProfileRow) -> Result<(), Refusal> {
    diesel::insert_into(policy_profiles::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::AlreadyExists).with("field", "code")))?;
    Ok(())
}

/// Writes the row anew over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &PolicyProfileRow) -> Result<(), Refusal> {
    let standing = policy_profiles::table.find(row.id).filter(policy_profiles::version.eq(row.version - 1));
    let changed = diesel::update(standing)
        .set((
            policy_profiles::document.eq(&row.document),
            policy_profiles::title.eq(&row.title),
            policy_profiles::starts_on.eq(row.starts_on),
            policy_profiles::ends_on.eq(row.ends_on),
            policy_profiles::parameters.eq(&row.parameters),
            policy_profiles::version.eq(row.version),
            policy_profiles::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
