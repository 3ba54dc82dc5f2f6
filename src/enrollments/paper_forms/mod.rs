//! Papers 纸质材料 (二.2): a guardian without a telephone, or an institution, applies, signs and withdraws on paper. A
//! member of staff records it with its scan, and another one checks it; until then it changes nothing. The guardian may
//! take everything back, on paper or with an account.

mod api;
mod model;
mod store;

pub use self::api::{PaperFormOut, routes};
pub use self::model::{NewPaperForm, PaperForm, PaperFormKind, PaperFormRow, PaperFormState, PaperFormVerb};

use super::agreements;
use super::enrollments::{self, OnPaper};
use crate::auth::permission::{CheckPaperForms, Permission, RecordPaperForms};
use crate::auth::{By, known};
use crate::db::{Id, Json, Stored as _, Tx, run_again};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::notices::notices::{self, Offered};
use crate::plans::projects::{self, Place};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::rules::enrollment as rules;
use crate::students::guardianships::{self, Guardianship};
use crate::students::students::{self, ERASED, Student};

/// Records a paper. What it applies for stands as applied from now on; all else waits for the check.
///
/// # Errors
/// 422 with everything that does not go together, for what the caller does not see, where the guardian had or has no
/// right, and by the rules of enrolling; 409 where an enrollment stands, or none is to be signed.
pub fn enter(tx: &mut Tx<'_>, by: &By<RecordPaperForms>, new: &NewPaperForm) -> Result<PaperForm, Refusal> {
    let student = students::claim(tx, &by.scope(), new.student_id);
    let student = student.map_err(|refusal| refusal.named_at("/student_id"))?;
    Refusal::unless_none(new.faults(tx.today))?;
    let places = places_of(tx, &new.project_ids)?;
    let plan_id = places.first().map_or(Id::NIL, |place| place.plan_id);
    let held =
        guardianships::claim_named(tx, new.guardianship_id, student.row.person_id, new.kind.right(), new.signed_on)?;
    let offered = notices::told_of_plan(tx, plan_id, &student.path, "/project_ids/0")?;
    if !held {
        return Err(not_held(&offered));
    }
    let scan = &new.scan;
    let row = PaperFormRow {
        id: Id::fresh(),
        school_id: student.row.school_id,
        plan_id,
        student_id: student.row.id,
        guardianship_id: new.guardianship_id,
        kind: new.kind,
        project_ids: Json(new.project_ids.clone()),
        signed_on: new.signed_on,
        agreement_sha256: new.agreement_sha256.clone(),
        file_name: new.file_name.clone(),
        media_type: scan.media_type,
        bytes: scan.bytes,
        sha256: scan.sha256.clone(),
        object: scan.object.clone(),
        entered_by_id: by.user_id,
        checked_by_id: None,
        checked_on: None,
        refusal_reason: None,
        erased_on: None,
        state: PaperFormState::Entered,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let form = PaperForm { row, person_id: student.row.person_id, path: student.path.clone() };
    record(tx, "entered", None, Some(&form))?;
    let paper = OnPaper {
        form_id: form.row.id,
        entered_by_id: by.user_id,
        student: &student,
        may_choose: true,
        offered: &offered,
        places: &places,
    };
    match new.kind {
        PaperFormKind::Application => enrollments::apply_on_paper(tx, &paper)?,
        PaperFormKind::Agreement => is_to_sign(tx, &form)?,
        PaperFormKind::Refusal | PaperFormKind::Withdrawal => {}
    }
    Ok(form)
}

/// What the guardian of a paper would sign now must be what the paper says.
fn is_to_sign(tx: &mut Tx<'_>, form: &PaperForm) -> Result<(), Refusal> {
    let enrollment = to_sign(tx, form)?;
    let sha256 = form.agreement_sha256.as_deref().unwrap_or_default();
    if agreements::is_current(tx, &enrollment, sha256)? {
        Ok(())
    } else {
        Err(Refusal::field("/agreement_sha256", Fault::Mismatch).said("sha256"))
    }
}

fn to_sign(tx: &mut Tx<'_>, form: &PaperForm) -> Result<enrollments::Enrollment, Refusal> {
    let project = form.project_ids.0.first().copied().unwrap_or(Id::NIL);
    enrollments::to_sign_on_paper(tx, form.person_id, project)
}

/// The projects of a paper, all of one plan.
fn places_of(tx: &mut Tx<'_>, of: &[Id]) -> Result<Vec<Place>, Refusal> {
    let (mut places, mut faults): (Vec<Place>, Vec<FieldError>) = (Vec::with_capacity(of.len()), Vec::new());
    for (index, project) in of.iter().enumerate() {
        let at = format!("/project_ids/{index}");
        match projects::place(tx, *project) {
            Ok(place) if places.first().is_none_or(|first| first.plan_id == place.plan_id) => places.push(place),
            Ok(_) => faults.push(FieldError::new(at, Fault::NotFound)),
            Err(refusal) => {
                refusal.of_caller()?;
                faults.push(FieldError::new(at, Fault::NotFound));
            }
        }
    }
    if faults.is_empty() { Ok(places) } else { Err(Refusal::invalid(faults)) }
}

fn not_held(offered: &Offered) -> Refusal {
    let finding = rules::guardian_consent(false, &offered.filed.profile_document);
    Refusal::by_rules(finding.into_iter().collect()).findings_at("/guardianship_id")
}

/// Confirms a paper, by somebody else than who entered it: what its guardian wants is done now.
///
/// # Errors
/// 404, 412, 409 in another state, for one's own paper, or when the terms have changed since it was printed; 422 when
/// the guardian has no right any more, and by the rules of enrolling.
pub fn check(tx: &mut Tx<'_>, by: &By<CheckPaperForms>, id: Id, seen: &IfMatchVersion) -> Result<PaperForm, Refusal> {
    let (before, student) = ready_for(tx, by, id, seen, PaperFormVerb::Check)?;
    let offered = notices::told_of_plan(tx, before.plan_id, &student.path, "")?;
    let right = before.kind.right();
    if !guardianships::claim_named(tx, before.guardianship_id, before.person_id, right, before.signed_on)? {
        return Err(not_held(&offered).without_places());
    }
    let today = tx.today;
    let after = change(tx, "checked", &before, |form| {
        form.row.state = PaperFormState::Checked;
        form.row.checked_by_id = Some(by.user_id);
        form.row.checked_on = Some(today);
    })?;
    match after.kind {
        PaperFormKind::Application => enrollments::settle_paper(tx, &student, after.row.id, &offered)?,
        PaperFormKind::Refusal => {
            let places = places_of(tx, &after.project_ids.0)?;
            let paper = OnPaper {
                form_id: after.row.id,
                entered_by_id: after.entered_by_id,
                student: &student,
                may_choose: true,
                offered: &offered,
                places: &places,
            };
            enrollments::decline_on_paper(tx, &paper).map_err(Refusal::without_places)?;
        }
        PaperFormKind::Agreement => {
            let enrollment = to_sign(tx, &after).map_err(Refusal::without_places)?;
            let sha256 = after.agreement_sha256.as_deref().unwrap_or_default();
            agreements::sign_on_paper(tx, after.row.id, &enrollment, sha256)?;
        }
        PaperFormKind::Withdrawal => {
            let projects = &after.project_ids.0;
            enrollments::withdraw_on_paper(tx, &student, projects).map_err(Refusal::without_places)?;
        }
    }
    Ok(after)
}

/// Says that a paper is not what was entered; what stands as applied by it ends.
///
/// # Errors
/// 404, 412, 409 in another state or for one's own paper.
pub fn refuse(
    tx: &mut Tx<'_>,
    by: &By<CheckPaperForms>,
    id: Id,
    seen: &IfMatchVersion,
    why: &model::PaperRefusalIn,
) -> Result<PaperForm, Refusal> {
    let (before, _) = ready_for(tx, by, id, seen, PaperFormVerb::Refuse)?;
    let today = tx.today;
    let after = change(tx, "refused", &before, |form| {
        form.row.state = PaperFormState::Refused;
        form.row.checked_by_id = Some(by.user_id);
        form.row.checked_on = Some(today);
        form.row.refusal_reason = Some(why.reason.as_str().to_owned());
    })?;
    enrollments::drop_paper(tx, after.row.id)?;
    Ok(after)
}

/// A paper that the caller may look at as the second person, with its pupil claimed.
fn ready_for<P: Permission>(
    tx: &mut Tx<'_>,
    by: &By<P>,
    id: Id,
    seen: &IfMatchVersion,
    verb: PaperFormVerb,
) -> Result<(PaperForm, Student), Refusal> {
    let before: PaperForm = by.find(tx, id)?;
    seen.expect(before.version)?;
    verb.from(before.row.state)?;
    if before.entered_by_id == by.user_id {
        return Err(Refusal::of(Code::OwnRequest));
    }
    let student = students::claim(tx, &by.scope(), before.student_id)?;
    if student.row.person_id != before.person_id {
        return Err(run_again("the pupil was joined with another record"));
    }
    Ok((before, student))
}

/// The name of the guardian who has signed a paper.
///
/// # Errors
/// 404.
pub fn guardian_of(tx: &mut Tx<'_>, id: Id) -> Result<String, Refusal> {
    let form: PaperForm = known(tx, id)?;
    Ok(known::<Guardianship>(tx, form.guardianship_id)?.contact_name)
}

/// All papers of a person, for rooms that show the caller its pupil.
///
/// # Errors
/// When the database fails.
pub fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<PaperForm>, Refusal> {
    store::of_person(tx, person)
}

/// Forgets the scans of some pupils' papers; the files that nobody needs any more.
///
/// # Errors
/// When somebody else changes one, all is run again.
pub fn erased(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<String>, Refusal> {
    let (mut files, today) = (Vec::new(), tx.today);
    for before in store::of_students(tx, pupils)?.into_iter().filter(|form| form.row.erased_on.is_none()) {
        files.push(before.row.object.clone());
        change(tx, "erased", &before, |form| {
            ERASED.clone_into(&mut form.row.file_name);
            form.row.object = String::new();
            form.row.refusal_reason = form.row.refusal_reason.as_ref().map(|_| ERASED.to_owned());
            form.row.erased_on = Some(today);
        })?;
    }
    Ok(files)
}

/// The names of all scans in the store.
///
/// # Errors
/// When the database fails.
pub fn objects(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    store::objects(tx)
}

/// Sentences about what a paper has moved that nobody has checked (`guardian-consent`).
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    let (moved, signed) = store::unchecked(tx)?;
    let moved = moved.into_iter().map(|id| format!("enrollment {id} stands by a paper that nobody has checked"));
    let signed = signed.into_iter().map(|id| format!("agreement {id} is signed by a paper that nobody has checked"));
    Ok(moved.chain(signed).collect())
}
