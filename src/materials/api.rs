//! `/materials`.

use actix_web::{get, web};
use utoipa::ToSchema;

use super::model::MaterialFilter;
use super::{Desk, Material, MediaType, Stored};
use crate::auth::permission::ReadMaterials;
use crate::auth::{By, List, Read};
use crate::db::{Id, Instant};
use crate::http::{Answered, Page, PathId, ServiceConfig};
use crate::out;
use crate::rules::document::MaterialKind;

/// A file, as it is.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it only describes itself to the contract")]
struct FileContent(Vec<u8>);

out! {
    /// An uploaded material 报备材料.
    pub struct MaterialOut of (material, by): Material {
        school_id: Id,
        /// Null for what is the school's own.
        plan_id: Option<Id>,
        kind: MaterialKind,
        /// Name of the file.
        name: String,
        /// Edition 版次: counts the uploads of this kind and name.
        edition: i32,
        media_type: MediaType,
        /// Size of the content.
        bytes: i64,
        /// SHA-256 of the content.
        sha256: String,
        /// Since when it stands in filings only.
        removed_at: Option<Instant>,
    }
    named { school_name: String = Organisation(material.school_id) }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_materials).service(get_material).service(get_material_content);
}

/// Materials in the caller's scope, every edition of each 报备材料列表
#[utoipa::path(tag = "materials", params(List<MaterialFilter>),
    responses((status = 200, description = "A page of materials", body = Page<MaterialOut>), ReadMaterials))]
#[get("/materials")]
async fn list_materials(by: By<ReadMaterials>, list: List<MaterialFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Material>(tx, at)).await
}

/// One material 报备材料
#[utoipa::path(tag = "materials", params(("id" = Id, Path, description = "The material")),
    responses((status = 200, description = "The material", body = MaterialOut), ReadMaterials))]
#[get("/materials/{id}")]
async fn get_material(by: By<ReadMaterials>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Material>(tx, id.0)).await
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
async fn get_material_content(by: By<ReadMaterials>, id: PathId, read: Read, desk: web::Data<Desk>) -> Answered {
    let (material, known) = read.found(by, move |tx, by| by.find::<Material>(tx, id.0)).await?;
    let row = material.row;
    desk.hands_out(
        &known,
        row.name,
        Stored { object: row.object, sha256: row.sha256, bytes: row.bytes, media_type: row.media_type },
    )
    .await
}
