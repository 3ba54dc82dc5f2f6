//! Signals 监管提示: what a supervisor is to look at, with the numbers that were compared. A signal stops nothing, the
//! school does not see it, and an officer says what it came to.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Signal, SignalAnswerIn, SignalFilter, SignalState, SignalVerb};

use self::model::SignalRow;
use crate::auth::permission::AnswerSignals;
use crate::auth::{By, Role, organisations};
use crate::db::{Id, Json, Tx};
use crate::http::IfMatchVersion;
use crate::inbox::messages::{self, MessageKind, News};
use crate::journal::{change, enter};
use crate::refusal::Refusal;
use crate::rules::Finding;

/// What a signal is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    pub school_id: Id,
    /// Path of the school.
    pub path: String,
    pub plan_id: Option<Id>,
    pub class_id: Option<Id>,
    /// In a word of the rule's own: the same is raised once.
    pub subject: String,
}

/// Raises a signal, and tells the officers of the school's authority; nothing where it was raised before.
///
/// # Errors
/// When somebody else raises it too, all is run again.
pub fn raise(tx: &mut Tx<'_>, about: About, finding: &Finding) -> Result<(), Refusal> {
    if store::is_raised(tx, &finding.rule, &about.subject)? {
        return Ok(());
    }
    let row = SignalRow {
        id: Id::fresh(),
        school_id: about.school_id,
        plan_id: about.plan_id,
        class_id: about.class_id,
        rule: finding.rule.clone().into_owned(),
        subject: about.subject,
        finding: Json(finding.clone()),
        raised_on: tx.today,
        state: SignalState::Open,
        answer: None,
        answered_on: None,
        answered_by_id: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let made = enter(tx, "raised", row, about.path)?;
    let school = organisations::find(tx, made.row.school_id)?;
    let Some(authority) = school.and_then(|school| school.parent_id) else { return Ok(()) };
    let news = News::new(MessageKind::SignalRaised, "signals", made.row.id).at(made.row.school_id);
    messages::tell_holders(tx, authority, Role::Bureau, &news)
}

/// Says what a signal came to.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn answer(
    tx: &mut Tx<'_>,
    by: &By<AnswerSignals>,
    id: Id,
    seen: &IfMatchVersion,
    said: &SignalAnswerIn,
) -> Result<Signal, Refusal> {
    let before: Signal = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    let state = SignalVerb::Answer.from(before.row.state)?;
    let today = tx.today;
    change(tx, "answered", &before, |signal| {
        signal.row.state = state;
        signal.row.answer = Some(said.answer.as_str().to_owned());
        signal.row.answered_on = Some(today);
        signal.row.answered_by_id = Some(by.user_id);
    })
}
