//! `/jobs`: what runs in the background, and what has given up.

use actix_web::{get, post};

use super::model::JobFilter;
use super::{Job, JobState};
use crate::auth::permission::ManageJobs;
use crate::auth::{By, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answered, Page, PathId, ServiceConfig};
use crate::{jobs, out};

out! {
    /// A background job.
    pub struct JobOut of (job, by): Job {
        /// What it does; other kinds may come.
        kind: String,
        /// Who works it off.
        pool: String,
        /// One job of a kind per key.
        unique_key: String,
        state: JobState,
        /// When it may be taken.
        not_before: Instant,
        /// Tries since it was planned or retried.
        tries: i32,
        tries_max: i32,
        /// Until when its taker has it.
        lease_until: Option<Instant>,
        /// Why the last try failed.
        last_error: Option<String>,
    }
    can "What this caller may call on it now, as `POST …/{verb}`."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_jobs).service(get_job).service(retry_job);
}

/// Background jobs, oldest first 后台任务列表
#[utoipa::path(tag = "jobs", params(List<JobFilter>),
    responses((status = 200, description = "A page of jobs", body = Page<JobOut>), ManageJobs))]
#[get("/jobs")]
async fn list_jobs(by: By<ManageJobs>, list: List<JobFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Job>(tx, at)).await
}

/// One background job 后台任务
#[utoipa::path(tag = "jobs", params(("id" = Id, Path, description = "The job")),
    responses((status = 200, description = "The job", body = JobOut), ManageJobs))]
#[get("/jobs/{id}")]
async fn get_job(by: By<ManageJobs>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Job>(tx, id.0)).await
}

/// Puts a dead job back, with fresh tries 重试任务
#[utoipa::path(tag = "jobs", params(("id" = Id, Path, description = "The job")),
    responses((status = 200, description = "The job, waiting again", body = JobOut), ManageJobs))]
#[post("/jobs/{id}/retry")]
async fn retry_job(by: By<ManageJobs>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| jobs::retry(tx, by, id.0, seen)).await
}
