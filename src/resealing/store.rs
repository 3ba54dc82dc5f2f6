//! SQL of tables with sealed columns, whichever they are.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::{ROWS, Sealed};
use crate::db::{Id, IdSql, Tx, run_again};
use crate::refusal::Refusal;

/// A row with what is sealed in it.
#[derive(Debug, QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = IdSql)]
    pub id: Id,
    #[diesel(sql_type = BigInt)]
    pub version: i64,
    #[diesel(sql_type = Nullable<Text>)]
    pub first: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub second: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub third: Option<String>,
}

/// Rows that hold a seal of before.
pub(super) fn older(tx: &mut Tx<'_>, of: &Sealed) -> Result<Vec<Row>, Refusal> {
    let column = |at: usize| of.columns.get(at).map_or("NULL".to_owned(), |column| format!("{column}_sealed"));
    let is_older = of.columns.iter().map(|column| format!("{column}_sealed NOT LIKE $1")).collect::<Vec<_>>();
    let query = sql_query(format!(
        "SELECT id, version, {} AS first, {} AS second, {} AS third FROM {} WHERE {} ORDER BY id LIMIT {ROWS}",
        column(0),
        column(1),
        column(2),
        of.table,
        is_older.join(" OR ")
    ));
    Ok(query.bind::<Text, _>(format!("{}%", tx.sealing.mark())).load(tx.conn)?)
}

pub(super) fn write(tx: &mut Tx<'_>, of: &Sealed, row: &Row, anew: Vec<Option<String>>) -> Result<(), Refusal> {
    // SQLite numbers what is bound as it comes, whatever it is called.
    let set = of.columns.iter().zip(1..).map(|(column, number)| format!("{column}_sealed = ${number}"));
    let set = set.collect::<Vec<_>>().join(", ");
    let (id, version) = (of.columns.len() + 1, of.columns.len() + 2);
    let text =
        format!("UPDATE {} SET {set}, version = version + 1 WHERE id = ${id} AND version = ${version}", of.table);
    let mut query = sql_query(text).into_boxed();
    for sealed in anew {
        query = query.bind::<Nullable<Text>, _>(sealed);
    }
    let query = query.bind::<IdSql, _>(row.id).bind::<BigInt, _>(row.version);
    if query.execute(tx.conn)? == 1 { Ok(()) } else { Err(run_again("somebody else has changed it")) }
}
