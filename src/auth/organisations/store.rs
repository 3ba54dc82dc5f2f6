//! SQL of organisations.

use diesel::prelude::*;

use super::model::Organisation;
use crate::db::schema::organisations;
use crate::db::{Id, Tx};
use crate::refusal::{Code, Refusal, on_unique};
use crate::values::name_key;
use crate::{columns, kept, keyed};

columns!(Organisation { id, kind, code, name, parent_id, path, version, created_at, updated_at });
kept!(organisations, Organisation);
keyed!(organisations, name by name_key::of_organisation);

pub(super) fn find(tx: &mut Tx<'_>, id: Id) -> Result<Option<Organisation>, Refusal> {
    Ok(organisations::table.find(id).select(Organisation::as_select()).first(tx.conn).optional()?)
}

pub(super) fn insert(tx: &mut Tx<'_>, organisation: &Organisation) -> Result<(), Refusal> {
    diesel::insert_into(organisations::table)
        .values((organisation, organisations::name_key.eq(name_key::of_organisation(&organisation.name))))
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::AlreadyExists).with("field", "code")))?;
    Ok(())
}

pub(super) fn rename(tx: &mut Tx<'_>, to: &Organisation) -> Result<(), Refusal> {
    diesel::update(organisations::table.find(to.id))
        .set((
            organisations::name.eq(&to.name),
            organisations::name_key.eq(name_key::of_organisation(&to.name)),
            organisations::version.eq(to.version),
            organisations::updated_at.eq(to.updated_at),
        ))
        .execute(tx.conn)?;
    Ok(())
}
