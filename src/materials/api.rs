//! `/materials`.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Material, MaterialFilter, MediaType, UploadLimits};
use crate::auth::permission::ReadMaterials;
use crate::auth::{Actor, Caller, List, Read};
use crate::db::{Id, Instant};
use crate::file_store::Store;
use crate::http::{Answer, Answered, CursorText, Download, FindingOut, Page, PageLimit, Paging, PathId};
use crate::materials;
use crate::refusal::Refusal;
use crate::rules::document::MaterialKind;

/// What takes uploads in and hands them out: the file store and the limits.
#[derive(Clone)]
pub struct Desk {
    pub store: Store,
    pub limits: UploadLimits,
}

impl Desk {
    /// Removes a file that no row names. One that cannot be removed now takes space, and does no other harm.
    pub async fn remove(&self, object: &str) {
        if let Err(refusal) = self.store.remove(object).await {
            log::warn!("a file that nothing needs stays: {refusal}");
        }
    }
}

/// A file, as it is.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it only describes itself to the contract")]
struct FileContent(Vec<u8>);

/// An uploaded material 报备材料.
#[derive(Debug, Serialize, ToSchema)]
pub struct MaterialOut {
    pub id: Id,
    pub school_id: Id,
    /// Null for what is the school's own.
    pub plan_id: Option<Id>,
    pub kind: MaterialKind,
    /// Name of the file.
    pub name: String,
    /// 版次: counts the uploads of this kind and name.
    pub edition: i32,
    pub media_type: MediaType,
    /// Size of the content.
    pub bytes: i64,
    /// SHA-256 of the content.
    pub sha256: String,
    /// Since when it stands in filings only.
    pub removed_at: Option<Instant>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl MaterialOut {
    /// The material as `actor` sees it.
    #[must_use]
    pub fn of(material: &Material, actor: &Actor) -> Self {
        let row = &material.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            plan_id: row.plan_id,
            kind: row.kind,
            name: row.name.clone(),
            edition: row.edition,
            media_type: row.media_type,
            bytes: row.bytes,
            sha256: row.sha256.clone(),
            removed_at: row.removed_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: material.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which materials a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MaterialQuery {
    /// Only materials for this plan.
    #[param(inline)]
    pub plan_id: Option<Id>,
    /// Only materials of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only materials of this kind.
    #[param(inline)]
    pub kind: Option<MaterialKind>,
    /// Materials in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_materials).service(get_material).service(get_material_content);
}

/// Materials in the caller's scope, every edition of each 报备材料列表
#[utoipa::path(tag = "materials", params(MaterialQuery),
    responses((status = 200, description = "A page of materials", body = Page<MaterialOut>), ReadMaterials))]
#[get("/materials")]
async fn list_materials(caller: Caller<ReadMaterials>, list: List<MaterialQuery>) -> Answered {
    let query = &list.query;
    let filter = MaterialFilter { plan_id: query.plan_id, school_id: query.school_id, kind: query.kind };
    let paging = Paging::of("materials", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = materials::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        let page = paging.page(found, |material| material.row.id);
        Ok(page.map(|material| MaterialOut::of(&material, &caller.actor)))
    })
    .await
}

/// One material 报备材料
#[utoipa::path(tag = "materials", params(("id" = Id, Path, description = "The material")),
    responses((status = 200, description = "The material", body = MaterialOut), ReadMaterials))]
#[get("/materials/{id}")]
async fn get_material(caller: Caller<ReadMaterials>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&materials::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// The content of a material, to be saved under its name 下载报备材料
#[utoipa::path(tag = "materials", params(("id" = Id, Path, description = "The material")),
    responses((status = 200, description = "The content; its ETag is its SHA-256", content(
        (FileContent = "application/pdf"),
        (FileContent = "image/png"),
        (FileContent = "image/jpeg"),
        (FileContent = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (FileContent = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        ReadMaterials))]
#[get("/materials/{id}/content")]
async fn get_material_content(
    caller: Caller<ReadMaterials>,
    id: PathId,
    read: Read,
    desk: web::Data<Desk>,
) -> Answered {
    let (material, known) = read.found(move |tx| materials::find(tx, &caller.actor, id.0)).await?;
    let row = material.row;
    if known.hold(&Download::tag(&row.sha256)) {
        return Ok(Download::unchanged(&row.sha256));
    }
    let content = desk.store.stream(&row.object).await?;
    let bytes = u64::try_from(row.bytes).map_err(Refusal::internal)?;
    let media_type = row.media_type.as_str();
    Ok(Download { media_type, name: row.name, sha256: row.sha256, bytes, content }.into_response())
}

fn answer(material: &Material, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&MaterialOut::of(material, actor), material.row.version)
}
