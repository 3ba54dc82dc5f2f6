//! `/students/{id}/offers`.

use actix_web::get;
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::model::{Clashing, Offer, Own};
use super::{NothingOffered, OfStudent, Offers};
use crate::auth::access_log::SeenPerson;
use crate::auth::permission::ReadEnrollments;
use crate::auth::{Actor, By, Read, Shown};
use crate::db::{Id, Names};
use crate::enrollments::enrollments::EnrollmentState;
use crate::enrollments::offers;
use crate::enrollments::suggestions::Suggested;
use crate::filings::filings::FeeLeft;
use crate::http::{Answered, PathId, ServiceConfig};
use crate::rules::document::{FeeKind, Period, PlanSlot, ProjectCategory, Season};
use crate::values::iso_date;

/// What a pupil is offered today 可选项目.
#[derive(Debug, Serialize, ToSchema)]
pub struct StudentOffersOut {
    pub student_id: Id,
    pub student_name: String,
    /// The day for which all of it is said.
    #[serde(with = "iso_date")]
    pub on: Date,
    /// Why there are none; null where there are some.
    pub nothing: Option<NothingOffered>,
    /// The same as a sentence in the reader's language, with what to do; null where there are some.
    pub message: Option<String>,
    /// Projects of the published notices that take the pupil's grade, the latest notice first.
    pub items: Vec<OfferOut>,
}

/// A project that a pupil is offered.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferOut {
    pub project_id: Id,
    pub plan_id: Id,
    /// The published notice that tells of it.
    pub notice_id: Id,
    /// Where it is read without signing in.
    #[schema(example = "/notices/0192f0c1-2b3a-7c4d-8e5f-60718293a4b5")]
    pub notice_page: String,
    pub school_year: String,
    pub season: Season,
    pub name: String,
    pub category: ProjectCategory,
    pub outline: Option<String>,
    /// When it meets in a week.
    pub slots: Vec<PlanSlot>,
    /// The first day of service in the term …
    #[serde(with = "iso_date")]
    pub service_from: Date,
    /// … and the last.
    #[serde(with = "iso_date")]
    pub service_to: Date,
    /// While the winter timetable runs, first and last day included.
    pub winter_periods: Vec<Period>,
    /// The last day to apply; null means any day of the term.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub apply_until: Option<Date>,
    pub fee_kind: FeeKind,
    /// For one lesson, or for the term; null if it is free.
    pub unit_fen: Option<i64>,
    /// What the term still comes to; null if it is free, or where what judged the filing was not kept.
    pub fee_left: Option<FeeLeftOut>,
    /// Null for no limit.
    pub seats_max: Option<i64>,
    /// Null for no limit.
    pub seats_left: Option<i64>,
    /// How many wait for a seat.
    pub waiting: i64,
    /// Since when it is closed, because too few had joined; null where it is held.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub closed_on: Option<Date>,
    /// The window in which it is wished for, `POST /wishes`; null where its seats are not drawn.
    pub choice_window_id: Option<Id>,
    /// What meets at the same time: what is offered, and where the pupil has a place.
    pub clashes_with: Vec<ClashOut>,
    /// The pupil's enrollment in it: the one that stands, else the last one; null where there was none.
    pub enrollment: Option<OwnEnrollmentOut>,
    /// Who suggests it to the pupil, its class or its school, and why: advice, never an enrollment.
    pub suggestions: Vec<SuggestedOut>,
    /// What this caller may do for the pupil now: `apply` and `decline` are `POST /enrollments`; of a full project,
    /// `apply` gives a place on the waitlist.
    pub can: Vec<String>,
}

/// What the term still comes to for the pupil, if it joins this project alone; limits hold for all that it joins
/// together, so several may come to less than their sum.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeeLeftOut {
    /// The day from which it counts: today, the pupil's first day, or the day of its signature.
    #[serde(with = "iso_date")]
    pub from: Date,
    /// Lessons that are left; null where the fee is for the term.
    pub lessons: Option<i64>,
    /// What is approved, before the concession.
    pub approved_fen: i64,
    /// What the pupil pays of it in percent, where the policy lets it pay less and the caller may know why; else null.
    pub pays_percent: Option<i32>,
    /// What is to be paid.
    pub amount_fen: i64,
    /// Whether days are counted for which no calendar is announced yet, so that it may change.
    pub is_provisional: bool,
}

impl From<&FeeLeft> for FeeLeftOut {
    fn from(left: &FeeLeft) -> Self {
        let FeeLeft { from, lessons, approved_fen, pays_percent, amount_fen, is_provisional } = *left;
        let pays_percent = pays_percent.and_then(|percent| i32::try_from(percent).ok());
        Self { from, lessons, approved_fen, pays_percent, amount_fen, is_provisional }
    }
}

/// A project that meets at the same time as another.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClashOut {
    pub project_id: Id,
    pub project_name: String,
    /// Whether the pupil has a place in it.
    pub is_taken: bool,
}

impl From<&Clashing> for ClashOut {
    fn from(clash: &Clashing) -> Self {
        let Clashing { project_id, name, is_taken } = clash.clone();
        Self { project_id, project_name: name, is_taken }
    }
}

/// A suggestion of a project, as it is told to those to whom it was made 选课建议.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedOut {
    /// The suggestion.
    pub suggestion_id: Id,
    /// Why it would suit.
    pub note: String,
    /// The day on which it was made.
    #[serde(with = "iso_date")]
    pub suggested_on: Date,
    /// Who made it.
    pub suggested_by_name: String,
}

impl From<&Suggested> for SuggestedOut {
    fn from(suggested: &Suggested) -> Self {
        let Suggested { suggestion_id, note, suggested_on, suggested_by_name, .. } = suggested.clone();
        Self { suggestion_id, note, suggested_on, suggested_by_name }
    }
}

/// A pupil's own enrollment in what it is offered.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnEnrollmentOut {
    pub id: Id,
    pub state: EnrollmentState,
    /// `If-Match: "<version>"` accepts it.
    pub version: i64,
    /// What this caller may call on it now, as `POST /enrollments/{id}/{verb}`.
    pub can: Vec<String>,
}

fn words(can: &[&str]) -> Vec<String> {
    can.iter().map(|verb| (*verb).to_owned()).collect()
}

impl From<&Own> for OwnEnrollmentOut {
    fn from(own: &Own) -> Self {
        Self { id: own.id, state: own.state, version: own.version, can: words(&own.can) }
    }
}

impl OfferOut {
    /// None for what is not in its document, which does not happen.
    fn of(offer: &Offer) -> Option<Self> {
        let (project, term) = (offer.project()?, &offer.filed.document.term);
        Some(Self {
            project_id: offer.project_id,
            plan_id: offer.plan_id,
            notice_id: offer.notice_id,
            notice_page: format!("/notices/{}", offer.notice_id),
            school_year: term.school_year.as_str().to_owned(),
            season: term.season,
            name: project.name.as_str().to_owned(),
            category: project.category,
            outline: project.outline.as_ref().map(|outline| outline.as_str().to_owned()),
            slots: project.slots.clone(),
            service_from: term.first_service_date(),
            service_to: term.last_service_date(),
            winter_periods: term.winter_periods.clone(),
            apply_until: project.apply_until,
            fee_kind: project.fee.kind,
            unit_fen: project.fee.paid_fen(),
            fee_left: offer.fee_left.as_ref().map(FeeLeftOut::from),
            seats_max: offer.seats.most,
            seats_left: offer.seats.left(),
            waiting: offer.seats.waiting,
            closed_on: offer.seats.closed_on,
            choice_window_id: offer.choice_window_id,
            clashes_with: offer.clashes_with.iter().map(ClashOut::from).collect(),
            enrollment: offer.own.as_ref().map(OwnEnrollmentOut::from),
            suggestions: offer.suggested.iter().map(SuggestedOut::from).collect(),
            can: words(&offer.can),
        })
    }
}

impl Shown for OfStudent<Offers> {
    type Out = StudentOffersOut;
    const SHOWS_PUPILS: bool = true;

    fn shown_to(&self, by: &Actor, _: &Names) -> StudentOffersOut {
        let Offers { on, nothing, offers } = &self.with;
        StudentOffersOut {
            student_id: self.student.row.id,
            student_name: self.student.row.name.clone(),
            on: *on,
            nothing: *nothing,
            message: nothing.map(|nothing| by.language.text(&format!("offers.{}", nothing.as_str()), [])),
            items: offers.iter().filter_map(OfferOut::of).collect(),
        }
    }

    fn persons(&self) -> Vec<SeenPerson> {
        vec![self.student.seen_at()]
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_student_offers);
}

/// What a pupil may choose from today, with seats, what the term still comes to, and what clashes 可选项目
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The pupil")),
    responses((status = 200, description = "The offers", body = StudentOffersOut), ReadEnrollments))]
#[get("/students/{id}/offers")]
async fn get_student_offers(by: By<ReadEnrollments>, id: PathId, read: Read) -> Answered {
    read.shows_whole(by, move |tx, by| offers::of_student(tx, by, id.0)).await
}
