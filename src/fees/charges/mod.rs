//! Charges 收费 (六.2): one per person and term, of what the approved plan lists and the guardian signed, into the
//! school's dedicated account. `term_fees` guards it, whatever the race; every step of the money is an entry of the
//! ledger.

mod api;
mod bill;
mod merge;
mod model;
mod store;
mod verify;

pub use self::api::{ChargeOut, routes};
pub use self::merge::{given_back, moved, of_person};
pub use self::model::{Charge, ChargeIn, ChargePaymentIn, ChargeState, ChargeVerb, PaymentMethod};
pub use self::verify::{verify, verify_by};

use self::bill::{Bill, bill};
use self::model::{ChargeLineRow, ChargeRow, PaymentRow, TermFeeRow};
use super::fee_accounts;
use super::ledger::{self, LedgerKind, Posting};
use crate::auth::By;
use crate::auth::permission::ChargeFees;
use crate::db::{Id, Tx};
use crate::enrollments::enrollments::{self, Payable};
use crate::filings::filings::{self, Filed, Filing, JudgedBy};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::partners;
use crate::plans::plans;
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::regulation::policy_profiles;
use crate::rules::charging::{self, ChargeFacts, check_charge, second_charge};
use crate::rules::document::PlanProject;
use crate::rules::enrollment::age_appropriate;
use crate::rules::facts::Facts;
use crate::schools::schools;
use crate::students::persons;
use crate::students::students::Student;
use crate::values::money::yuan;

/// Charges a pupil of the caller's school for a term: what it has signed, as the filing in force prices it.
///
/// # Errors
/// 422 for an unknown pupil and with everything that the rules say, 409 when there is nothing to charge or the
/// approved fee is not the signed one.
pub fn create(tx: &mut Tx<'_>, by: &By<ChargeFees>, new: &ChargeIn) -> Result<Charge, Refusal> {
    let student: Student = by.named(tx, new.student_id, "/student_id")?;
    persons::claim(tx, student.person_id)?;
    let payable = payable(tx, &student, new)?;
    let plan = payable.first().map(|first| plans::hold(tx, first.plan_id)).transpose()?;
    let filing = plan.map(|plan| filings::in_force(tx, plan.id)).transpose()?.flatten();
    let account = fee_accounts::open_of(tx, student.row.school_id)?;
    let document = policy_document(tx, &student.path, filing.as_ref())?;
    let (school_year, items) = (new.school_year.as_str(), new.fee_items());
    let facts = ChargeFacts {
        document: &document,
        school_year,
        season: new.season,
        is_approved: payable.is_empty() || filing.is_some(),
        is_charged: store::is_charged(tx, student.row.person_id, school_year, new.season)?,
        has_account: account.is_some(),
        collector: new.collector,
        items: &items,
    };
    let findings = check_charge(&facts);
    if !findings.is_empty() {
        return Err(Refusal::by_rules(findings));
    }
    let (Some(filing), Some(account)) = (filing, account) else { return Err(Refusal::of(Code::NothingToCharge)) };
    let filed = filings::filed(tx, filing.id)?;
    let judged_by = filings::judged_by(tx, &filing)?;
    asked_again(tx, &judged_by, &filed, &payable, &student)?;
    let bill = bill(tx, &judged_by, &filed, &payable, &student)?;
    if bill.approved_fen == 0 {
        return Err(Refusal::of(Code::NothingToCharge));
    }
    insert(tx, &student, new, &filing, account, &document, &bill)
}

/// Asks again, of the projects that are charged, what may have changed since the plan was judged: the school, its
/// partners, and the pupil's grade.
fn asked_again(
    tx: &mut Tx<'_>,
    judged_by: &JudgedBy,
    filed: &Filed,
    payable: &[Payable],
    student: &Student,
) -> Result<(), Refusal> {
    let school = schools::known(tx, student.school_id)?;
    let mut document = filed.document.clone();
    document.school.ownership = school.ownership;
    document.school.boarding = school.boarding;
    let offers: Vec<PlanProject> = payable.iter().filter_map(|one| filed.offer(one.project_id)).cloned().collect();
    let codes = offers.iter().filter_map(|offer| Some(offer.provider.credit_code.as_ref()?.as_str().to_owned()));
    let codes: Vec<String> = codes.collect();
    let partners = partners::facts_for(tx, student.school_id, &student.path, &codes)?;
    document.projects.clone_from(&offers);
    let facts = Facts { accepted_on: Some(tx.today), partners: Some(partners), ..Facts::default() };
    let mut findings = charging::asked_again(&document, &facts, &judged_by.profile, &judged_by.days);
    let grade = i64::from(student.grade);
    findings.extend(offers.iter().filter_map(|offer| age_appropriate(offer, grade, &filed.profile_document)));
    if findings.is_empty() {
        return Ok(());
    }
    // What they are about stands in the plan, not in the body of a charge.
    Err(Refusal::by_rules(findings).findings_at("/student_id"))
}

/// The signed enrollments at the pupil's own school, all of the plan of the first.
fn payable(tx: &mut Tx<'_>, student: &Student, new: &ChargeIn) -> Result<Vec<Payable>, Refusal> {
    let all = enrollments::payable(tx, student.row.person_id, new.school_year.as_str(), new.season)?;
    let own: Vec<Payable> = all.into_iter().filter(|one| one.school_id == student.row.school_id).collect();
    let plan = own.first().map(|first| first.plan_id);
    Ok(own.into_iter().filter(|one| Some(one.plan_id) == plan).collect())
}

/// The policy document that judges the term.
fn policy_document(tx: &mut Tx<'_>, path: &str, filing: Option<&Filing>) -> Result<String, Refusal> {
    if let Some(filing) = filing {
        return Ok(filing.profile_document.clone());
    }
    let today = tx.today;
    Ok(policy_profiles::nearest(tx, path, today)?.document)
}

fn insert(
    tx: &mut Tx<'_>,
    student: &Student,
    new: &ChargeIn,
    filing: &Filing,
    account: Id,
    document: &str,
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
        school_year: new.school_year.as_str().to_owned(),
        season: new.season,
        state: if bill.amount_fen == 0 { ChargeState::Paid } else { ChargeState::Open },
        amount_fen: bill.approved_fen,
        paid_fen: 0,
        conceded_fen: bill.approved_fen - bill.amount_fen,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let (person_id, school_year, season) = (row.person_id, row.school_year.clone(), row.season);
    let guard = TermFeeRow { person_id, school_year, season, charge_id: row.id };
    let second = || Refusal::by_rules(vec![second_charge(document, new.school_year.as_str(), new.season)]);
    tx.savepoint(|tx| store::insert(tx, &row, &guard, second))?;
    let lines = lines_of(row.id, bill)?;
    store::insert_lines(tx, &lines)?;
    let posting = Posting {
        fee_account_id: account,
        debit: LedgerKind::ReceivableGuardians,
        credit: LedgerKind::IncomeFees,
        amount_fen: row.due_fen(),
        charge_id: Some(row.id),
    };
    if posting.amount_fen > 0 {
        ledger::post(tx, &posting)?;
    }
    let (student_name, path) = (student.name.clone(), student.path.clone());
    let made = Charge { row, lines, payments: Vec::new(), student_name, path };
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
            joins_on: line.joins_on,
        })
    };
    bill.lines.iter().enumerate().map(line).collect()
}

/// Voids a charge of which nothing is paid: the term of the person is free again.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn void(tx: &mut Tx<'_>, by: &By<ChargeFees>, id: Id, seen: &IfMatchVersion) -> Result<Charge, Refusal> {
    let before = claim(tx, by, id, seen)?;
    void_unpaid(tx, &before)
}

fn void_unpaid(tx: &mut Tx<'_>, before: &Charge) -> Result<Charge, Refusal> {
    let state = ChargeVerb::Void.from(before.state)?;
    if !before.allows(ChargeVerb::Void) {
        return Err(ChargeVerb::refusal(before.state));
    }
    let after = change(tx, "voided", before, |charge| charge.state = state)?;
    store::release_term(tx, before.id)?;
    if before.due_fen() > 0 {
        ledger::reverse_charge(tx, before.id)?;
    }
    Ok(after)
}

/// Voids what a pupil that leaves its school has not paid anything of there: nobody is asked to pay for what was not
/// held, and the next school may charge the term. Its person is claimed. How many charges it was.
///
/// # Errors
/// When the database fails.
pub fn left(tx: &mut Tx<'_>, student: &Student) -> Result<usize, Refusal> {
    let mut voided = 0;
    for charge in store::of_person(tx, student.person_id)? {
        if charge.student_id == student.id && charge.allows(ChargeVerb::Void) {
            void_unpaid(tx, &charge)?;
            voided += 1;
        }
    }
    Ok(voided)
}

/// Enters what came in for a charge: all of it or a part, as the payer chooses.
///
/// # Errors
/// 404, 412, 409 in another state, 422 for more than is left.
pub fn pay(
    tx: &mut Tx<'_>,
    by: &By<ChargeFees>,
    id: Id,
    seen: &IfMatchVersion,
    paid: &ChargePaymentIn,
) -> Result<Charge, Refusal> {
    let before = claim(tx, by, id, seen)?;
    let part = ChargeVerb::Pay.from(before.state)?;
    let (amount_fen, rest) = (paid.amount_fen.get(), before.due_fen() - before.paid_fen);
    if amount_fen > rest {
        let too_much = FieldError::new("/amount_fen", Fault::OutOfRange).said("too-much");
        return Err(Refusal::invalid(vec![too_much.with("rest", yuan(rest))]));
    }
    let payment = PaymentRow {
        id: Id::fresh(),
        school_id: before.school_id,
        charge_id: id,
        amount_fen,
        method: paid.method,
        paid_on: tx.today,
        created_at: tx.now,
    };
    let after = change(tx, "paid", &before, |charge| {
        charge.paid_fen += amount_fen;
        charge.state = if amount_fen == rest { ChargeState::Paid } else { part };
        charge.payments.push(payment.clone());
    })?;
    store::insert_payment(tx, &payment)?;
    let posting = Posting {
        fee_account_id: before.fee_account_id,
        debit: LedgerKind::Bank,
        credit: LedgerKind::ReceivableGuardians,
        amount_fen,
        charge_id: Some(id),
    };
    ledger::post(tx, &posting)?;
    Ok(after)
}

/// The charge, its person claimed, if it is what the caller saw.
fn claim(tx: &mut Tx<'_>, by: &By<ChargeFees>, id: Id, seen: &IfMatchVersion) -> Result<Charge, Refusal> {
    let known: Charge = by.find(tx, id)?;
    persons::claim(tx, known.person_id)?;
    let charge: Charge = by.find(tx, id)?;
    seen.expect(charge.version)?;
    Ok(charge)
}
