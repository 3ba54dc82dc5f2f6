//! `/filings`, and what a profile would say of them.

mod shapes;

use actix_web::{get, web};
use futures_util::StreamExt;
use utoipa::ToSchema;

pub use self::shapes::FilingOut;
use self::shapes::{ComparisonOut, ComparisonQuery, RecheckFilter, RecheckedFilingOut};
use super::dossier::Dossier;
use super::{Filing, FilingFilter};
use crate::auth::permission::{ReadMaterials, ReadPlans, ReviewFilings};
use crate::auth::{By, List, Lookup, Read, Scope};
use crate::db::Id;
use crate::filings::filings;
use crate::http::{Answer, Answered, Download, Key, Page, PathId, ServiceConfig, piped};
use crate::materials::Desk;
use crate::rules::document::PlanDocument;

#[doc = " A ZIP: `manifest.json`, `plan.json`, `findings.json`, `review.json`, `steps.json`, \
         `judged-by.json`, and for who may read them the materials in `materials/`."]
#[derive(ToSchema)]
#[schema(as = Dossier, value_type = String, format = Binary)]
#[expect(dead_code, reason = "it only describes itself to the contract")]
struct DossierZip(Vec<u8>);

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

/// What approved filings would be told under a profile; nothing changes 政策参数试算
#[utoipa::path(tag = "policy-profiles", params(("id" = Id, Path, description = "The profile"), List<RecheckFilter>),
    responses((status = 200, description = "A page of filings with their findings", body = Page<RecheckedFilingOut>),
        ReviewFilings))]
#[get("/policy-profiles/{id}/recheck")]
async fn recheck_policy_profile(by: By<ReviewFilings>, id: PathId, list: List<RecheckFilter>) -> Answered {
    list.page(by, move |tx, by, at| {
        let page = at.page(filings::recheck(tx, by, id.0, at)?, |rechecked| rechecked.filing.id);
        Ok(page.map(|rechecked| RecheckedFilingOut::of(&rechecked, by.language)))
    })
    .await
}

/// Filings in the caller's scope; `needs` and `overdue` make them a work queue 报备列表
#[utoipa::path(tag = "filings", params(List<FilingFilter, Key>),
    responses((status = 200, description = "A page of filings", body = Page<FilingOut>), ReadPlans))]
#[get("/filings")]
async fn list_filings(by: By<ReadPlans>, list: List<FilingFilter, Key>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Filing>(tx, at)).await
}

/// One filing with its findings, its review and its states 报备
#[utoipa::path(tag = "filings", params(("id" = Id, Path, description = "The filing")),
    responses((status = 200, description = "The filing", body = FilingOut), ReadPlans))]
#[get("/filings/{id}")]
async fn get_filing(by: By<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Filing>(tx, id.0)).await
}

/// The filed plan document, byte for byte as it was hashed 报备文本
#[utoipa::path(tag = "filings", params(("id" = Id, Path, description = "The filing")),
    responses((status = 200, description = "The plan document in its RFC 8785 form", body = PlanDocument,
        headers(("Repr-Digest" = String, description = "SHA-256 of these bytes, as the filing's `sha256` (RFC 9530)"))),
        ReadPlans))]
#[get("/filings/{id}/document")]
async fn get_filing_document(by: By<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.one(by, move |tx, by| {
        let row = by.find::<Filing>(tx, id.0)?.row;
        Ok(Answer::verbatim(row.document, row.version))
    })
    .await
}

/// Everything about a filing as one ZIP: document, findings, review, states, materials, and a manifest of hashes 报备卷宗
#[utoipa::path(tag = "filings", params(("id" = Id, Path, description = "The filing")),
    responses((status = 200, description = "The dossier", body = DossierZip, content_type = "application/zip"),
        ReadPlans))]
#[get("/filings/{id}/dossier")]
async fn get_filing_dossier(by: By<ReadPlans>, id: PathId, read: Read, desk: web::Data<Desk>) -> Answered {
    let found = read.found(by, move |tx, by| {
        let filing = by.find::<Filing>(tx, id.0)?;
        let may_read = Scope::of::<ReadMaterials>(by).holds_path(&filing.path);
        let materials = may_read.then(|| filings::materials_of(tx, filing.id)).transpose()?;
        Dossier::of(&filing, materials)
    });
    let (dossier, known) = found.await?;
    let sha256 = dossier.sha256();
    if known.hold(&Download::tag(&sha256)) {
        return Ok(Download::unchanged(&sha256));
    }
    let (turn, store, name) = (desk.dossier_turn().await?, desk.store.clone(), dossier.save_as());
    let content = piped(move |reader| {
        let written = dossier.write(&store, reader);
        drop(turn);
        written
    });
    Ok(Download { media_type: "application/zip", name, sha256, bytes: None, content: content.boxed() }.into_response())
}

/// What a filing says otherwise than another one of its plan, field by field 报备对照
#[utoipa::path(tag = "filings", params(("id" = Id, Path, description = "The filing"), ComparisonQuery),
    responses((status = 200, description = "The differences", body = ComparisonOut), ReadPlans))]
#[get("/filings/{id}/comparison")]
async fn compare_filing(by: By<ReadPlans>, id: PathId, lookup: Lookup<ComparisonQuery>) -> Answered {
    let with = lookup.query.with;
    lookup
        .one(by, move |tx, by| {
            let comparison = filings::compare(tx, by, id.0, with)?;
            let version = comparison.filing.version;
            Answer::ok(&ComparisonOut::from(comparison), version)
        })
        .await
}
