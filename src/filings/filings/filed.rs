//! What a filing says, for whoever only reads it. It never changes once it is in force and its days are announced, so
//! it is read and parsed once and then remembered; what does change, the state above all, is not here.

use std::sync::{Arc, LazyLock};

use moka::sync::Cache;
use time::Date;

use super::fee_left::FeesLeft;
use super::judged_by::JudgedBy;
use super::{Filing, document, judged_by, store};
use crate::auth::known;
use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::rules::document::{PlanDocument, PlanProject};
use crate::rules::schedule::ServiceDays;

/// Filings that are remembered: a city's schools in a term. Parsed they are tens of kilobytes each.
const REMEMBERED_MAX: u64 = 1_000;

/// By id, which is unique over all databases.
static REMEMBERED: LazyLock<Cache<Id, Arc<Filed>>> = LazyLock::new(|| Cache::new(REMEMBERED_MAX));

/// What was filed.
#[derive(Debug)]
pub struct Filed {
    pub id: Id,
    pub school_id: Id,
    pub document: PlanDocument,
    /// Projects of the document with their ids.
    pub projects: Vec<Id>,
    /// The policy document that judged it.
    pub profile_document: String,
    /// The profile and the service days that judged it; none where it was filed before they were kept.
    pub judged_by: Option<JudgedBy>,
    pub(super) fees_left: FeesLeft,
}

impl Filed {
    /// What it says of a project; nothing for a project that is not in it.
    #[must_use]
    pub fn offer(&self, project: Id) -> Option<&PlanProject> {
        offer_in(&self.document, &self.projects, project)
    }

    /// The service days that judged it, where they were kept.
    #[must_use]
    pub fn days(&self) -> Option<&ServiceDays> {
        self.judged_by.as_ref().map(|judged_by| &judged_by.days)
    }

    /// The last day on which a project of it meets: by the days that were kept, else that of the service.
    #[must_use]
    pub fn last_day_of(&self, offer: &PlanProject) -> Option<Date> {
        match self.days() {
            Some(days) => days.last_day_of(offer),
            None => Some(self.document.term.last_service_date()),
        }
    }
}

/// What a document says of a project; `projects` are the ids of its own, in its order.
#[must_use]
pub fn offer_in<'a>(document: &'a PlanDocument, projects: &[Id], project: Id) -> Option<&'a PlanProject> {
    let place = projects.iter().position(|known| *known == project)?;
    document.projects.get(place)
}

/// What tells of a project that somebody has chosen: the filing that is told now, else the one by which it was chosen.
///
/// # Errors
/// 404.
pub fn telling_of(tx: &mut Tx<'_>, now: &Arc<Filed>, project: Id, chosen_by: Id) -> Result<Arc<Filed>, Refusal> {
    if now.offer(project).is_some() { Ok(Arc::clone(now)) } else { filed(tx, chosen_by) }
}

/// What a filing of any scope says, for rooms whose own rows the caller may see.
///
/// # Errors
/// 404.
pub fn filed(tx: &mut Tx<'_>, id: Id) -> Result<Arc<Filed>, Refusal> {
    if let Some(remembered) = REMEMBERED.get(&id) {
        return Ok(remembered);
    }
    let filing = known::<Filing>(tx, id)?;
    let (document, projects) = (document(&filing)?, store::projects_of(tx, id)?);
    let judged_by = judged_by::kept_facts(&filing)?;
    let fees_left = FeesLeft::default();
    let (school_id, profile_document) = (filing.row.school_id, filing.profile_document.clone());
    let filed = Arc::new(Filed { id, school_id, document, projects, profile_document, judged_by, fees_left });
    // Of a filing that this very transaction writes nothing is sure yet: it may be taken back and run again. What
    // judged it changes until all of its days are announced, here or in another process.
    let is_final = filed.days().is_some_and(ServiceDays::is_settled);
    if is_final && filing.updated_at != tx.now && !filed.projects.is_empty() {
        REMEMBERED.insert(id, Arc::clone(&filed));
    }
    Ok(filed)
}
