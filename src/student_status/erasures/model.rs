//! That a person was erased, and how much of it.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::auth::access_log::SeenPerson;
use crate::db::{Id, Instant, Json, Placed, Resource};
use crate::schools::schools::School;
use crate::values::text::Line;
use crate::{body, filter, row, text_enum};

text_enum! {
    /// Why a person was erased 删除原因. Other reasons may come.
    pub enum ErasureCause {
        /// 依申请
        Request = "request",
        /// 保存期满
        Retention = "retention",
    }
}

/// How much went, and how much stays without a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureCounts {
    pub memberships: i64,
    pub guardianships: i64,
    pub consents: i64,
    pub survey_answers: i64,
    pub paper_forms: i64,
    pub messages: i64,
    #[serde(default)]
    pub suggestions: i64,
    #[serde(default)]
    pub pickup_persons: i64,
    #[serde(default)]
    pub leave_requests: i64,
    #[serde(default)]
    pub attendances_kept: i64,
    pub enrollments_kept: i64,
    pub agreements_kept: i64,
    pub charges_kept: i64,
    pub access_log_lines_kept: i64,
}

row! {
    /// The row of an erasure.
    pub struct ErasureRow of erasures, "erasure", "erasures" {
        id: Id,
        person_id: Id,
        /// The school that the person attended last.
        school_id: Id,
        cause: ErasureCause,
        document: String,
        counts: Json<ErasureCounts>,
        erased_on: Date,
        erased_by_id: Id,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// An erasure with the path of the school.
pub type Erasure = Placed<ErasureRow>;

impl Erasure {
    /// Nothing is called on it.
    #[must_use]
    pub fn can(&self, _: &crate::auth::Actor) -> Vec<&'static str> {
        Vec::new()
    }

    /// The person, of whom nothing is known any more.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.row.person_id, school_id: Some(self.row.school_id) }
    }
}

/// What a run has erased.
#[derive(Debug, Clone, Serialize)]
pub struct RetentionRun {
    #[serde(skip)]
    pub school: School,
    #[serde(skip)]
    pub school_id: Id,
    /// Who left before this day.
    #[serde(skip)]
    pub before: Date,
    #[serde(skip)]
    pub erasures: Vec<Erasure>,
    #[serde(skip)]
    pub held: i64,
    #[serde(skip)]
    pub more: bool,
    #[serde(skip)]
    pub counts: ErasureCounts,
}

impl RetentionRun {
    pub(super) fn of(school_id: Id, before: Date, more: bool, school: School) -> Self {
        let counts = ErasureCounts::default();
        Self { school, school_id, before, erasures: Vec::new(), held: 0, more, counts }
    }

    pub(super) fn add(&mut self, erasure: Erasure) {
        let (sum, one) = (&mut self.counts, erasure.row.counts.0);
        sum.memberships += one.memberships;
        sum.guardianships += one.guardianships;
        sum.consents += one.consents;
        sum.survey_answers += one.survey_answers;
        sum.paper_forms += one.paper_forms;
        sum.messages += one.messages;
        sum.suggestions += one.suggestions;
        sum.pickup_persons += one.pickup_persons;
        sum.leave_requests += one.leave_requests;
        sum.attendances_kept += one.attendances_kept;
        sum.enrollments_kept += one.enrollments_kept;
        sum.agreements_kept += one.agreements_kept;
        sum.charges_kept += one.charges_kept;
        sum.access_log_lines_kept += one.access_log_lines_kept;
        self.erasures.push(erasure);
    }
}

impl Resource for RetentionRun {
    type Row = <School as Resource>::Row;
    const NOUN: &'static str = "retention-run";
    const PLURAL: &'static str = "retention-runs";

    fn row(&self) -> &Self::Row {
        self.school.row()
    }

    fn row_mut(&mut self) -> &mut Self::Row {
        self.school.row_mut()
    }

    fn path(&self) -> &str {
        Resource::path(&self.school)
    }
}

body! {
    /// A person that is to be erased.
    pub struct ErasureIn {
        /// Who attends no school.
        person_id: Id,
        /// The request, or what else demands it.
        #[schema(inline)]
        document: Line<2, 120>,
    }
}

body! {
    /// The school whose former pupils are to be erased once the years of keeping are over.
    pub struct RetentionRunIn {
        school_id: Id,
        /// The order by which it is done.
        #[schema(inline)]
        document: Line<2, 120>,
    }
}

filter! {
    /// Which erasures a list holds.
    pub struct ErasureFilter {
        /// Only of persons who attended this school last.
        school_id: Id,
        /// Only for this reason.
        cause: ErasureCause,
    }
}
