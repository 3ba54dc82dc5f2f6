//! A paper that a guardian has signed, and what it says.

use serde::Serialize;
use time::Date;

use crate::auth::Actor;
use crate::auth::access_log::SeenPerson;
use crate::db::{Id, Instant, Json};
use crate::http::AnyOf;
use crate::materials::{FormField, MediaType, Stored, Upload, id, word};
use crate::refusal::{Fault, FieldError, Refusal};
use crate::students::guardianships::Right;
use crate::values::identifiers::Sha256Hex;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

/// Most projects on a paper.
pub const PROJECTS_MAX: usize = 10;

text_enum! {
    /// What a paper says 纸质材料种类. Other kinds may come.
    pub enum PaperFormKind {
        /// 报名申请；选课窗口内按填写顺序为志愿
        Application = "application",
        /// 不参加声明
        Refusal = "refusal",
        /// 课后服务协议
        Agreement = "agreement",
        /// 退出申请
        Withdrawal = "withdrawal",
    }
}

impl PaperFormKind {
    /// The right that the guardian needs.
    #[must_use]
    pub const fn right(self) -> Right {
        match self {
            Self::Agreement => Right::Sign,
            Self::Application | Self::Refusal | Self::Withdrawal => Right::Choose,
        }
    }
}

text_enum! {
    /// Where a paper stands 复核状态. Other states may come.
    pub enum PaperFormState {
        /// 待复核
        Entered = "entered",
        /// 已复核
        Checked = "checked",
        /// 未通过
        Refused = "refused",
    }
}

life! {
    /// What is called on a paper, by another member of staff than the one who entered it.
    pub PaperFormVerb of PaperFormState, "paper-forms" {
        Check = "check" by CheckPaperForms { Entered => Checked }
        Refuse = "refuse" by CheckPaperForms { Entered => Refused }
    }
}

row! {
    /// The row of a paper.
    pub struct PaperFormRow of paper_forms {
        id: Id,
        school_id: Id,
        plan_id: Id,
        student_id: Id,
        guardianship_id: Id,
        kind: PaperFormKind,
        project_ids: Json<Vec<Id>>,
        signed_on: Date,
        /// The text that was signed; of an agreement only.
        agreement_sha256: Option<String>,
        file_name: String,
        media_type: MediaType,
        bytes: i64,
        /// Of the scan.
        sha256: String,
        /// Its file.
        #[serde(skip)]
        object: String,
        entered_by_id: Id,
        checked_by_id: Option<Id>,
        checked_on: Option<Date>,
        refusal_reason: Option<String>,
        /// Since when its scan is gone, because its pupil was erased.
        erased_on: Option<Date>,
        state: PaperFormState,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A paper with the path of its school, and the person of its pupil.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PaperForm {
    #[serde(flatten)]
    pub row: PaperFormRow,
    #[serde(skip)]
    pub person_id: Id,
    pub path: String,
}

resource!(PaperForm { row: PaperFormRow, path }, "paper-form", "paper-forms");

impl PaperForm {
    /// The verbs that `actor` may call now: nobody checks what they entered themselves.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let may = |verb: PaperFormVerb| actor.user_id != self.entered_by_id && verb.scope(actor).holds_path(&self.path);
        PaperFormVerb::such(self.row.state, may)
    }

    /// The child, and where it was seen.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.person_id, school_id: Some(self.school_id) }
    }

    /// Its scan.
    #[must_use]
    pub fn scan(&self) -> Stored {
        let PaperFormRow { object, sha256, bytes, media_type, .. } = self.row.clone();
        Stored { object, sha256, bytes, media_type }
    }
}

/// The fields of an upload beside its scan.
pub const FIELDS: &[FormField] = &[
    FormField::required("kind", |text| kind(text).map(drop)),
    FormField::required("student_id", |text| id(text).map(drop)),
    FormField::required("guardianship_id", |text| id(text).map(drop)),
    FormField::several("project_ids", PROJECTS_MAX, |text| id(text).map(drop)),
    FormField::required("signed_on", |text| iso_date::parse(text).map(drop)),
    FormField::optional("agreement_sha256", |text| Sha256Hex::new(text).map(drop)),
];

fn kind(text: &str) -> Result<PaperFormKind, FieldError> {
    word(PaperFormKind::parse, PaperFormKind::WORDS, text)
}

/// A paper, as it is brought.
#[derive(Debug, Clone)]
pub struct NewPaperForm {
    pub kind: PaperFormKind,
    pub student_id: Id,
    pub guardianship_id: Id,
    /// At least one.
    pub project_ids: Vec<Id>,
    pub signed_on: Date,
    pub agreement_sha256: Option<String>,
    pub file_name: String,
    pub scan: Stored,
}

impl NewPaperForm {
    /// What an upload with the `FIELDS` above brings.
    ///
    /// # Errors
    /// A defect: another form was read.
    pub fn of(upload: &Upload) -> Result<Self, Refusal> {
        Ok(Self {
            kind: upload.one("kind", kind)?,
            student_id: upload.one("student_id", id)?,
            guardianship_id: upload.one("guardianship_id", id)?,
            project_ids: upload.all("project_ids", id),
            signed_on: upload.one("signed_on", iso_date::parse)?,
            agreement_sha256: upload.optional("agreement_sha256", |text| Ok::<_, FieldError>(text.to_owned())),
            file_name: upload.name.clone(),
            scan: upload.stored.clone(),
        })
    }

    /// Everything that does not go together, as far as the paper alone says it.
    #[must_use]
    pub fn faults(&self, today: Date) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let is_agreement = self.kind == PaperFormKind::Agreement;
        match (is_agreement, &self.agreement_sha256) {
            (true, None) => faults.push(FieldError::new("/agreement_sha256", Fault::Required)),
            (false, Some(_)) => faults.push(FieldError::new("/agreement_sha256", Fault::NotForThis)),
            _ => {}
        }
        if is_agreement && self.project_ids.len() > 1 {
            faults.push(FieldError::new("/project_ids", Fault::TooMany).with("max", 1));
        }
        for (index, project) in self.project_ids.iter().enumerate() {
            if self.project_ids.iter().take(index).any(|earlier| earlier == project) {
                faults.push(FieldError::new(format!("/project_ids/{index}"), Fault::Duplicate));
            }
        }
        if !matches!(self.scan.media_type, MediaType::Pdf | MediaType::Png | MediaType::Jpeg) {
            faults.push(FieldError::new("/file", Fault::FileType));
        }
        if self.signed_on > today {
            faults.push(FieldError::new("/signed_on", Fault::OutOfRange).said("after-today"));
        }
        faults
    }
}

body! {
    /// Why a paper is not what it says.
    pub struct PaperRefusalIn {
        /// What the member of staff who entered it is to mend.
        #[schema(inline)]
        reason: Line<2, 120>,
    }
}

filter! {
    /// Which papers a list holds.
    pub struct PaperFormFilter {
        /// Only papers of this pupil.
        student_id: Id,
        /// Only papers of this plan.
        plan_id: Id,
        /// Only papers of this school.
        school_id: Id,
        /// Only papers of this kind.
        kind: PaperFormKind,
        /// Only papers in one of these states.
        state: AnyOf<PaperFormState>,
    }
}
