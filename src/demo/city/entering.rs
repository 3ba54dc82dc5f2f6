//! Pupils and their guardians: entered in July, invited by class; many have accounts since then.

use serde_json::{Value, json};
use time::macros::date;

use super::{ADMINS, SCHOOLS, people};
use crate::auth::permission::{ReadClasses, ReadGuardianships, ReadStudents};
use crate::auth::tries::Try;
use crate::db::{Id, Tx};
use crate::demo::acts::{open_class, seen};
use crate::demo::stage::{Person, Stage, body, goes_on};
use crate::refusal::Refusal;
use crate::schools::classes::Class;
use crate::student_status::{corrections, departures, year_turns};
use crate::students::guardian_invitations::{self, Letter};
use crate::students::guardianships::{self, Guardianship};
use crate::students::students::{self, Student, StudentState};
use crate::students::{consents, disclosures};
use crate::values::identifiers::Phone;
use crate::values::iso_date;

/// How many pupils each school has, three hundred together; of those of 紫藤小学 twelve have been there since spring.
const PUPILS: [usize; 12] = [16, 16, 16, 60, 16, 16, 40, 40, 20, 20, 20, 20];

/// Those of 紫藤小学 who have been there since spring.
pub(super) const SINCE_SPRING: usize = 12;

/// Who is guardian of the first four pupils of 金桂小学, and has had an account from the first day.
const FAMILIES: [(&str, &str); 4] = [
    ("demo.guardian", "林女士"),
    ("demo.guardian", "林女士"),
    ("demo.guardian4", "周先生"),
    ("demo.guardian4", "周先生"),
];

/// Schools whose guardians are invited by class: place, and how many of them make an account.
const INVITED: [(usize, usize); 3] = [(3, 46), (6, 18), (7, 18)];

/// The number of a pupil in the whole county.
pub(super) fn number_of(place: usize, pupil: usize) -> usize {
    PUPILS.iter().take(place).sum::<usize>() + pupil
}

/// A child and its guardian, as a school enters them.
pub(super) struct Child<'a> {
    pub school_id: Id,
    pub class_id: Option<Id>,
    pub grade: u8,
    pub number: usize,
    /// Account and name of the guardian, where it has one already.
    pub family: Option<(Id, &'a str)>,
    pub since: &'a str,
}

/// On what it rests that some come first.
fn grounds_of(number: usize) -> Value {
    let ground = json!({
        "priority_group": "left_behind", "free_help": null, "source": "留守儿童登记表，村委会（演示）",
        "starts_on": "2023-09-01", "ends_on": "2025-07-10"
    });
    if number % 9 == 4 { json!([ground]) } else { json!([]) }
}

/// Enters a child and its guardian.
pub(super) fn enter(tx: &mut Tx<'_>, admin: &Person, child: &Child<'_>) -> Result<(Student, Guardianship), Refusal> {
    goes_on(tx);
    let number = child.number;
    let id_number = number.is_multiple_of(2).then(|| people::id_number(number, 2024 - 6 - usize::from(child.grade)));
    let free_help = if number % 25 == 7 { json!(["poverty"]) } else { json!([]) };
    let first = if number % 9 == 4 { json!(["left_behind"]) } else { json!([]) };
    let name = child.family.map_or_else(|| people::pupil(number), |(_, family)| people::child_of(family, number));
    let new = json!({
        "school_id": child.school_id, "class_id": child.class_id, "grade": child.grade, "name": name,
        "id_number": id_number.transpose()?, "student_number": null, "entered_on": child.since,
        "priority_groups": first, "free_help": free_help, "grounds": grounds_of(number)
    });
    let student = students::create(tx, &admin.by()?, &body(new)?)?;
    let contact = child.family.map_or_else(|| people::guardian(number), |(_, name)| name.to_owned());
    let held = json!({
        "person_id": student.person_id, "user_id": child.family.map(|(user, _)| user), "kind": "person",
        "organisation_name": null, "relation": if number.is_multiple_of(3) { "father" } else { "mother" },
        "contact_name": contact, "contact_phone": people::phone(number),
        "rights": ["read", "choose", "sign", "pay", "pick_up", "receive_notices"], "starts_on": child.since,
        "ends_on": null, "restoring_document": null
    });
    let held = guardianships::create(tx, &admin.by()?, &body(held)?)?;
    Ok((student, held))
}

/// 2024-07-09: every school enters its classes of the coming year, and its pupils.
pub(super) fn pupils(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for (place, ((account, school), count)) in ADMINS.iter().zip(&SCHOOLS).zip(PUPILS).enumerate() {
        let (admin, school_id) = (stage.enters(tx, account)?, stage.school(place)?);
        let mut classes = Vec::new();
        for grade in school.grades.0 + 1..=school.grades.1 {
            goes_on(tx);
            classes.push((grade, open_class(tx, &admin, school_id, grade)?));
        }
        let known = if place == 6 { move_up(tx, &admin, &classes)? } else { 0 };
        for pupil in known..count {
            let Some((grade, class)) = classes.get(pupil % classes.len()) else { continue };
            let family = FAMILIES.get(pupil).filter(|_| place == 3);
            let family = family.map(|(account, name)| Ok::<_, Refusal>((stage.account(account)?, *name)));
            let number = number_of(place, pupil);
            let class_id = Some(*class);
            let since = "2023-09-01";
            let child = Child { school_id, class_id, grade: *grade, number, family: family.transpose()?, since };
            enter(tx, &admin, &child)?;
        }
    }
    Ok(())
}

/// 2024-07-08: 紫藤小学 turns to the new school year, too hastily at first.
pub(super) fn year_turned(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let (admin, school_id) = (stage.enters(tx, "demo.school7")?, stage.school(6)?);
    let turns = |tx: &mut Tx<'_>| {
        goes_on(tx);
        let new = json!({
            "school_id": school_id, "school_year": "2024-2025", "left_on": "2024-07-05", "repeating": [],
            "leaving": [], "class_names": []
        });
        year_turns::turn(tx, &admin.by()?, &body(new)?)
    };
    let hasty = turns(tx)?;
    goes_on(tx);
    year_turns::undo(tx, &admin.by()?, hasty.id, &seen(hasty.version))?;
    turns(tx).map(drop)
}

/// Puts those who have been there since spring into their new classes; how many they are.
fn move_up(tx: &mut Tx<'_>, admin: &Person, classes: &[(u8, Id)]) -> Result<usize, Refusal> {
    let known = pupils_of(tx, admin)?;
    for student in &known {
        let grade = u8::try_from(student.grade).map_err(Refusal::internal)?;
        let class = classes.iter().find(|(of, _)| *of == grade).map(|(_, class)| *class);
        let to = json!({
            "school_id": student.school_id, "class_id": class, "grade": grade, "name": student.name,
            "id_number": null, "student_number": null, "entered_on": iso_date::text(student.entered_on),
            "priority_groups": student.priority_groups, "free_help": student.free_help
        });
        goes_on(tx);
        corrections::update(tx, &admin.by()?, student.id, &seen(student.version), &body(to)?)?;
    }
    Ok(known.len())
}

/// The pupils that somebody sees and that attend, in the order in which they were entered.
pub(super) fn pupils_of(tx: &mut Tx<'_>, reader: &Person) -> Result<Vec<Student>, Refusal> {
    let mut found = reader.sees::<ReadStudents, Student>(tx)?;
    found.retain(|student| student.state == StudentState::Attending);
    found.sort_by_key(|student| student.id);
    Ok(found)
}

/// The name that a guardian takes who was invited.
pub(super) fn username(place: usize, number: usize) -> String {
    format!("parent{}.{number}", place + 1)
}

/// 2024-07-09: three schools invite their guardians, and most make an account the same day.
pub(super) fn invitations(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for (place, accounts) in INVITED {
        let admin = stage.enters(tx, ADMINS.get(place).copied().unwrap_or_default())?;
        let mut letters = Vec::new();
        for class in classes_of(tx, &admin)? {
            goes_on(tx);
            let (id, version) = (class.id, seen(class.version));
            letters.extend(guardian_invitations::invite_class(tx, &admin.by()?, id, &version)?.letters);
        }
        for (number, letter) in letters.iter().take(accounts).enumerate() {
            register(tx, stage, letter, &username(place, number))?;
        }
    }
    Ok(())
}

pub(super) fn classes_of(tx: &mut Tx<'_>, admin: &Person) -> Result<Vec<Class>, Refusal> {
    admin.sees::<ReadClasses, _>(tx)
}

/// A guardian brings its letter.
fn register(tx: &mut Tx<'_>, stage: &Stage, letter: &Letter, username: &str) -> Result<(), Refusal> {
    by_code(tx, stage, &letter.issued.code.shown(), &letter.held, username)
}

/// A guardian makes an account by a code, with the last digits of its telephone.
pub(super) fn by_code(
    tx: &mut Tx<'_>,
    stage: &Stage,
    code: &str,
    held: &Guardianship,
    username: &str,
) -> Result<(), Refusal> {
    goes_on(tx);
    let digits = held.contact_phone.as_ref().and_then(Phone::last_four);
    let new = body(json!({
        "code": code, "phone_last_four": digits, "username": username, "password": "kehou-demonstration"
    }))?;
    let made = guardian_invitations::register(tx, &new, stage.secret_hash(), &Try::of_code(None))?;
    made.map(|_| ()).ok_or_else(|| Refusal::internal("a letter is good for nothing"))
}

/// 2024-09-10: what changes of pupils and guardians: some leave, a guardianship ends, a guardian is blocked, numbers
/// are shown whole, consents are given and taken back.
pub(super) fn changes(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school2")?;
    let known = pupils_of(tx, &admin)?;
    for student in known.iter().take(2) {
        goes_on(tx);
        let (id, version) = (student.id, seen(student.version));
        departures::leave(tx, &admin.by()?, id, &version, date!(2024 - 09 - 09))?;
    }
    for student in known.iter().skip(2).take(2) {
        goes_on(tx);
        disclosures::reveal(tx, &admin.by()?, student.id, &seen(student.version), "核对学籍信息（演示）")?;
    }
    let held = admin.sees::<ReadGuardianships, Guardianship>(tx)?;
    let attends = |held: &&Guardianship| held.school_id.is_some();
    let mut held = held.iter().filter(attends).skip(4);
    if let Some(ended) = held.next() {
        let why = body(json!({"reason": "改由父亲监护（演示）", "document": null, "ends_on": null}))?;
        guardianships::end(tx, &admin.by()?, ended.id, &seen(ended.version), &why)?;
    }
    if let Some(blocked) = held.next() {
        let why = body(json!({"reason": "法院裁定（演示）", "document": "民事裁定书（演示）"}))?;
        guardianships::block(tx, &admin.by()?, blocked.id, &seen(blocked.version), &why)?;
    }
    consent(tx, &admin, held.next(), Some("纸质同意书（演示）"))?;
    let guardian = stage.enters(tx, "demo.guardian")?;
    let own = guardian.sees::<ReadGuardianships, Guardianship>(tx)?;
    consent(tx, &guardian, own.first(), None)?;
    if let Some((id, version)) = consent(tx, &guardian, own.last(), None)? {
        goes_on(tx);
        consents::withdraw(tx, &guardian.by()?, id, &seen(version))?;
    }
    Ok(())
}

/// Its id and version.
fn consent(
    tx: &mut Tx<'_>,
    by: &Person,
    held: Option<&Guardianship>,
    document: Option<&str>,
) -> Result<Option<(Id, i64)>, Refusal> {
    let Some(held) = held else { return Ok(None) };
    goes_on(tx);
    let new = json!({"guardianship_id": held.id, "text_version": "2024-1", "document": document});
    let given = consents::give(tx, &by.by()?, &body(new)?)?;
    Ok(Some((given.id, given.version)))
}
