//! SQL of sums of charges; the scope comes first.

use diesel::prelude::*;

use super::model::{ChargeGroup, ChargeTotalsFilter};
use crate::auth::Scope;
use crate::auth::counted::{Columns, Found, GROUPS_FETCHED, GroupBy, counted};
use crate::auth::scope::{Bounds, children_paid_for};
use crate::db::Tx;
use crate::db::schema::{charges, organisations, students};
use crate::refusal::Refusal;

/// Count, and in fen what is to be paid, is conceded, was paid and is open.
pub(super) type Sums = (i64, i64, i64, i64, i64);

fn columns(word: ChargeGroup) -> Columns {
    match word {
        ChargeGroup::State => Columns::word("charges.state"),
        ChargeGroup::Class => {
            Columns::named("students.class_id", "(SELECT c.name FROM classes c WHERE c.id = students.class_id)")
        }
        ChargeGroup::School => {
            Columns::named("charges.school_id", "(SELECT s.name FROM organisations s WHERE s.id = charges.school_id)")
        }
        ChargeGroup::Plan => Columns::named(
            "charges.plan_id",
            "(SELECT p.school_year || ' ' || p.season FROM plans p WHERE p.id = charges.plan_id)",
        ),
    }
}

/// The sum of a number of each charge that was not voided.
macro_rules! sum {
    ($number:literal) => {
        concat!("CAST(SUM(CASE WHEN charges.state = 'void' THEN 0 ELSE ", $number, " END) AS BIGINT)")
    };
}

pub(super) fn summed_in(
    tx: &mut Tx<'_>,
    scope: &Scope,
    within: &Bounds,
    asked: &ChargeTotalsFilter,
) -> Result<Found<Sums>, Refusal> {
    let source = charges::table
        .inner_join(organisations::table)
        .inner_join(students::table.on(students::id.eq(charges::student_id)));
    let grouped = GroupBy::grouped(asked.group_by.as_ref(), columns);
    let numbers = counted!(
        source,
        grouped,
        [
            "COUNT(*)",
            sum!("charges.amount_fen - charges.conceded_fen"),
            sum!("charges.conceded_fen"),
            sum!("charges.paid_fen"),
            sum!("charges.amount_fen - charges.conceded_fen - charges.paid_fen"),
        ]
    );
    let mut query =
        numbers.filter(organisations::path.ge(within.from.clone()).and(organisations::path.lt(within.to.clone())));
    query = match scope {
        Scope::OwnChildren(user) => query.filter(charges::person_id.eq_any(children_paid_for!(*user, tx.today))),
        scope => {
            let bounds = scope.bounds();
            query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
        }
    };
    if let Some(school) = asked.school_id {
        query = query.filter(charges::school_id.eq(school));
    }
    if let Some(plan) = asked.plan_id {
        query = query.filter(charges::plan_id.eq(plan));
    }
    if let Some(class) = asked.class_id {
        query = query.filter(students::class_id.eq(class));
    }
    if let Some(year) = asked.school_year.clone() {
        query = query.filter(charges::school_year.eq(year));
    }
    if let Some(season) = asked.season {
        query = query.filter(charges::season.eq(season));
    }
    if let Some(state) = asked.state {
        query = query.filter(charges::state.eq(state));
    }
    Ok(query.limit(GROUPS_FETCHED).load(tx.conn)?)
}
