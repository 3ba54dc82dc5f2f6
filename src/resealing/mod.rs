//! Seals of before, made anew: after the master key was rotated, a job opens what is sealed with an older key and seals
//! it with that of now, table by table. The one place that writes columns of several rooms; each row that it writes
//! counts its version, and has its row in the journal.

mod store;

use serde_json::{Value, json};
use time::Duration;

use crate::auth::invitations::Invitation;
use crate::auth::keys;
use crate::db::{Id, Json, Tx};
use crate::delivery::pickup_persons::PickupPerson;
use crate::enrollments::choice_windows::ChoiceWindow;
use crate::fees::fee_accounts::FeeAccount;
use crate::jobs::{Job, Outcome};
use crate::journal::{self, Book};
use crate::partners::partners::Partner;
use crate::refusal::Refusal;
use crate::staff::staff_members::StaffMember;
use crate::students::guardianships::Guardianship;
use crate::students::persons::Person;

/// Rows of one transaction.
const ROWS: i64 = 200;

/// A table with sealed columns. What a column holds is sealed for its row, and for its name without `_sealed` at the
/// end.
struct Sealed {
    table: &'static str,
    /// Up to three.
    columns: &'static [&'static str],
    book: Book,
}

/// Every table whose rows stay and hold seals. Seeds of signing keys are sealed anew with the rotation; what is kept
/// for days alone (answers to repeated requests, messages that are being sent) is left to end.
const TABLES: &[Sealed] = &[
    Sealed { table: "persons", columns: &["id_number", "student_number", "joined"], book: Book::of::<Person>() },
    Sealed { table: "guardianships", columns: &["contact_name", "contact_phone"], book: Book::of::<Guardianship>() },
    Sealed { table: "staff_members", columns: &["id_number", "phone"], book: Book::of::<StaffMember>() },
    Sealed { table: "partners", columns: &["contact_phone"], book: Book::of::<Partner>() },
    Sealed { table: "fee_accounts", columns: &["account_number"], book: Book::of::<FeeAccount>() },
    Sealed { table: "invitations", columns: &["phone"], book: Book::of::<Invitation>() },
    Sealed { table: "pickup_persons", columns: &["name", "phone"], book: Book::of::<PickupPerson>() },
    Sealed { table: "choice_windows", columns: &["seed"], book: Book::of::<ChoiceWindow>() },
];

/// The sealed columns that are sealed anew, as their tables have them.
#[must_use]
pub fn sealed_columns() -> Vec<String> {
    let of_table =
        |of: &Sealed| of.columns.iter().map(|column| format!("{} {column}_sealed", of.table)).collect::<Vec<_>>();
    TABLES.iter().flat_map(of_table).collect()
}

/// One batch; a day later it looks again. Where no older key is kept, there is nothing to do.
///
/// # Errors
/// When a seal does not open, or the database fails.
pub fn reseal(tx: &mut Tx<'_>, job: &Job) -> Result<Outcome, Refusal> {
    let later = || Outcome::AgainFrom(Json(json!({})), Duration::DAY);
    if tx.sealing.older_seals().is_empty() {
        return Ok(later());
    }
    let number = job.payload.0.get("table").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
    let number = number.unwrap_or_default();
    let found_any = job.payload.0.get("found").and_then(Value::as_bool).unwrap_or_default();
    let Some(sealed) = TABLES.get(number) else {
        if !found_any {
            keys::drop_older_seals(tx)?;
        }
        return Ok(later());
    };
    let found = batch(tx, sealed)?;
    let table = if found < ROWS { number + 1 } else { number };
    let next = json!({"table": table, "found": found_any || found > 0});
    Ok(Outcome::AgainFrom(Json(next), Duration::ZERO))
}

/// Seals some rows of a table anew; how many they were.
fn batch(tx: &mut Tx<'_>, of: &Sealed) -> Result<i64, Refusal> {
    let rows = store::older(tx, of)?;
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    journal::changed_all(tx, &of.book, "sealed-anew", &ids, |tx| {
        for row in &rows {
            let columns = of.columns.iter().zip([&row.first, &row.second, &row.third]);
            let mut anew = Vec::new();
            for (column, sealed) in columns {
                let place = format!("{}.{column}:{}", of.table, row.id);
                let again = |sealed: &String| -> Result<String, String> {
                    let plain = tx.sealing.open(&place, sealed)?;
                    tx.sealing.seal(&place, &plain)
                };
                anew.push(sealed.as_ref().map(again).transpose().map_err(Refusal::internal)?);
            }
            store::write(tx, of, row, anew)?;
        }
        Ok(())
    })?;
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}
