//! `/enrollments/{id}/agreement-page` and `/students/{id}/agreement-page`: what the JSON beside them says, to be read
//! and printed.

use actix_web::get;

use super::model::{AgreementPageQuery, JointPageQuery};
use super::page;
use crate::auth::permission::{ReadEnrollments, SignAgreements};
use crate::auth::{By, Lookup, Printed};
use crate::db::Id;
use crate::enrollments::agreement_pages;
use crate::http::{Answered, PathId, ServiceConfig};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_agreement_page).service(get_joint_agreement_page);
}

/// The agreement of an enrollment as a page to read and to print: as it was signed, else as it would be now 服务协议页面
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The enrollment"), AgreementPageQuery),
    responses((status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8"),
        ReadEnrollments))]
#[get("/enrollments/{id}/agreement-page")]
async fn get_agreement_page(by: By<ReadEnrollments>, id: PathId, lookup: Lookup<AgreementPageQuery>) -> Answered {
    let (AgreementPageQuery { lang, agreement_id }, reads) = (lookup.query, lookup.language());
    let language = lang.unwrap_or(reads);
    lookup
        .prints(by, move |tx, by| {
            let sheet = agreement_pages::of_enrollment(tx, by, id.0, agreement_id)?;
            Ok(Printed { file: page::render(&sheet, language)?, persons: vec![sheet.student.seen_at()] })
        })
        .await
}

/// One agreement of several projects for one's child, to read and to print, as it would be signed now 多个项目的服务协议页面
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The pupil"), JointPageQuery),
    responses((status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8"),
        SignAgreements))]
#[get("/students/{id}/agreement-page")]
async fn get_joint_agreement_page(by: By<SignAgreements>, id: PathId, lookup: Lookup<JointPageQuery>) -> Answered {
    let (JointPageQuery { lang, project_ids }, reads) = (lookup.query.clone(), lookup.language());
    let language = lang.unwrap_or(reads);
    lookup
        .prints(by, move |tx, by| {
            let sheet = agreement_pages::of_projects(tx, by, id.0, &project_ids)?;
            Ok(Printed { file: page::render(&sheet, language)?, persons: vec![sheet.student.seen_at()] })
        })
        .await
}
