//! `/audits/minors/{year}`.

use actix_web::get;
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::{Audit, Done, SeenBy};
use crate::auth::permission::AuditMinorsData;
use crate::auth::{By, Read};
use crate::http::{Answer, Answered, PathYear, ServiceConfig};
use crate::students::audits;
use crate::values::iso_date;

/// The audit of minors' data of a year, in numbers 未成年人个人信息年度审计.
#[derive(Debug, Serialize, ToSchema)]
pub struct MinorsAuditOut {
    pub year: i32,
    /// First day of the year …
    #[serde(with = "iso_date")]
    pub first_on: Date,
    /// … and its last.
    #[serde(with = "iso_date")]
    pub last_on: Date,
    /// Who attends a school of the caller's today.
    pub pupils: i64,
    /// Of whom no guardian's consent stands today.
    pub without_consent: i64,
    /// Consents that were given.
    pub consents_given: i64,
    /// Consents that were withdrawn.
    pub consents_withdrawn: i64,
    /// Whole numbers that were shown for a purpose.
    pub reveals: i64,
    /// Persons that were erased.
    pub erasures: i64,
    /// What was done with records of children, by the words of the journal.
    pub processing: Vec<AuditActionOut>,
    /// Who has seen children, by role.
    pub access: Vec<AuditAccessOut>,
    /// Accounts that were suspended or cut off.
    pub incidents: Vec<AuditActionOut>,
}

/// Something that was done, and how often.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditActionOut {
    /// Such as `student.entered`.
    pub action: String,
    pub count: i64,
}

/// How often a role has seen children.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditAccessOut {
    /// The role in which it was.
    pub role: String,
    /// `read`, `rehearsal`, or `reveal` for whole numbers.
    pub purpose: String,
    /// Requests that showed a child.
    pub requests: i64,
    /// Children who were shown, each once.
    pub persons: i64,
}

impl From<Done> for AuditActionOut {
    fn from(Done { action, count }: Done) -> Self {
        Self { action, count }
    }
}

impl From<SeenBy> for AuditAccessOut {
    fn from(SeenBy { role, purpose, requests, persons }: SeenBy) -> Self {
        Self { role, purpose, requests, persons }
    }
}

impl From<Audit> for MinorsAuditOut {
    fn from(audit: Audit) -> Self {
        Self {
            year: audit.year,
            first_on: audit.first_on,
            last_on: audit.last_on,
            pupils: audit.pupils,
            without_consent: audit.without_consent,
            consents_given: audit.count("consent.given"),
            consents_withdrawn: audit.count("consent.withdrawn"),
            reveals: audit.count("student.revealed"),
            erasures: audit.count("erasure.made"),
            processing: audit.processing.into_iter().map(AuditActionOut::from).collect(),
            access: audit.access.into_iter().map(AuditAccessOut::from).collect(),
            incidents: audit.incidents.into_iter().map(AuditActionOut::from).collect(),
        }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_minors_audit);
}

/// How children's data was processed in a year: who has seen it, consents, erasures, incidents 未成年人个人信息年度审计
#[utoipa::path(tag = "students", params(("year" = i32, Path, description = "The calendar year")),
    responses((status = 200, description = "The audit", body = MinorsAuditOut), AuditMinorsData))]
#[get("/audits/minors/{year}")]
async fn get_minors_audit(by: By<AuditMinorsData>, year: PathYear, read: Read) -> Answered {
    read.snapshot(by, move |tx, by| Answer::ok(&MinorsAuditOut::from(audits::of_year(tx, by, year.0)?), 1)).await
}
