//! `/paper-forms`.

use actix_web::{HttpRequest, get, post, web};
use time::Date;
use utoipa::ToSchema;

use super::model::{FIELDS, PaperFormFilter, PaperRefusalIn};
use super::{NewPaperForm, PaperForm, PaperFormKind, PaperFormState};
use crate::auth::permission::{CheckPaperForms, ReadPaperForms, RecordPaperForms};
use crate::auth::{By, List, OfFile, Read, Write};
use crate::db::Id;
use crate::enrollments::paper_forms;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::materials::{self, Desk, MediaType, Named};
use crate::out;
use crate::refusal::{Code, Refusal};
use crate::values::iso_date;

/// A paper, each field once but `project_ids`, in any order.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes itself to the contract; the upload is read part by part")]
pub struct PaperFormIn {
    kind: PaperFormKind,
    /// The pupil, as its school has entered it.
    student_id: Id,
    /// The guardian who has signed, an institution too; it holds today and on the day of the signature.
    guardianship_id: Id,
    /// Projects of one plan, in the order of the paper; of an agreement one.
    #[schema(min_items = 1, max_items = 10)]
    project_ids: Vec<Id>,
    /// Day of the signature, not after today.
    #[schema(value_type = String, format = Date)]
    signed_on: Date,
    /// Of an agreement: `sha256` of the text that was printed and signed.
    #[schema(nullable = false, pattern = "^[0-9a-f]{64}$")]
    agreement_sha256: Option<String>,
    /// The scan: PDF, PNG or JPEG, up to 20 MiB unless the service is set otherwise, with a plain file name of up to
    /// 120 characters that ends as its content has it.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// The scan, as it is.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it only describes itself to the contract")]
struct ScanContent(Vec<u8>);

out! {
    /// A paper that a guardian has signed 纸质材料.
    pub struct PaperFormOut of (form, by): PaperForm {
        school_id: Id,
        plan_id: Id,
        student_id: Id,
        /// The guardian who has signed.
        guardianship_id: Id,
        kind: PaperFormKind,
        /// Projects in the order of the paper.
        project_ids: Vec<Id> = form.project_ids.0.clone(),
        /// Day of the signature.
        #[serde(with = "iso_date")]
        signed_on: Date,
        /// SHA-256 of the text that was signed; null for what is no agreement.
        agreement_sha256: Option<String>,
        /// Name of the scan.
        file_name: String,
        media_type: MediaType,
        /// Size of the scan.
        bytes: i64,
        /// SHA-256 of the scan.
        sha256: String,
        /// Who of the staff entered it …
        entered_by_id: Id,
        /// … and who else has looked at it; null until then.
        checked_by_id: Option<Id>,
        /// When; null until then.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        checked_on: Option<Date>,
        /// Why it was refused; else null.
        refusal_reason: Option<String>,
        state: PaperFormState,
    }
    named {
        student_name: String = Student(form.student_id),
        class_name: Option<String> = ClassOfStudent(form.student_id),
        school_name: String = Organisation(form.school_id),
        entered_by_name: String = Account(form.entered_by_id),
        /// Null until it is checked.
        checked_by_name: Option<String> = Account(form.checked_by_id),
    }
    shows [form.seen_at()]
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_paper_forms).service(create_paper_form).service(get_paper_form).service(get_paper_form_content);
    config.service(check_paper_form).service(refuse_paper_form);
}

/// Papers in the caller's scope, in the order in which they were entered 纸质材料列表
#[utoipa::path(tag = "paper-forms", params(List<PaperFormFilter>),
    responses((status = 200, description = "A page of papers", body = Page<PaperFormOut>), ReadPaperForms))]
#[get("/paper-forms")]
async fn list_paper_forms(by: By<ReadPaperForms>, list: List<PaperFormFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<PaperForm>(tx, at)).await
}

/// Records what a guardian has signed on paper, with its scan; somebody else checks it 登记纸质材料
#[utoipa::path(tag = "paper-forms", params(OfFile),
    request_body(content = PaperFormIn, content_type = "multipart/form-data"),
    responses((status = 201, description = "The new paper, to be checked", body = PaperFormOut), RecordPaperForms))]
#[post("/paper-forms")]
async fn create_paper_form(
    by: By<RecordPaperForms>,
    write: Write<OfFile>,
    request: HttpRequest,
    desk: web::Data<Desk>,
    payload: web::Payload,
) -> Answered {
    let mut upload = materials::read(&request, payload.into_inner(), by.user_id, &desk.limits, FIELDS).await?;
    let (new, content) = (NewPaperForm::of(&upload)?, std::mem::take(&mut upload.content));
    let brought = new.scan.object.clone();
    let written = |named: Named| {
        write.creates(by, move |tx, by| {
            let made = paper_forms::enter(tx, by, &new)?;
            named.is(&made.object);
            Ok(made)
        })
    };
    desk.keeps(&brought, content, written).await
}

/// One paper 纸质材料
#[utoipa::path(tag = "paper-forms", params(("id" = Id, Path, description = "The paper")),
    responses((status = 200, description = "The paper", body = PaperFormOut), ReadPaperForms))]
#[get("/paper-forms/{id}")]
async fn get_paper_form(by: By<ReadPaperForms>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<PaperForm>(tx, id.0)).await
}

/// The scan of a paper, to be saved under its name 下载扫描件
#[utoipa::path(tag = "paper-forms", params(("id" = Id, Path, description = "The paper")),
    responses((status = 200, description = "The scan; its ETag is its SHA-256", content(
        (ScanContent = "application/pdf"), (ScanContent = "image/png"), (ScanContent = "image/jpeg"))),
        ReadPaperForms))]
#[get("/paper-forms/{id}/content")]
async fn get_paper_form_content(by: By<ReadPaperForms>, id: PathId, read: Read, desk: web::Data<Desk>) -> Answered {
    let (form, known) = read.finds(by, move |tx, by| by.find::<PaperForm>(tx, id.0)).await?;
    if form.row.erased_on.is_some() {
        return Err(Refusal::of(Code::NotFound));
    }
    desk.hands_out(&known, form.row.file_name.clone(), form.scan()).await
}

/// Confirms that the scan says what was entered: only now it counts 复核纸质材料
#[utoipa::path(tag = "paper-forms", params(("id" = Id, Path, description = "The paper")),
    responses((status = 200, description = "The paper as it is now", body = PaperFormOut), CheckPaperForms))]
#[post("/paper-forms/{id}/check")]
async fn check_paper_form(by: By<CheckPaperForms>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| paper_forms::check(tx, by, id.0, seen)).await
}

/// Says that the scan is not what was entered; what was applied for by it ends 退回纸质材料
#[utoipa::path(tag = "paper-forms", params(("id" = Id, Path, description = "The paper")), request_body = PaperRefusalIn,
    responses((status = 200, description = "The paper as it is now", body = PaperFormOut), CheckPaperForms))]
#[post("/paper-forms/{id}/refuse")]
async fn refuse_paper_form(
    by: By<CheckPaperForms>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PaperRefusalIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| paper_forms::refuse(tx, by, id.0, seen, &body)).await
}
