//! Whether choices were free (二.2, `coercion-signal`): an hourly job looks at the plans in which somebody has chosen
//! since its last round.

mod store;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime, Time};

use self::store::Chosen;
use crate::auth::known;
use crate::db::{Id, Instant, Tx, local_moment, local_time};
use crate::enrollments::choice_places;
use crate::oversight::signals::{self, About};
use crate::plans::plans::Plan;
use crate::refusal::Refusal;
use crate::regulation::policy_profiles;
use crate::rules::coercion::{ClassChoices, coercion_from_address, coercion_of_class};
use crate::rules::profile::Profile;

/// Plans that are looked at in one transaction.
const PLANS: usize = 10;

/// How far the job has come: plans in which somebody has chosen since a moment, behind one of them.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Round {
    since: Instant,
    began: Instant,
    after: Id,
}

impl Round {
    /// The first one, which looks at the last hour.
    #[must_use]
    pub fn first(now: Instant) -> Self {
        Self { since: now.plus(-Duration::HOUR), began: now, after: Id::NIL }
    }
}

/// Looks at some plans: how to go on, and whether the round is over.
///
/// # Errors
/// When the database fails.
pub fn watch(tx: &mut Tx<'_>, round: &Round) -> Result<(Round, bool), Refusal> {
    let round = if round.after == Id::NIL { Round { began: tx.now, ..*round } } else { *round };
    let plans = store::chosen_in(tx, round.since, round.after, PLANS)?;
    for plan in &plans {
        look_at(tx, *plan)?;
    }
    Ok(match plans.last().filter(|_| plans.len() == PLANS) {
        Some(last) => (Round { after: *last, ..round }, false),
        None => (Round { since: round.began, began: round.began, after: Id::NIL }, true),
    })
}

fn look_at(tx: &mut Tx<'_>, plan: Id) -> Result<(), Refusal> {
    let plan: Plan = known(tx, plan)?;
    let Some(in_force) = policy_profiles::in_force(tx, &plan.path, tx.today)? else { return Ok(()) };
    let about = |class_id, subject| About {
        school_id: plan.school_id,
        path: plan.path.clone(),
        plan_id: Some(plan.id),
        class_id,
        subject,
    };
    for (place, chosen) in choice_places::of_plan(tx, plan.id)? {
        if let Some(finding) = coercion_from_address(&chosen, &in_force.profile) {
            signals::raise(tx, about(None, format!("{} from {place}", plan.id)), &finding)?;
        }
    }
    let opened = opened(tx, plan.id)?;
    for (class, finding) in of_classes(tx, plan.id, plan.school_id, &opened, &in_force.profile)? {
        signals::raise(tx, about(Some(class), format!("{} by {class}", plan.id)), &finding)?;
    }
    Ok(())
}

/// When guardians could begin to choose: with each notice, and on the first day of a window.
fn opened(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<OffsetDateTime>, Refusal> {
    let published = store::published(tx, plan)?.into_iter().map(local_time);
    let windows = store::windows(tx, plan)?.into_iter().map(|day| local_time(local_moment(day, Time::MIDNIGHT)));
    Ok(published.chain(windows).collect())
}

/// What the pupils of a class have chosen, pupil by pupil.
#[derive(Default)]
struct Class {
    applied: HashMap<Id, OffsetDateTime>,
    on_paper: Vec<Id>,
    said_no: bool,
}

fn of_classes(
    tx: &mut Tx<'_>,
    plan: Id,
    school: Id,
    opened: &[OffsetDateTime],
    profile: &Profile,
) -> Result<Vec<(Id, crate::rules::Finding)>, Refusal> {
    let mut classes: HashMap<Id, Class> = HashMap::new();
    for Chosen { student_id, class_id, at, is_paper, is_no } in store::of_plan(tx, plan)? {
        let class = classes.entry(class_id).or_default();
        class.said_no |= is_no;
        if is_paper && !class.on_paper.contains(&student_id) {
            class.on_paper.push(student_id);
        }
        if !is_paper && !is_no {
            let at = local_time(at);
            let first = class.applied.entry(student_id).or_insert(at);
            *first = at.min(*first);
        }
    }
    let mut found = Vec::new();
    for (id, name, pupils) in store::rolls(tx, school)? {
        let Some(class) = classes.remove(&id) else { continue };
        let by_account = class.applied.iter().filter(|(pupil, _)| !class.on_paper.contains(pupil));
        let applied: Vec<OffsetDateTime> = by_account.map(|(_, at)| *at).collect();
        let on_paper = i64::try_from(class.on_paper.len()).unwrap_or(i64::MAX);
        let choices = ClassChoices { class: &name, pupils, on_paper, said_no: class.said_no, applied: &applied };
        found.extend(coercion_of_class(choices, opened, profile).map(|finding| (id, finding)));
    }
    Ok(found)
}
