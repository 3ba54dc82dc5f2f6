//! What the people of the small demonstration did, day by day.

use serde_json::json;
use time::macros::date;

use super::SCHOOLS;
use crate::auth::By;
use crate::auth::permission::ReadStudents;
use crate::db::{Id, Tx};
use crate::decisions::submissions;
use crate::demo::acts::{
    approve, charge, draft, draw_up_notice, file, latest_filing, latest_plan, open_account, open_class, pay, publish,
    seen, send_back, sign,
};
use crate::demo::documents;
use crate::demo::groundwork::{answer, ask, close_surveys, enter_ledger};
use crate::demo::stage::{Person, Stage, body};
use crate::enrollments::enrollments;
use crate::fees::charges::{self, Charge, PaymentMethod};
use crate::filings::filings::FilingPart;
use crate::http::Listing;
use crate::plans::projects;
use crate::refusal::Refusal;
use crate::resources::facilities;
use crate::students::guardianships;
use crate::students::students::{self, Student, StudentFilter};

const SPRING: (&str, &str) = ("2023-2024", "spring");
const AUTUMN: (&str, &str) = ("2024-2025", "autumn");

/// The administrators of the schools, in the order of [`SCHOOLS`].
const ADMINS: [&str; 8] = [
    "demo.school",
    "demo.school2",
    "demo.school3",
    "demo.school4",
    "demo.school5",
    "demo.school6",
    "demo.school7",
    "demo.school8",
];

/// 2024-02-26: 城郊小学 makes its ledger, and asks about the spring.
pub(super) fn spring_survey(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let (admin, school) = (stage.enters(tx, "demo.school6")?, stage.school(5)?);
    enter_ledger(tx, &admin, school)?;
    ask(tx, &admin, school, SPRING, date!(2024 - 02 - 29))?;
    Ok(())
}

/// Closes what is open, before the plans.
pub(super) fn surveys_close(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for account in ADMINS {
        let admin = stage.enters(tx, account)?;
        close_surveys(tx, &admin)?;
    }
    Ok(())
}

/// 2024-03-01: 城郊小学 files its spring plan, and it is approved.
pub(super) fn spring_plan(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school6")?;
    let plan = file(tx, stage, &admin, &documents::spring(&SCHOOLS[5])?)?;
    let bureau = stage.enters(tx, "demo.city")?;
    approve(tx, &bureau, &plan)
}

/// 2024-07-01: the spring is over.
pub(super) fn spring_ends(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school6")?;
    let plan = latest_plan(tx, &admin)?;
    submissions::close(tx, &admin.by()?, plan.id, &seen(plan.version))?;
    Ok(())
}

/// 2024-08-28: every school has its ledger, and asks about the autumn.
pub(super) fn autumn_surveys(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for (place, account) in ADMINS.iter().enumerate() {
        let (admin, school) = (stage.enters(tx, account)?, stage.school(place)?);
        if facilities::in_use_count(tx, school)? == 0 {
            enter_ledger(tx, &admin, school)?;
        }
        ask(tx, &admin, school, AUTUMN, date!(2024 - 09 - 02))?;
    }
    Ok(())
}

/// 2024-09-03: schools enter pupils, write their autumn plans, and six of them file.
pub(super) fn autumn_plans(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for (place, opener) in [(0, "demo.finance"), (3, "demo.finance4"), (7, "demo.city")] {
        let opener = stage.enters(tx, opener)?;
        open_account(tx, &opener, stage.school(place)?)?;
    }
    let first = stage.enters(tx, "demo.school")?;
    let plan = draft(tx, stage, &first, &documents::autumn(&SCHOOLS[0])?)?;
    draw_up_notice(tx, &first, &plan)?;
    let admin = stage.enters(tx, "demo.school7")?;
    draft(tx, stage, &admin, &documents::too_late(&SCHOOLS[6])?)?;
    for (school, account, publishes) in [
        (&SCHOOLS[1], "demo.school2", false),
        (&SCHOOLS[2], "demo.school3", false),
        (&SCHOOLS[3], "demo.school4", true),
        (&SCHOOLS[4], "demo.school5", false),
        (&SCHOOLS[5], "demo.school6", false),
        (&SCHOOLS[7], "demo.school8", true),
    ] {
        let admin = stage.enters(tx, account)?;
        let plan = file(tx, stage, &admin, &documents::autumn(school)?)?;
        if publishes {
            publish(tx, &admin, &plan)?;
        }
    }
    Ok(())
}

/// 2024-09-06: the bureaus review; one plan is returned, three are approved, and a school takes its own back.
pub(super) fn reviews(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let plan_of = |tx: &mut Tx<'_>, account: &str| {
        let admin = stage.enters(tx, account)?;
        latest_plan(tx, &admin)
    };
    let returned = plan_of(tx, "demo.school3")?;
    let filing = latest_filing(tx, &returned)?;
    let bureau = stage.enters(tx, "demo.city")?;
    let reason = (FilingPart::Fees, "/projects/0/fee/price_document", "请附收费文件全文，并写明适用的学段。");
    send_back(tx, &bureau, &filing, reason, date!(2024 - 09 - 20))?;
    for account in ["demo.school4", "demo.school6", "demo.school8"] {
        let plan = plan_of(tx, account)?;
        let bureau = stage.enters(tx, "demo.city")?;
        approve(tx, &bureau, &plan)?;
    }
    let admin = stage.enters(tx, "demo.school5")?;
    let plan = latest_plan(tx, &admin)?;
    submissions::withdraw(tx, &admin.by()?, &plan)?;
    Ok(())
}

/// 2024-09-09: families of 君山学校 choose and sign, the school charges; the child of the README's story is entered at the
/// first school.
pub(super) fn families(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school")?;
    let class = open_class(tx, &admin, stage.school(0)?, 7)?;
    let child = Child { name: "林一诺", grade: 7, id_number: Some("43060220130315002X") };
    entrust(tx, stage, &admin, &child, (stage.school(0)?, class), ("demo.guardian", "林女士", "mother"))?;

    let (school, admin) = (stage.school(3)?, stage.enters(tx, "demo.school4")?);
    let class = open_class(tx, &admin, school, 3)?;
    let plan = latest_plan(tx, &admin)?;
    let offered = projects::ids(tx, plan.id)?;
    let mut charged = Vec::new();
    for (name, family, contact, clubs) in [
        ("林一帆", "demo.guardian", "林女士", &[0, 1][..]),
        ("周子墨", "demo.guardian4", "周先生", &[0, 2]),
        ("周子涵", "demo.guardian4", "周先生", &[0]),
        ("周子轩", "demo.guardian4", "周先生", &[0, 3]),
    ] {
        let admin = stage.enters(tx, "demo.school4")?;
        let child = Child { name, grade: 3, id_number: None };
        let child = entrust(tx, stage, &admin, &child, (school, class), (family, contact, "father"))?;
        let guardian = stage.enters(tx, family)?;
        for club in clubs {
            let Some(project_id) = offered.get(*club) else { continue };
            let new = body(json!({"student_id": child.id, "project_id": project_id}))?;
            let made = enrollments::create(tx, &guardian.by()?, &new)?;
            sign(tx, &guardian, &made)?;
        }
        let finance = stage.enters(tx, "demo.finance4")?;
        charged.push(charge(tx, &finance, child.id, AUTUMN)?);
    }
    let finance = stage.enters(tx, "demo.finance4")?;
    pay_some(tx, &finance, &charged)
}

/// The first charge is paid, the second in part, the third is void, the fourth is open.
fn pay_some(tx: &mut Tx<'_>, finance: &Person, charged: &[Charge]) -> Result<(), Refusal> {
    if let [whole, part, void, ..] = charged {
        pay(tx, finance, whole, whole.amount_fen, PaymentMethod::Wechat)?;
        pay(tx, finance, part, 20_000, PaymentMethod::BankTransfer)?;
        charges::void(tx, &finance.by()?, void.id, &seen(void.version))?;
    }
    Ok(())
}

struct Child {
    name: &'static str,
    grade: u8,
    id_number: Option<&'static str>,
}

/// Enters a pupil and its guardian, who has an account.
fn entrust(
    tx: &mut Tx<'_>,
    stage: &Stage,
    admin: &Person,
    child: &Child,
    (school_id, class_id): (Id, Id),
    (family, contact, relation): (&str, &str, &str),
) -> Result<Student, Refusal> {
    let new = json!({
        "school_id": school_id, "class_id": class_id, "grade": child.grade, "name": child.name,
        "id_number": child.id_number, "student_number": null, "entered_on": "2024-09-02", "priority_groups": [],
        "free_help": []
    });
    let student = students::create(tx, &admin.by()?, &body(new)?)?;
    let user_id = stage.account(family)?;
    let held = json!({
        "person_id": student.person_id, "user_id": user_id, "kind": "person", "organisation_name": null,
        "relation": relation, "contact_name": contact, "contact_phone": "13807300000",
        "rights": ["read", "choose", "sign", "pay", "pick_up", "receive_notices"], "starts_on": "2024-09-02",
        "ends_on": null, "restoring_document": null
    });
    guardianships::create(tx, &admin.by()?, &body(held)?)?;
    Ok(student)
}

/// 2024-09-10: 君山学校 asks about the spring to come, and families answer.
pub(super) fn next_survey(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let (admin, school) = (stage.enters(tx, "demo.school4")?, stage.school(3)?);
    let survey = ask(tx, &admin, school, ("2024-2025", "spring"), date!(2024 - 09 - 20))?;
    let of_school = StudentFilter { school_id: Some(school), ..StudentFilter::default() };
    let of_school = Listing::all(of_school);
    for (account, wishes) in [("demo.guardian", &["homework", "wushu"][..]), ("demo.guardian4", &["wushu", "choir"])] {
        let guardian = stage.enters(tx, account)?;
        let by: By<ReadStudents> = guardian.by()?;
        for child in by.list::<Student>(tx, &of_school)? {
            answer(tx, &guardian, survey.id, child.id, wishes)?;
        }
    }
    Ok(())
}
