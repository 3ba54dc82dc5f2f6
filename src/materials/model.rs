//! A material: what was uploaded, of which kind, under which name.

use serde::Serialize;

use super::media::MediaType;
use super::upload::{FormField, Upload, id, word};
use crate::auth::{Actor, Standing};
use crate::db::{Id, Instant};
use crate::refusal::{Fault, FieldError, Refusal};
use crate::rules::document::MaterialKind;
use crate::values::marks::is_unseen;
use crate::values::text::Line;
use crate::{filter, life, resource, row};

/// Most characters of a file's name.
const NAME_LENGTH_MAX: usize = 120;

/// What no system takes in a name, or Windows does not: a dossier is unpacked there.
const NEVER_IN_A_NAME: [char; 11] = ['/', '\\', ':', '<', '>', '"', '|', '?', '*', '\u{fffd}', '\u{0}'];

/// Names that Windows keeps for devices, whatever ending follows; `COM1` and `LPT1` to `COM9` and `LPT9` are others.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A file that is kept already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its name in the file store.
    pub object: String,
    pub sha256: String,
    pub bytes: i64,
    pub media_type: MediaType,
}

/// A material, as it is brought.
#[derive(Debug, Clone)]
pub struct NewMaterial {
    pub school_id: Id,
    /// The plan that it is for; none for the school's own.
    pub plan_id: Option<Id>,
    pub kind: MaterialKind,
    pub name: String,
    pub stored: Stored,
}

/// The fields of an upload beside its file.
pub const FIELDS: &[FormField] = &[
    FormField::required("school_id", |text| id(text).map(drop)),
    FormField::optional("plan_id", |text| id(text).map(drop)),
    FormField::required("kind", |text| kind(text).map(drop)),
];

fn kind(text: &str) -> Result<MaterialKind, FieldError> {
    let words: Vec<&str> = MaterialKind::ALL.iter().map(|kind| kind.as_str()).collect();
    word(MaterialKind::parse, &words, text)
}

impl NewMaterial {
    /// What an upload with these [fields](FIELDS) brings.
    ///
    /// # Errors
    /// A defect: another form was read.
    pub fn of(upload: &Upload) -> Result<Self, Refusal> {
        Ok(Self {
            school_id: upload.one("school_id", id)?,
            plan_id: upload.optional("plan_id", id),
            kind: upload.one("kind", kind)?,
            name: upload.name.clone(),
            stored: upload.stored.clone(),
        })
    }
}

row! {
    /// The row of a material.
    pub struct MaterialRow of materials {
        id: Id,
        school_id: Id,
        plan_id: Option<Id>,
        kind: MaterialKind,
        name: String,
        /// Counts the uploads of this kind and name.
        edition: i32,
        media_type: MediaType,
        bytes: i64,
        sha256: String,
        /// Its file.
        object: String,
        /// Since when it stands in filings only.
        removed_at: Option<Instant>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

life! {
    /// What is called on a material, while its plan is being written.
    pub MaterialVerb of Standing, "materials" {
        Delete = "delete" by ManageMaterials { Standing => same }
    }
}

/// A material with its school's place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Material {
    #[serde(flatten)]
    pub row: MaterialRow,
    pub path: String,
    /// Whether its plan, if it has one, is being written.
    #[serde(skip)]
    pub open: bool,
}

resource!(Material { row: MaterialRow, path }, "material", "materials");

impl Material {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let stands = self.open && self.removed_at.is_none();
        MaterialVerb::such(Standing::Standing, |verb| stands && verb.scope(actor).holds_path(&self.path))
    }
}

filter! {
    /// Which materials a list holds.
    pub struct MaterialFilter {
        /// Only materials for this plan.
        plan_id: Id,
        /// Only materials of this school.
        school_id: Id,
        /// Only materials of this kind.
        kind: MaterialKind,
    }
}

/// What is wrong with the name of a file, before its content is known.
///
/// # Errors
/// A path, a control character, a mark that does not show, an ID number, what Windows cannot unpack, or more than 120
/// characters.
pub fn check_name(name: &str) -> Result<(), FieldError> {
    let at_file = |fault: FieldError| FieldError { pointer: "/file".to_owned(), ..fault };
    Line::<1, NAME_LENGTH_MAX>::new(name).map_err(at_file)?;
    let is_path = name.starts_with('.') || name.contains("..");
    let fits = !is_path && !name.contains(NEVER_IN_A_NAME) && !is_device(name);
    if fits { Ok(()) } else { Err(FieldError::new("/file", Fault::Format)) }
}

/// Whether Windows takes the name for a device: what stands before its first dot decides.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let mut port = stem.chars();
    let is_port = (stem.starts_with("com") || stem.starts_with("lpt"))
        && matches!(port.by_ref().nth(3), Some('0'..='9' | '¹' | '²' | '³'))
        && port.next().is_none();
    is_port || DEVICES.contains(&stem.as_str())
}

/// The name of a file that was taken before such names were refused, as every system can unpack it.
#[must_use]
pub fn unpackable_name(name: &str) -> String {
    let safe = |c: char| if c.is_control() || is_unseen(c) || NEVER_IN_A_NAME.contains(&c) { '_' } else { c };
    let name: String = name.chars().map(safe).collect();
    if is_device(&name) { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_refused_at_each_bound() {
        for (name, wrong) in [
            ("实施方案.pdf".to_owned(), None),
            ("a".repeat(116) + ".pdf", None),
            ("a".repeat(117) + ".pdf", Some(Fault::TooLong)),
            (String::new(), Some(Fault::TooShort)),
            ("a/b.pdf".to_owned(), Some(Fault::Format)),
            ("a\\b.pdf".to_owned(), Some(Fault::Format)),
            ("C:b.pdf".to_owned(), Some(Fault::Format)),
            ("..".to_owned(), Some(Fault::Format)),
            ("a..pdf".to_owned(), Some(Fault::Format)),
            (".pdf".to_owned(), Some(Fault::Format)),
            ("a\u{0}.pdf".to_owned(), Some(Fault::ControlCharacter)),
            ("a\u{202e}fdp.exe".to_owned(), Some(Fault::ControlCharacter)),
            ("a.pdf ".to_owned(), Some(Fault::OuterSpace)),
            ("a?.pdf".to_owned(), Some(Fault::Format)),
            ("*.pdf".to_owned(), Some(Fault::Format)),
            ("a|b.pdf".to_owned(), Some(Fault::Format)),
            ("\u{fffd}.pdf".to_owned(), Some(Fault::Format)),
            ("con.pdf".to_owned(), Some(Fault::Format)),
            ("Aux .x.pdf".to_owned(), Some(Fault::Format)),
            ("lpt².pdf".to_owned(), Some(Fault::Format)),
            ("COM1.pdf".to_owned(), Some(Fault::Format)),
            ("COM10.pdf".to_owned(), None),
            ("comm.pdf".to_owned(), None),
            ("contract.pdf".to_owned(), None),
            ("43060220130315002X.pdf".to_owned(), Some(Fault::HoldsIdNumber)),
        ] {
            assert_eq!(check_name(&name).err().map(|fault| fault.code), wrong, "{name:?}");
        }
    }

    #[test]
    fn a_name_of_before_is_made_one_that_can_be_unpacked() {
        for (name, safe) in [
            ("实施方案.pdf", "实施方案.pdf"),
            ("con.pdf", "_con.pdf"),
            ("a?|b*.pdf", "a__b_.pdf"),
            ("a\u{200b}b.pdf", "a_b.pdf"),
        ] {
            assert_eq!(unpackable_name(name), safe);
            assert!(check_name(&unpackable_name(name)).is_ok(), "{name}");
        }
    }
}
