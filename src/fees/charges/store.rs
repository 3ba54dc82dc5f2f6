//! SQL of charges, the guard of their terms, their lines and payments; the scope comes first.

use diesel::prelude::*;

use super::model::{Charge, ChargeFilter, ChargeLineRow, ChargeRow, PaymentRow, TermFeeRow};
use crate::auth::scope::{at_school, children_paid_for};
use crate::auth::{Scope, Seen};
use crate::db::schema::{charge_lines, charges, organisations, payments, students, term_fees};
use crate::db::{Id, Stored, Tx};
use crate::http::{Key, Listing};
use crate::refusal::{Refusal, on_unique};
use crate::rules::document::Season;
use crate::{page, stored};

type Loaded = (ChargeRow, String, String);

stored!(charges, ChargeRow);

/// Charges within a scope, with the paths of their schools and the names of their pupils.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {{
        let query = charges::table
            .inner_join(organisations::table)
            .inner_join(students::table.on(students::id.eq(charges::student_id)))
            .select((ChargeRow::as_select(), organisations::path, students::name))
            .into_boxed();
        match $scope {
            Scope::OwnChildren(user) => query.filter(charges::person_id.eq_any(children_paid_for!(*user, $tx.today))),
            scope => {
                let bounds = scope.bounds();
                let query = at_school!(query, charges::school_id, bounds);
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

/// Adds lines and payments to charges.
fn whole(tx: &mut Tx<'_>, found: Vec<Loaded>) -> Result<Vec<Charge>, Refusal> {
    let ids: Vec<Id> = found.iter().map(|(row, ..)| row.id).collect();
    let lines = charge_lines::table.filter(charge_lines::charge_id.eq_any(&ids));
    let lines = lines.order((charge_lines::charge_id, charge_lines::position));
    let lines: Vec<ChargeLineRow> = lines.select(ChargeLineRow::as_select()).load(tx.conn)?;
    let paid = payments::table.filter(payments::charge_id.eq_any(&ids)).order(payments::id);
    let paid: Vec<PaymentRow> = paid.select(PaymentRow::as_select()).load(tx.conn)?;
    let charge = |(row, path, student_name): Loaded| Charge {
        lines: lines.iter().filter(|line| line.charge_id == row.id).cloned().collect(),
        payments: paid.iter().filter(|payment| payment.charge_id == row.id).cloned().collect(),
        row,
        student_name,
        path,
    };
    Ok(found.into_iter().map(charge).collect())
}

impl Seen for Charge {
    type Filter = ChargeFilter;
    type Key = Key;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let found = seen!(tx, scope).filter(charges::id.eq(id)).load::<Loaded>(tx.conn)?;
        Ok(whole(tx, found)?.pop())
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<ChargeFilter, Key>) -> Result<Vec<Self>, Refusal> {
        let seen = seen!(tx, scope);
        let mut query = page!(seen, charges, at, { school_id, student_id, person_id, season, [state] }, polled);
        if let Some(year) = &at.filter.school_year {
            query = query.filter(charges::school_year.eq(year.as_str().to_owned()));
        }
        if let Some(class) = at.filter.class_id {
            query = query.filter(students::class_id.eq(class));
        }
        if let Some(authority) = at.filter.authority_id {
            query = query.filter(organisations::parent_id.eq(authority));
        }
        let found = query.load::<Loaded>(tx.conn)?;
        whole(tx, found)
    }
}

pub(super) fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Charge>, Refusal> {
    let query = seen!(tx, &Scope::Everything).filter(charges::person_id.eq(person)).order(charges::id);
    let found = query.load::<Loaded>(tx.conn)?;
    whole(tx, found)
}

/// Whether a person has a live charge of a term, wherever that is.
pub(super) fn is_charged(tx: &mut Tx<'_>, person: Id, year: &str, season: Season) -> Result<bool, Refusal> {
    let query = term_fees::table
        .filter(term_fees::person_id.eq(person).and(term_fees::school_year.eq(year)))
        .filter(term_fees::season.eq(season))
        .select(term_fees::charge_id);
    Ok(query.first::<Id>(tx.conn).optional()?.is_some())
}

/// Adds a charge and takes the term of its person, which nobody else has then.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    row: &ChargeRow,
    guard: &TermFeeRow,
    second: impl FnOnce() -> Refusal,
) -> Result<(), Refusal> {
    row.insert(tx)?;
    diesel::insert_into(term_fees::table).values(guard).execute(tx.conn).map_err(on_unique(second))?;
    Ok(())
}

pub(super) fn insert_lines(tx: &mut Tx<'_>, lines: &[ChargeLineRow]) -> Result<(), Refusal> {
    for line in lines {
        diesel::insert_into(charge_lines::table).values(line).execute(tx.conn)?;
    }
    Ok(())
}

pub(super) fn insert_payment(tx: &mut Tx<'_>, row: &PaymentRow) -> Result<(), Refusal> {
    diesel::insert_into(payments::table).values(row).execute(tx.conn)?;
    Ok(())
}

pub(super) fn release_term(tx: &mut Tx<'_>, charge: Id) -> Result<(), Refusal> {
    diesel::delete(term_fees::table.filter(term_fees::charge_id.eq(charge))).execute(tx.conn)?;
    Ok(())
}

/// Gives the term of a charge, if it has one, to another person.
pub(super) fn move_guard(
    tx: &mut Tx<'_>,
    charge: Id,
    into: Id,
    second: impl FnOnce() -> Refusal,
) -> Result<(), Refusal> {
    diesel::update(term_fees::table.filter(term_fees::charge_id.eq(charge)))
        .set(term_fees::person_id.eq(into))
        .execute(tx.conn)
        .map_err(on_unique(second))?;
    Ok(())
}

pub(super) fn charges_after(tx: &mut Tx<'_>, after: Id, limit: i64) -> Result<Vec<ChargeRow>, Refusal> {
    let query = charges::table.filter(charges::id.gt(after)).order(charges::id).limit(limit);
    Ok(query.select(ChargeRow::as_select()).load(tx.conn)?)
}

/// What guards the terms of these charges.
pub(super) fn guards(tx: &mut Tx<'_>, of: &[Id]) -> Result<Vec<TermFeeRow>, Refusal> {
    Ok(term_fees::table.filter(term_fees::charge_id.eq_any(of)).select(TermFeeRow::as_select()).load(tx.conn)?)
}

/// Charge and amount of every line of these charges.
pub(super) fn line_amounts(tx: &mut Tx<'_>, of: &[ChargeRow]) -> Result<Vec<(Id, i64)>, Refusal> {
    let ids: Vec<Id> = of.iter().map(|row| row.id).collect();
    let query = charge_lines::table.filter(charge_lines::charge_id.eq_any(ids));
    Ok(query.select((charge_lines::charge_id, charge_lines::amount_fen)).load(tx.conn)?)
}

/// Charge and amount of every payment of these charges.
pub(super) fn payments(tx: &mut Tx<'_>, of: &[Id]) -> Result<Vec<(Id, i64)>, Refusal> {
    let query = payments::table.filter(payments::charge_id.eq_any(of));
    Ok(query.select((payments::charge_id, payments::amount_fen)).load(tx.conn)?)
}
