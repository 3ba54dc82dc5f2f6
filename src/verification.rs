//! Everything that must hold over a whole database, for `kehou verify`: the journal's chain, every row against the
//! journal, and what the rooms know of themselves. Read in batches, so that memory does not grow with the database.

use futures_util::StreamExt;
use sha2::{Digest, Sha256};

use crate::auth::organisations::Organisation;
use crate::auth::sessions::Session;
use crate::auth::{access_log, grants, invitations, keys, users};
use crate::db::{self, Db, Id, Kept, Sentences, Tx};
use crate::delivery::{
    calendar_feeds, groups, leave_requests, pay_sheets, pickup_persons, rosters, sessions as service_sessions,
};
use crate::enrollments::paper_forms::PaperFormRow;
use crate::enrollments::{agreements, choice_windows, draws, enrollments, paper_forms, project_closures, suggestions};
use crate::fees::{charges, fee_accounts, ledger};
use crate::file_store::Store;
use crate::filings::{amendments, filings};
use crate::journal::{self, Book, ChainReport, Head};
use crate::materials::{self, MaterialRow};
use crate::notices::notices;
use crate::oversight::signals;
use crate::partners::{partner_agreements, partner_bans, partner_reviews, partners};
use crate::plans::{committee_opinions, exemptions, plans, projects, quality_courses};
use crate::refusal::Refusal;
use crate::regulation::{authorities, calendar, policy_profiles, terms};
use crate::resources::facilities;
use crate::safety::{hazards, safety_duties, safety_education_records, venue_checks};
use crate::schools::{class_teachers, classes, schools};
use crate::sealing::hex;
use crate::staff::{
    performance_pay_totals, remuneration_standards, staff_contracts, staff_members, staff_qualifications,
    staff_vettings,
};
use crate::student_status::{erasures, year_turns};
use crate::students::{consents, guardianships, persons, students};
use crate::surveys::{survey_answers, surveys};

/// Rows that are read at once.
pub const BATCH: i64 = 500;

/// All that the journal keeps a book of: who adds a thing that is recorded adds its line.
const BOOKS: &[Book] = &[
    Book::of::<Organisation>(),
    Book::of::<users::User>(),
    Book::of::<grants::RoleGrant>(),
    Book::of::<invitations::Invitation>(),
    Book::forgotten::<Session>(),
    Book::of::<authorities::Authority>(),
    Book::of::<policy_profiles::PolicyProfile>(),
    Book::of::<terms::Term>(),
    Book::of::<calendar::closures::Closure>(),
    Book::of::<calendar::years::CalendarYear>(),
    Book::of::<schools::School>(),
    Book::of::<classes::Class>(),
    Book::of::<class_teachers::ClassTeacher>(),
    Book::of::<materials::Material>(),
    Book::of::<facilities::Facility>(),
    Book::of::<partners::Partner>(),
    Book::of::<partner_reviews::PartnerReview>(),
    Book::of::<partner_bans::PartnerBan>(),
    Book::of::<partner_agreements::PartnerAgreement>(),
    Book::of::<staff_members::StaffMember>(),
    Book::of::<staff_qualifications::StaffQualification>(),
    Book::of::<staff_vettings::StaffVetting>(),
    Book::of::<staff_contracts::StaffContract>(),
    Book::of::<remuneration_standards::RemunerationStandard>(),
    Book::of::<safety_duties::SafetyDuty>(),
    Book::of::<venue_checks::VenueCheck>(),
    Book::of::<hazards::Hazard>(),
    Book::of::<safety_education_records::SafetyEducationRecord>(),
    Book::of::<persons::Person>(),
    Book::of::<students::Student>(),
    Book::of::<guardianships::Guardianship>(),
    Book::of::<consents::Consent>(),
    Book::of::<erasures::Erasure>(),
    Book::of::<year_turns::YearTurn>(),
    Book::of::<signals::Signal>(),
    Book::of::<suggestions::Suggestion>(),
    Book::of::<project_closures::ProjectClosure>(),
    Book::of::<surveys::Survey>(),
    Book::of::<survey_answers::SurveyAnswer>(),
    Book::of::<plans::Plan>(),
    Book::entered_unseen::<projects::Project>(),
    Book::of::<exemptions::Exemption>(),
    Book::of::<committee_opinions::CommitteeOpinion>(),
    Book::of::<quality_courses::QualityCourse>(),
    Book::of::<filings::Filing>(),
    Book::of::<amendments::Amendment>(),
    Book::of::<notices::Notice>(),
    Book::of::<choice_windows::ChoiceWindow>(),
    Book::of::<enrollments::Enrollment>(),
    Book::of::<agreements::Agreement>(),
    Book::of::<paper_forms::PaperForm>(),
    Book::of::<groups::Group>(),
    Book::of::<groups::GroupMember>(),
    Book::of::<service_sessions::Session>(),
    Book::of::<service_sessions::SessionStaff>(),
    Book::of::<rosters::Roster>(),
    Book::of::<pickup_persons::PickupPerson>(),
    Book::of::<leave_requests::LeaveRequest>(),
    Book::of::<calendar_feeds::CalendarFeed>(),
    Book::of::<performance_pay_totals::PerformancePayTotal>(),
    Book::of::<pay_sheets::PaySheet>(),
    Book::of::<fee_accounts::FeeAccount>(),
    Book::of::<charges::Charge>(),
];

/// What was found.
#[derive(Debug)]
pub struct Report {
    pub chain: ChainReport,
    /// Rows whose last change is older than the seals of the journal, and which are not compared.
    pub older: u64,
    pub wrong: Sentences,
}

/// Reads a whole database. `kept` is a head of the journal that was written down elsewhere.
///
/// # Errors
/// When the master key is not that of the database, which is said before anything else, or the database fails.
pub fn everything(tx: &mut Tx<'_>, kept: Option<&Head>, batch: i64) -> Result<Report, Refusal> {
    keys::check_master(tx)?;
    let mut wrong = Sentences::default();
    wrong.say_all(db::check_references(tx.conn)?);
    let mut chain = journal::verify(tx, kept)?;
    wrong.add(std::mem::take(&mut chain.breaks));
    let older = journal::compare(tx, BOOKS, batch, &mut wrong)?;
    access_log::verify(tx, batch, &mut wrong)?;
    wrong.say_all(grants::verify(tx)?);
    wrong.say_all(policy_profiles::verify(tx)?);
    wrong.say_all(staff_contracts::verify(tx)?);
    wrong.say_all(persons::verify(tx, batch)?);
    wrong.say_all(filings::verify(tx)?);
    wrong.say_all(notices::verify(tx, batch)?);
    wrong.say_all(enrollments::verify(tx)?);
    wrong.say_all(draws::verify(tx)?);
    wrong.say_all(agreements::verify(tx)?);
    wrong.say_all(paper_forms::verify(tx)?);
    wrong.say_all(service_sessions::verify(tx)?);
    rosters::verify(tx, batch, &mut wrong)?;
    pay_sheets::verify(tx, batch, &mut wrong)?;
    wrong.say_all(ledger::verify(tx)?);
    wrong.say_all(charges::verify(tx)?);
    Ok(Report { chain, older, wrong })
}

/// A file of the store: what names it, its name there, and its hash.
type NamedFile = (String, String, String);

/// Reads every uploaded file, and names those that are gone or not what was uploaded; how many it read.
///
/// # Errors
/// When the database fails.
pub async fn files(db: &Db, store: &Store, wrong: &mut Sentences) -> Result<u64, Refusal> {
    let of_materials = |row: MaterialRow| (format!("material {}", row.id), row.object, row.sha256);
    let of_papers = |row: PaperFormRow| (format!("paper form {}", row.id), row.object, row.sha256);
    // What was erased has no file any more.
    let read = read_all(db, store, wrong, of_materials).await?;
    Ok(read + read_all(db, store, wrong, of_papers).await?)
}

async fn read_all<R: Kept + Send + 'static>(
    db: &Db,
    store: &Store,
    wrong: &mut Sentences,
    file_of: impl Fn(R) -> NamedFile,
) -> Result<u64, Refusal> {
    let (mut after, mut read) = (Id::NIL, 0);
    loop {
        let rows = db.read(move |tx| next_rows::<R>(tx, after)).await?;
        let Some(last) = rows.last() else { return Ok(read) };
        after = last.key();
        for row in rows {
            read += 1;
            let (what, object, recorded) = file_of(row);
            if object.is_empty() {
                continue;
            }
            match sha256_of(store, &object).await {
                Ok(sha256) if sha256 == recorded => {}
                Ok(_) => wrong.say(format!("the file of {what} is not what was uploaded")),
                Err(cause) => wrong.say(format!("the file of {what} cannot be read: {cause}")),
            }
        }
    }
}

fn next_rows<R: Kept>(tx: &mut Tx<'_>, after: Id) -> Result<Vec<R>, Refusal> {
    let ids = R::ids_after(tx, after, BATCH)?;
    let mut rows = R::these(tx, &ids)?;
    rows.sort_by_key(Kept::key);
    Ok(rows)
}

/// The hash of a file, of which only a part is in memory.
async fn sha256_of(store: &Store, object: &str) -> Result<String, String> {
    let mut parts = store.stream(object).await.map_err(|refusal| refusal.to_string())?;
    let mut hash = Sha256::new();
    while let Some(part) = parts.next().await {
        hash.update(&part.map_err(|error| error.to_string())?);
    }
    Ok(hex(&hash.finalize()))
}
