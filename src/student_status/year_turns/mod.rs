//! The turn of the school year 学年升级: the pupils of a school move up a grade, stay in theirs, or leave, and their
//! classes are made for the new year, all in one act. It is tried first (`validate_only`) and can be undone as long as
//! nothing hangs on it. New pupils are entered into classes of the new year as ever.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{ClassTurned, YearTurn, YearTurnIn, YearTurnState, YearTurnVerb};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use self::model::{MoveKind, PupilMove, YearTurnRow, name_in_grade};
use super::departures;
use crate::auth::By;
use crate::auth::permission::ManageClasses;
use crate::db::{Id, Json, Tx};
use crate::enrollments::enrollments;
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::schools::classes::{self, Class};
use crate::schools::schools::School;
use crate::students::persons;
use crate::students::students::{self, Student};

/// Turns a school to a new school year.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the school has been turned to that year.
pub fn turn(tx: &mut Tx<'_>, by: &By<ManageClasses>, new: &YearTurnIn) -> Result<YearTurn, Refusal> {
    let school: School = by.named(tx, new.school_id, "/school_id")?;
    Refusal::unless_none(new.faults(tx.today))?;
    let due = due(tx, new)?;
    Refusal::unless_none(unknown(new, &due))?;
    let row = YearTurnRow {
        id: Id::fresh(),
        school_id: new.school_id,
        school_year: new.school_year.as_str().to_owned(),
        left_on: new.left_on,
        promoted: 0,
        repeating: 0,
        leaving: 0,
        classes: Json(Vec::new()),
        turned_on: tx.today,
        turned_by_id: by.user_id,
        undone_on: None,
        state: YearTurnState::Turned,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let mut turning = Turning {
        new,
        school: &school,
        row,
        moves: Vec::new(),
        moved: Vec::new(),
        made: HashMap::new(),
        old: HashMap::new(),
    };
    turning.holds_leaving(tx, &due)?;
    for pupil in &due {
        turning.moves_on(tx, pupil)?;
    }
    turning.write(tx)?;
    turning.rolls_changed(tx)?;
    let Turning { row, moves, .. } = turning;
    let made = enter(tx, "turned", row, school.path.clone())?;
    store::keep(tx, &moves)?;
    Ok(made)
}

/// Who attends the school and has not been moved on: pupils of an earlier year's class, and of none who came before the
/// summer.
fn due(tx: &mut Tx<'_>, new: &YearTurnIn) -> Result<Vec<Student>, Refusal> {
    let mut pupils = students::attending_at(tx, new.school_id)?;
    pupils.retain(|pupil| match &pupil.class_year {
        Some(year) => year.as_str() < new.school_year.as_str(),
        None => pupil.row.entered_on < new.begins_on(),
    });
    Ok(pupils)
}

/// What a request names that is not due.
fn unknown(new: &YearTurnIn, due: &[Student]) -> Vec<FieldError> {
    let pupils: BTreeSet<Id> = due.iter().map(|pupil| pupil.row.id).collect();
    let classes: BTreeSet<Id> = due.iter().filter_map(|pupil| pupil.row.class_id).collect();
    let mut faults = Vec::new();
    for (list, ids) in [("repeating", &new.repeating), ("leaving", &new.leaving)] {
        for (place, _) in ids.iter().enumerate().filter(|(_, id)| !pupils.contains(id)) {
            faults.push(FieldError::new(format!("/{list}/{place}"), Fault::NotFound));
        }
    }
    for (place, _) in new.class_names.iter().enumerate().filter(|(_, named)| !classes.contains(&named.class_id)) {
        faults.push(FieldError::new(format!("/class_names/{place}/class_id"), Fault::NotFound));
    }
    faults
}

/// A turn while it is made.
struct Turning<'a> {
    new: &'a YearTurnIn,
    school: &'a School,
    row: YearTurnRow,
    moves: Vec<PupilMove>,
    /// Who stays at the school, as it was and as it is.
    moved: Vec<(Student, Student)>,
    /// Classes of the new year, by where their pupils were and the grade that they are in now.
    made: HashMap<(Id, i32), Class>,
    /// Classes of the old one.
    old: HashMap<Id, Class>,
}

impl Turning<'_> {
    fn kind_of(&self, pupil: &Student) -> MoveKind {
        let next = u8::try_from(pupil.row.grade + 1).unwrap_or(u8::MAX);
        if self.new.leaving.contains(&pupil.row.id) {
            MoveKind::Leaving
        } else if self.new.repeating.contains(&pupil.row.id) {
            MoveKind::Repeating
        } else if self.school.teaches(next) {
            MoveKind::Promoted
        } else {
            MoveKind::Leaving
        }
    }

    /// Holds all who leave before the seats of the first are given back.
    fn holds_leaving(&self, tx: &mut Tx<'_>, due: &[Student]) -> Result<(), Refusal> {
        let leaving = due.iter().filter(|pupil| self.kind_of(pupil) == MoveKind::Leaving);
        let persons: BTreeSet<Id> = leaving.map(|pupil| pupil.row.person_id).collect();
        persons.into_iter().try_for_each(|person| persons::claim(tx, person))
    }

    fn moves_on(&mut self, tx: &mut Tx<'_>, pupil: &Student) -> Result<(), Refusal> {
        let (id, grade, kind) = (pupil.row.id, pupil.row.grade, self.kind_of(pupil));
        let (after, ended) = match kind {
            MoveKind::Leaving => {
                self.row.leaving += 1;
                let left_on = self.new.left_on.max(pupil.row.entered_on);
                departures::let_go(tx, pupil, left_on)?
            }
            MoveKind::Promoted | MoveKind::Repeating => {
                let grade = grade + i32::from(kind == MoveKind::Promoted);
                *(if kind == MoveKind::Promoted { &mut self.row.promoted } else { &mut self.row.repeating }) += 1;
                let class = pupil.row.class_id.map(|class| self.class_for(tx, class, grade)).transpose()?;
                self.count(pupil.row.class_id, class.as_ref(), grade);
                let after = students::in_grade(pupil, class.as_ref(), grade, tx.now);
                self.moved.push((pupil.clone(), after.clone()));
                (after, false)
            }
        };
        let (class_id, version) = (pupil.row.class_id, after.row.version);
        self.moves.push(PupilMove { turn_id: self.row.id, student_id: id, kind, class_id, grade, version, ended });
        Ok(())
    }

    /// Writes those who stay, and looks again at what was chosen for them in the new year.
    fn write(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        students::moved_on(tx, &self.moved)?;
        let now: Vec<Student> = self.moved.iter().map(|(_, after)| after.clone()).collect();
        enrollments::turned(tx, self.school.id, self.new.school_year.as_str(), &now)
    }

    /// The class of the new year for pupils of an old one who are in a grade now; it is made where there is none.
    fn class_for(&mut self, tx: &mut Tx<'_>, from: Id, grade: i32) -> Result<Class, Refusal> {
        if let Some(class) = self.made.get(&(from, grade)) {
            return Ok(class.clone());
        }
        let old: Class = crate::auth::known(tx, from)?;
        let given = self.new.class_names.iter().find(|named| named.class_id == from && old.row.grade != grade);
        let name = given
            .map_or_else(|| name_in_grade(&old.row.name, old.row.grade, grade), |named| named.name.as_str().to_owned());
        let class = classes::of_year(tx, self.school, self.new.school_year.as_str(), grade, &name)?;
        self.old.insert(from, old);
        self.made.insert((from, grade), class.clone());
        Ok(class)
    }

    fn count(&mut self, from: Option<Id>, class: Option<&Class>, grade: i32) {
        let class_id = class.map(|class| class.row.id);
        let counted = self.row.classes.0.iter_mut();
        let mut known = counted.filter(|one| (one.from_class_id, one.class_id, one.grade) == (from, class_id, grade));
        if let Some(one) = known.next() {
            one.pupils += 1;
        } else {
            let class_name = class.map(|class| class.row.name.clone());
            self.row.classes.0.push(ClassTurned { from_class_id: from, class_id, class_name, grade, pupils: 1 });
        }
    }

    /// Counts the rolls once for each class; those who leave have counted theirs.
    fn rolls_changed(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        let touched = self.old.keys().copied().chain(self.made.values().map(|class| class.row.id));
        let touched: BTreeSet<Id> = touched.collect();
        touched.into_iter().try_for_each(|class| classes::roll_changed(tx, class))
    }
}

/// Undoes a turn: each pupil is where it was. The classes that were made stay, without pupils.
///
/// # Errors
/// 404, 412, 409 in another state, when a pupil was changed or something was chosen for one since, when leaving has
/// ended something, or when who left attends a school.
pub fn undo(tx: &mut Tx<'_>, by: &By<ManageClasses>, id: Id, seen: &IfMatchVersion) -> Result<YearTurn, Refusal> {
    let before: YearTurn = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    YearTurnVerb::Undo.from(before.row.state)?;
    let moves = store::moves_of(tx, id)?;
    let ids: Vec<Id> = moves.iter().map(|moved| moved.student_id).collect();
    let pupils = students::of_ids(tx, &ids)?;
    let pupils: BTreeMap<Id, Student> = pupils.into_iter().map(|pupil| (pupil.row.id, pupil)).collect();
    let stands = |moved: &PupilMove| pupils.get(&moved.student_id).is_some_and(|now| now.row.version == moved.version);
    if moves.iter().any(|moved| moved.ended || !stands(moved)) || store::is_chosen_since(tx, &before)? {
        return Err(Refusal::of(Code::ReferenceChanged));
    }
    let (mut touched, mut back) = (BTreeSet::new(), Vec::new());
    for moved in &moves {
        let Some(pupil) = pupils.get(&moved.student_id) else { continue };
        touched.extend([pupil.row.class_id, moved.class_id].into_iter().flatten());
        back.push(students::put_back(tx, pupil, moved.class_id, moved.grade)?);
    }
    enrollments::turned(tx, before.row.school_id, &before.row.school_year, &back)?;
    touched.into_iter().try_for_each(|class| classes::roll_changed(tx, class))?;
    let today = tx.today;
    change(tx, "undone", &before, |turn| {
        turn.row.state = YearTurnState::Undone;
        turn.row.undone_on = Some(today);
    })
}
