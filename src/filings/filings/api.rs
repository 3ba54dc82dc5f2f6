//! `/filings`, and what a profile would say of them.

mod shapes;

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use self::shapes::ComparisonOut;
pub use self::shapes::FilingOut;
use super::{FilingFilter, Rechecked, dossier};
use crate::auth::permission::{ReadPlans, ReviewFilings};
use crate::auth::{Caller, List, Lookup, Read};
use crate::db::Id;
use crate::filings::filings;
use crate::http::{Answer, Answered, CursorText, FindingOut, Language, Page, PageLimit, Paging, PathId, findings_out};
use crate::materials::Desk;
use crate::plans::plans::FilingState;
use crate::rules::document::{PlanDocument, Season};
use crate::values::text::Line;

#[doc = " A ZIP: `manifest.json`, `plan.json`, `findings.json`, `review.json`, `steps.json`, and the materials in \
         `materials/`."]
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it only describes itself to the contract")]
struct Dossier(Vec<u8>);

/// Work queues, as queries over state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FilingNeed {
    /// 待审核: the authority's work.
    Review,
    /// 待修改: the school's work.
    Correction,
}

/// Which filings a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FilingQuery {
    /// Only submissions of this plan.
    #[param(inline)]
    pub plan_id: Option<Id>,
    /// Only filings of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only filings to this authority.
    #[param(inline)]
    pub authority_id: Option<Id>,
    /// Only the filing of this case number.
    #[param(inline)]
    pub case_number: Option<Line<1, 40>>,
    /// Only filings in this state.
    #[param(inline)]
    pub state: Option<FilingState>,
    /// Only what waits for a review, or for a correction; not together with another `state`.
    #[param(inline)]
    pub needs: Option<FilingNeed>,
    /// `true`: only what is late.
    #[serde(default)]
    #[param(inline)]
    pub overdue: bool,
    /// `true`: only what the authority above was told of, because its review does not come.
    #[serde(default)]
    #[param(inline)]
    pub escalated: bool,
    /// Filings in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

impl FilingQuery {
    fn filter(&self, today: Date) -> FilingFilter {
        let needed = self.needs.map(|need| match need {
            FilingNeed::Review => FilingState::Submitted,
            FilingNeed::Correction => FilingState::Returned,
        });
        FilingFilter {
            plan_id: self.plan_id,
            school_id: self.school_id,
            authority_id: self.authority_id,
            case_number: self.case_number.as_ref().map(|number| number.as_str().to_owned()),
            states: self.state.into_iter().chain(needed).collect(),
            due_before: self.overdue.then_some(today),
            escalated: self.escalated,
        }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_filings)
        .service(get_filing)
        .service(get_filing_document)
        .service(get_filing_dossier)
        .service(compare_filing);
}

/// What stands under `/policy-profiles`.
pub fn recheck_routes(config: &mut ServiceConfig) {
    config.service(recheck_policy_profile);
}

/// A filing, and what it would be told under another profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecheckedFilingOut {
    pub filing_id: Id,
    pub plan_id: Id,
    pub school_id: Id,
    pub school_name: String,
    /// 案卷号
    pub case_number: String,
    pub school_year: String,
    pub season: Season,
    /// Whether nothing would have stopped it.
    pub passes: bool,
    pub findings: Vec<FindingOut>,
    /// Ids of rules whose facts are not kept with the filing.
    pub not_judged: Vec<String>,
}

impl RecheckedFilingOut {
    fn of(rechecked: &Rechecked, language: Language) -> Self {
        let Rechecked { filing, document, report } = rechecked;
        Self {
            filing_id: filing.row.id,
            plan_id: filing.row.plan_id,
            school_id: filing.row.school_id,
            school_name: filing.school_name.clone(),
            case_number: filing.row.case_number.clone(),
            school_year: document.term.school_year.as_str().to_owned(),
            season: document.term.season,
            passes: !report.has_errors(),
            findings: findings_out(&report.findings, language),
            not_judged: report.not_judged.iter().map(|rule| (*rule).to_owned()).collect(),
        }
    }
}

/// Pages of a recheck.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecheckQuery {
    /// Filings in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// What approved filings would be told under a profile; nothing changes 政策参数试算
#[utoipa::path(tag = "policy-profiles", params(("id" = Id, Path, description = "The profile"), RecheckQuery),
    responses((status = 200, description = "A page of filings with their findings", body = Page<RecheckedFilingOut>),
        ReviewFilings))]
#[get("/policy-profiles/{id}/recheck")]
async fn recheck_policy_profile(caller: Caller<ReviewFilings>, id: PathId, list: List<RecheckQuery>) -> Answered {
    let (query, language) = (list.query.clone(), list.language());
    let paging = Paging::of("recheck", &id.0, query.limit, query.cursor.as_ref())?;
    list.snapshot(move |tx| {
        let found = filings::recheck(tx, &caller.actor, id.0, paging.after, paging.limit)?;
        let page = paging.page(found, |rechecked| rechecked.filing.row.id);
        Ok(page.map(|rechecked| RecheckedFilingOut::of(&rechecked, language)))
    })
    .await
}

/// Filings in the caller's scope; `needs` and `overdue` make them a work queue 报备列表
#[utoipa::path(tag = "filings", params(FilingQuery),
    responses((status = 200, description = "A page of filings", body = Page<FilingOut>), ReadPlans))]
#[get("/filings")]
async fn list_filings(caller: Caller<ReadPlans>, list: List<FilingQuery>) -> Answered {
    let (query, language) = (list.query.clone(), list.language());
    let paging = Paging::of("filings", &query.filter(Date::MIN), query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let (actor, today) = (&caller.actor, tx.today);
        let found = filings::list(tx, actor, &query.filter(today), paging.after, paging.limit)?;
        let page = paging.page(found, |filing| filing.row.id);
        Ok(page.map(|filing| FilingOut::of(&filing, actor, today, language)))
    })
    .await
}

/// One filing with its findings, its review and its states 报备
#[utoipa::path(tag = "filings", params(("id" = Id, Path, description = "The filing")),
    responses((status = 200, description = "The filing", body = FilingOut), ReadPlans))]
#[get("/filings/{id}")]
async fn get_filing(caller: Caller<ReadPlans>, id: PathId, read: Read) -> Answered {
    let language = read.language();
    read.one(move |tx| {
        let (found, actor) = (filings::find(tx, &caller.actor, id.0)?, &caller.actor);
        Answer::ok(&FilingOut::of(&found, actor, tx.today, language), found.row.version)
    })
    .await
}

/// The filed plan document, byte for byte as it was hashed 报备文本
#[utoipa::path(tag = "filings", params(("id" = Id, Path, description = "The filing")),
    responses((status = 200, description = "The plan document in its RFC 8785 form", body = PlanDocument), ReadPlans))]
#[get("/filings/{id}/document")]
async fn get_filing_document(caller: Caller<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| {
        let row = filings::find(tx, &caller.actor, id.0)?.row;
        Ok(Answer::verbatim(row.document, row.version))
    })
    .await
}

/// Everything about a filing as one ZIP: document, findings, review, states, materials, and a manifest of hashes 报备卷宗
#[utoipa::path(tag = "filings", params(("id" = Id, Path, description = "The filing")),
    responses((status = 200, description = "The dossier", body = Dossier, content_type = "application/zip"),
        ReadPlans))]
#[get("/filings/{id}/dossier")]
async fn get_filing_dossier(caller: Caller<ReadPlans>, id: PathId, read: Read, desk: web::Data<Desk>) -> Answered {
    let found = read.found(move |tx| {
        let filing = filings::find(tx, &caller.actor, id.0)?;
        let filed_with = filings::materials_of(tx, filing.row.id)?;
        Ok((filing, filed_with))
    });
    let ((filing, filed_with), known) = found.await?;
    let papers = dossier::papers(&desk.store, filed_with).await?;
    Ok(dossier::pack(&filing, &papers)?.unless_known(&known))
}

/// With which filing one is compared.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ComparisonQuery {
    /// An earlier or later filing of the same plan; the one submitted before it if it is left out.
    #[param(inline)]
    pub with: Option<Id>,
}

/// What a filing says otherwise than another one of its plan, field by field 报备对照
#[utoipa::path(tag = "filings", params(("id" = Id, Path, description = "The filing"), ComparisonQuery),
    responses((status = 200, description = "The differences", body = ComparisonOut), ReadPlans))]
#[get("/filings/{id}/comparison")]
async fn compare_filing(caller: Caller<ReadPlans>, id: PathId, lookup: Lookup<ComparisonQuery>) -> Answered {
    let with = lookup.query.with;
    lookup
        .one(move |tx| {
            let comparison = filings::compare(tx, &caller.actor, id.0, with)?;
            let version = comparison.filing.row.version;
            Answer::ok(&ComparisonOut::from(comparison), version)
        })
        .await
}
