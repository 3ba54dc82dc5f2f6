//! What a school pays who served up to the end of a month: the month's sessions, and of earlier ones what was not paid
//! as it is on record now. Nothing is written here.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::model::{PayHold, PayLineKind, PayLineRow, PersonPay};
use super::store::{self, Served};
use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::regulation::policy_profiles;
use crate::rules::Finding;
use crate::rules::document::{Period, StaffKind};
use crate::rules::pay::{Hold, Paid, Standard, due, held_back, standard_for, still_open, within_total};
use crate::rules::profile::Profile;
use crate::staff::performance_pay_totals;
use crate::staff::remuneration_standards::{self, RemunerationStandardRow};
use crate::staff::staff_contracts::{self, StaffContractRow};
use crate::values::month::Month;

/// What was computed.
pub(super) struct Computed {
    pub lines: Vec<PayLineRow>,
    pub lines_hash: String,
    pub people: Vec<PersonPay>,
    pub own_fen: i64,
    pub external_fen: i64,
    pub findings: Vec<Finding>,
    pub profile: Profile,
}

/// What somebody is paid by, and at which rate.
struct Agreed<'a> {
    contract: Option<&'a StaffContractRow>,
    standard: Option<&'a RemunerationStandardRow>,
}

impl Agreed<'_> {
    fn hourly_fen(&self, kind: StaffKind) -> Result<i64, Hold> {
        match kind {
            StaffKind::External => self.contract.map(|one| one.hourly_rate_fen).ok_or(Hold::NoContract),
            _ => self.standard.map(|one| one.amount_fen).ok_or(Hold::NoStandard),
        }
    }
}

/// Everything by which people are paid.
struct Bases {
    contracts: Vec<StaffContractRow>,
    standards: Vec<RemunerationStandardRow>,
}

impl Bases {
    fn of(tx: &mut Tx<'_>, school: Id, served: &[Served]) -> Result<Self, Refusal> {
        let external = served.iter().filter(|one| one.staff_kind == StaffKind::External);
        let mut members: Vec<Id> = external.map(|one| one.staff_member_id).collect();
        members.sort_unstable();
        members.dedup();
        let contracts = staff_contracts::signed_of_members(tx, &members)?;
        Ok(Self { contracts, standards: remuneration_standards::of_school(tx, school)? })
    }

    fn agreed(&self, one: &Served) -> Agreed<'_> {
        if one.staff_kind == StaffKind::External {
            let covers = |contract: &&StaffContractRow| {
                contract.staff_member_id == one.staff_member_id
                    && contract.runs().is_some_and(|runs| (runs.from..=runs.to).contains(&one.held_on))
            };
            return Agreed { contract: self.contracts.iter().find(covers), standard: None };
        }
        let standards = self.standards.iter();
        let standards: Vec<Standard<'_>> =
            standards.map(|row| Standard { item: &row.item, starts_on: row.starts_on }).collect();
        let place = standard_for(&standards, &one.project_name, one.category, one.held_on);
        Agreed { contract: None, standard: place.and_then(|place| self.standards.get(place)) }
    }
}

/// Computes the sheet of a month.
pub(super) fn compute(
    tx: &mut Tx<'_>,
    (sheet, school, path): (Id, Id, &str),
    month: Month,
) -> Result<Computed, Refusal> {
    let profile = policy_profiles::nearest(tx, path, month.last())?;
    let served = store::served(tx, school, month.first(), month.last())?;
    let bases = Bases::of(tx, school, &served)?;
    let ids: Vec<Id> = served.iter().map(|one| one.id).collect();
    let mut paid: HashMap<Id, Paid> = HashMap::new();
    for line in store::approved_of(tx, &ids)? {
        let sum = paid.entry(line.session_staff_id).or_default();
        sum.minutes += i64::from(line.minutes);
        sum.amount_fen += line.amount_fen;
        sum.hourly_fen = sum.hourly_fen.or(line.hourly_fen.filter(|_| line.minutes != 0));
    }
    let mut lines = Vec::new();
    for one in &served {
        let before = paid.remove(&one.id).unwrap_or_default();
        let agreed = bases.agreed(one);
        let minutes = i64::from(one.minutes.unwrap_or_default());
        let Some(now) = due(minutes, one.pay_held, agreed.hourly_fen(one.staff_kind), before) else { continue };
        let is_earlier = one.held_on < month.first();
        // What is still held back was said by the sheet of its month.
        if is_earlier && now.minutes == 0 {
            continue;
        }
        let kind = match (is_earlier, before.hourly_fen.is_some()) {
            (_, true) => PayLineKind::Correction,
            (true, false) => PayLineKind::Late,
            (false, false) => PayLineKind::Regular,
        };
        let small = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        lines.push(PayLineRow {
            id: Id::fresh(),
            school_id: school,
            pay_sheet_id: sheet,
            session_staff_id: one.id,
            session_id: one.session_id,
            staff_member_id: one.staff_member_id,
            staff_kind: one.staff_kind,
            held_on: one.held_on,
            kind,
            minutes: small(now.minutes),
            hourly_fen: now.hourly_fen,
            staff_contract_id: agreed.contract.map(|contract| contract.id),
            remuneration_standard_id: agreed.standard.map(|standard| standard.id),
            amount_fen: now.amount_fen,
            hold: now.held.map(|(hold, _)| PayHold::of(hold)),
            held_minutes: now.held.map_or(0, |(_, minutes)| small(minutes)),
            number: None,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        });
    }
    let people = people(&lines, &served, &bases.contracts);
    let of_kind = |kind| lines.iter().filter(|line| line.staff_kind == kind).map(|line| line.amount_fen).sum();
    let (own_fen, external_fen) = (of_kind(StaffKind::Own), of_kind(StaffKind::External));
    let mut findings = held(&lines, &people, &profile);
    let open = store::still_open(tx, school, month.first(), month.last().min(tx.today))?;
    findings.extend(still_open(open, &profile));
    findings.extend(totals(tx, school, &lines, &profile)?);
    Ok(Computed { lines_hash: hash(tx, &lines)?, lines, people, own_fen, external_fen, findings, profile })
}

/// Whether own staff stays within what the authority has given, in the days of each total.
fn totals(tx: &mut Tx<'_>, school: Id, lines: &[PayLineRow], profile: &Profile) -> Result<Vec<Finding>, Refusal> {
    let own: Vec<&PayLineRow> = lines.iter().filter(|line| line.staff_kind == StaffKind::Own).collect();
    let days = own.iter().map(|line| line.held_on);
    let (Some(first), Some(last)) = (days.clone().min(), days.max()) else { return Ok(Vec::new()) };
    let mut findings = Vec::new();
    for total in performance_pay_totals::over(tx, school, first, last)? {
        let before = store::own_approved(tx, school, total.from_on, total.to_on)?;
        let within = own.iter().filter(|line| (total.from_on..=total.to_on).contains(&line.held_on));
        let now: i64 = within.map(|line| line.amount_fen).sum();
        let period = Period { from: total.from_on, to: total.to_on };
        findings.extend(within_total(before + now, total.amount_fen, period, &total.document, profile));
    }
    Ok(findings)
}

/// What the lines say of each person, in the order of names.
fn people(lines: &[PayLineRow], served: &[Served], contracts: &[StaffContractRow]) -> Vec<PersonPay> {
    let mut people: BTreeMap<(String, Id), PersonPay> = BTreeMap::new();
    let known: HashMap<Id, &Served> = served.iter().map(|one| (one.id, one)).collect();
    for line in lines {
        let Some(one) = known.get(&line.session_staff_id) else { continue };
        let person = people.entry((one.staff_name.clone(), one.staff_member_id)).or_insert_with(|| PersonPay {
            staff_member_id: one.staff_member_id,
            staff_member_name: one.staff_name.clone(),
            staff_kind: one.staff_kind,
            sessions: 0,
            minutes: 0,
            amount_fen: 0,
            held_minutes: 0,
            benefits: None,
        });
        person.sessions += i32::from(line.kind != PayLineKind::Correction && line.minutes > 0);
        person.minutes += line.minutes;
        person.amount_fen += line.amount_fen;
        person.held_minutes += line.held_minutes;
        if let Some(contract) = contracts.iter().find(|contract| line.staff_contract_id == Some(contract.id)) {
            person.benefits.clone_from(&contract.benefits);
        }
    }
    people.into_values().collect()
}

/// What the sheet holds back, one finding for each reason.
fn held(lines: &[PayLineRow], people: &[PersonPay], profile: &Profile) -> Vec<Finding> {
    let of = |hold: &PayHold| {
        let held: Vec<&PayLineRow> = lines.iter().filter(|line| line.hold == Some(*hold)).collect();
        let is_among = |one: &&PersonPay| held.iter().any(|line| line.staff_member_id == one.staff_member_id);
        let names: Vec<&str> = people.iter().filter(is_among).map(|one| one.staff_member_name.as_str()).collect();
        let minutes: i64 = held.iter().map(|line| i64::from(line.held_minutes)).sum();
        let found = held_back(hold.hold(), held.len(), minutes, &names.join("、"), profile);
        (!held.is_empty()).then_some(found)
    };
    PayHold::ALL.iter().filter_map(of).collect()
}

/// What of a line is approved.
#[derive(Serialize)]
struct Told {
    session_staff_id: Id,
    kind: PayLineKind,
    minutes: i32,
    hourly_fen: Option<i64>,
    amount_fen: i64,
    hold: Option<PayHold>,
    held_minutes: i32,
    by: (Option<Id>, Option<Id>),
}

/// Keyed hash over the lines of a sheet, in the order of servings.
pub(super) fn hash(tx: &Tx<'_>, lines: &[PayLineRow]) -> Result<String, Refusal> {
    let told = |line: &PayLineRow| Told {
        session_staff_id: line.session_staff_id,
        kind: line.kind,
        minutes: line.minutes,
        hourly_fen: line.hourly_fen,
        amount_fen: line.amount_fen,
        hold: line.hold,
        held_minutes: line.held_minutes,
        by: (line.staff_contract_id, line.remuneration_standard_id),
    };
    let mut all: Vec<Told> = lines.iter().map(told).collect();
    all.sort_by_key(|line| line.session_staff_id);
    let bytes = serde_json_canonicalizer::to_vec(&all).map_err(Refusal::internal)?;
    Ok(tx.sealing.keyed_hash("pay_sheets.lines", &bytes))
}
