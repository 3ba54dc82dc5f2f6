//! `/jobs`: what runs in the background, and what has given up.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::store::JobFilter;
use super::{Job, JobState};
use crate::auth::permission::ManageJobs;
use crate::auth::{Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId};
use crate::jobs;
use crate::refusal::Refusal;
use crate::values::text::Line;

/// A background job.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobOut {
    pub id: Id,
    /// What it does; other kinds may come.
    pub kind: String,
    /// Who works it off.
    pub pool: String,
    /// One job of a kind per key.
    pub unique_key: String,
    pub state: JobState,
    /// When it may be taken.
    pub not_before: Instant,
    /// Tries since it was planned or retried.
    pub tries: i32,
    pub tries_max: i32,
    /// Until when its taker has it.
    pub lease_until: Option<Instant>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now, as `POST …/{verb}`.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl JobOut {
    fn of(job: &Job) -> Self {
        Self {
            id: job.id,
            kind: job.kind.clone(),
            pool: job.pool.clone(),
            unique_key: job.unique_key.clone(),
            state: job.state,
            not_before: job.not_before,
            tries: job.tries,
            tries_max: job.tries_max,
            lease_until: job.lease_until,
            last_error: job.last_error.clone(),
            version: job.version,
            created_at: job.created_at,
            updated_at: job.updated_at,
            can: job.state.verbs().iter().map(|verb| (*verb).to_owned()).collect(),
            findings: None,
        }
    }
}

/// Which jobs a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobQuery {
    /// Only jobs in this state.
    #[param(inline)]
    pub state: Option<JobState>,
    /// Only jobs of this kind.
    #[param(inline)]
    pub kind: Option<Line<1, 64>>,
    /// Jobs in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_jobs).service(get_job).service(retry_job);
}

/// Background jobs, oldest first 后台任务列表
#[utoipa::path(tag = "jobs", params(JobQuery),
    responses((status = 200, description = "A page of jobs", body = Page<JobOut>), ManageJobs))]
#[get("/jobs")]
async fn list_jobs(_caller: Caller<ManageJobs>, list: List<JobQuery>) -> Answered {
    let query = list.query.clone();
    let filter = JobFilter { state: query.state, kind: query.kind.map(|kind| kind.as_str().to_owned()) };
    let (cursor, limit) = (Cursor::of("jobs", &filter), query.limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = jobs::list(tx, &filter, after, limit)?;
        Ok(cursor.page(limit, found, |job| job.id).map(|job| JobOut::of(&job)))
    })
    .await
}

/// One background job 后台任务
#[utoipa::path(tag = "jobs", params(("id" = Id, Path, description = "The job")),
    responses((status = 200, description = "The job", body = JobOut), ManageJobs))]
#[get("/jobs/{id}")]
async fn get_job(_caller: Caller<ManageJobs>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&jobs::find(tx, id.0)?)).await
}

/// Puts a dead job back, with fresh tries 重试任务
#[utoipa::path(tag = "jobs", params(("id" = Id, Path, description = "The job")),
    responses((status = 200, description = "The job, waiting again", body = JobOut), ManageJobs))]
#[post("/jobs/{id}/retry")]
async fn retry_job(caller: Caller<ManageJobs>, id: PathId, write: Write) -> Answered {
    write.versioned(caller, move |tx, _, seen| answer(&jobs::retry(tx, id.0, seen)?)).await
}

fn answer(job: &Job) -> Result<Answer, Refusal> {
    Answer::ok(&JobOut::of(job), job.version)
}
