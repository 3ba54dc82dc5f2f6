//! What the demonstration's people did, day by day.

use time::macros::date;

use super::city::{City, SCHOOLS};
use super::groundwork::line;
use super::{documents, papers};
use crate::auth::permission::{ChargeFees, ReadPlans};
use crate::auth::{Actor, By};
use crate::db::{Id, Tx};
use crate::decisions::reviews::{self, Decision};
use crate::decisions::{publications, submissions};
use crate::enrollments::agreements;
use crate::enrollments::enrollments::{self, Enrollment, EnrollmentChoice, EnrollmentIn};
use crate::fees::charges::{self, Charge, ChargeIn, ChargePaymentIn, PaymentMethod};
use crate::fees::fee_accounts::{self, FeeAccountIn};
use crate::filings::filings::{self, FilingPart, ReturnReason};
use crate::http::{IfMatchVersion, Listing};
use crate::notices::notices::{self, NoticeIn};
use crate::plans::plans::{self, Plan, PlanFilter};
use crate::plans::projects;
use crate::refusal::Refusal;
use crate::rules::document::{Collector, PlanDocument, PlanNotice, Season, Whole};
use crate::schools::classes::{self, ClassIn};
use crate::students::guardianships::{self, GuardianKind, GuardianshipIn, Relation, Right};
use crate::students::students::{self, Student, StudentIn};
use crate::values::identifiers::{BankAccountNumber, IdNumber, Phone, PublicPhone, SchoolYear};
use crate::values::text::Line;

fn seen(version: i64) -> IfMatchVersion {
    IfMatchVersion::of(version)
}

/// 2024-03-01: 城郊小学 files its spring plan, and it is approved.
pub(super) fn spring_plan(tx: &mut Tx<'_>, city: &City) -> Result<(), Refusal> {
    let plan = file(tx, city, city.actor("demo.school6")?, &documents::spring(&SCHOOLS[5])?)?;
    approve(tx, city.actor("demo.city")?, &plan)
}

/// 2024-07-01: the spring is over.
pub(super) fn spring_ends(tx: &mut Tx<'_>, city: &City) -> Result<(), Refusal> {
    let school = city.actor("demo.school6")?;
    let plan = latest_plan(tx, school)?;
    submissions::close(tx, &By::of(school.clone())?, plan.id, &seen(plan.version))?;
    Ok(())
}

/// 2024-09-03: schools enter pupils, write their autumn plans, and six of them file.
pub(super) fn autumn_plans(tx: &mut Tx<'_>, city: &City) -> Result<(), Refusal> {
    for (place, opener) in [(0, "demo.finance"), (3, "demo.finance4"), (7, "demo.city")] {
        open_account(tx, city.actor(opener)?, city.school(place)?)?;
    }
    let first = city.actor("demo.school")?;
    let plan = draft(tx, city, first, &documents::autumn(&SCHOOLS[0])?)?;
    notices::create(tx, &By::of(first.clone())?, &drawn_from(&plan))?;
    draft(tx, city, city.actor("demo.school7")?, &documents::too_late(&SCHOOLS[6])?)?;
    for (school, account, publishes) in [
        (&SCHOOLS[1], "demo.school2", false),
        (&SCHOOLS[2], "demo.school3", false),
        (&SCHOOLS[3], "demo.school4", true),
        (&SCHOOLS[4], "demo.school5", false),
        (&SCHOOLS[5], "demo.school6", false),
        (&SCHOOLS[7], "demo.school8", true),
    ] {
        let admin = city.actor(account)?;
        let plan = file(tx, city, admin, &documents::autumn(school)?)?;
        if publishes {
            let by = By::of(admin.clone())?;
            let notice = notices::create(tx, &by, &drawn_from(&plan))?;
            publications::publish(tx, &by, notice.id, &seen(notice.version))?;
        }
    }
    Ok(())
}

/// 2024-09-06: the bureaus review; one plan is returned, three are approved, and a school takes its own back.
pub(super) fn reviews(tx: &mut Tx<'_>, city: &City) -> Result<(), Refusal> {
    let bureau = city.actor("demo.city")?;
    let returned = latest_plan(tx, city.actor("demo.school3")?)?;
    let reason = ReturnReason {
        part: FilingPart::Fees,
        pointer: Some("/projects/0/fee/price_document".to_owned()),
        text: "请附收费文件全文，并写明适用的学段。".to_owned(),
    };
    decide(tx, bureau, &returned, &Decision::Return { reasons: vec![reason], due_on: date!(2024 - 09 - 20) })?;
    for account in ["demo.school4", "demo.school6", "demo.school8"] {
        let plan = latest_plan(tx, city.actor(account)?)?;
        approve(tx, bureau, &plan)?;
    }
    let admin = city.actor("demo.school5")?;
    let plan = latest_plan(tx, admin)?;
    submissions::withdraw(tx, &By::of(admin.clone())?, &plan)?;
    Ok(())
}

/// 2024-09-09: families of 君山学校 choose and sign, the school charges; the child of the README's story is entered at the
/// first school.
pub(super) fn families(tx: &mut Tx<'_>, city: &City) -> Result<(), Refusal> {
    let (guardian, other) = (city.actor("demo.guardian")?, city.actor("demo.guardian4")?);
    let admin = city.actor("demo.school")?;
    let class = a_class(tx, admin, city.school(0)?, 7)?;
    let child = StudentIn {
        id_number: Some(id_number("43060220130315002X")?),
        ..pupil(city.school(0)?, class, 7, "林一诺")?
    };
    entrust(tx, admin, guardian, &child, "林女士", Relation::Mother)?;

    let (school, admin, finance) = (city.school(3)?, city.actor("demo.school4")?, city.actor("demo.finance4")?);
    let finance = By::of(finance.clone())?;
    let class = a_class(tx, admin, school, 3)?;
    let plan = latest_plan(tx, admin)?;
    let offered = projects::ids(tx, plan.id)?;
    let mut charged = Vec::new();
    for (name, family, clubs) in [
        ("林一帆", guardian, &[0, 1][..]),
        ("周子墨", other, &[0, 2]),
        ("周子涵", other, &[0]),
        ("周子轩", other, &[0, 3]),
    ] {
        let contact = if std::ptr::eq(family, guardian) { "林女士" } else { "周先生" };
        let child = entrust(tx, admin, family, &pupil(school, class, 3, name)?, contact, Relation::Father)?;
        for club in clubs {
            let Some(project) = offered.get(*club) else { continue };
            let choice = EnrollmentChoice::Apply;
            let new = EnrollmentIn { student_id: child.id, project_id: *project, choice };
            let made = enrollments::create(tx, &By::of(family.clone())?, &new)?;
            sign(tx, family, &made)?;
        }
        charged.push(charges::create(tx, &finance, &autumn_charge(child.id)?)?);
    }
    pay_some(tx, &finance, &charged)
}

/// The first charge is paid, the second in part, the third is void, the fourth is open.
fn pay_some(tx: &mut Tx<'_>, finance: &By<ChargeFees>, charged: &[Charge]) -> Result<(), Refusal> {
    if let [whole, part, void, ..] = charged {
        charges::pay(tx, finance, whole.id, &seen(1), &payment(whole.amount_fen, PaymentMethod::Wechat)?)?;
        charges::pay(tx, finance, part.id, &seen(1), &payment(20_000, PaymentMethod::BankTransfer)?)?;
        charges::void(tx, finance, void.id, &seen(1))?;
    }
    Ok(())
}

fn payment(amount_fen: i64, method: PaymentMethod) -> Result<ChargePaymentIn, Refusal> {
    let amount_fen = Whole::new(amount_fen).map_err(|fault| Refusal::invalid(vec![fault]))?;
    Ok(ChargePaymentIn { amount_fen, method })
}

/// A plan with its materials.
fn draft(tx: &mut Tx<'_>, city: &City, admin: &Actor, document: &PlanDocument) -> Result<Plan, Refusal> {
    let plan = plans::create(tx, &By::of(admin.clone())?, document)?;
    papers::upload(tx, &By::of(admin.clone())?, &city.papers, &plan)?;
    Ok(plan)
}

fn file(tx: &mut Tx<'_>, city: &City, admin: &Actor, document: &PlanDocument) -> Result<Plan, Refusal> {
    let plan = draft(tx, city, admin, document)?;
    submissions::submit(tx, &By::of(admin.clone())?, &plan)
}

/// A notice that says what its plan says.
fn drawn_from(plan: &Plan) -> NoticeIn {
    NoticeIn {
        plan_id: plan.id,
        items: PlanNotice::default(),
        contact_name: Line::new("教务处").ok(),
        contact_phone: PublicPhone::new("0730-8880001").ok(),
    }
}

/// The latest plan that a school's administrator sees: its own.
fn latest_plan(tx: &mut Tx<'_>, admin: &Actor) -> Result<Plan, Refusal> {
    let found = By::<ReadPlans>::of(admin.clone())?.list::<Plan>(tx, &Listing::all(PlanFilter::default()))?;
    found.into_iter().next_back().ok_or_else(|| Refusal::internal("no plan"))
}

fn approve(tx: &mut Tx<'_>, bureau: &Actor, plan: &Plan) -> Result<(), Refusal> {
    decide(tx, bureau, plan, &Decision::Approve { remark: None })
}

fn decide(tx: &mut Tx<'_>, bureau: &Actor, plan: &Plan, decision: &Decision) -> Result<(), Refusal> {
    let filing = filings::latest(tx, plan)?.ok_or_else(|| Refusal::internal("not filed"))?;
    reviews::review(tx, &By::of(bureau.clone())?, filing.id, &seen(filing.version), &filing.sha256, decision)?;
    Ok(())
}

fn open_account(tx: &mut Tx<'_>, opener: &Actor, school_id: Id) -> Result<(), Refusal> {
    let number = BankAccountNumber::new("8201000012345678").map_err(|fault| Refusal::invalid(vec![fault]))?;
    let new = FeeAccountIn {
        school_id,
        name: line("课后服务专账")?,
        bank_name: line("岳阳农商银行")?,
        account_number: number,
    };
    fee_accounts::open(tx, &By::of(opener.clone())?, &new)?;
    Ok(())
}

fn a_class(tx: &mut Tx<'_>, admin: &Actor, school_id: Id, grade: u8) -> Result<Id, Refusal> {
    let school_year = SchoolYear::new("2024-2025").map_err(|fault| Refusal::invalid(vec![fault]))?;
    let name = Line::new(&format!("{grade}年级1班")).map_err(|fault| Refusal::invalid(vec![fault]))?;
    let new = ClassIn { school_id, school_year, grade, name };
    Ok(classes::create(tx, &By::of(admin.clone())?, &new)?.id)
}

fn pupil(school_id: Id, class: Id, grade: u8, name: &str) -> Result<StudentIn, Refusal> {
    Ok(StudentIn {
        school_id,
        class_id: Some(class),
        grade,
        name: line(name)?,
        id_number: None,
        student_number: None,
        entered_on: date!(2024 - 09 - 02),
        priority_groups: Vec::new(),
        free_help: Vec::new(),
    })
}

fn id_number(text: &str) -> Result<IdNumber, Refusal> {
    IdNumber::new(text).map_err(|fault| Refusal::invalid(vec![fault]))
}

/// Enters a pupil and its guardian.
fn entrust(
    tx: &mut Tx<'_>,
    admin: &Actor,
    guardian: &Actor,
    new: &StudentIn,
    contact: &str,
    relation: Relation,
) -> Result<Student, Refusal> {
    let student = students::create(tx, &By::of(admin.clone())?, new)?;
    let held = GuardianshipIn {
        person_id: student.person_id,
        user_id: Some(guardian.user_id),
        kind: GuardianKind::Person,
        organisation_name: None,
        relation,
        contact_name: line(contact)?,
        contact_phone: Some(Phone::new("13807300000").map_err(|fault| Refusal::invalid(vec![fault]))?),
        rights: Right::ALL.to_vec(),
        starts_on: date!(2024 - 09 - 02),
        ends_on: None,
        restoring_document: None,
    };
    guardianships::create(tx, &By::of(admin.clone())?, &held)?;
    Ok(student)
}

fn sign(tx: &mut Tx<'_>, guardian: &Actor, made: &Enrollment) -> Result<(), Refusal> {
    let shown = agreements::find(tx, &By::of(guardian.clone())?, made.id)?;
    agreements::sign(tx, &By::of(guardian.clone())?, made.id, &seen(made.version), &shown.with.sha256)?;
    Ok(())
}

fn autumn_charge(student_id: Id) -> Result<ChargeIn, Refusal> {
    let school_year = SchoolYear::new("2024-2025").map_err(|fault| Refusal::invalid(vec![fault]))?;
    let (season, collector) = (Season::Autumn, Collector::School);
    Ok(ChargeIn { student_id, school_year, season, collector, items: Vec::new() })
}
