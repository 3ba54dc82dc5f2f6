//! A plan: what the school writes itself, its states, and how it becomes a plan document with what is on record.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use crate::auth::Actor;
use crate::db::{Id, Instant, Json};
use crate::http::{AnyOf, TimeSort};
use crate::plans::life::{PlanState, Verb};
use crate::refusal::{Fault, FieldError};
use crate::regulation::terms::Term;
use crate::rules::document::{
    Dismissal, Period, PlanBudget, PlanDocument, PlanGrade, PlanNotice, PlanProvider, PlanTerm, Season,
};
use crate::schools::schools::School;
use crate::values::identifiers::SchoolYear;
use crate::values::iso_date;
use crate::{filter, resource, row, text_enum};

text_enum! {
    /// Where one submission stands 审核进度. Other states may come.
    pub enum FilingState {
        /// 待审核
        Submitted = "submitted",
        /// 退回修改
        Returned = "returned",
        /// 审核同意
        Approved = "approved",
        /// 已撤回
        Withdrawn = "withdrawn",
        /// 已被变更取代
        Superseded = "superseded",
    }
}

row! {
    /// The row of a plan.
    pub struct PlanRow of plans {
        id: Id,
        school_id: Id,
        school_year: String,
        season: Season,
        state: PlanState,
        content: Json<PlanContent>,
        /// Judged by `filing-window`; a plan that was withdrawn is judged anew.
        first_submitted_on: Option<Date>,
        /// The deadline by which that was judged, whatever has become of the term since.
        #[serde(skip_serializing_if = "Option::is_none")]
        filing_deadline_on: Option<Date>,
        /// Its submissions so far.
        filings_count: i32,
        /// The submission that it stands on: its latest, or that of the amendment that was approved last.
        filing_ordinal: i32,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// What the school itself writes, beside its projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanContent {
    pub grades: Vec<PlanGrade>,
    /// When each grade is dismissed this term; the approved times if it is empty.
    pub dismissals: Vec<Dismissal>,
    #[serde(with = "iso_date::option")]
    pub service_from: Option<Date>,
    #[serde(with = "iso_date::option")]
    pub service_to: Option<Date>,
    pub provider: PlanProvider,
    pub budget: PlanBudget,
    pub notice: PlanNotice,
}

/// The submission that a plan or an amendment stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::db::schema::filings, check_for_backend(crate::db::MultiBackend))]
#[schema(as = LatestFilingOut)]
pub struct LatestFiling {
    pub id: Id,
    /// Case number 案卷号.
    pub case_number: String,
    pub state: FilingState,
    /// Of the bytes that were filed; a review names it.
    pub sha256: String,
}

/// A plan with its school's node of the tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    #[serde(flatten)]
    pub row: PlanRow,
    pub school_code: String,
    pub school_name: String,
    pub path: String,
    pub filing: Option<LatestFiling>,
    /// Whether the last day of its term is over: before, nobody closes it.
    #[serde(skip)]
    pub term_is_over: bool,
}

resource!(Plan { row: PlanRow, path }, "plan", "plans");

impl Plan {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let is_time = |verb| verb != Verb::Close || self.term_is_over;
        Verb::such(self.state, |verb| is_time(verb) && verb.scope(actor).holds_path(&self.path))
    }
}

impl PlanContent {
    /// What a document says of itself; school and term stay where they are kept.
    #[must_use]
    pub fn of(document: &PlanDocument) -> Self {
        Self {
            grades: document.school.grades.clone(),
            dismissals: document.school.dismissals.clone(),
            service_from: document.term.service_from,
            service_to: document.term.service_to,
            provider: document.provider.clone(),
            budget: document.budget.clone(),
            notice: document.notice.clone(),
        }
    }
}

filter! {
    /// Which plans a list holds.
    pub struct PlanFilter {
        /// Only plans of this school.
        school_id: Id,
        /// Only plans of this school year.
        school_year: SchoolYear,
        /// Only plans of this season.
        season: Season,
        /// Only plans in one of these states.
        state: AnyOf<PlanState>,
        /// Only of schools of this authority.
        authority_id: Id,
    }
    polled by TimeSort
}

/// The term as the document shows it.
#[must_use]
pub fn term_on_record(term: &Term, content: &PlanContent) -> Option<PlanTerm> {
    Some(PlanTerm {
        school_year: SchoolYear::new(&term.row.school_year).ok()?,
        season: term.row.season,
        opens_on: term.row.opens_on,
        ends_on: term.row.ends_on,
        service_from: content.service_from,
        service_to: content.service_to,
        winter_periods: term.winter_periods.0.clone(),
    })
}

/// Where a document says something else of school and term than what is on record. What it leaves empty is filled in.
#[must_use]
pub fn mismatches(document: &PlanDocument, school: &School, authority_code: &str, term: &Term) -> Vec<FieldError> {
    let (said, row) = (&document.school, &school.row);
    let grades: Vec<i64> = said.grades.iter().map(|row| row.grade.get()).collect();
    let kept: Vec<i64> = (i64::from(row.grade_first)..=i64::from(row.grade_last)).collect();
    let checks = [
        ("/school/name", said.name.as_str() == school.name),
        ("/school/stages", same(&said.stages, &school.stages)),
        ("/school/ownership", said.ownership == row.ownership),
        ("/school/area", said.area == row.area),
        ("/school/boarding", said.boarding == row.boarding),
        ("/school/grades", same(&grades, &kept)),
        ("/school/authority_code", said.authority_code.as_str() == authority_code),
        (
            "/school/approved_dismissals",
            said.approved_dismissals.is_empty() || same(&said.approved_dismissals, &school.dismissals),
        ),
        ("/term/opens_on", document.term.opens_on == term.row.opens_on),
        ("/term/ends_on", document.term.ends_on == term.row.ends_on),
        ("/term/winter_periods", is_same_winter(&document.term.winter_periods, &term.winter_periods)),
    ];
    checks.into_iter().filter(|(_, same)| !same).map(|(at, _)| FieldError::new(at, Fault::Mismatch)).collect()
}

fn is_same_winter(said: &[Period], kept: &[Period]) -> bool {
    said.is_empty() || said == kept
}

fn same<T: Eq + std::hash::Hash>(one: &[T], other: &[T]) -> bool {
    one.iter().collect::<HashSet<_>>() == other.iter().collect::<HashSet<_>>()
}
