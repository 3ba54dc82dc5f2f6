//! Charges 收费 (六.2): one per person and term, of what the approved plan lists and the guardian signed, into the
//! school's dedicated account. `term_fees` guards it, whatever the race; every step of the money is an entry of the
//! ledger.

mod api;
mod bill;
mod merge;
mod model;
mod store;
mod verify;

pub use self::api::routes;
pub use self::merge::moved;
pub use self::model::{Charge, ChargeState, ChargeVerb, NewCharge, PaymentMethod};
pub use self::store::ChargeFilter;
pub use self::verify::{verify, verify_by};

use self::bill::{Bill, bill};
use self::model::{ChargeLineRow, ChargeRow, PaymentRow, TermFeeRow};
use super::fee_accounts;
use super::ledger::{self, LedgerKind, Posting};
use crate::auth::permission::{ChargeFees, ReadCharges};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::enrollments::enrollments::{self, Payable};
use crate::filings::filings::{self, Filing};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::regulation::policy_profiles;
use crate::rules::charging::{ChargeFacts, check_charge, second_charge};
use crate::students::persons;
use crate::students::students::{self, Student};

impl Recorded for Charge {
    const RESOURCE: &'static str = "charge";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Charges a pupil of the caller's school for a term: what it has signed, as the filing in force prices it.
///
/// # Errors
/// 422 for an unknown pupil and with everything that the rules say, 409 when there is nothing to charge or the approved
/// fee is not the signed one.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewCharge) -> Result<Charge, Refusal> {
    let student = students::find(tx, &Scope::of::<ChargeFees>(actor), new.student_id);
    let student = student.map_err(|refusal| refusal.named_at("/student_id"))?;
    persons::claim(tx, student.row.person_id)?;
    let payable = payable(tx, &student, new)?;
    let filing = payable.first().map(|first| filings::in_force(tx, first.plan_id)).transpose()?.flatten();
    let account = fee_accounts::open_of(tx, student.row.school_id)?;
    let document = policy_document(tx, &student.path, filing.as_ref())?;
    let facts = ChargeFacts {
        document: &document,
        school_year: &new.school_year,
        season: new.season,
        is_approved: payable.is_empty() || filing.is_some(),
        is_charged: store::is_charged(tx, student.row.person_id, &new.school_year, new.season)?,
        has_account: account.is_some(),
        collector: new.collector,
        items: &new.items,
    };
    let findings = check_charge(&facts);
    if !findings.is_empty() {
        return Err(Refusal::by_rules(findings));
    }
    let (Some(filing), Some(account)) = (filing, account) else { return Err(Refusal::of(Code::NothingToCharge)) };
    let bill = bill(tx, &filing, &payable, &student.concession_groups())?;
    if bill.amount_fen == 0 {
        return Err(Refusal::of(Code::NothingToCharge));
    }
    insert(tx, &student, new, (&filing, account, &document), &bill)
}

/// The signed enrollments at the pupil's own school, all of the plan of the first.
fn payable(tx: &mut Tx<'_>, student: &Student, new: &NewCharge) -> Result<Vec<Payable>, Refusal> {
    let all = enrollments::payable(tx, student.row.person_id, &new.school_year, new.season)?;
    let own: Vec<Payable> = all.into_iter().filter(|one| one.school_id == student.row.school_id).collect();
    let plan = own.first().map(|first| first.plan_id);
    Ok(own.into_iter().filter(|one| Some(one.plan_id) == plan).collect())
}

/// The policy document that judges the term.
fn policy_document(tx: &mut Tx<'_>, path: &str, filing: Option<&Filing>) -> Result<String, Refusal> {
    if let Some(filing) = filing {
        return Ok(filing.row.profile_document.clone());
    }
    let today = tx.today;
    Ok(policy_profiles::nearest(tx, path, today)?.document)
}

fn insert(
    tx: &mut Tx<'_>,
    student: &Student,
    new: &NewCharge,
    (filing, account, document): (&Filing, Id, &str),
    bill: &Bill,
) -> Result<Charge, Refusal> {
    let row = ChargeRow {
        id: Id::fresh(),
        person_id: student.row.person_id,
        student_id: student.row.id,
        school_id: student.row.school_id,
        plan_id: filing.row.plan_id,
        filing_id: filing.row.id,
        fee_account_id: account,
        school_year: new.school_year.clone(),
        season: new.season,
        state: ChargeState::Open,
        amount_fen: bill.amount_fen,
        paid_fen: 0,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let (person_id, school_year, season) = (row.person_id, row.school_year.clone(), row.season);
    let guard = TermFeeRow { person_id, school_year, season, charge_id: row.id };
    let second = || Refusal::by_rules(vec![second_charge(document, &new.school_year, new.season)]);
    tx.savepoint(|tx| store::insert(tx, &row, &guard, second))?;
    let lines = lines_of(row.id, bill)?;
    store::insert_lines(tx, &lines)?;
    let posting = Posting {
        fee_account_id: account,
        debit: LedgerKind::ReceivableGuardians,
        credit: LedgerKind::IncomeFees,
        amount_fen: row.amount_fen,
        charge_id: Some(row.id),
    };
    ledger::post(tx, &posting)?;
    let made = Charge { row, lines, payments: Vec::new(), path: student.path.clone() };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

fn lines_of(charge_id: Id, bill: &Bill) -> Result<Vec<ChargeLineRow>, Refusal> {
    let line = |(position, line): (usize, &bill::BillLine)| {
        Ok(ChargeLineRow {
            charge_id,
            position: i32::try_from(position).map_err(Refusal::internal)?,
            enrollment_id: line.enrollment_id,
            project_id: line.project_id,
            name: line.name.clone(),
            lessons: line.fee.lessons,
            unit_fen: line.fee.unit_fen,
            pays_percent: line.pays_percent.and_then(|percent| i32::try_from(percent).ok()),
            amount_fen: line.fee.amount_fen,
        })
    };
    bill.lines.iter().enumerate().map(line).collect()
}

/// Voids a charge of which nothing is paid: the term of the person is free again.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn void(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<Charge, Refusal> {
    let before = ready_for(tx, actor, id, seen, ChargeVerb::Void)?;
    let mut after = before.clone();
    after.row.state = ChargeState::Void;
    save(tx, &mut after)?;
    store::release_term(tx, id)?;
    ledger::reverse_charge(tx, id)?;
    record(tx, "voided", Some(&before), Some(&after))?;
    Ok(after)
}

/// Enters what came in for a charge: all of it or a part, as the payer chooses.
///
/// # Errors
/// 404, 412, 409 in another state, 422 for more than is left.
pub fn pay(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    (amount_fen, method): (i64, PaymentMethod),
) -> Result<Charge, Refusal> {
    let before = ready_for(tx, actor, id, seen, ChargeVerb::Pay)?;
    let rest = before.row.amount_fen - before.row.paid_fen;
    if amount_fen > rest {
        return Err(Refusal::field("/amount_fen", Fault::OutOfRange));
    }
    let mut after = before.clone();
    after.row.paid_fen += amount_fen;
    after.row.state = if amount_fen == rest { ChargeState::Paid } else { ChargeState::PartlyPaid };
    save(tx, &mut after)?;
    let payment = PaymentRow {
        id: Id::fresh(),
        school_id: before.row.school_id,
        charge_id: id,
        amount_fen,
        method,
        paid_on: tx.today,
        created_at: tx.now,
    };
    store::insert_payment(tx, &payment)?;
    after.payments.push(payment);
    let posting = Posting {
        fee_account_id: before.row.fee_account_id,
        debit: LedgerKind::Bank,
        credit: LedgerKind::ReceivableGuardians,
        amount_fen,
        charge_id: Some(id),
    };
    ledger::post(tx, &posting)?;
    record(tx, "paid", Some(&before), Some(&after))?;
    Ok(after)
}

fn save(tx: &mut Tx<'_>, after: &mut Charge) -> Result<(), Refusal> {
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::update(tx, &after.row)
}

/// The charge, its person claimed, if it is what the caller saw and its state allows the verb.
fn ready_for(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    verb: ChargeVerb,
) -> Result<Charge, Refusal> {
    let scope = Scope::of::<ChargeFees>(actor);
    let known = find_in(tx, &scope, id)?;
    persons::claim(tx, known.row.person_id)?;
    let charge = find_in(tx, &scope, id)?;
    seen.expect(charge.row.version)?;
    if charge.row.state.verbs().contains(&verb) {
        return Ok(charge);
    }
    Err(Refusal::state(charge.row.state.as_str(), &charge.can(actor)))
}

fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Charge, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// One charge that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<Charge, Refusal> {
    find_in(tx, &Scope::of::<ReadCharges>(actor), id)
}

/// Charges that the caller may see, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &ChargeFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Charge>, Refusal> {
    store::list(tx, &Scope::of::<ReadCharges>(actor), filter, after, limit)
}
