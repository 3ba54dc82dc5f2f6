//! What an office document is (ECMA-376, part 2): content types and relationships say it, names of parts do not.

use std::io::{Cursor, Read};

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use super::media::MediaType;

/// Most bytes, unpacked, of all parts that say what a document is: an archive may promise to be anything.
const TELLING_BYTES_MAX: u64 = 4 << 20;

const CONTENT_TYPES: &str = "[Content_Types].xml";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";

/// The type of an archive; nothing for what is no Word or Excel document, or has macros.
pub(super) fn media_type(content: &[u8]) -> Option<MediaType> {
    let mut archive = ZipArchive::new(Cursor::new(content)).ok()?;
    let names =
        archive.file_names().map(|name| name.map(|name| name.to_string())).collect::<Result<Vec<_>, _>>().ok()?;
    let mut left = TELLING_BYTES_MAX;
    let types = said(&text(&mut archive, CONTENT_TYPES, &mut left)?, "ContentType")?;
    let mut relationships = Vec::new();
    for name in names.iter().filter(|name| name.to_ascii_lowercase().ends_with(".rels")) {
        relationships.extend(said(&text(&mut archive, name, &mut left)?, "Type")?);
    }
    let has_macros = types.iter().any(|kind| is_of_macros(kind))
        || relationships.iter().filter_map(|kind| kind.rsplit('/').next()).any(is_of_macros)
        || names.iter().any(|name| is_macro_project(name));
    if has_macros { None } else { main_type(&types, &names) }
}

/// The type of the main part; where none is declared, as careless writers leave it, the part itself tells.
fn main_type(types: &[String], names: &[String]) -> Option<MediaType> {
    let declared = |main: &str| types.iter().any(|kind| kind.eq_ignore_ascii_case(main));
    let is_other = |kind: &String| kind.to_ascii_lowercase().ends_with(".main+xml");
    let has = |part: &str| names.iter().any(|name| name == part);
    let undeclared = !types.iter().any(is_other);
    let is_word = declared(WORD) || undeclared && has("word/document.xml");
    let is_excel = declared(EXCEL) || undeclared && has("xl/workbook.xml");
    match (is_word, is_excel) {
        (true, false) => Some(MediaType::Docx),
        (false, true) => Some(MediaType::Xlsx),
        _ => None,
    }
}

/// `…document.macroEnabled.main+xml`, `…vbaProject`, `…macrosheet+xml` and their relationships.
fn is_of_macros(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind.contains("vba") || kind.contains("macro")
}

/// The one name that nothing else has: such a part is a macro project, whatever it is declared to be.
fn is_macro_project(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case("vbaProject.bin"))
}

/// A part as text; nothing for one that is not there, is no UTF-8, or is larger than what is left.
fn text(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str, left: &mut u64) -> Option<String> {
    let mut part = archive.by_name(name).ok()?.take(*left + 1);
    let mut text = String::new();
    let bytes = u64::try_from(part.read_to_string(&mut text).ok()?).ok()?;
    *left = left.checked_sub(bytes)?;
    Some(text)
}

/// What every element says under this attribute; nothing for what is no XML.
fn said(xml: &str, attribute: &str) -> Option<Vec<String>> {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let mut said = Vec::new();
    loop {
        let element = match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) => element,
            Event::Eof => return Some(said),
            _ => continue,
        };
        for found in element.attributes() {
            let found = found.ok()?;
            if found.key.local_name().as_ref() == attribute.as_bytes() {
                said.push(found.normalized_value(XmlVersion::Implicit1_0).ok()?.trim().to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    use super::*;

    const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MACRO_PROJECT: &str = "http://schemas.microsoft.com/office/2006/relationships/vbaProject";

    fn types(declared: &[(&str, &str)]) -> String {
        let each = declared.iter().map(|(part, kind)| format!("<Override PartName='{part}' ContentType='{kind}'/>"));
        format!("\u{feff}<?xml version='1.0'?><Types xmlns='t'>{}</Types>", each.collect::<String>())
    }

    fn relations(kinds: &[&str]) -> String {
        let each =
            kinds.iter().map(|kind| format!("<r:Relationship Id='a' Target='b' Type='{kind}'></r:Relationship>"));
        format!("<r:Relationships xmlns:r='r'>{}</r:Relationships>", each.collect::<String>())
    }

    fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (part, content) in parts {
            let written = archive.start_file(*part, deflated).and_then(|()| Ok(archive.write_all(content.as_bytes())?));
            assert!(written.is_ok());
        }
        archive.finish().map(Cursor::into_inner).unwrap_or_default()
    }

    #[test]
    fn content_types_and_relationships_decide_and_names_do_not() {
        let word = types(&[("/word/document.xml", WORD)]);
        let enabled = types(&[("/word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml")]);
        let script =
            types(&[("/word/document.xml", WORD), ("/word/script.bin", "application/vnd.ms-office.VBAproject")]);
        let sheet = types(&[("/xl/workbook.xml", EXCEL), ("/xl/m.xml", "application/vnd.ms-excel.macrosheet+xml")]);
        let template = WORD.replace("document.main", "template.main");
        let (document, main) = (("word/document.xml", "<x/>"), relations(&[&format!("{RELATION}/officeDocument")]));
        for (name, parts, found) in [
            ("word", vec![(CONTENT_TYPES, word.as_str()), ("_rels/.rels", &main), document], Some(MediaType::Docx)),
            (
                "a main part of another name",
                vec![(CONTENT_TYPES, &word), ("word/document2.xml", "")],
                Some(MediaType::Docx),
            ),
            ("excel", vec![(CONTENT_TYPES, &types(&[("/a.xml", EXCEL)]))], Some(MediaType::Xlsx)),
            ("nothing declared", vec![(CONTENT_TYPES, "<x/>"), document], Some(MediaType::Docx)),
            ("a picture", vec![(CONTENT_TYPES, &word), document, ("word/media/vba图.png", "")], Some(MediaType::Docx)),
            ("macros enabled", vec![(CONTENT_TYPES, &enabled), document], None),
            ("macros of another name", vec![(CONTENT_TYPES, &script), document, ("word/script.bin", "")], None),
            ("a sheet of macros", vec![(CONTENT_TYPES, &sheet), ("xl/workbook.xml", "")], None),
            (
                "macros by relationship",
                vec![(CONTENT_TYPES, &word), ("word/_rels/document.xml.RELS", &relations(&[MACRO_PROJECT])), document],
                None,
            ),
            ("a macro project", vec![(CONTENT_TYPES, &word), document, ("word/vbaProject.bin", "")], None),
            ("a template", vec![(CONTENT_TYPES, &types(&[("/word/document.xml", &template)])), document], None),
            ("both", vec![(CONTENT_TYPES, &types(&[("/a", WORD), ("/b", EXCEL)]))], None),
            ("both undeclared", vec![(CONTENT_TYPES, "<x/>"), document, ("xl/workbook.xml", "")], None),
            ("no content types", vec![document], None),
            ("no XML", vec![(CONTENT_TYPES, "<x a=>"), document], None),
            ("a bomb", vec![(CONTENT_TYPES, &" ".repeat(5 << 20)), document], None),
            ("a program", vec![("setup.exe", "")], None),
        ] {
            assert_eq!(media_type(&archive(&parts)), found, "{name}");
        }
    }
}
