//! What judged a filing, as the filing keeps it: the policy profile as it was laid together, who set each parameter,
//! and the service days that were counted. Who charges by a filing reads this, never the profile or calendar of today.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use time::Date;

use super::{Filing, document, record, store};
use crate::auth::known;
use crate::db::{Id, Tx};
use crate::plans::checks::Judgement;
use crate::plans::exemptions;
use crate::plans::plans::{self, Plan};
use crate::refusal::{Code, Refusal};
use crate::regulation::authorities::AuthorityLevel;
use crate::regulation::calendar;
use crate::regulation::policy_profiles::ParameterSource;
use crate::rules::document::{FeeKind, PlanDocument, PlanProject};
use crate::rules::profile::{Profile, ProfileHeading, ProfileParameters};
use crate::rules::schedule::ServiceDays;
use crate::sealing::hex;
use crate::values::iso_date;

/// What a filing is charged by, beside its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedBy {
    pub profile: Profile,
    pub days: ServiceDays,
}

/// As it stands in the row and in the dossier, where it needs nothing else to be read.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// When profile and calendar were read: on the day of the submission, or later, of a filing that did not keep them.
    #[serde(with = "iso_date")]
    read_on: Date,
    profile: Heading,
    /// Every parameter by its name.
    parameters: BTreeMap<String, Parameter>,
    service_days: ServiceDays,
}

/// The policy document that findings cite.
#[derive(Debug, Serialize, Deserialize)]
struct Heading {
    code: String,
    document: String,
    title: String,
    #[serde(with = "iso_date")]
    in_force_from: Date,
    #[serde(with = "iso_date::option")]
    in_force_to: Option<Date>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Parameter {
    value: Value,
    /// Nobody, where it has its default.
    set_by: Option<SetBy>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SetBy {
    profile_code: String,
    document: String,
    authority_code: String,
    authority_name: String,
    authority_level: AuthorityLevel,
}

impl SetBy {
    fn of(source: &ParameterSource) -> Self {
        let ParameterSource { profile_code, document, authority_code, authority_name, authority_level, .. } =
            source.clone();
        Self { profile_code, document, authority_code, authority_name, authority_level }
    }
}

impl Kept {
    fn of(
        read_on: Date,
        profile: &Profile,
        sources: &[ParameterSource],
        days: ServiceDays,
    ) -> serde_json::Result<Self> {
        let parameter = |(name, value): (&str, String)| {
            let set_by = sources.iter().find(|source| source.parameter == name).map(SetBy::of);
            Ok((name.to_owned(), Parameter { value: serde_json::from_str(&value)?, set_by }))
        };
        Ok(Self {
            read_on,
            profile: Heading {
                code: profile.id.clone(),
                document: profile.document.clone(),
                title: profile.title.clone(),
                in_force_from: profile.in_force_from,
                in_force_to: profile.in_force_to,
            },
            parameters: profile.values().into_iter().map(parameter).collect::<serde_json::Result<_>>()?,
            service_days: days,
        })
    }

    /// Its canonical text, and the hash of that.
    fn hashed(&self) -> Result<(String, String), Refusal> {
        let text = serde_json_canonicalizer::to_string(self).map_err(Refusal::internal)?;
        let sha256 = hex(&Sha256::digest(&text));
        Ok((text, sha256))
    }

    /// The profile of these parameters; refused where one is not there that a profile must have.
    fn profile(&self) -> Result<Profile, Refusal> {
        let value = |(name, kept): (&String, &Parameter)| (name.clone(), kept.value.clone());
        let values: Map<String, Value> = self.parameters.iter().map(value).collect();
        let given: ProfileParameters = serde_json::from_value(Value::Object(values)).map_err(Refusal::internal)?;
        let heading = ProfileHeading {
            id: self.profile.code.clone(),
            document: self.profile.document.clone(),
            title: self.profile.title.clone(),
            in_force_from: self.profile.in_force_from,
            in_force_to: self.profile.in_force_to,
        };
        let profile = Profile::of(heading, &given);
        profile.ok_or_else(|| Refusal::internal("a kept profile without a parameter that it must have"))
    }

    fn read(self) -> Result<JudgedBy, Refusal> {
        Ok(JudgedBy { profile: self.profile()?, days: self.service_days })
    }

    /// What judged a document, as it is read on `read_on`.
    ///
    /// # Errors
    /// 422 where no profile judges it.
    fn judging(read_on: Date, document: &PlanDocument, judgement: &Judgement) -> Result<Self, Refusal> {
        let opens_on = document.term.opens_on;
        if !judgement.profile.in_force_on(opens_on) {
            return Err(Refusal::of(Code::ProfileMissing).with("date", opens_on));
        }
        let days = judgement.service_days(document);
        Self::of(read_on, &judgement.profile, &judgement.sources, days).map_err(Refusal::internal)
    }
}

/// The canonical text of what judged a document, as it is read on `read_on`, and its hash.
///
/// # Errors
/// 422 where no profile judges it.
pub(super) fn kept(read_on: Date, document: &PlanDocument, judgement: &Judgement) -> Result<(String, String), Refusal> {
    Kept::judging(read_on, document, judgement)?.hashed()
}

/// What judged a filing of any scope, to be charged by. A filing of before this was kept is judged by what holds today,
/// once: it keeps that from then on, and the journal has a row of it. Days of a year that was not announced when it was
/// judged are those that the calendar has today.
///
/// # Errors
/// 422 where nothing was kept and no profile judges it today, or where lessons are paid on days that are still not
/// announced: no money is counted by a guess.
pub fn judged_by(tx: &mut Tx<'_>, filing: &Filing) -> Result<JudgedBy, Refusal> {
    let kept = match &filing.judged_by {
        Some(text) => parsed(text)?,
        None => keep_late(tx, filing)?,
    };
    if kept.service_days.is_settled() {
        return kept.read();
    }
    let read = settle(tx, filing, kept)?.read()?;
    if read.days.is_settled() {
        return Ok(read);
    }
    let document = document(filing)?;
    let by_lesson = document.projects.iter().filter(|project| project.fee.kind == FeeKind::PerLesson);
    let by_lesson: Vec<PlanProject> = by_lesson.cloned().collect();
    let unknown = read.days.provisional(&by_lesson).next();
    match unknown {
        Some(date) => Err(Refusal::of(Code::CalendarMissing).with("date", date)),
        None => Ok(read),
    }
}

/// What a filing keeps of what judged it; none where it was filed before this was kept.
///
/// # Errors
/// A defect: what it keeps cannot be read.
pub fn kept_facts(filing: &Filing) -> Result<Option<JudgedBy>, Refusal> {
    filing.judged_by.as_deref().map(|text| parsed(text)?.read()).transpose()
}

fn parsed(text: &str) -> Result<Kept, Refusal> {
    serde_json::from_str(text).map_err(Refusal::internal)
}

/// What a filing keeps, with the days that were not announced when it was judged as the calendar has them today. Once
/// all are announced the filing keeps them, and the journal has a row of it: what judged it stays, and no later change
/// of the calendar moves a bill.
fn settle(tx: &mut Tx<'_>, before: &Filing, kept: Kept) -> Result<Kept, Refusal> {
    let (document, plan) = (document(before)?, known::<Plan>(tx, before.plan_id)?);
    let calendar = calendar::calendar_at(tx, &plan.path)?;
    let exemptions = exemptions::facts_for(tx, plan.school_id, &plan.school_year, plan.season)?;
    let today = ServiceDays::of(&document.term, &kept.profile()?, &calendar, &exemptions);
    let kept = Kept { service_days: kept.service_days.settled_by(&today), ..kept };
    if kept.service_days.is_settled() {
        let (text, sha256) = kept.hashed()?;
        let mut after = before.clone();
        after.judged_by = Some(text);
        after.judged_by_sha256 = Some(sha256);
        store::settle_facts(tx, &after.row, before.judged_by_sha256.as_deref().unwrap_or_default())?;
        record(tx, "days-settled", Some(before), Some(&after))?;
    }
    Ok(kept)
}

/// Settles the days of standing filings that a year has been entered for; so many of them. Gives the last one, as long
/// as more may wait behind it.
///
/// # Errors
/// When the database fails.
pub fn settle_days(tx: &mut Tx<'_>, after: Id, batch: i64) -> Result<Option<Id>, Refusal> {
    let open = store::provisional(tx, after, batch)?;
    for filing in &open {
        if let Some(text) = &filing.judged_by {
            settle(tx, filing, parsed(text)?)?;
        }
    }
    let is_full = i64::try_from(open.len()).is_ok_and(|looked_at| looked_at >= batch);
    Ok(open.last().filter(|_| is_full).map(|filing| filing.id))
}

fn keep_late(tx: &mut Tx<'_>, before: &Filing) -> Result<Kept, Refusal> {
    let document = document(before)?;
    let plan = known::<Plan>(tx, before.plan_id)?;
    let judgement = plans::judge_document(tx, &plan, &document, None)?;
    let kept = Kept::judging(tx.today, &document, &judgement)?;
    let (text, sha256) = kept.hashed()?;
    let mut after = before.clone();
    after.judged_by = Some(text);
    after.judged_by_sha256 = Some(sha256);
    store::keep_facts(tx, &after.row)?;
    record(tx, "facts-kept", Some(before), Some(&after))?;
    Ok(kept)
}

/// Whether what a row keeps is what was hashed: text and hash, or neither.
pub(super) fn holds(judged_by: Option<&str>, sha256: Option<&str>) -> bool {
    judged_by.map(|text| hex(&Sha256::digest(text))).as_deref() == sha256
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    /// Days of both timetables, a lifted weekend among them.
    fn days() -> Result<ServiceDays, Refusal> {
        let day = |date: &str, timetable: &str| serde_json::json!({"date": date, "timetable": timetable});
        let days = [day("2024-09-02", "standard"), day("2024-09-07", "standard"), day("2024-11-01", "winter")];
        serde_json::from_value(Value::from(days.to_vec())).map_err(Refusal::internal)
    }

    fn kept_of(profile: &Profile) -> Result<Kept, Refusal> {
        Kept::of(date!(2024 - 09 - 10), profile, &[], days()?).map_err(Refusal::internal)
    }

    #[test]
    fn every_parameter_and_every_day_reads_the_same_again() -> Result<(), Refusal> {
        for profile in [Profile::yueyang_2019(), Profile::later_practice()] {
            let (text, _) = kept_of(&profile)?.hashed()?;
            assert_eq!(parsed(&text)?.read()?, JudgedBy { profile, days: days()? });
        }
        Ok(())
    }

    #[test]
    fn what_was_kept_before_there_was_a_parameter_has_its_default() -> Result<(), Refusal> {
        let mut kept = kept_of(&Profile::later_practice())?;
        kept.parameters.remove("concession_groups");
        assert_eq!(kept.read()?.profile.concession_groups, Vec::new());
        Ok(())
    }

    #[test]
    fn a_text_without_its_hash_does_not_hold() {
        let sha256 = hex(&Sha256::digest("{}"));
        for (text, hash, expected) in [
            (None, None, true),
            (Some("{}"), Some(sha256.as_str()), true),
            (Some("{ }"), Some(sha256.as_str()), false),
            (None, Some(sha256.as_str()), false),
            (Some("{}"), None, false),
        ] {
            assert_eq!(holds(text, hash), expected, "{text:?} {hash:?}");
        }
    }
}
