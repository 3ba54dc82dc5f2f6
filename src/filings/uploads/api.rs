//! `POST /materials` and `DELETE /materials/{id}`.

use actix_web::{HttpRequest, delete, post, web};
use utoipa::ToSchema;

use crate::auth::permission::ManageMaterials;
use crate::auth::{By, OfFile, Write, shape};
use crate::db::Id;
use crate::filings::uploads;
use crate::http::{Answer, Answered, PathId, ServiceConfig};
use crate::materials::{self, Desk, MaterialOut, Named, NewMaterial};
use crate::rules::document::MaterialKind;

/// An upload, each field once, in any order.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes itself to the contract; the upload is read part by part")]
pub struct MaterialIn {
    /// The school whose material it is.
    school_id: Id,
    /// The plan that it is for, while it is a draft or was returned. Left out for what is the school's own.
    #[schema(nullable = false)]
    plan_id: Option<Id>,
    kind: MaterialKind,
    /// PDF, PNG, JPEG, DOCX or XLSX without macros, up to 20 MiB unless the service is set otherwise, with a plain file
    /// name of up to 120 characters that ends as its content has it.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create_material).service(delete_material);
}

/// Uploads a material; the same kind and name again is its next edition 上传报备材料
#[utoipa::path(tag = "materials", params(OfFile),
    request_body(content = MaterialIn, content_type = "multipart/form-data"),
    responses((status = 201, description = "The new material", body = MaterialOut), ManageMaterials))]
#[post("/materials")]
async fn create_material(
    by: By<ManageMaterials>,
    write: Write<OfFile>,
    request: HttpRequest,
    desk: web::Data<Desk>,
    payload: web::Payload,
) -> Answered {
    let mut upload =
        materials::read(&request, payload.into_inner(), by.user_id, &desk.limits, materials::FIELDS).await?;
    let (new, content) = (NewMaterial::of(&upload)?, std::mem::take(&mut upload.content));
    let brought = new.stored.object.clone();
    let written = |named: Named| {
        write.creates(by, move |tx, by| {
            let made = uploads::upload(tx, by, &new)?;
            named.is(&made.object);
            Ok(made)
        })
    };
    desk.keeps(&brought, content, written).await
}

/// Takes a material back while its plan is a draft or was returned; what was filed stays in its filing 删除报备材料
#[utoipa::path(tag = "materials", params(("id" = Id, Path, description = "The material")),
    responses((status = 200, description = "The material as it was, or as it stands in filings", body = MaterialOut),
        ManageMaterials))]
#[delete("/materials/{id}")]
async fn delete_material(by: By<ManageMaterials>, id: PathId, write: Write, desk: web::Data<Desk>) -> Answered {
    let spare = Named::default();
    let note = spare.clone();
    let rehearses = write.rehearses();
    let answered = write
        .versioned(by, move |tx, by, seen| {
            let removed = uploads::take_back(tx, by, id.0, seen)?;
            removed.spare.iter().for_each(|object| note.is(object));
            let shown = MaterialOut { can: Vec::new(), ..shape(tx, &removed.material, by)? };
            Answer::ok(&shown, removed.material.version)
        })
        .await?;
    if let Some(object) = spare.taken().filter(|_| !rehearses) {
        desk.remove(&object).await;
    }
    Ok(answered)
}
