//! Of what becomes of an enrollment its guardians are told: those who receive notices, and have an account.

use time::Date;

use super::model::Enrollment;
use crate::db::{Id, Tx};
use crate::inbox::messages::{self, MessageKind, News, Pupil};
use crate::refusal::Refusal;

impl Enrollment {
    /// The pupil, as messages name it.
    #[must_use]
    pub fn pupil(&self) -> Pupil {
        Pupil { student_id: self.student_id, person_id: self.person_id, school_id: self.school_id }
    }

    /// What is told of it; each of its versions may be told of once.
    #[must_use]
    pub fn news(&self, kind: MessageKind) -> News {
        let news = News::new(kind, "enrollments", self.row.id).project(self.project_id);
        news.again(i32::try_from(self.row.version).unwrap_or_default())
    }
}

/// Tells all guardians of the pupil.
pub(super) fn tell(tx: &mut Tx<'_>, of: &Enrollment, kind: MessageKind, until: Option<Date>) -> Result<(), Refusal> {
    messages::tell_guardians(tx, of.pupil(), None, &of.news(kind).until(until))
}

/// Tells the others that one of the guardians has chosen: the latest act counts.
///
/// # Errors
/// When the database fails.
pub fn tell_others(tx: &mut Tx<'_>, of: &Enrollment, by: Id) -> Result<(), Refusal> {
    messages::tell_guardians(tx, of.pupil(), Some(by), &of.news(MessageKind::GuardianChose))
}
