//! How pupils left (六.3): fetched by a guardian or whom it has named, handed on, or by themselves where that is agreed.
//! A child is not handed over to whom a document forbids; with anybody else it is on record, and its guardians are
//! told.

use time::Date;

use super::marking::{may_correct, named_once, not_here};
use super::model::RowResult;
use super::sent::{DepartureIn, DeparturesIn};
use super::{Attendance, DepartureKind, HeldRoster, MarkOutcome, Marked, hold, store};
use crate::auth::By;
use crate::auth::permission::RecordRosters;
use crate::db::{Id, Tx};
use crate::delivery::groups;
use crate::delivery::pickup_persons::{self, PickupKind, PickupPerson};
use crate::delivery::sessions;
use crate::inbox::messages::{self, MessageKind, News, Pupil};
use crate::refusal::{Code, Fault, FieldError, Refusal, Refused};
use crate::rules::Finding;
use crate::rules::held::{forbidden_by, not_named};
use crate::rules::profile::Profile;
use crate::students::guardianships::{self, Guardianship};
use crate::values::text::Line;

/// What is known of those who may fetch the pupils of a roster.
struct AtTheDoor {
    guardians: Vec<Guardianship>,
    named: Vec<PickupPerson>,
    /// Pupils who are in another session later on the day.
    going_on: Vec<Id>,
    /// Who was named by a code, for each pupil.
    by_code: Vec<(Id, Id)>,
}

impl AtTheDoor {
    /// What was sent of a pupil, with who was named by a code.
    fn resolved(&self, one: &DepartureIn) -> DepartureIn {
        let by_code = self.by_code.iter().find(|(student, _)| one.code.is_some() && *student == one.student_id);
        let pickup_person_id = one.pickup_person_id.or_else(|| by_code.map(|(_, person)| *person));
        DepartureIn { pickup_person_id, ..one.clone() }
    }
}

/// Records how pupils of a session left.
///
/// # Errors
/// 404, 409 for a session that was cancelled, 422 before its day, and for a pupil who is named twice. What is wrong
/// with one pupil is refused in its row.
pub fn depart(tx: &mut Tx<'_>, by: &By<RecordRosters>, id: Id, sent: &DeparturesIn) -> Result<Marked, Refusal> {
    named_once(sent.departures.iter().map(|one| one.student_id), "/departures")?;
    let held = hold(tx, by, id)?;
    may_correct(tx, by, &held, sent.reason.is_some())?;
    let group = groups::of_id(tx, held.session.row.group_id)?;
    let offer = groups::offer_for(tx, &group)?;
    let profile = offer.judged_by()?.profile.clone();
    let door = at_the_door(tx, &held, &sent.departures)?;
    let mut marks = held.marks.clone();
    let (mut results, mut changed, mut kept, mut strange) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut shown = Vec::new();
    for (index, one) in sent.departures.iter().enumerate() {
        let one = &door.resolved(one);
        let at = format!("/departures/{index}");
        let Some(person_id) = held.person_of(tx, one.student_id)? else {
            results.push(not_here(one.student_id, &format!("{at}/student_id")));
            continue;
        };
        let known = marks.iter_mut().find(|known| known.student_id == one.student_id);
        let (outcome, refused) = match known {
            Some(known) if known.mark.attended() => {
                match fits(one, (person_id, known.pickup_person_id), held.session.row.held_on, &door, &profile) {
                    Err(refused) => (MarkOutcome::Refused, Some(refused.below(&at))),
                    Ok(finding) => {
                        tx.findings.extend(finding.map(|mut finding| {
                            finding.move_below(&at);
                            finding
                        }));
                        let outcome = put(tx, by, &held, known, one, sent, &mut kept);
                        if matches!(outcome, MarkOutcome::Entered | MarkOutcome::Corrected) {
                            changed.push(known.clone());
                            shown.extend(one.pickup_person_id.filter(|_| one.code.is_some()));
                            strange
                                .extend((one.kind == DepartureKind::NotNamed).then_some((one.student_id, person_id)));
                        }
                        (outcome, None)
                    }
                }
            }
            // Who was not there has not left.
            Some(_) | None => {
                let error = FieldError::new(format!("{at}/student_id"), Fault::NotForThis);
                (MarkOutcome::Refused, Some(Refused { errors: vec![error], ..Refused::of(Code::Invalid) }))
            }
        };
        let standing = marks.iter().find(|known| known.student_id == one.student_id).cloned();
        results.push(RowResult { student_id: one.student_id, person_id: Some(person_id), outcome, standing, refused });
    }
    for one in &changed {
        store::update_mark(tx, one)?;
    }
    store::keep(tx, id, kept)?;
    let used: Vec<&PickupPerson> = door.named.iter().filter(|named| shown.contains(&named.row.id)).collect();
    pickup_persons::used(tx, &used)?;
    for (student_id, person_id) in strange {
        let about = Pupil { student_id, person_id, school_id: held.session.row.school_id };
        let news = News::new(MessageKind::PickupNotNamed, "sessions", id).project(held.session.row.project_id);
        messages::tell_guardians(tx, about, None, &news)?;
    }
    held.settle(tx, &marks, results, !changed.is_empty())
}

fn at_the_door(tx: &mut Tx<'_>, held: &HeldRoster, sent: &[DepartureIn]) -> Result<AtTheDoor, Refusal> {
    let pupils: Vec<Id> = sent.iter().map(|one| one.student_id).collect();
    let on = held.session.row.held_on;
    let persons: Vec<Id> = store::named(tx, &pupils)?.into_iter().map(|(_, person, ..)| person).collect();
    let goes_on = sent.iter().any(|one| one.kind == DepartureKind::NextSession);
    let going_on = if goes_on { sessions::later_on(tx, &held.session, &pupils)? } else { Vec::new() };
    let named = pickup_persons::of_pupils(tx, &pupils)?;
    let by_code = sent.iter().filter_map(|one| {
        let code = one.code.as_ref()?.as_str();
        let takes =
            |named: &&PickupPerson| named.row.student_id == one.student_id && named.takes(&tx.sealing, code, on);
        Some((one.student_id, named.iter().find(takes)?.row.id))
    });
    let by_code = by_code.collect();
    Ok(AtTheDoor { guardians: guardianships::at_the_door(tx, &persons, on)?, named, going_on, by_code })
}

/// Whether a departure is as it should be: nothing, or what is said of it where it is recorded all the same.
fn fits(
    one: &DepartureIn,
    (person, standing): (Id, Option<Id>),
    on: Date,
    door: &AtTheDoor,
    profile: &Profile,
) -> Result<Option<Finding>, Box<Refused>> {
    let wrong =
        |at: &str, fault| Box::new(Refused { errors: vec![FieldError::new(at, fault)], ..Refused::of(Code::Invalid) });
    let by_rules = |finding| Box::new(Refused { findings: vec![finding], ..Refused::of(Code::RefusedByRules) });
    match one.kind {
        DepartureKind::Guardian => {
            let id = one.guardianship_id.ok_or_else(|| wrong("/guardianship_id", Fault::Required))?;
            let held = door.guardians.iter().find(|held| held.row.id == id && held.row.person_id == person);
            let held = held.ok_or_else(|| wrong("/guardianship_id", Fault::NotFound))?;
            if held.is_blocked() {
                let document = held.row.closing_document.as_deref().unwrap_or_default();
                return Err(by_rules(forbidden_by(document, "/guardianship_id", profile)));
            }
        }
        DepartureKind::NamedPerson => {
            let missing =
                if one.code.is_some() { ("/code", Fault::NotFound) } else { ("/pickup_person_id", Fault::Required) };
            let id = one.pickup_person_id.ok_or_else(|| wrong(missing.0, missing.1))?;
            let known = door.named.iter().find(|known| known.row.id == id && known.row.student_id == one.student_id);
            let known = known.ok_or_else(|| wrong("/pickup_person_id", Fault::NotFound))?;
            let forbids = |other: &&PickupPerson| {
                other.row.kind == PickupKind::Forbidden
                    && other.holds_on(on)
                    && (other.row.id == id || other.is_same_as(&known.row.name_hash, known.row.phone_hash.as_deref()))
            };
            let of_pupil = door.named.iter().filter(|other| other.row.student_id == one.student_id);
            if let Some(forbidden) = of_pupil.into_iter().find(forbids) {
                let document = forbidden.row.document.as_deref().unwrap_or_default();
                return Err(by_rules(forbidden_by(document, "/pickup_person_id", profile)));
            }
            if known.row.kind != PickupKind::Named || !known.holds_on(on) {
                return Err(wrong("/pickup_person_id", Fault::NotForThis));
            }
            // A code opens once; said again of the same departure it is the same.
            if one.code.is_some() && known.row.code_used_at.is_some() && standing != Some(id) {
                return Err(wrong("/code", Fault::NotForThis));
            }
        }
        DepartureKind::SelfDeparture => {
            let agreed = |known: &PickupPerson| {
                known.row.student_id == one.student_id && known.row.kind == PickupKind::Alone && known.holds_on(on)
            };
            if !door.named.iter().any(agreed) {
                return Err(wrong("/kind", Fault::NotForThis));
            }
        }
        DepartureKind::NextSession if !door.going_on.contains(&one.student_id) => {
            return Err(wrong("/kind", Fault::NotForThis));
        }
        DepartureKind::Incident | DepartureKind::NotNamed if one.note.is_none() => {
            return Err(wrong("/note", Fault::Required));
        }
        DepartureKind::NotNamed => return Ok(Some(not_named("/kind", profile))),
        _ => {}
    }
    Ok(None)
}

/// Puts a departure on record; one that stands is replaced with a reason, and stays in the history.
fn put(
    tx: &Tx<'_>,
    by: &By<RecordRosters>,
    held: &HeldRoster,
    known: &mut Attendance,
    one: &DepartureIn,
    sent: &DeparturesIn,
    kept: &mut Vec<super::model::AttendanceChange>,
) -> MarkOutcome {
    let same_person = known.pickup_person_id == one.pickup_person_id && known.guardianship_id == one.guardianship_id;
    let outcome = match known.departure {
        None => MarkOutcome::Entered,
        Some(kind) if kind == one.kind && same_person => return MarkOutcome::Same,
        Some(_) if sent.reason.is_none() => return MarkOutcome::Older,
        Some(_) => {
            let reason = sent.reason.as_ref().map(Line::as_str);
            kept.push(known.kept(MarkOutcome::Corrected, reason, tx.now));
            MarkOutcome::Corrected
        }
    };
    known.departure = Some(one.kind);
    known.departed_at = Some(one.departed_at.unwrap_or_else(|| sessions::time_now(tx)));
    known.pickup_person_id = one.pickup_person_id.filter(|_| one.kind == DepartureKind::NamedPerson);
    known.guardianship_id = one.guardianship_id.filter(|_| one.kind == DepartureKind::Guardian);
    known.departure_note = one.note.as_ref().map(|note| note.as_str().to_owned());
    known.departure_late = held.session.row.held_on != tx.today || held.is_closed();
    known.departure_by_id = Some(by.user_id);
    outcome
}
